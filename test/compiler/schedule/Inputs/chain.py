"""Prints a mixer of forty chained equations, each of which reads the one before twice."""

import sys

LENGTH = 40

# How equation k is computed from equation k - 1, and whether over one axis or two.
FORMS = {
    "same": ("i in 0..N", "x[i]", "0.5 * {a}[i] + tanh({a}[i])"),
    "shifted": ("i in 0..N", "x[i]", "0.5 * {a}[i] + tanh({a}[min(i + 1, N - 1)])"),
    "doubled": ("i in 0..N", "x[i]", "{a}[2 * i % N] + {a}[(2 * i + 1) % N]"),
    "recomputed": ("i in 0..N, j in 0..M", "x[i] * y[j]", "tanh({a}[i, 2 * j % M]) + tanh({a}[i, (2 * j + 1) % M])"),
    "windows": ("i in 0..N, j in 0..M", "x[i] * y[j]", "sum[u in 0..3]({a}[i, (j + u) % M])"),
}

axes, first, step = FORMS[sys.argv[1]]
two = "j" in axes
print("mixer chain(x: [N], y: [M]) -> (r: [N], c: [M]) {")
print(f"  a0[{axes}] = {first}")
for k in range(1, LENGTH + 1):
    print(f"  a{k}[{axes}] = " + step.format(a=f"a{k - 1}"))
# Two kernels read the last one where it has two axes: along rows and along columns.
print(f"  r[i] = sum[j](a{LENGTH}[i, j])" if two else f"  r[i] = a{LENGTH}[i]")
print(f"  c[j] = sum[i](a{LENGTH}[i, j])" if two else "  c[j] = y[j]")
print("}")
