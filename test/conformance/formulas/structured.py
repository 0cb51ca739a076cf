"""Routed, convolutional and spectral mixers."""

import numpy as np

from formulas.pieces import formula, softmax


def regions(image, S):
    """[B, H, Y, X, D] as [B, S*S, H, pixels of a region, D]."""
    B, H, Y, X, D = image.shape
    cut = image.reshape(B, H, S, Y // S, S, X // S, D).transpose(0, 2, 4, 1, 3, 5, 6)
    return cut.reshape(B, S * S, H, (Y // S) * (X // S), D)


def region_scores(q, k, S):
    mean_q, mean_k = (regions(np.asarray(a, np.float64), S).mean(3) for a in (q, k))
    return np.einsum("brhd,bchd->brc", mean_q, mean_k)


@formula("routed/biformer_bra")
def biformer_bra(inputs, params):
    """Gathers the chosen regions' keys and values for each region, as the published code does."""
    q, k, v, lce = (np.asarray(inputs[name], np.float64) for name in ("q", "k", "v", "lce"))
    S, TOP, P = params.get("S", 7), params.get("TOP", 4), params.get("P", 2)
    (B, H, Y, X, D), E = q.shape, v.shape[-1]
    scale = inputs.get("scale", (H * D) ** -0.5)
    route = np.argsort(-region_scores(q, k, S), axis=-1, kind="stable")[..., :TOP]
    rq, rk, rv = regions(q, S), regions(k, S), regions(v, S)
    ro = np.zeros_like(rv)
    for b in range(B):
        for r in range(S * S):
            for h in range(H):
                keys, values = (np.concatenate([a[b, c, h] for c in route[b, r]]) for a in (rk, rv))
                ro[b, r, h] = softmax(scale * rq[b, r, h] @ keys.T) @ values
    o = ro.reshape(B, S, S, H, Y // S, X // S, E).transpose(0, 3, 1, 4, 2, 5, 6).reshape(B, H, Y, X, E)
    around = np.pad(v, ((0, 0), (0, 0), (P, P), (P, P), (0, 0)))
    for i in range(2 * P + 1):
        for j in range(2 * P + 1):
            o += lce[:, None, None, :, i, j] * around[:, :, i : i + Y, j : j + X]
    return {"o": o, "route": route.astype(np.int32)}


@formula("convolution/hyena")
def hyena(inputs, params):
    """The convolutions as products of transforms of length 2N."""
    v, x, h, d = (np.asarray(inputs[name], np.float64) for name in "vxhd")
    N, z = v.shape[1], v
    for r in range(x.shape[1]):
        if N == 0:
            break
        spectrum = np.fft.rfft(z, 2 * N, axis=1) * np.fft.rfft(h[r].T, 2 * N, axis=0)
        z = x[:, r] * (np.fft.irfft(spectrum, 2 * N, axis=1)[:, :N] + d[r] * z)
    return {"y": z}


@formula("frequency/aff")
def aff(inputs, params):
    """Real and imaginary parts apart, as in the published code."""
    names = ("x", "w1r", "w1i", "c1r", "c1i", "w2r", "w2i", "c2r", "c2i")
    x, w1r, w1i, c1r, c1i, w2r, w2i, c2r, c2i = (np.asarray(inputs[name], np.float64) for name in names)
    lam = inputs.get("lam", 0.01)
    (B, Y, X, C), (K, S) = x.shape, c1r.shape

    def layer(re, im, wr, wi, br, bi):
        def mix(a, w):
            return np.einsum("byxks,kst->byxkt", a, w)

        return mix(re, wr) - mix(im, wi) + br, mix(im, wr) + mix(re, wi) + bi

    def shrink(a):
        return np.sign(a) * np.maximum(np.abs(a) - lam, 0)

    f = np.fft.rfft2(x, axes=(1, 2), norm="ortho")
    re, im = (part.reshape(*f.shape[:3], K, S) for part in (f.real, f.imag))
    re, im = (np.maximum(part, 0) for part in layer(re, im, w1r, w1i, c1r, c1i))
    re, im = (shrink(part) for part in layer(re, im, w2r, w2i, c2r, c2i))
    f = f * (re + 1j * im).reshape(f.shape)
    return {"o": x + np.fft.irfft2(f, s=(Y, X), axes=(1, 2), norm="ortho")}
