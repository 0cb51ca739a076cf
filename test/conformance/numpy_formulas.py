"""The example mixers once more, in float64 NumPy, straight from the papers' formulas, and the sizes to try them at.

Each function takes `inputs` (arrays by argument name, run-time scalars too) and `params`, and returns the outputs by
name. Where the papers have several forms of a mixer, the spec has one and this file another: masked products for a
recurrence, rolled images for index arithmetic, zero-padded transforms for a sum over the past.

`CASES` lists sizes, `ARGUMENTS` the shapes, `draw` makes the inputs of a case. Everything drawn is exact in float32, so
that a compiled mixer and its formula see the same numbers.
"""

import math

import numpy as np


# ---------------------------------------------------------------------------------------------------------------------
# Pieces


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def softplus(x):
    return np.logaddexp(0, x)


def silu(x):
    return x * sigmoid(x)


def softmax(s):
    """Over the last axis; a row that is -inf throughout, or empty, gives zeros."""
    top = np.max(s, axis=-1, keepdims=True, initial=-np.inf)
    e = np.exp(s - np.where(np.isneginf(top), 0, top))
    total = e.sum(-1, keepdims=True)
    return np.divide(e, total, out=np.zeros_like(e), where=total > 0)


# ---------------------------------------------------------------------------------------------------------------------
# Softmax


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


# ---------------------------------------------------------------------------------------------------------------------
# Linear and recurrent


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


def mamba_s6(inputs, params):
    names = ("x", "z", "cw", "cb", "dl", "db", "A", "Bm", "Cm", "Ds")
    x, z, cw, cb, dl, db, A, Bm, Cm, Ds = (np.asarray(inputs[name], np.float64) for name in names)
    (B, N, D), W, S = x.shape, cw.shape[1], A.shape[1]
    h = np.array(inputs.get("h0", np.zeros((B, D, S))), np.float64)
    y = np.zeros((B, N, D))
    for b in range(B):
        u = np.stack([silu(np.convolve(x[b, :, d], cw[d, ::-1])[:N] + cb[d]) for d in range(D)], -1) if N else x[b]
        for n in range(N):
            dt = softplus(dl[b, n] + db)
            h[b] = np.exp(dt[:, None] * A) * h[b] + np.outer(dt * u[n], Bm[b, n])
            y[b, n] = (h[b] @ Cm[b, n] + Ds * u[n]) * silu(z[b, n])
    return {"y": y, "h1": h}


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


def mlstm_exp(inputs, params):
    """The plain scale, without a stabiliser: the read is divided by max(|n . q|, 1). m only scales the states given back."""
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


# ---------------------------------------------------------------------------------------------------------------------
# Routed, convolution, frequency


def regions(image, S):
    """[B, H, Y, X, D] as [B, S*S, H, pixels of a region, D]."""
    B, H, Y, X, D = image.shape
    cut = image.reshape(B, H, S, Y // S, S, X // S, D).transpose(0, 2, 4, 1, 3, 5, 6)
    return cut.reshape(B, S * S, H, (Y // S) * (X // S), D)


def region_scores(q, k, S):
    mean_q, mean_k = (regions(np.asarray(a, np.float64), S).mean(3) for a in (q, k))
    return np.einsum("brhd,bchd->brc", mean_q, mean_k)


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


# The spec of each, below examples/.
SPECS = {
    "attention": "softmax/attention.mix",
    "swin_window_attention": "softmax/swin_window_attention.mix",
    "urpe_attention": "softmax/urpe_attention.mix",
    "combiner_fixed": "softmax/combiner_fixed.mix",
    "linear_attention": "linear/linear_attention.mix",
    "gla": "recurrent/gla.mix",
    "mamba_s6": "recurrent/mamba_s6.mix",
    "deltanet": "recurrent/deltanet.mix",
    "mlstm_exp": "recurrent/mlstm_exp.mix",
    "biformer_bra": "routed/biformer_bra.mix",
    "hyena": "convolution/hyena.mix",
    "aff": "frequency/aff.mix",
}

FORMULAS = {name: globals()[name] for name in SPECS}

# ---------------------------------------------------------------------------------------------------------------------
# Inputs

# Each argument's axes, as expressions of the dims and params of a case; "*" marks arguments that may be left out.
ARGUMENTS = {
    "attention": {"q": "B H N D", "k": "B G M D", "v": "B G M E"},
    "swin_window_attention": {"q": "B Y X H D", "k": "B Y X H D", "v": "B Y X H E", "tbl": "H 2*w-1 2*w-1"},
    "urpe_attention": {"q": "B H N D", "k": "B H N D", "v": "B H N E", "rb": "H 2*N-1", "c": "H 2*N-1"},
    "combiner_fixed": {"q": "B H N D", "k": "B H N D", "v": "B H N E"},
    "linear_attention": {"q": "B H N K", "k": "B G N K", "v": "B G N V", "S0*": "B G K V", "z0*": "B G K"},
    "gla": {"q": "B H N K", "k": "B H N K", "v": "B H N V", "g": "B H N K", "S0*": "B H K V"},
    "mamba_s6": {
        "x": "B N D", "z": "B N D", "cw": "D W", "cb": "D", "dl": "B N D", "db": "D",
        "A": "D S", "Bm": "B N S", "Cm": "B N S", "Ds": "D", "h0*": "B D S",
    },
    "deltanet": {"q": "B H N K", "k": "B H N K", "v": "B H N V", "beta": "B H N", "S0*": "B H K V"},
    "mlstm_exp": {
        "q": "B H N K", "k": "B H N K", "v": "B H N V", "ig": "B H N", "fg": "B H N",
        "C0*": "B H K V", "u0*": "B H K", "m0*": "B H",
    },
    "biformer_bra": {"q": "B H Y X D", "k": "B H Y X D", "v": "B H Y X E", "lce": "H E 2*P+1 2*P+1"},
    "hyena": {"v": "B N C", "x": "B R N C", "h": "R C N", "d": "R C"},
    "aff": {
        "x": "B Y X C", "w1r": "K S S", "w1i": "K S S", "c1r": "K S", "c1i": "K S",
        "w2r": "K S S", "w2i": "K S S", "c2r": "K S", "c2i": "K S",
    },
}  # fmt: skip


def normal(rng, shape):
    return rng.standard_normal(shape)


def positive(rng, shape):
    return rng.exponential(size=shape) + 0.1


def negative(rng, shape):
    return -positive(rng, shape)


def log_gate(rng, shape):
    """Logarithms of decays: mostly near 0, now and then exactly 0 or -80."""
    g = -softplus(rng.standard_normal(shape)) / 4
    kind = rng.random(shape)
    return np.where(kind < 0.05, -80.0, np.where(kind < 0.1, 0.0, g))


def wide_gate(rng, shape):
    """Gates before their activation, of either sign, some of them extreme."""
    return np.where(rng.random(shape) < 0.1, rng.choice([-80.0, 60.0], shape), 3 * rng.standard_normal(shape))


def unit(rng, shape):
    """Vectors of length one along the last axis."""
    x = rng.standard_normal(shape)
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def zero_to_two(rng, shape):
    return rng.choice([0.0, 1.0, 2.0, *rng.uniform(0, 2, 5)], shape)


def small_integers(rng, shape):
    return rng.integers(-1, 2, shape)


def huge(rng, shape):
    return 100 * rng.standard_normal(shape)


# What a standard normal would not do for.
DRAWS = {
    ("linear_attention", "z0"): positive,
    ("gla", "g"): log_gate,
    ("mamba_s6", "A"): negative,
    ("deltanet", "k"): unit,
    ("deltanet", "beta"): zero_to_two,
    ("mlstm_exp", "ig"): wide_gate,
    ("mlstm_exp", "fg"): wide_gate,
}


def clear_choice(name, inputs, params):
    """Whether a mixer that chooses does so by a margin that rounding cannot turn (exact ties are allowed)."""
    if name != "biformer_bra":
        return True
    gaps = np.diff(np.sort(region_scores(inputs["q"], inputs["k"], params["S"]), axis=-1), axis=-1)
    return not np.any((gaps > 0) & (gaps < 1e-3))


def draw(name, case, seed=0):
    """The inputs of a case: float32 arrays by argument, and its run-time scalars."""
    params = case.get("params", {})
    for attempt in range(100):
        rng = np.random.default_rng([seed, attempt])
        inputs = dict(case.get("scalars", {}))
        for argument, axes in ARGUMENTS[name].items():
            argument = argument.rstrip("*")
            if argument in case.get("omit", ()):
                continue
            shape = tuple(eval(axis, {}, {**case["dims"], **params}) for axis in axes.split())
            maker = case.get("draw", {}).get(argument) or DRAWS.get((name, argument), normal)
            inputs[argument] = np.asarray(maker(rng, shape), np.float32)
        if clear_choice(name, inputs, params):
            return inputs
    raise AssertionError(f"{name}: no draw of {case} chooses clearly")


# Sizes: tiny, odd (nothing divides anything), lengths of 1 and 0. `params` are compile-time, `scalars` run-time,
# `omit` leaves optional arguments out, `draw` overrides how an argument is drawn.
CASES = {
    "attention": [
        {"dims": dict(B=1, H=2, G=1, N=4, M=6, D=4, E=4), "params": dict(causal=True, window=0)},
        {"dims": dict(B=2, H=6, G=2, N=37, M=53, D=20, E=12), "params": dict(causal=True, window=9)},
        {"dims": dict(B=1, H=4, G=2, N=13, M=7, D=5, E=3), "params": dict(causal=True, window=0)},  # rows that see nothing
        {"dims": dict(B=2, H=3, G=3, N=9, M=33, D=7, E=17), "params": dict(causal=False, window=0), "scalars": dict(scale=0.25)},
        {"dims": dict(B=1, H=2, G=1, N=11, M=19, D=3, E=5), "params": dict(causal=False, window=4)},
        {"dims": dict(B=3, H=4, G=1, N=1, M=65, D=16, E=16), "params": dict(causal=True, window=0)},
        {"dims": dict(B=1, H=1, G=1, N=5, M=5, D=1, E=1), "params": dict(causal=True, window=1)},
        {"dims": dict(B=1, H=2, G=2, N=3, M=0, D=4, E=4), "params": dict(causal=True, window=0)},
        {"dims": dict(B=2, H=2, G=1, N=0, M=5, D=4, E=4), "params": dict(causal=True, window=0)},
        {"dims": dict(B=1, H=2, G=1, N=17, M=17, D=8, E=8), "params": dict(causal=True, window=0), "draw": dict(q=huge)},
    ],
    "swin_window_attention": [
        {"dims": dict(B=1, Y=4, X=4, H=1, D=4, E=4), "params": dict(w=2, sh=1, far=-100.0)},
        {"dims": dict(B=2, Y=15, X=10, H=3, D=6, E=10), "params": dict(w=5, sh=2, far=-100.0)},
        {"dims": dict(B=1, Y=7, X=14, H=2, D=5, E=3), "params": dict(w=7, sh=3, far=-100.0)},
        {"dims": dict(B=1, Y=6, X=9, H=2, D=3, E=7), "params": dict(w=3, sh=0, far=-100.0)},
        {"dims": dict(B=1, Y=6, X=3, H=2, D=3, E=5), "params": dict(w=3, sh=2, far=-5.0)},
        {"dims": dict(B=1, Y=3, X=2, H=1, D=3, E=2), "params": dict(w=1, sh=0, far=-100.0)},
        {"dims": dict(B=0, Y=4, X=4, H=1, D=4, E=4), "params": dict(w=2, sh=1, far=-100.0)},
    ],
    "urpe_attention": [
        {"dims": dict(B=1, H=1, N=4, D=4, E=4), "params": dict(causal=False)},
        {"dims": dict(B=2, H=3, N=31, D=12, E=8), "params": dict(causal=True)},
        {"dims": dict(B=1, H=2, N=35, D=5, E=3), "params": dict(causal=False)},
        {"dims": dict(B=2, H=1, N=1, D=3, E=5), "params": dict(causal=True)},
    ],
    "combiner_fixed": [
        {"dims": dict(B=1, H=1, N=4, D=4, E=4), "params": dict(bs=2, causal=True)},
        {"dims": dict(B=2, H=3, N=35, D=6, E=10), "params": dict(bs=7, causal=True)},
        {"dims": dict(B=1, H=2, N=15, D=5, E=3), "params": dict(bs=5, causal=False)},
        {"dims": dict(B=1, H=1, N=9, D=3, E=4), "params": dict(bs=9, causal=True)},
        {"dims": dict(B=1, H=1, N=6, D=3, E=2), "params": dict(bs=1, causal=True)},
        {"dims": dict(B=1, H=2, N=0, D=3, E=2), "params": dict(bs=4, causal=True)},
    ],
    "linear_attention": [
        {"dims": dict(B=1, H=1, G=1, N=3, K=2, V=3), "omit": ["S0", "z0"]},
        {"dims": dict(B=2, H=6, G=2, N=37, K=5, V=7), "omit": ["S0", "z0"]},
        {"dims": dict(B=2, H=4, G=2, N=70, K=9, V=6)},
        {"dims": dict(B=1, H=2, G=1, N=1, K=5, V=4)},
        {"dims": dict(B=2, H=2, G=2, N=0, K=3, V=4)},
        {"dims": dict(B=1, H=1, G=1, N=9, K=1, V=1), "omit": ["S0", "z0"]},
    ],
    "gla": [
        {"dims": dict(B=1, H=1, N=3, K=2, V=3), "omit": ["S0"]},
        {"dims": dict(B=2, H=6, N=37, K=5, V=7), "omit": ["S0"]},
        {"dims": dict(B=1, H=2, N=131, K=9, V=11)},
        {"dims": dict(B=2, H=3, N=1, K=8, V=8)},
        {"dims": dict(B=2, H=1, N=0, K=3, V=4)},
    ],
    "mamba_s6": [
        {"dims": dict(B=1, N=3, D=2, S=2, W=4), "omit": ["h0"]},
        {"dims": dict(B=2, N=37, D=7, S=5, W=4)},
        {"dims": dict(B=1, N=70, D=3, S=1, W=1), "omit": ["h0"]},
        {"dims": dict(B=3, N=1, D=5, S=3, W=4)},
        {"dims": dict(B=1, N=0, D=5, S=3, W=2)},
    ],
    "deltanet": [
        {"dims": dict(B=1, H=1, N=3, K=2, V=3), "omit": ["S0"]},
        {"dims": dict(B=2, H=4, N=37, K=6, V=5), "omit": ["S0"]},
        {"dims": dict(B=1, H=2, N=131, K=9, V=7)},
        {"dims": dict(B=2, H=3, N=1, K=5, V=4)},
        {"dims": dict(B=1, H=2, N=0, K=5, V=4)},
    ],
    "mlstm_exp": [
        {"dims": dict(B=1, H=1, N=3, K=2, V=3), "omit": ["C0", "u0", "m0"]},
        {"dims": dict(B=2, H=3, N=29, K=5, V=7), "omit": ["C0", "u0", "m0"]},
        {"dims": dict(B=1, H=2, N=70, K=6, V=5)},
        {"dims": dict(B=2, H=2, N=1, K=4, V=3)},
        {"dims": dict(B=1, H=2, N=0, K=4, V=3)},
    ],
    "biformer_bra": [
        {"dims": dict(B=1, H=2, Y=4, X=4, D=4, E=4), "params": dict(S=2, TOP=2, P=1)},
        {"dims": dict(B=2, H=3, Y=9, X=15, D=5, E=7), "params": dict(S=3, TOP=2, P=2)},
        {"dims": dict(B=1, H=1, Y=4, X=8, D=2, E=3), "params": dict(S=2, TOP=3, P=0), "draw": dict(q=small_integers, k=small_integers)},
        {"dims": dict(B=1, H=2, Y=3, X=3, D=4, E=2), "params": dict(S=3, TOP=9, P=3)},
        {"dims": dict(B=1, H=1, Y=5, X=3, D=3, E=3), "params": dict(S=1, TOP=1, P=1), "scalars": dict(scale=0.5)},
    ],
    "hyena": [
        {"dims": dict(B=1, N=4, C=2, R=1)},
        {"dims": dict(B=2, N=13, C=3, R=3)},
        {"dims": dict(B=1, N=67, C=5, R=2)},
        {"dims": dict(B=2, N=1, C=3, R=2)},
        {"dims": dict(B=1, N=5, C=3, R=0)},
        {"dims": dict(B=1, N=0, C=3, R=2)},
    ],
    "aff": [
        {"dims": dict(B=1, Y=4, X=4, C=2, K=1, S=2)},
        {"dims": dict(B=2, Y=5, X=7, C=6, K=3, S=2)},
        {"dims": dict(B=1, Y=6, X=9, C=4, K=2, S=2), "scalars": dict(lam=0.25)},
        {"dims": dict(B=1, Y=1, X=2, C=3, K=1, S=3)},
        {"dims": dict(B=1, Y=3, X=1, C=2, K=2, S=1)},
    ],
}  # fmt: skip
