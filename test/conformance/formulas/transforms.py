"""Convolutions, transforms over frequencies, pooling, and products of structured or quantised matrices."""

import math

import numpy as np

from formulas.pieces import formula, gelu, layernorm, relu, sigmoid, silu, softmax


def neighbourhood(image, radius):
    """[B, Y, X, C] with its zero-padded neighbours: [B, Y, X, 2*radius + 1, 2*radius + 1, C]."""
    padded = np.pad(image, ((0, 0), (radius, radius), (radius, radius), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * radius + 1, 2 * radius + 1), axis=(1, 2))
    return np.moveaxis(windows, 3, -1)


@formula("frequency/fnet")
def fnet(inputs, params):
    return {"y": np.fft.fft2(inputs["x"], axes=(1, 2)).real}


@formula("frequency/global_filter")
def global_filter(inputs, params):
    x = inputs["x"]
    f = np.fft.rfft2(x, axes=(1, 2)) * (inputs["wr"] + 1j * inputs["wi"])
    return {"y": np.fft.irfft2(f, s=x.shape[1:3], axes=(1, 2))}


@formula("frequency/autoformer_autocorr")
def autoformer_autocorr(inputs, params):
    """Rolled series against each other, and rolled values."""
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    B, N = q.shape[0], q.shape[2]
    r = np.stack([(np.roll(q, -tau, axis=2) * k).sum(2).mean((1, 2)) for tau in range(N)], -1)
    lag = np.argsort(-r, axis=-1, kind="stable")[:, : params["K"]]
    o = np.zeros_like(v)
    for b in range(B):
        for weight, tau in zip(softmax(r[b, lag[b]]), lag[b]):
            o[b] += weight * np.roll(v[b], -tau, axis=1)
    return {"o": o, "lag": lag.astype(np.int32)}


@formula("frequency/dynamic_spectrum_mixer")
def dynamic_spectrum_mixer(inputs, params):
    """The transforms as orthogonal matrices, scaled back to plain cosine sums."""
    x, wf, g1, g2 = (inputs[name] for name in ("x", "wf", "g1", "g2"))
    (B, Y, X, C), NB = x.shape, params["NB"]

    def cosines(n):
        return np.cos(np.pi / n * np.outer(np.arange(n), np.arange(n) + 0.5))

    rows, columns = cosines(Y), cosines(X)
    f = np.einsum("ui,vj,bijc->bcuv", rows, columns, x) * wf
    gate = sigmoid(np.einsum("br,rnc->bnc", relu(x.mean((1, 2)) @ g1), g2))
    for u, w in np.ndindex(Y, X):
        f[:, :, u, w] *= gate[:, min((u + w) * NB // (Y + X), NB - 1)]
    inverse = [np.linalg.inv(matrix) for matrix in (rows, columns)]
    return {"o": np.einsum("iu,jv,bcuv->bijc", *inverse, f)}


@formula("convolution/dilated_tcn")
def dilated_tcn(inputs, params):
    """Layer after layer, each by shifted copies."""
    z, w = inputs["x"], inputs["w"]
    N = z.shape[1]
    for layer, taps in enumerate(w):
        total = np.zeros_like(z)
        for u, tap in enumerate(taps):
            shift = u * params["F"] ** layer
            total[:, shift:] += tap * z[:, : max(N - shift, 0)]
        z = z + silu(total)
    return {"y": z}


@formula("convolution/dcls_delays")
def dcls_delays(inputs, params):
    """The taps multiplied out, and NumPy's own convolution; hard delays take a token from the past."""
    x, w, p, T = inputs["x"], inputs["w"], inputs["p"], params["T"]
    sigma = inputs.get("sigma", np.float64(np.float32(0.7)))
    (B, N, I), O = x.shape, w.shape[1]
    y = np.zeros((B, N, O))
    for b, i, o in np.ndindex(B, I, O):
        centre = min(max(p[i, o], 0), T - 1)
        if params["hard"]:
            taps = np.zeros(T)
            taps[math.floor(centre + 0.5)] = 1
        else:
            taps = softmax(-0.5 * ((np.arange(T) - centre) / sigma) ** 2)
        y[b, :, o] += w[i, o] * np.convolve(x[b, :, i], taps)[:N]
    return {"y": y}


@formula("convolution/period_conv")
def period_conv(inputs, params):
    """As published: pad, fold into rows of a period, convolve in two dimensions, unfold."""
    x, per, w = inputs["x"], inputs["per"], inputs["w"]
    (B, C, T), O = x.shape, w.shape[1]
    y = np.zeros((B, O, T))
    for r, period in enumerate(per):
        rows = -(-T // period)
        image = np.pad(x, ((0, 0), (0, 0), (0, rows * period - T))).reshape(B, C, rows, period)
        around = neighbourhood(image.transpose(0, 2, 3, 1), 1)
        y += np.einsum("byxmnc,ocmn->boyx", around, w[r]).reshape(B, O, -1)[:, :, :T]
    return {"y": y}


@formula("convolution/convnext_block")
def convnext_block(inputs, params):
    x, k, kb, g, be, w1, b1, w2, b2, ls = (inputs[n] for n in ("x", "k", "kb", "g", "be", "w1", "b1", "w2", "b2", "ls"))
    d = kb + np.einsum("byxmnc,mnc->byxc", neighbourhood(x, len(k) // 2), k)
    h = gelu((layernorm(d, inputs.get("eps", 1e-6)) * g + be) @ w1 + b1)
    return {"y": x + ls * (h @ w2 + b2)}


@formula("pooling/p2at_pyramid")
def p2at_pyramid(inputs, params):
    """Means over the pixels that there are."""
    x, w, g = inputs["x"], inputs["w"], inputs["g"]
    levels, image = [], x
    for radius in (1, 2, 3):
        pooled = np.zeros_like(image)
        for i, j in np.ndindex(image.shape[1:3]):
            rows, columns = slice(max(i - radius, 0), i + radius + 1), slice(max(j - radius, 0), j + radius + 1)
            pooled[:, i, j] = image[:, rows, columns].mean((1, 2))
        levels.append(pooled)
        image = pooled
    return {"y": sum(level @ matrix for level, matrix in zip(levels, w)) * (x @ g)}


@formula("pooling/informer_distil")
def informer_distil(inputs, params):
    """Circular padding, then the pool's windows cut off at the ends."""
    x, w, gain, shift = (inputs[name] for name in ("x", "w", "gain", "shift"))
    N = x.shape[1]
    z = gain * sum(np.roll(x, 1 - u, axis=1) @ w[u] for u in range(3)) + shift
    a = np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
    return {"y": np.stack([a[:, max(2 * m - 1, 0) : 2 * m + 2].max(1) for m in range((N + 1) // 2)], 1)}


@formula("mlp/monarch_matrix")
def monarch_matrix(inputs, params):
    """Block-diagonal matrices and the permutation between them, dense."""
    x, r, l = inputs["x"], inputs["r"], inputs["l"]
    P, Q = r.shape[0], l.shape[0]
    right, left = np.zeros((P * Q, P * Q)), np.zeros((P * Q, P * Q))
    for i in range(P):
        right[i * Q : (i + 1) * Q, i * Q : (i + 1) * Q] = r[i]
    for i in range(Q):
        left[i * P : (i + 1) * P, i * P : (i + 1) * P] = l[i]
    turn = np.eye(P * Q)[np.arange(P * Q).reshape(P, Q).T.ravel()]  # reads [P, Q] column by column
    return {"y": np.einsum("nm,bmc->bnc", turn.T @ left @ turn @ right, x)}


@formula("quantised/int8_attention")
def int8_attention(inputs, params):
    """Integer products in int64."""
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    scale = inputs.get("scale", q.shape[-1] ** -0.5)

    def quantise(x, axis):
        size = np.maximum(np.abs(x).max(axis, keepdims=True, initial=0), 1e-12) / 127
        return np.rint(x / size).astype(np.int64), size

    (qi, sq), (ki, sk), (vi, sv) = quantise(q, -1), quantise(k, -1), quantise(v, 2)
    s = scale * sq * sk.swapaxes(2, 3) * (qi @ ki.swapaxes(2, 3))
    p = np.rint(255 * np.exp(s - s.max(-1, keepdims=True))).astype(np.int64)
    return {"o": sv * (p @ vi) / p.sum(-1, keepdims=True)}


@formula("quantised/residual_vq")
def residual_vq(inputs, params):
    x, book = inputs["x"], inputs["book"]
    rest, code = x.copy(), np.zeros((len(x), len(book)), np.int32)
    for stage, entries in enumerate(book):
        code[:, stage] = ((rest[:, None] - entries) ** 2).sum(-1).argmin(-1)
        rest = rest - entries[code[:, stage]]
    return {"code": code, "y": x - rest}


@formula("quantised/block_quant_matmul")
def block_quant_matmul(inputs, params):
    BS = params["BS"]
    x, w = (np.repeat(inputs[s], BS, axis=1) * inputs[n].astype(np.float64) for n, s in (("x", "sx"), ("w", "sw")))
    return {"y": x @ w.T}


@formula("quantised/memoryformer")
def memoryformer(inputs, params):
    """Bits of the signs as a number; the weight is the softmax over all rows of the agreement of signs."""
    x, tab, W = inputs["x"], inputs["tab"], params["W"]
    T, K = len(x), len(tab)
    signs = 2 * (np.arange(2**W)[:, None] >> np.arange(W) & 1) - 1
    y = np.zeros((T, tab.shape[-1]))
    for t, k in np.ndindex(T, K):
        p = softmax(signs @ x[t, k * W : (k + 1) * W])
        row = int("".join("1" if u > 0 else "0" for u in x[t, k * W : (k + 1) * W][::-1]), 2)
        y[t] += p[row] * tab[k, row]
    return {"y": y}
