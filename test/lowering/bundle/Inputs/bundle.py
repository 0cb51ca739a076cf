"""Exports a bundle and tries it where there is no mixc: with gcc, in a folder of its own, against the reference.

    bundle.py MIXC SPEC [OPTION…]          options of `mixc run`: --dim, --param, --dtype; each size is needed
        --give NAME                        gives an argument that may be left out
        --fix OPTIONS                      further options for `mixc compile`, e.g. "--dim D=8"

driver.c has the program, the same for every mixer; what it must know of this one is written from NAME.json. Arguments are
drawn: multiples of 1/64 below 1, which every float type holds; integers are 0, 1 or 2.
"""

import argparse
import ast
import json
import random
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GCC = ["gcc", "-std=c11", "-O1", "-fno-strict-aliasing", "-Wall", "-Wextra", "-Werror"]

# By element: struct's letter, and NumPy's name for what `mixc run` reads.
FORMATS = {"f64": ("d", "<f8"), "f32": ("f", "<f4"), "f16": ("e", "<f2"), "bf16": ("H", "<f4")}
FORMATS |= {"i64": ("q", "<i8"), "i32": ("i", "<i4"), "i16": ("h", "<i2"), "i8": ("b", "|i1"), "u8": ("B", "|u1")}
FORMATS |= {"bool": ("B", "|b1"), "i4": ("b", "|i1"), "c64": ("f", "<c8")}

# The error of an output over its largest value: what two roundings to the type are, with room for f32's sums.
LIMITS = {"f64": 1e-12, "f32": 4e-6, "c64": 4e-6, "f16": 2**-10, "bf16": 2**-7}

SYMBOLS = {"memcpy", "memset", "memmove"}  # of the C library; libm's by their names:
MATHS = {"acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cosh", "cos", "erf", "erfc", "exp", "exp2"}
MATHS |= {"expm1", "fma", "fmod", "log", "log10", "log1p", "log2", "pow", "sin", "sinh", "tan", "tanh", "floor", "ceil"}
MATHS |= {"trunc", "rint", "round", "roundeven", "nearbyint"}
# Conversions of f16 on processors that have none: in what every C compiler links to a program.
SYMBOLS |= {"__extendhfsf2", "__truncsfhf2", "__truncdfhf2"}


def run(words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, **options)
    if done.returncode:
        sys.exit(f"{shlex.join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Size(int):
    """An integer of the language: a divisor of 0 gives 0, or the dividend as remainder."""

    def __floordiv__(self, other):
        return Size(int(self) // other if other else 0)

    def __mod__(self, other):
        return Size(int(self) % other if other else self)

    __add__ = lambda self, other: Size(int(self) + other)
    __sub__ = lambda self, other: Size(int(self) - other)
    __mul__ = lambda self, other: Size(int(self) * other)


def evaluate(text, sizes):
    """An expression of the language over extents; `/` floors."""
    sizes = {name: Size(size) for name, size in sizes.items()}
    return int(eval(text.replace("/", "//"), {"max": max, "min": min}, sizes))


def all_sizes(manifest, given):
    sizes = dict(given)
    for extent in manifest["extents"]:
        for choice, function in (("min", min), ("max", max)):
            if choice in extent:
                sizes[extent["name"]] = function(evaluate(text, sizes) for text in extent[choice])
    return sizes


def shape_of(tensor, sizes):
    return [max(0, evaluate(text, sizes)) for text in tensor["shape"]]


def count(shape):
    product = 1
    for size in shape:
        product *= size
    return product


def draw(tensor, shape):
    generator = random.Random(tensor["name"])
    parts = count(shape) * (2 if tensor["element"] == "c64" else 1)
    if tensor["element"] in ("i64", "i32", "i16", "i8", "u8", "i4"):
        return [generator.randrange(3) for _ in range(parts)]
    if tensor["element"] == "bool":
        return [generator.randrange(2) for _ in range(parts)]
    return [generator.randrange(-63, 64) / 64 for _ in range(parts)]


def raw(values, element):
    if element == "bf16":
        return b"".join(struct.pack("<f", value)[2:] for value in values)
    return struct.pack(f"<{len(values)}{FORMATS[element][0]}", *values)


def numbers(data, element):
    if element == "bf16":
        return [struct.unpack("<f", b"\0\0" + data[k : k + 2])[0] for k in range(0, len(data), 2)]
    letter = FORMATS[element][0]
    return list(struct.unpack(f"<{len(data) // struct.calcsize('<' + letter)}{letter}", data))


def write_npz(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, (values, shape, element) in arrays.items():
            kind = FORMATS[element][1]
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
            header += " " * (-(len(header) + 11) % 64) + "\n"
            data = raw(values, "f32" if element == "bf16" else element)
            archive.writestr(f"{name}.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + data)


def read_npz(path):
    arrays = {}
    elements = {kind: element for element, (_, kind) in FORMATS.items() if element not in ("bf16", "i4")}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            size = struct.unpack_from("<H", data, 8)[0]
            header = ast.literal_eval(data[10 : 10 + size].decode().strip())
            arrays[name.removesuffix(".npy")] = numbers(data[10 + size :], elements[header["descr"]])
    return arrays


def generated(manifest, sizes):
    """generated.h: what driver.c must know of this mixer."""
    name = manifest["mixer"]
    lines = [f'#include "{name}.h"', '#include "tensors.h"', f"typedef {name}_args call;"]
    lines += [f"#define DO(what) {name}_##what", "static call extents(void) {", "  call args = {0};"]
    lines += [f"  args.{e['field']} = {sizes[e['name']]};" for e in manifest["extents"] if "field" in e]
    lines += ["  return args;", "}", "static tensors list(call *args) {", "  tensors ts = {0};"]
    for place, tensor in enumerate(manifest["arguments"] + manifest["outputs"]):
        field, rank = f"args->{tensor['field']}", len(tensor["shape"])
        output = int(place >= len(manifest["arguments"]))
        axes = f"{field}.shape, {field}.strides" if rank else "NULL, NULL"
        rest = f"{rank}, {tensor['element_bytes']}, {output}, {int('default' in tensor)}"
        lines.append(f"  ts.all[ts.count++] = (tensor){{\"{tensor['name']}\", (const void **)&{field}.data, {axes}, {rest}}};")
        const = "" if output else "const "
        lines.append(f"  (void)(({const}{tensor['c_type']} *)0 == {field}.data);")
    workspace = manifest["workspace"]
    temporaries, scratch = (evaluate(workspace[key], sizes) for key in ("temporaries", "scratch"))
    lines += ["  return ts;", "}", f"#define WORKSPACE(pieces) ({temporaries} + (pieces) * {scratch})"]
    return "\n".join(lines) + "\n"


def check_symbols(folder, name):
    undefined = {line.split()[-1] for line in run(["nm", "-u", folder / f"{name}.o"]).splitlines()}
    unknown = {s for s in undefined if s not in SYMBOLS and s.removesuffix("f") not in MATHS and s not in MATHS}
    exported = {line.split()[-1] for line in run(["nm", "-g", "--defined-only", folder / f"{name}.o"]).splitlines()}
    wanted = {f"{name}_{what}" for what in ("bind", "bundle", "check", "dense", "error", "launch", "workspace_size")}
    if unknown or exported != wanted:
        sys.exit(f"{name}.o needs {sorted(unknown)} and exports {sorted(exported)}")


def compare(name, element, wanted, got, how):
    if len(wanted) != len(got):
        sys.exit(f"{name}, {how}: {len(got)} numbers, not {len(wanted)}")
    if element not in LIMITS:
        if wanted != got:
            sys.exit(f"{name}, {how}: not the reference's integers")
        return
    finite = [abs(value) for value in wanted if abs(value) < float("inf")]
    largest = max(finite, default=0)
    for k, (want, value) in enumerate(zip(wanted, got)):
        same = value == want or want != want or abs(value - want) <= LIMITS[element] * largest
        if not same:
            sys.exit(f"{name}, {how}: element {k} is {value}, not {want}; the largest is {largest}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mixc")
    parser.add_argument("spec")
    parser.add_argument("--dim", default="")
    parser.add_argument("--param", action="append", default=[])
    parser.add_argument("--dtype", default="f32")
    parser.add_argument("--give", action="append", default=[])
    parser.add_argument("--fix", default="")
    options = parser.parse_args()
    sizes = {name: int(size) for name, size in (pair.split("=") for pair in options.dim.split(",") if pair)}
    how = [f"--dtype={options.dtype}"] + [f"--param={param}" for param in options.param]

    with tempfile.TemporaryDirectory() as scratch:
        bundle, trial = Path(scratch) / "bundle", Path(scratch) / "trial"
        run([options.mixc, "compile", options.spec, "-o", bundle, *how, *shlex.split(options.fix)])
        manifest = json.loads(next(bundle.glob("*.json")).read_text())
        name = manifest["mixer"]
        shutil.copytree(bundle, trial)
        check_symbols(trial, name)

        sizes = all_sizes(manifest, sizes)
        arrays = {}
        for tensor in manifest["arguments"]:
            if "default" in tensor and tensor["name"] not in options.give:
                continue
            shape = shape_of(tensor, sizes)
            arrays[tensor["name"]] = (draw(tensor, shape), shape, tensor["element"])
            (trial / f"{tensor['name']}.raw").write_bytes(raw(arrays[tensor["name"]][0], tensor["element"]))
        write_npz(bundle / "in.npz", arrays)

        (trial / "generated.h").write_text(generated(manifest, sizes))
        for file in ("driver.c", "tensors.h"):
            shutil.copy(HERE / file, trial)
        run([*GCC, "driver.c", f"{name}.o", "-lm", "-pthread", "-o", "driver"], cwd=trial)
        run([trial / "driver"], cwd=trial, env={})

        words = [options.mixc, "run", options.spec, "--target", "ref", *how, "--inputs", bundle / "in.npz"]
        given = {extent["name"] for extent in manifest["extents"] if "field" in extent}
        words += [f"--dim={extent}={size}" for extent, size in sizes.items() if extent in given]
        run([*words, "--outputs", bundle / "out.npz"])
        reference = read_npz(bundle / "out.npz")
        for output in manifest["outputs"]:
            for kind in ("dense", "strided"):
                got = numbers((trial / f"{output['name']}.{kind}.raw").read_bytes(), output["element"])
                compare(output["name"], output["element"], reference[output["name"]], got, kind)
    print(f"{name}: agrees")


if __name__ == "__main__":
    main()
