"""Linear attention, gated and delta-rule recurrences, state spaces."""

import math

import numpy as np

from formulas.pieces import formula, sigmoid, silu, softplus


@formula("linear/linear_attention")
def linear_attention(inputs, params):
    """Quadratic: positive similarities under a causal mask, rows divided by their sums."""
    q, k, v = (np.asarray(inputs[name], np.float64) for name in "qkv")
    (B, H, N, K), G, V = q.shape, k.shape[1], v.shape[-1]
    S0 = np.asarray(inputs.get("S0", np.zeros((B, G, K, V))), np.float64)
    z0 = np.asarray(inputs.get("z0", np.zeros((B, G, K))), np.float64)
    fq, fk = (np.where(x > 0, x, np.expm1(np.minimum(x, 0))) + 1 for x in (q, k))
    heads = np.arange(H) // (H // G)
    a = np.tril(np.einsum("bhik,bhjk->bhij", fq, fk[:, heads]))
    above = a @ v[:, heads] + np.einsum("bhik,bhkv->bhiv", fq, S0[:, heads])
    below = a.sum(-1) + np.einsum("bhik,bhk->bhi", fq, z0[:, heads])
    return {
        "o": above / below[..., None],
        "S1": S0 + np.einsum("bgnk,bgnv->bgkv", fk, v),
        "z1": z0 + fk.sum(2),
    }


@formula("recurrent/gla")
def gla(inputs, params):
    """What token m wrote, seen by token n through the product of the decays after m."""
    q, k, v, g = (np.asarray(inputs[name], np.float64) for name in "qkvg")
    (B, H, N, K), V = q.shape, v.shape[-1]
    S0 = np.asarray(inputs.get("S0", np.zeros((B, H, K, V))), np.float64)
    o = np.zeros((B, H, N, V))
    for n in range(N):
        o[:, :, n] = np.einsum("bhk,bhkv->bhv", q[:, :, n] * np.exp(g[:, :, : n + 1].sum(2)), S0)
        for m in range(n + 1):
            seen = q[:, :, n] * k[:, :, m] * np.exp(g[:, :, m + 1 : n + 1].sum(2))
            o[:, :, n] += seen.sum(-1, keepdims=True) * v[:, :, m]
    S1 = np.exp(g.sum(2))[..., None] * S0
    for m in range(N):
        S1 += (k[:, :, m] * np.exp(g[:, :, m + 1 :].sum(2)))[..., None] * v[:, :, m, None, :]
    return {"o": K**-0.5 * o, "S1": S1}


@formula("recurrent/mamba_s6")
def mamba_s6(inputs, params):
    names = ("x", "z", "cw", "cb", "dl", "db", "A", "Bm", "Cm", "Ds")
    x, z, cw, cb, dl, db, A, Bm, Cm, Ds = (np.asarray(inputs[name], np.float64) for name in names)
    (B, N, D), W, S = x.shape, cw.shape[1], A.shape[1]
    h = np.array(inputs.get("h0", np.zeros((B, D, S))), np.float64)
    y = np.zeros((B, N, D))
    for b in range(B):
        taps = [np.convolve(x[b, :, d], cw[d, ::-1])[:N] if N else x[b, :, d] for d in range(D)]
        u = silu(np.stack(taps, -1) + cb)
        for n in range(N):
            dt = softplus(dl[b, n] + db)
            h[b] = np.exp(dt[:, None] * A) * h[b] + np.outer(dt * u[n], Bm[b, n])
            y[b, n] = (h[b] @ Cm[b, n] + Ds * u[n]) * silu(z[b, n])
    return {"y": y, "h1": h}


@formula("recurrent/deltanet")
def deltanet(inputs, params):
    """The transition as the matrix I - beta k k^T."""
    q, k, v, beta = (np.asarray(inputs[name], np.float64) for name in ("q", "k", "v", "beta"))
    (B, H, N, K), V = q.shape, v.shape[-1]
    S = np.array(inputs.get("S0", np.zeros((B, H, K, V))), np.float64)
    o = np.zeros((B, H, N, V))
    for b in range(B):
        for h in range(H):
            for n in range(N):
                key, step = k[b, h, n], beta[b, h, n]
                S[b, h] = (np.eye(K) - step * np.outer(key, key)) @ S[b, h] + step * np.outer(key, v[b, h, n])
                o[b, h, n] = S[b, h].T @ q[b, h, n] / math.sqrt(K)
    return {"o": o, "S1": S}


@formula("recurrent/mlstm_exp")
def mlstm_exp(inputs, params):
    """The plain scale, without a stabiliser: the read is divided by max(|n . q|, 1). m only scales the final states."""
    q, k, v, ig, fg = (np.asarray(inputs[name], np.float64) for name in ("q", "k", "v", "ig", "fg"))
    (B, H, N, K), V = q.shape, v.shape[-1]
    C = np.array(inputs.get("C0", np.zeros((B, H, K, V))), np.float64)
    u = np.array(inputs.get("u0", np.zeros((B, H, K))), np.float64)
    m = np.array(inputs.get("m0", np.full((B, H), -np.inf)), np.float64)
    if N == 0:
        return {"o": np.zeros((B, H, 0, V)), "m1": m, "C1": C, "u1": u}
    C, u = np.exp(m)[..., None, None] * C, np.exp(m)[..., None] * u
    o = np.zeros((B, H, N, V))
    for n in range(N):
        keep, add = sigmoid(fg[:, :, n]), np.exp(ig[:, :, n])
        C = keep[..., None, None] * C + add[..., None, None] * k[:, :, n, :, None] * v[:, :, n, None, :]
        u = keep[..., None] * u + add[..., None] * k[:, :, n]
        m = np.maximum(m - softplus(-fg[:, :, n]), ig[:, :, n])
        read = q[:, :, n] / math.sqrt(K)
        size = np.abs(np.einsum("bhk,bhk->bh", read, u))
        o[:, :, n] = np.einsum("bhk,bhkv->bhv", read, C) / np.maximum(size, 1)[..., None]
    return {"o": o, "m1": m, "C1": np.exp(-m)[..., None, None] * C, "u1": np.exp(-m)[..., None] * u}
