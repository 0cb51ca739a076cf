"""Recurrences that are not linear in their state, of higher order, backwards in time, or solved token by token."""

import math

import numpy as np

from formulas.pieces import formula, layernorm, sigmoid, silu, softmax


@formula("rnn/slstm")
def slstm(inputs, params):
    """The gates as they are, in f128 where there is such a type: no stabiliser."""
    xi, xf, xz, xo, ri, rf, rz, ro = (inputs[name] for name in ("xi", "xf", "xz", "xo", "ri", "rf", "rz", "ro"))
    B, N, H, D = xi.shape
    y, c, z = np.zeros((B, H, D)), np.zeros((B, H, D), np.longdouble), np.zeros((B, H, D), np.longdouble)
    ys = np.zeros((B, N, H, D))
    for n in range(N):
        i, f, t, o = (x[:, n] + np.einsum("hde,bhe->bhd", r, y) for x, r in zip((xi, xf, xz, xo), (ri, rf, rz, ro)))
        add, keep = np.exp(i.astype(np.longdouble)), sigmoid(f.astype(np.longdouble))
        c, z = keep * c + add * np.tanh(t), keep * z + add
        y = (sigmoid(o) * (c / z)).astype(np.float64)
        ys[:, n] = y
    return {"y": ys}


@formula("rnn/h_lru")
def h_lru(inputs, params):
    x, l = inputs["x"], inputs["l"]
    a, past = softmax(l), [np.zeros_like(x[:, 0]) if x.shape[1] else None] * 3
    for n in range(x.shape[1]):
        past.append(a[:, n, :, 0] * x[:, n] + sum(a[:, n, :, r] * past[-r] for r in (1, 2, 3)))
    return {"y": np.stack(past[3:], 1) if x.shape[1] else x}


@formula("rnn/lmu_spiking")
def lmu_spiking(inputs, params):
    """Neurons in a loop that fire and start over; the memory by a matrix product."""
    u, Ab, Bb, wm = (inputs[name] for name in ("u", "Ab", "Bb", "wm"))
    tau, theta = inputs.get("tau", 2.0), inputs.get("theta", 1.0)
    (B, N), E = u.shape, wm.shape[0]
    drive, out = np.zeros((B, N), np.int32), np.zeros((B, N, E), np.int32)
    for b in range(B):
        v, m, w = 0.0, np.zeros(len(Bb)), np.zeros(E)
        for n in range(N):
            v += (u[b, n] - v) / tau
            if v >= theta:
                v, drive[b, n] = 0.0, 1
            m = Ab @ m + Bb * drive[b, n]
            w += (wm @ m - w) / tau
            out[b, n] = w >= theta
            w[w >= theta] = 0
    return {"out": out, "drive": drive}


@formula("ssm/bimamba")
def bimamba(inputs, params):
    """One scan, over the tokens and over the flipped tokens."""

    def scan(x, dt, A, Bm, Cm):
        h, y = np.zeros((x.shape[0], *A.shape)), np.zeros_like(x)
        for n in range(x.shape[1]):
            h = np.exp(dt[:, n, :, None] * A) * h + (dt[:, n] * x[:, n])[..., None] * Bm[:, n, None, :]
            y[:, n] = np.einsum("bds,bs->bd", h, Cm[:, n])
        return y

    there = scan(*(inputs[name] for name in ("xf", "df", "Af", "Bf", "Cf")))
    xb, db, Ab, Bb, Cb = (inputs[name] for name in ("xb", "db", "Ab", "Bb", "Cb"))
    back = scan(xb[:, ::-1], db[:, ::-1], Ab, Bb[:, ::-1], Cb[:, ::-1])
    return {"y": there + back[:, ::-1]}


@formula("ssm/s4_dplr")
def s4_dplr(inputs, params):
    """The bilinear discretisation by dense solves, and powers of the matrix."""
    u, dt = inputs["u"], inputs["dt"]
    pair = lambda re, im: inputs[re] + 1j * inputs[im]
    lam, p, q, b, c = pair("lr", "li"), pair("pr", "pm"), pair("qr", "qm"), pair("br", "bm"), pair("cr", "cm")
    (B, N, D), S = u.shape, lam.shape[1]
    y = np.zeros((B, N, D))
    for d in range(D):
        A = np.diag(lam[d]) - np.outer(p[d], q[d].conj())
        left = np.eye(S) - dt[d] / 2 * A
        step, drive = np.linalg.solve(left, np.eye(S) + dt[d] / 2 * A), np.linalg.solve(left, dt[d] * b[d])
        taps = [(c[d] @ np.linalg.matrix_power(step, n) @ drive).real for n in range(N)]
        for i in range(B):
            y[i, :, d] = np.convolve(taps, u[i, :, d])[:N]
    return {"y": y}


@formula("prefix/aaren_attention")
def aaren_attention(inputs, params):
    """Each prefix attended anew; the state from before weighs as one more key."""
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    (B, H, N, D), E = k.shape, v.shape[-1]
    m0, u0 = inputs.get("m0", np.full((B, H), -np.inf)), inputs.get("u0", np.zeros((B, H)))
    w0 = inputs.get("w0", np.zeros((B, H, E)))
    s = np.einsum("hd,bhnd->bhn", q, k) / math.sqrt(D)
    o, m1, u1, w1 = np.zeros((B, H, N, E)), m0.copy(), u0.copy(), w0.copy()
    for b, h in np.ndindex(B, H):
        for n in range(N):
            m1[b, h] = max(m0[b, h], s[b, h, : n + 1].max())
            old, p = np.exp(m0[b, h] - m1[b, h]), np.exp(s[b, h, : n + 1] - m1[b, h])
            u1[b, h] = old * u0[b, h] + p.sum()
            w1[b, h] = old * w0[b, h] + p @ v[b, h, : n + 1]
            o[b, h, n] = w1[b, h] / u1[b, h]
    return {"o": o, "m1": m1, "u1": u1, "w1": w1}


@formula("delta/deltaformer")
def deltaformer(inputs, params):
    """A triangular system for each head."""
    q, k, v, beta = (inputs[name] for name in ("q", "k", "v", "beta"))
    (B, H, N, K), o = k.shape, np.zeros_like(v)
    before, upto = np.tri(N, N, -1, bool), np.tri(N, N, 0, bool)
    for b, h in np.ndindex(B, H):
        a = softmax(np.where(before, k[b, h] @ k[b, h].T / math.sqrt(K), -np.inf))
        u = np.linalg.solve(np.eye(N) + beta[b, h, :, None] * a, v[b, h])
        o[b, h] = softmax(np.where(upto, q[b, h] @ k[b, h].T / math.sqrt(K), -np.inf)) @ u
    return {"o": o}


@formula("delta/mesanet")
def mesanet(inputs, params):
    """Conjugate gradients as in a textbook, on each token's own matrix."""
    q, k, v, g, beta, lam = (inputs[name] for name in ("q", "k", "v", "g", "beta", "lam"))
    (B, H, N, K), V = k.shape, v.shape[-1]
    o = np.zeros((B, H, N, V))
    for b, h in np.ndindex(B, H):
        A, G = np.zeros((K, K)), np.zeros((K, V))
        for n in range(N):
            A = np.exp(g[b, h, n]) * A + beta[b, h, n] * np.outer(k[b, h, n], k[b, h, n])
            G = np.exp(g[b, h, n]) * G + beta[b, h, n] * np.outer(k[b, h, n], v[b, h, n])
            matrix, x, r = A + np.diag(lam[h]), np.zeros(K), q[b, h, n].copy()
            p = r.copy()
            for _ in range(params["iters"]):
                if not r.any():
                    break
                step = (r @ r) / (p @ matrix @ p)
                x, rest = x + step * p, r - step * matrix @ p
                p, r = rest + (rest @ rest) / (r @ r) * p, rest
            o[b, h, n] = x @ G
    return {"o": o}


@formula("delta/ttt_linear")
def ttt_linear(inputs, params):
    """Gradients of the inner loss through the Jacobian of the norm, at the weights of the chunk's start."""
    q, k, v, lr, gain, shift = (inputs[name] for name in ("q", "k", "v", "lr", "gain", "shift"))
    (B, H, N, K), ch, eps = q.shape, params["ch"], params["eps"]
    c0 = inputs.get("c0", np.zeros((B, H, K)))
    o = np.zeros_like(q)
    for b, h in np.ndindex(B, H):
        W, c = inputs["W0"][b, h].copy(), c0[b, h].copy()
        for n in range(N):
            if n % ch == 0:
                start_W, start_c = W.copy(), c.copy()
            z = k[b, h, n] @ start_W + start_c
            centre = np.eye(K) - 1 / K
            size = math.sqrt((centre @ z) @ (centre @ z) / K + eps)
            x = centre @ z / size
            jacobian = (centre - np.outer(x, x) / K) / size
            error = gain[h] * x + shift[h] - (v[b, h, n] - k[b, h, n])
            gradient = jacobian.T @ (gain[h] * error)
            W -= lr[b, h, n] * np.outer(k[b, h, n], gradient)
            c -= lr[b, h, n] * gradient
            o[b, h, n] = q[b, h, n] + gain[h] * layernorm(q[b, h, n] @ W + c, eps) + shift[h]
    return {"o": o}


@formula("recurrent/log_linear_attention")
def log_linear_attention(inputs, params):
    """The past cut into spans by taking the lowest bit off the position again and again."""
    q, k, v, g, lev = (inputs[name] for name in ("q", "k", "v", "g", "lev"))
    o = np.zeros_like(v)
    for b, h, n in np.ndindex(q.shape[:3]):
        spans, end = [(n, n + 1, 0)], n
        while end > 0:
            size = end & -end
            spans.append((end - size, end, size.bit_length()))
            end -= size
        for first, last, level in spans:
            for m in range(first, last):
                decay = np.exp(g[b, h, m + 1 : n + 1].sum())
                o[b, h, n] += lev[b, h, n, level] * decay * (q[b, h, n] @ k[b, h, m]) * v[b, h, m]
    return {"o": o}


@formula("recurrent/retention")
def retention(inputs, params):
    """Rotations as matrices, one for each pair of channels, and the state as a real matrix."""
    q, k, v, w, theta, zeta, gamma = (inputs[name] for name in ("q", "k", "v", "w", "theta", "zeta", "gamma"))
    (B, H, N, K), V = q.shape, v.shape[-1]
    turn = np.zeros((K, K))
    for p, (angle, fade) in enumerate(zip(theta, zeta)):
        c, s = fade * math.cos(angle), fade * math.sin(angle)
        turn[2 * p : 2 * p + 2, 2 * p : 2 * p + 2] = [[c, s], [-s, c]]
    r = np.zeros((B, H, N, V))
    for b, h in np.ndindex(B, H):
        S = np.zeros((K, V))
        for n in range(N):
            S = gamma[h] * turn @ S + np.outer(k[b, h, n], v[b, h, n])
            r[b, h, n] = q[b, h, n] @ S / math.sqrt(K)
    return {"o": silu(w) * layernorm(r, float(np.float32(params["eps"])))}
