"""Softmax mixers."""

import math

import numpy as np

from formulas.pieces import formula, softmax


@formula("softmax/attention")
def attention(inputs, params):
    q, k, v = (np.asarray(inputs[name], np.float64) for name in "qkv")
    (_, H, N, D), (G, M) = q.shape, k.shape[1:3]
    causal, window = params.get("causal", True), params.get("window", 0)
    k, v = (np.repeat(a, H // G, axis=1) for a in (k, v))
    s = inputs.get("scale", D**-0.5) * np.einsum("bhid,bhjd->bhij", q, k)
    here, key = np.arange(N)[:, None] + M - N, np.arange(M)[None, :]
    seen = np.ones((N, M), bool)
    if causal:
        seen &= key <= here
    if window:
        seen &= key > here - window
    s = np.where(seen, s, -np.inf)
    return {
        "o": np.einsum("bhij,bhje->bhie", softmax(s), v),
        "lse": np.logaddexp.reduce(s, axis=-1, initial=-np.inf),
    }


@formula("softmax/swin_window_attention")
def swin_window_attention(inputs, params):
    """Roll, cut into windows, attend inside each, put together, roll back; regions are numbered by nine slices."""
    q, k, v, table = (np.asarray(inputs[name], np.float64) for name in ("q", "k", "v", "tbl"))
    w, sh, far = params.get("w", 7), params.get("sh", 3), params.get("far", -100.0)
    B, Y, X, H, D = q.shape

    def windows(image):
        image = np.roll(image, (-sh, -sh), axis=(1, 2))
        cut = image.reshape(B, Y // w, w, X // w, w, *image.shape[3:]).swapaxes(2, 3)
        return cut.reshape(B, (Y // w) * (X // w), w * w, *image.shape[3:])

    region = np.zeros((Y, X))
    if sh:
        parts = [slice(0, -w), slice(-w, -sh), slice(-sh, None)]
        for i, rows in enumerate(parts):
            for j, columns in enumerate(parts):
                region[rows, columns] = 3 * i + j
    region = region.reshape(Y // w, w, X // w, w).swapaxes(1, 2).reshape(-1, w * w)
    penalty = np.where(region[:, :, None] == region[:, None, :], 0.0, far)

    place = np.array([(i, j) for i in range(w) for j in range(w)])
    offset = place[:, None, :] - place[None, :, :] + w - 1
    bias = table[:, offset[..., 0], offset[..., 1]]

    s = D**-0.5 * np.einsum("bzqhd,bzkhd->bzhqk", windows(q), windows(k)) + bias + penalty[:, None]
    o = np.einsum("bzhqk,bzkhe->bzqhe", softmax(s), windows(v))
    o = o.reshape(B, Y // w, X // w, w, w, H, v.shape[-1]).swapaxes(2, 3).reshape(B, Y, X, H, v.shape[-1])
    return {"o": np.roll(o, (sh, sh), axis=(1, 2))}


@formula("softmax/urpe_attention")
def urpe_attention(inputs, params):
    """The factors as a full Toeplitz matrix, multiplied entry by entry to the probabilities."""
    q, k, v, rb, c = (np.asarray(inputs[name], np.float64) for name in ("q", "k", "v", "rb", "c"))
    H, N, D = q.shape[1:]
    bias, factor = np.empty((H, N, N)), np.empty((H, N, N))
    for i in range(N):
        for j in range(N):
            bias[:, i, j], factor[:, i, j] = rb[:, i - j + N - 1], c[:, i - j + N - 1]
    s = np.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(D) + bias
    if params.get("causal", False):
        s[..., np.triu(np.ones((N, N), bool), 1)] = -np.inf
    return {"o": (factor * softmax(s)) @ v}


@formula("softmax/combiner_fixed")
def combiner_fixed(inputs, params):
    """As a full N x N matrix: the probability of a block, given to its tokens in the shares of the block's summary."""
    q, k, v = (np.asarray(inputs[name], np.float64) for name in "qkv")
    bs, causal = params.get("bs", 64), params.get("causal", True)
    B, H, N, D = q.shape
    q = q / math.sqrt(D)
    blocks = [slice(start, start + bs) for start in range(0, N, bs)]
    a = np.zeros((B, H, N, N))
    for b in range(B):
        for h in range(H):
            share = [softmax(k[b, h, block] @ q[b, h, block].max(0)) for block in blocks]
            for i in range(N):
                own = blocks[i // bs]
                direct = k[b, h, own] @ q[b, h, i]
                if causal:
                    direct[i % bs + 1 :] = -np.inf
                others = blocks[: i // bs] if causal else blocks
                summary = [q[b, h, i] @ k[b, h, block].max(0) for block in others]
                p = softmax(np.concatenate([direct, summary]))
                a[b, h, i, own] += p[:bs]
                for c, block in enumerate(others):
                    a[b, h, i, block] += p[bs + c] * share[c]
    assert np.allclose(a.sum(-1), 1)
    return {"o": a @ v}
