"""Softmax mixers."""

import math

import numpy as np

from formulas.pieces import formula, logsumexp, sigmoid, softmax


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
        "lse": logsumexp(s),
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


@formula("softmax/gated_attention")
def gated_attention(inputs, params):
    gate = np.einsum("bnc,che->bhne", inputs["x"], inputs["w"])
    return {"o": attention(inputs, params)["o"] * sigmoid(gate)}


def philox(seed, *counter):
    """Philox4x32-10 (Salmon et al. 2011): the upper 24 bits of the first word, as a number in [0, 1)."""
    words = [int(c) & 0xFFFFFFFF for c in counter] + [0] * (4 - len(counter))
    key = [seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF]
    for _ in range(10):
        first, second = 0xD2511F53 * words[0], 0xCD9E8D57 * words[2]
        words = [
            second >> 32 ^ words[1] ^ key[0], second & 0xFFFFFFFF, first >> 32 ^ words[3] ^ key[1], first & 0xFFFFFFFF,
        ]  # fmt: skip
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return (words[0] >> 8) * 2.0**-24


@formula("softmax/attention_dropout")
def attention_dropout(inputs, params):
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    (B, H, N, D), M, rate = q.shape, k.shape[2], np.float32(params["rate"])
    s = q @ k.swapaxes(2, 3) / math.sqrt(D)
    if params["causal"]:
        s = np.where(np.arange(M) <= np.arange(N)[:, None] + M - N, s, -np.inf)
    p = softmax(s) / np.float64(np.float32(1) - rate)  # arithmetic of params alone is f32
    for place in np.ndindex(p.shape):
        if philox(inputs["seed"], *place) < rate:
            p[place] = 0
    return {"o": p @ v}


@formula("multi_source/sinkhorn_attention")
def sinkhorn_attention(inputs, params):
    """The matrix normalised by rows and columns in turn; keys and values of mixed blocks beside the own ones."""
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    (B, H, N, D), bs, tau = q.shape, params["bs"], float(np.float32(params["tau"]))
    blocks = lambda x: x.reshape(B, H, N // bs, bs, -1)
    m = np.einsum("bhad,bhcd->bhac", blocks(q).sum(3), blocks(k).sum(3)) / math.sqrt(D) / tau
    m = np.exp(m.astype(np.longdouble))
    for step in range(params["half"]):
        m /= m.sum(-1 if step % 2 == 0 else -2, keepdims=True)
    m = m.astype(np.float64)
    keys, values = (
        np.concatenate([blocks(x), np.einsum("bhac,bhcud->bhaud", m, blocks(x))], axis=3) for x in (k, v)
    )
    o = softmax(blocks(q) @ keys.swapaxes(3, 4) / math.sqrt(D)) @ values
    return {"o": o.reshape(B, H, N, -1)}


@formula("windows/deformable_attention")
def deformable_attention(inputs, params):
    """Bilinear samples of each level's image, which is 0 outside."""
    v, lh, lw, ls, ref, off, lg = (inputs[name] for name in ("v", "lh", "lw", "ls", "ref", "off", "lg"))
    (B, N, H, L, P), E = lg.shape, v.shape[-1]
    o = np.zeros((B, N, H, E))
    for b, n, h in np.ndindex(B, N, H):
        weights = softmax(lg[b, n, h].ravel()).reshape(L, P)
        for l, p in np.ndindex(L, P):
            image = v[b, ls[l] : ls[l] + lh[l] * lw[l], h].reshape(lh[l], lw[l], E)
            x = ref[b, n, 0] * lw[l] + off[b, n, h, l, p, 0] - 0.5
            y = ref[b, n, 1] * lh[l] + off[b, n, h, l, p, 1] - 0.5
            for i in (math.floor(y), math.floor(y) + 1):
                for j in (math.floor(x), math.floor(x) + 1):
                    if 0 <= i < lh[l] and 0 <= j < lw[l]:
                        o[b, n, h] += weights[l, p] * (1 - abs(y - i)) * (1 - abs(x - j)) * image[i, j]
    return {"o": o}


@formula("multi_source/vivid_connector")
def vivid_connector(inputs, params):
    x, c, w1, w2, wq, wk, wv, wo = (inputs[name] for name in ("x", "c", "w1", "w2", "wq", "wk", "wv", "wo"))
    hidden = c @ w1
    branch = hidden * sigmoid(1.702 * hidden) @ w2
    heads = 0
    for h in range(wq.shape[1]):
        p = softmax((x @ wq[:, h]) @ (c @ wk[:, h]).swapaxes(1, 2) / math.sqrt(wq.shape[2]))
        heads = heads + p @ (c @ wv[:, h]) @ wo[h]
    return {"y": x + branch + heads}
