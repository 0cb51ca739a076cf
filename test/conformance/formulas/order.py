"""Mixers that choose, sort, count and gather: one token at a time."""

import math

import numpy as np

from formulas.pieces import formula, relu, softmax


@formula("routed/topk_attention")
def topk_attention(inputs, params):
    """Sorts each row of scores and attends to the first of it."""
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    (B, H, N, D), M, K = q.shape, k.shape[2], params["K"]
    scores = inputs.get("scale", D**-0.5) * (q @ k.swapaxes(2, 3))
    o, idx = np.zeros((B, H, N, v.shape[-1])), np.zeros((B, H, N, K), np.int32)
    for b, h, i in np.ndindex(B, H, N):
        row = scores[b, h, i]
        if params["causal"]:
            row = np.where(np.arange(M) <= i + M - N, row, -np.inf)
        chosen = sorted(range(M), key=lambda j: -row[j])[:K]
        idx[b, h, i] = chosen
        o[b, h, i] = softmax(row[chosen]) @ v[b, h, chosen]
    return {"o": o, "idx": idx}


@formula("routed/reformer_lsh")
def reformer_lsh(inputs, params):
    """As published: sort by bucket, attend in chunks with the chunk before, undo the sort, weigh the rounds."""
    x, v, rot = inputs["x"], inputs["v"], inputs["rot"]
    (B, H, N, D), R, C = x.shape, rot.shape[0], params["C"]
    scale = inputs.get("scale", D**-0.5)
    o = np.zeros(v.shape)
    for b, h in np.ndindex(B, H):
        keys = x[b, h] / np.maximum(np.linalg.norm(x[b, h], axis=-1, keepdims=True), 1e-12)
        rounds, weights = [], []
        for r in range(R):
            turned = x[b, h] @ rot[r]
            bucket = np.concatenate([turned, -turned], axis=-1).argmax(-1)
            order = np.argsort(bucket, kind="stable")
            result, lse = np.zeros(v.shape[2:]), np.zeros(N)
            for c in range(N // C):
                mine = order[c * C : (c + 1) * C]
                seen = np.concatenate([np.roll(order, C)[c * C : (c + 1) * C], mine])
                s = scale * x[b, h, mine] @ keys[seen].T
                s = np.where(seen == mine[:, None], -1e5, s)
                s = np.where(bucket[seen] != bucket[mine][:, None], -np.inf, s)
                if params["causal"]:
                    s = np.where(seen > mine[:, None], -np.inf, s)
                result[mine], lse[mine] = softmax(s) @ v[b, h, seen], np.logaddexp.reduce(s, axis=-1)
            rounds.append(result)
            weights.append(lse)
        share = softmax(np.stack(weights, -1))
        o[b, h] = np.einsum("nr,rne->ne", share, np.stack(rounds))
    return {"o": o}


@formula("routed/smoe_ffn")
def smoe_ffn(inputs, params):
    x, wr, w1, w2 = (inputs[name] for name in ("x", "wr", "w1", "w2"))
    y, sel = np.zeros_like(x), np.zeros((len(x), params["TOP"]), np.int32)
    for t, token in enumerate(x):
        p = softmax(token @ wr)
        sel[t] = np.argsort(-p, kind="stable")[: params["TOP"]]
        y[t] = sum(p[e] * relu(token @ w1[e]) @ w2[e] for e in sel[t])
    return {"y": y, "sel": sel}


@formula("routed/token_merge")
def token_merge(inputs, params):
    """Even tokens look for the odd one most like them; those that find the best matches are merged into it."""
    x, k, size, R = inputs["x"], inputs["k"], inputs["size"], params["R"]
    ys, sizes = [], []
    for tokens, keys, weights in zip(x, k, size):
        keys = keys / np.maximum(np.linalg.norm(keys, axis=-1, keepdims=True), 1e-12)
        match = keys[::2] @ keys[1::2].T
        best, top = match.argmax(-1), match.max(-1)
        top[0] = -np.inf
        order = np.argsort(-top, kind="stable")
        merged, kept = order[:R], np.sort(order[R:])
        total, mass = weights[1::2].copy(), weights[1::2, None] * tokens[1::2]
        for i in merged:
            total[best[i]] += weights[2 * i]
            mass[best[i]] += weights[2 * i] * tokens[2 * i]
        ys.append(np.concatenate([tokens[::2][kept], mass / total[:, None]]))
        sizes.append(np.concatenate([weights[::2][kept], total]))
    return {"y": np.stack(ys), "sz": np.stack(sizes)}


@formula("softmax/program_attention")
def program_attention(inputs, params):
    """Looks back from the token before, then at the token itself, and falls back to the first."""
    want, sym, val, num = (inputs[name] for name in ("want", "sym", "val", "num"))
    pick, cnt = np.zeros_like(want), np.zeros_like(num)
    for b, i in np.ndindex(want.shape):
        hits = [j for j in range(i + 1) if sym[b, j] == want[b, i]]
        earlier = [j for j in hits if j < i]
        pick[b, i] = val[b, earlier[-1] if earlier else i if hits else 0]
        cnt[b, i] = num[b, hits].sum(0)
    return {"pick": pick, "cnt": cnt}


@formula("softmax/kmax_cross_attention")
def kmax_cross_attention(inputs, params):
    c, x, v, g, t = (inputs[name] for name in ("c", "x", "v", "g", "t"))
    u, own = np.zeros((*c.shape[:2], v.shape[-1])), np.zeros(x.shape[:2], np.int32)
    for b, p in np.ndindex(x.shape[:2]):
        own[b, p] = np.argmax(g * (c[b] @ x[b, p]) / np.linalg.norm(x[b, p]) + t)
        u[b, own[b, p]] += v[b, p]
    return {"u": u, "own": own}


@formula("graph/neighbor_attention")
def neighbor_attention(inputs, params):
    nb, q, k, v = (inputs[name] for name in ("nb", "q", "k", "v"))
    scale = inputs.get("scale", q.shape[-1] ** -0.5)
    o = np.zeros((*q.shape[:3], v.shape[-1]))
    for b, n, h in np.ndindex(q.shape[:3]):
        seen = nb[b, n][nb[b, n] >= 0]
        o[b, n, h] = softmax(scale * k[b, seen, h] @ q[b, n, h]) @ v[b, seen, h]
    return {"o": o}


@formula("graph/graph_edge_attention", close=1e-6)
def graph_edge_attention(inputs, params):
    """Edges collected by the node that they point to. The spec keeps their maxima and sums in f32."""
    src, dst, q, k, v, eb = (inputs[name] for name in ("src", "dst", "q", "k", "v", "eb"))
    scale = inputs.get("scale", q.shape[-1] ** -0.5)
    o = np.zeros((*q.shape[:2], v.shape[-1]))
    for n, h in np.ndindex(q.shape[:2]):
        edges = [x for x in range(len(src)) if dst[x] == n]
        s = np.array([eb[x, h] + scale * q[n, h] @ k[src[x], h] for x in edges])
        o[n, h] = softmax(s) @ v[src[edges], h] if edges else 0
    return {"o": o}


@formula("graph/flatformer_groups")
def flatformer_groups(inputs, params):
    """Points sorted along a snake through windows, cut into groups of equal size, the last ones overlapping."""
    cy, cx, x, pe = (inputs[name] for name in ("cy", "cx", "x", "pe"))
    W, G, NX = params["W"], params["G"], params["NX"]
    N = len(x)

    def key(n):
        row, column, y, z = cy[n] // W, cx[n] // W, cy[n] % W, cx[n] % W
        return (row, NX - 1 - column if row % 2 else column, z, W - 1 - y if z % 2 else y)

    order = np.array(sorted(range(N), key=key))
    o = np.zeros_like(x)
    for start in range(0, N, G):
        group = order[min(start, N - G) : min(start, N - G) + G]
        mine = order[start : start + G]
        for h in range(x.shape[1]):
            tokens = x[:, h] + pe[:, h]
            s = inputs.get("scale", x.shape[-1] ** -0.5) * tokens[mine] @ tokens[group].T
            o[mine, h] = softmax(s) @ x[group, h]
    return {"o": o}


@formula("pooling/median_filter")
def median_filter(inputs, params):
    x, r = inputs["x"], params["W"] // 2
    around = np.pad(x, ((0, 0), (r, r), (0, 0)), mode="edge")
    smooth = np.stack([np.median(around[:, n : n + 2 * r + 1], axis=1) for n in range(x.shape[1])], 1)
    return {"smooth": smooth, "rough": x - smooth}


@formula("recurrent/cif")
def cif(inputs, params):
    """Frame by frame: what a full unit does not take goes to the next."""
    h, alpha, beta, U = inputs["h"], inputs["alpha"], inputs.get("beta", 1.0), params["U"]
    (B, T, C), e = h.shape, np.zeros((h.shape[0], U, h.shape[2]))
    for b in range(B):
        unit, room = 0, beta
        for t in range(T):
            left = alpha[b, t]
            while left > 0:
                part = min(left, room)
                if unit < U:
                    e[b, unit] += part * h[b, t]
                left, room = left - part, room - part
                if room <= 0:
                    unit, room = unit + 1, beta
    n = np.array([math.floor(alpha[b].sum() / beta + 0.001) for b in range(B)], np.int32)
    return {"e": e, "n": n}


@formula("routed/informer_probsparse")
def informer_probsparse(inputs, params):
    """Default rows first, then the chosen queries' own rows over them."""
    q, k, v, samp = (inputs[name] for name in ("q", "k", "v", "samp"))
    (B, H, N, D), M = q.shape, k.shape[2]
    scale = inputs.get("scale", D**-0.5)
    o, pick = np.zeros((B, H, N, v.shape[-1])), np.zeros((B, H, params["TOP"]), np.int32)
    for b, h in np.ndindex(B, H):
        z = np.einsum("id,iud->iu", q[b, h], k[b, h][samp])
        pick[b, h] = np.argsort(-(z.max(-1, initial=-np.inf) - z.sum(-1) / M), kind="stable")[: params["TOP"]]
        if params["causal"]:
            o[b, h] = np.cumsum(v[b, h], axis=0)[np.minimum(np.arange(N), M - 1)]
        else:
            o[b, h] = v[b, h].mean(0)
        for i in pick[b, h]:
            seen = slice(0, i + 1 if params["causal"] else M)
            o[b, h, i] = softmax(scale * (k[b, h, seen] @ q[b, h, i])) @ v[b, h, seen]
    return {"o": o, "pick": pick}


@formula("routed/adaptive_token_sampling")
def adaptive_token_sampling(inputs, params):
    """The inverse of the cumulative distribution over tokens sorted by significance, at the middles of K intervals."""
    q, k, v, K = inputs["q"], inputs["k"], inputs["v"], params["K"]
    (B, H, N, D), E = q.shape, v.shape[-1]
    scale = inputs.get("scale", D**-0.5)
    o, row = np.zeros((B, H, K + 1, E)), np.zeros((B, K + 1), np.int32)
    keep = np.ones((B, K + 1), bool)
    for b in range(B):
        weight = sum(softmax(scale * (k[b, h] @ q[b, h, 0])) for h in range(H))
        significance = weight[1:] * np.sqrt((v[b, :, 1:] ** 2).sum((0, 2)))
        order = np.argsort(significance, kind="stable")
        share = np.cumsum(significance[order]) / significance.sum()
        near = [np.abs(share - (m + 0.5) / K).argmin() for m in range(K)]
        row[b, 1:] = order[near] + 1
        keep[b, 2:] = np.diff(near) != 0
        for h, r in np.ndindex(H, K + 1):
            if keep[b, r]:
                o[b, h, r] = softmax(scale * (k[b, h] @ q[b, h, row[b, r]])) @ v[b, h]
    return {"o": o, "row": row, "keep": keep}


@formula("routed/moba")
def moba(inputs, params):
    """Each query's blocks put side by side."""
    q, k, v, BS, TOP = inputs["q"], inputs["k"], inputs["v"], params["BS"], params["TOP"]
    (B, H, N, D), G = q.shape, k.shape[1]
    scale = inputs.get("scale", D**-0.5)
    blocks = -(-N // BS)
    o, route = np.zeros((B, H, N, v.shape[-1])), np.zeros((B, H, N, TOP), np.int32)
    for b, h, i in np.ndindex(B, H, N):
        keys, values = k[b, h * G // H], v[b, h * G // H]
        gate = np.full(blocks, -np.inf)
        for c in range(i // BS):
            gate[c] = q[b, h, i] @ keys[c * BS : (c + 1) * BS].mean(0)
        gate[i // BS] = np.inf
        route[b, h, i] = np.argsort(-gate, kind="stable")[:TOP]
        seen = [j for c in route[b, h, i] for j in range(c * BS, (c + 1) * BS) if j <= i]
        o[b, h, i] = softmax(scale * (keys[seen] @ q[b, h, i])) @ values[seen]
    return {"o": o, "route": route}
