"""Cases of the attention mixers: softmax/, windows/, multi_source/, prefix/ and the extractors of convolution/."""

import numpy as np


def normal(rng, shape, dims):
    return rng.normal(size=shape)


def large(rng, shape, dims):
    """Scores far beyond what an exponential can take."""
    return 100 * rng.normal(size=shape)


def weight(rng, shape, dims, inputs=1):
    """A projection that keeps the size of what it maps, summed over the first axes."""
    return rng.normal(size=shape) * np.prod(shape[:inputs]) ** -0.5


def weight2(rng, shape, dims):
    return weight(rng, shape, dims, 2)


def stack(rng, shape, dims):
    """Several projections, listed by the first axis."""
    return rng.normal(size=shape) * shape[1] ** -0.5


def coin(rng, shape, dims):
    return rng.integers(0, 2, shape)


def permutation(rng, shape, dims):
    return rng.permutation(shape[0])


def fill(value):
    return lambda rng, shape, dims: value


def uniform(low, high):
    return lambda rng, shape, dims: rng.uniform(low, high, shape)


def below(extent):
    """Subscripts of an axis."""
    return lambda rng, shape, dims: rng.integers(0, dims[extent], shape)


def upto(extent, least=0):
    """Lengths along an axis, the full one among them."""
    return lambda rng, shape, dims: rng.integers(least, dims[extent] + 1, shape)


def live(count, axis):
    """Numbers in the first places of an axis, NaN beyond."""

    def draw(rng, shape, dims):
        place = np.arange(shape[axis]).reshape([-1] + [1] * (len(shape) - axis - 1))
        return np.where(place < count, rng.normal(size=shape), np.nan)

    return draw


def odd_axis(shape, axis):
    """Whether the place along an axis is odd."""
    return np.arange(shape[axis]).reshape([-1] + [1] * (len(shape) - axis - 1)) % 2 == 1


def every_other(value):
    """A number in the even places of the first axis, the given value in the odd ones."""
    return lambda rng, shape, dims: np.where(odd_axis(shape, 0), value, rng.normal(size=shape))


def late(rng, shape, dims):
    """Positions far into a sequence."""
    return rng.integers(90000, 100000, shape)


def ancestors(rng, shape, dims):
    """A tree with the root first: each later node hangs on an earlier one."""
    anc = np.zeros(shape, bool)
    for row in anc:
        for node in range(len(row)):
            if node:
                row[node] = row[rng.integers(0, node)]
            row[node, node] = True
    return anc


def pyramid(dims):
    """The levels of a full tree of N nodes, the finest first: each node's level, and its place there."""
    sizes = [1]
    while sum(sizes) < dims["N"]:
        sizes.insert(0, sizes[0] * dims["c"])
    return np.repeat(np.arange(len(sizes)), sizes), np.concatenate([np.arange(size) for size in sizes])


def stages(rng, shape, dims):
    """Scales of unequal sizes, in order: 1, 4, 9, … tokens."""
    return np.floor(np.cbrt(3 * np.arange(shape[0])))


def levels(one, two):
    """Of a pyramid with one level, and of one with two."""
    return lambda rng, shape, dims: one if dims["L"] == 1 else two


CASES = {
    "softmax/padded_attention": dict(
        tiny="--dim B=2,H=1,N=4,M=4,D=4,E=4",
        odd="--dim B=5,H=3,N=19,M=29,D=10,E=6",
        draws={"qlen": upto("N"), "klen": upto("M")},
        adversarial={
            "nan_beyond": {"klen": fill(3), "k": live(3, 2), "v": live(3, 2)},
            "empty": {"klen": fill(0)},
            "causal": "--dim B=5,H=3,N=19,M=29,D=10,E=6 --param causal=true",
            "no_live_queries": {"qlen": fill(0)},
            "live_ends": (
                "--dim B=5,H=3,N=19,M=29,D=10,E=6 --param causal=true",
                {"qlen": fill(2), "klen": fill(3), "k": live(3, 2), "v": live(3, 2)},
            ),
        },
    ),
    "softmax/chunked_prefill_attention": dict(
        tiny="--dim B=2,H=2,G=1,N=2,M=6,D=4,E=4",
        odd="--dim B=3,H=6,G=3,N=7,M=41,D=12,E=12",
        draws={"past": lambda rng, shape, dims: rng.integers(0, dims["M"] - dims["N"] + 1, shape), "fresh": upto("N")},
        adversarial={
            "decode": ("--dim B=3,H=6,G=3,N=1,M=41,D=12,E=12", {"fresh": fill(1)}),
            "nan_beyond": {"past": fill(2), "fresh": fill(3), "k": live(5, 2), "v": live(5, 2)},
            "nothing": {"past": fill(0), "fresh": fill(0)},
            "decode_beside_chunk": {
                "fresh": lambda rng, shape, dims: np.where(odd_axis(shape, 0), 1, dims["N"]),
                "past": lambda rng, shape, dims: np.where(odd_axis(shape, 0), dims["M"] - 1, 0),
            },
        },
    ),
    "multi_source/tree_verify_attention": dict(
        tiny="--dim B=1,H=2,G=1,T=3,M=4,D=4,E=4",
        odd="--dim B=2,H=6,G=2,T=11,M=35,D=12,E=8",
        draws={"clen": upto("M"), "anc": ancestors},
        adversarial={
            "no_cache": {"clen": fill(0)},
            "large": {"q": large},
            "siblings": {"anc": lambda rng, shape, dims: np.eye(shape[1]) + (np.arange(shape[2]) == 0)},
            "lone_nodes": {"anc": lambda rng, shape, dims: np.eye(shape[1]), "clen": fill(0)},
        },
    ),
    "multi_source/lse_merge": dict(
        tiny="--dim P=2,B=1,H=1,N=2,E=4",
        odd="--dim P=7,B=2,H=3,N=13,E=20",
        adversarial={
            "empty_parts": {"pl": every_other(-np.inf), "po": every_other(np.nan)},
            "all_empty": {"pl": fill(-np.inf), "po": fill(np.nan)},
            "far_apart": {"pl": lambda rng, shape, dims: 1e4 * odd_axis(shape, 0)},
            "no_parts": "--dim P=0,B=1,H=2,N=3,E=4",
            "one_part": "--dim P=1,B=2,H=3,N=13,E=20",
        },
    ),
    "softmax/block_sparse_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=4,D=4,E=4 --param bq=2,bk=2",
        odd="--dim B=2,H=3,N=37,M=45,D=12,E=8 --param bq=8,bk=16",
        adversarial={
            "none": {"live": fill(False)},
            "all": {"live": fill(True)},
            "large": {"q": large},
            "dead_rows": {"live": lambda rng, shape, dims: coin(rng, shape, dims) * odd_axis(shape, 1)},
        },
    ),
    "softmax/attention_dropout": dict(
        tiny="--dim B=1,H=1,N=4,M=4,D=4,E=4",
        odd="--dim B=2,H=3,N=21,M=33,D=12,E=8",
        draws={"seed": fill(7)},
        adversarial={
            "rate_zero": "--dim B=1,H=2,N=9,M=11,D=4,E=4 --param rate=0.0",
            "wide_seed": {"seed": fill(2**40 + 3)},
            "more_queries": "--dim B=1,H=2,N=9,M=5,D=4,E=4",
            "rows_dropped_whole": "--dim B=1,H=2,N=29,M=7,D=4,E=4 --param rate=0.9",
        },
    ),
    "softmax/alibi_attention": dict(
        tiny="--dim B=1,H=2,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=3,N=29,M=37,D=12,E=8",
        draws={"slope": uniform(0, 1)},
        adversarial={
            "steep": {"slope": fill(80)},
            "more_queries": "--dim B=1,H=2,N=9,M=5,D=4,E=4",
            "both_ways": "--dim B=2,H=3,N=13,M=17,D=5,E=3 --param causal=false",
        },
    ),
    "softmax/t5_bias_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=4,D=4,E=4,R=4 --param maxd=7",
        odd="--dim B=2,H=3,N=41,M=41,D=10,E=6,R=8 --param maxd=29",
        adversarial={
            "causal": "--dim B=2,H=3,N=41,M=47,D=10,E=6,R=8 --param maxd=29,both=false",
            "more_queries": "--dim B=1,H=2,N=9,M=5,D=4,E=4,R=4 --param maxd=7,both=false",
            "beyond": "--dim B=1,H=2,N=40,M=3,D=4,E=4,R=4 --param maxd=5",
        },
    ),
    "softmax/rope_qknorm_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=3,M=4,D=4,E=4 --param rd=4",
        odd="--dim B=2,H=6,G=2,N=17,M=23,D=22,E=10 --param rd=12",
        draws={
            "pq": lambda rng, shape, dims: np.arange(dims["N"]) + dims["M"] - dims["N"],
            "pk": lambda rng, shape, dims: np.arange(dims["M"]),
        },
        adversarial={
            "far": {"pq": late, "pk": late},
            "unseen": {"pk": fill(99)},
            "zero_query": {"q": fill(0)},
            "angles_past_f32": {
                "pq": lambda rng, shape, dims: rng.integers(10**6, 10**6 + 100, shape),
                "pk": lambda rng, shape, dims: rng.integers(10**6, 10**6 + 100, shape),
            },
        },
    ),
    "softmax/softcap_sink_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=6,G=3,N=19,M=27,D=12,E=8",
        adversarial={
            "large": {"q": large},
            "more_queries": "--dim B=1,H=2,G=1,N=9,M=5,D=4,E=4",
            "no_keys": "--dim B=1,H=2,G=1,N=3,M=0,D=4,E=4 --param causal=false",
            "small_cap": {"cap": fill(0.5), "sink": fill(-80)},
        },
    ),
    "windows/streaming_sink_attention": dict(
        tiny="--dim B=1,H=1,G=1,N=5,M=6,D=4,E=4 --param pin=1,w=2",
        odd="--dim B=2,H=4,G=2,N=33,M=41,D=12,E=8 --param pin=3,w=7",
        adversarial={
            "overlap": "--dim B=1,H=4,G=2,N=13,M=17,D=5,E=3 --param pin=9,w=30",
            "window_only": "--dim B=1,H=4,G=2,N=13,M=17,D=5,E=3 --param pin=0,w=1",
            "large": {"q": large},
        },
    ),
    "softmax/proportional_attention": dict(
        tiny="--dim B=1,H=1,N=2,M=3,D=4,E=4",
        odd="--dim B=2,H=3,N=19,M=23,D=10,E=6",
        draws={"size": lambda rng, shape, dims: rng.integers(0, 4, shape)},
        adversarial={
            "all_gone": {"size": fill(0)},
            "heavy": {"size": uniform(0, 1e4)},
        },
    ),
    "softmax/illama_soft_mask": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=29,D=10,E=6",
        draws={"alpha": fill(0.25)},
        adversarial={
            "alpha_zero": {"alpha": fill(0)},
            "large": {"q": large},
        },
    ),
    "softmax/post_bias_attention": dict(
        tiny="--dim B=1,H=2,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=27,D=6,E=10",
        adversarial={
            "large": {"q": large},
            "one": "--dim B=1,H=1,N=1,D=3,E=2",
        },
    ),
    "softmax/bar_similarity_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4,U=2",
        odd="--dim B=2,H=3,N=27,D=10,E=6,U=5",
        draws={"bar": below("U"), "len": upto("N", 1)},
        adversarial={
            "negative": {"sim": fill(-1)},
            "dead": {"len": fill(0)},
        },
    ),
    "softmax/graph_bias_attention": dict(
        tiny="--dim B=1,H=1,N=3,D=4,E=4,R=3,L=2,A=2,F=2",
        odd="--dim B=3,H=3,N=13,D=10,E=6,R=5,L=4,A=9,F=3",
        draws={"nodes": upto("N", 1), "spd": below("R"), "path": below("A"), "plen": upto("L")},
        adversarial={
            "no_paths": {"path": fill(-1), "plen": fill(0)},
            "no_nodes": {"nodes": fill(0)},
        },
    ),
    "softmax/nprf_rpe_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4,R=4",
        odd="--dim B=2,H=3,N=29,D=10,E=6,R=13",
        adversarial={
            "causal": "--dim B=2,H=3,N=29,D=10,E=6,R=13 --param causal=true",
            "steep": {"rb": lambda rng, shape, dims: 20 * rng.normal(size=shape)},
            "overflowing": {"rb": uniform(90, 120)},
        },
    ),
    "softmax/sigmoid_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=4,G=2,N=21,M=35,D=12,E=8",
        adversarial={
            "more_queries": "--dim B=1,H=2,G=1,N=9,M=5,D=4,E=4",
            "biased": {"bias": fill(-80), "q": large},
            "full": "--dim B=1,H=2,G=2,N=9,M=15,D=5,E=3 --param causal=false",
            "masked_bias": {"bias": fill(80)},
        },
    ),
    "windows/gau_relu2_attention": dict(
        tiny="--dim B=1,N=4,D=4,E=4 --param cs=2",
        odd="--dim B=2,N=37,D=12,E=20 --param cs=10",
        adversarial={
            "causal": "--dim B=2,N=37,D=12,E=5 --param cs=10,causal=true",
            "all_negative": {"q": fill(1), "k": fill(-1)},
        },
    ),
    "windows/laplace_attention": dict(
        tiny="--dim B=1,N=4,D=4,E=4 --param cs=2",
        odd="--dim B=2,N=37,D=12,E=8 --param cs=10",
        adversarial={
            "both_ways": "--dim B=2,N=37,D=12,E=8 --param cs=10,causal=false",
            "large": {"q": large},
        },
    ),
    "softmax/pattention": dict(
        tiny="--dim B=1,N=2,D=4,P=3,E=4",
        odd="--dim B=2,N=17,D=20,P=37,E=12",
        adversarial={
            "zero_token": {"x": lambda rng, shape, dims: rng.normal(size=shape) * odd_axis(shape, 1)},
            "dead_parameters": {"kp": lambda rng, shape, dims: rng.normal(size=shape) * odd_axis(shape, 0)},
        },
    ),
    "softmax/policy_softmax": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=27,D=10,E=6",
        draws={"pol": coin},
        adversarial={
            "all_dropped": {"pol": fill(0)},
            "large": {"q": large},
            "soft": {"pol": uniform(0, 1)},
        },
    ),
    "softmax/program_attention": dict(
        tiny="--dim B=1,N=4,E=1",
        odd="--dim B=3,N=23,E=5",
        adversarial={
            "no_match": {"want": fill(9)},
            "all_match": {"want": fill(1), "sym": fill(1)},
        },
    ),
    "softmax/kmax_cross_attention": dict(
        tiny="--dim B=1,K=2,P=4,D=4,E=3",
        odd="--dim B=2,K=5,P=43,D=10,E=6",
        adversarial={
            "ties": {"c": fill(0), "t": fill(0)},
            "empty_clusters": {"g": fill(0), "t": lambda rng, shape, dims: np.arange(shape[0])},
        },
    ),
    "windows/band_attention": dict(
        tiny="--dim B=1,H=1,N=5,D=4,E=4 --param w=1",
        odd="--dim B=2,H=3,N=33,D=10,E=6 --param w=4",
        draws={"stage": fill(1)},
        adversarial={
            "full": {"stage": fill(0)},
            "alone": "--dim B=1,H=2,N=9,D=5,E=3 --param w=0",
            "large": {"q": large},
        },
    ),
    "windows/longformer_attention": dict(
        tiny="--dim B=1,H=1,N=5,D=4,E=4 --param w=2",
        odd="--dim B=2,H=2,N=29,D=10,E=6 --param w=6,dil=2",
        draws={"glob": lambda rng, shape, dims: rng.random(shape) < 0.15},
        adversarial={
            "no_global": {"glob": fill(False)},
            "all_global": {"glob": fill(True)},
            "large": {"q": large},
        },
    ),
    "windows/bigbird_attention": dict(
        tiny="--dim B=1,H=1,N=6,D=4,E=4,R=1 --param bs=2",
        odd="--dim B=2,H=3,N=42,D=10,E=6,R=2 --param bs=6",
        draws={"rnd": lambda rng, shape, dims: rng.integers(0, dims["N"] // dims["bs"], shape)},
        adversarial={
            "repeated": {"rnd": fill(1)},
            "no_global": "--dim B=1,H=2,N=30,D=5,E=3,R=1 --param bs=3,gb=0",
        },
    ),
    "windows/sparse_transformer_attention": dict(
        tiny="--dim B=1,H=1,N=6,D=4,E=4 --param l=2,c=1",
        odd="--dim B=2,H=3,N=35,D=10,E=6 --param l=6,c=2",
        adversarial={
            "fixed": "--dim B=2,H=3,N=35,D=10,E=6 --param pattern=fixed,l=6,c=2",
            "shortest": "--dim B=1,H=1,N=7,D=3,E=2 --param l=1,c=1",
            "large": {"q": large},
        },
    ),
    "windows/logsparse_attention": dict(
        tiny="--dim B=1,N=5,C=3,U=2,H=1,D=4,E=4 --param steps=3",
        odd="--dim B=2,N=27,C=6,U=3,H=2,D=5,E=7 --param steps=5",
        draws={"cq": weight2, "ck": weight2},
        adversarial={
            "beyond": "--dim B=1,N=3,C=3,U=5,H=1,D=4,E=4 --param steps=6",
            "no_lags": "--dim B=1,N=5,C=3,U=2,H=1,D=4,E=4 --param steps=0",
        },
    ),
    "windows/pyraformer_attention": dict(
        tiny="--dim B=1,H=1,N=3,D=4,E=4 --param c=2",
        odd="--dim B=2,H=3,N=21,D=10,E=6 --param c=4,w=3",
        draws={"lv": lambda rng, shape, dims: pyramid(dims)[0], "at": lambda rng, shape, dims: pyramid(dims)[1]},
        adversarial={
            "one_level": {"lv": fill(0), "at": lambda rng, shape, dims: np.arange(shape[0])},
            "large": {"q": large},
        },
    ),
    "multi_source/sinkhorn_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4 --param bs=2,half=4",
        odd="--dim B=2,H=2,N=35,D=6,E=5 --param bs=7,half=7",
        adversarial={
            "one_half_step": "--dim B=1,H=2,N=12,D=5,E=3 --param bs=3,half=1",
            "one_block": "--dim B=1,H=2,N=5,D=5,E=3 --param bs=5,half=3",
            "cold": "--dim B=1,H=2,N=12,D=5,E=3 --param bs=3,half=6,tau=0.05",
        },
    ),
    "softmax/scale_causal_attention": dict(
        tiny="--dim B=1,H=1,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=3,N=30,M=30,D=10,E=6",
        draws={"sq": stages, "sk": stages},
        adversarial={
            "clamped": {"ls": fill(10)},
            "unseen": {"sq": fill(0), "sk": fill(1)},
        },
    ),
    "softmax/register_attention": dict(
        tiny="--dim B=2,H=1,N=5,D=4,E=4 --param p=3",
        odd="--dim B=3,H=2,N=31,D=10,E=6 --param p=19",
        draws={"keep": lambda rng, shape, dims: rng.integers(0, dims["N"] - dims["p"] + 1, shape)},
        adversarial={
            "none": {"keep": fill(0)},
            "no_patches": ("--dim B=2,H=1,N=9,D=4,E=4 --param p=0", {"keep": fill(4)}),
        },
    ),
    "softmax/segment_condition_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=4,D=4,E=4",
        odd="--dim B=2,H=3,N=17,M=29,D=10,E=6",
        adversarial={
            "unseen": {"sq": fill(1), "sk": fill(2)},
            "all_main": {"sq": fill(0), "q": large},
        },
    ),
    "softmax/fourm_decoder_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=26,D=10,E=6",
        draws={"md": coin},
        adversarial={
            "causal": {"a": fill(1)},
            "bidirectional": {"a": lambda rng, shape, dims: shape[1] * (np.arange(shape[1]) == 0)},
            "empty": {"a": fill(0)},
        },
    ),
    "softmax/word_mask_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=3,D=4,E=4",
        odd="--dim B=2,H=2,N=31,M=17,D=10,E=6",
        draws={
            "wf": lambda rng, shape, dims: np.sort(rng.integers(0, 6, shape)),
            "wp": lambda rng, shape, dims: np.sort(rng.integers(0, 6, shape)),
        },
        adversarial={
            "no_phonemes": {"wp": fill(99)},
            "large": {"q": large},
        },
    ),
    "softmax/dup_block_attention": dict(
        tiny="--dim B=1,H=1,N=8,D=4,E=4 --param bs=2",
        odd="--dim B=2,H=3,N=42,D=10,E=6 --param bs=5",
        adversarial={
            "short_block": "--dim B=1,H=2,N=14,D=5,E=3 --param bs=3",
            "one_block": "--dim B=1,H=2,N=6,D=5,E=3 --param bs=8",
        },
    ),
    "windows/raster_conv_attention": dict(
        tiny="--dim B=1,H=1,N=6,D=4,E=4 --param wd=3,ks=3",
        odd="--dim B=2,H=3,N=33,D=10,E=6 --param wd=7,ks=5",
        adversarial={
            "one_pixel": "--dim B=1,H=2,N=9,D=5,E=3 --param wd=4,ks=1",
            "one_column": "--dim B=1,H=2,N=9,D=5,E=3 --param wd=1,ks=5",
        },
    ),
    "windows/chunked_attention": dict(
        tiny="--dim B=1,H=1,N=5,D=4,E=4 --param cs=2",
        odd="--dim B=2,H=3,N=37,D=10,E=6 --param cs=8,back=1",
        adversarial={
            "both_ways": "--dim B=2,H=3,N=37,D=10,E=6 --param cs=8,back=2,causal=false",
            "one_each": "--dim B=1,H=1,N=5,D=3,E=2 --param cs=1",
        },
    ),
    "windows/s2_attention": dict(
        tiny="--dim B=1,H=2,N=4,D=4,E=4 --param gs=2",
        odd="--dim B=2,H=6,N=36,D=10,E=6 --param gs=12",
        adversarial={
            "no_wrap": "--dim B=2,H=6,N=36,D=10,E=6 --param gs=12,wrap=false",
            "large": {"q": large},
        },
    ),
    "softmax/subset_key_attention": dict(
        tiny="--dim B=1,H=1,N=3,M=5,D=4,E=4,R=2",
        odd="--dim B=2,H=3,N=19,M=41,D=10,E=6,R=11",
        draws={"idx": below("M")},
        adversarial={
            "repeated": {"idx": fill(3)},
            "none": "--dim B=1,H=2,N=3,M=5,D=4,E=4,R=0",
        },
    ),
    "windows/styleswin_attention": dict(
        tiny="--dim B=1,Y=4,X=4,H=2,D=4,E=4 --param w=2",
        odd="--dim B=2,Y=6,X=12,H=4,D=6,E=5 --param w=6",
        adversarial={
            "one_window": "--dim B=1,Y=4,X=4,H=2,D=3,E=5 --param w=4",
            "large": {"q": large},
            "windows_of_one": "--dim B=1,Y=3,X=5,H=2,D=3,E=4 --param w=1",
        },
    ),
    "windows/cswin_attention": dict(
        tiny="--dim B=1,Y=3,X=4,H=2,D=4,E=4 --param sw=2",
        odd="--dim B=2,Y=9,X=7,H=2,D=6,E=5 --param sw=3",
        adversarial={
            "thin": "--dim B=1,Y=4,X=5,H=4,D=3,E=2 --param sw=1",
            "whole": "--dim B=1,Y=4,X=5,H=2,D=3,E=2 --param sw=9",
        },
    ),
    "windows/tinyvit_window_attention": dict(
        tiny="--dim B=1,Y=3,X=3,H=1,D=4,E=4 --param w=2",
        odd="--dim B=2,Y=11,X=9,H=3,D=6,E=10 --param w=4",
        adversarial={
            "mostly_padding": "--dim B=1,Y=1,X=5,H=2,D=3,E=5 --param w=4",
            "large": {"q": large},
        },
    ),
    "windows/tnt_attention": dict(
        tiny="--dim B=1,P=2,A=1,M=3,F=2,C=4,H=1,D=4",
        odd="--dim B=2,P=7,A=2,M=5,F=3,C=10,H=3,D=4",
        draws={"wp": lambda rng, shape, dims: weight(rng, shape, dims, 3), "wq": weight, "wk": weight, "wv": weight},
        adversarial={
            "one_word": "--dim B=1,P=3,A=1,M=1,F=2,C=3,H=2,D=2",
            "one_patch": "--dim B=2,P=1,A=2,M=3,F=2,C=3,H=1,D=2",
        },
    ),
    "multi_source/crossvit_attention": dict(
        tiny="--dim B=1,M=3,C=4,H=1,D=4",
        odd="--dim B=3,M=29,C=10,H=2,D=6",
        draws={"wq": weight, "wk": weight, "wv": weight},
        adversarial={
            "alone": "--dim B=2,M=0,C=4,H=2,D=3",
            "large": {"cl": large},
        },
    ),
    "windows/cvt_attention": dict(
        tiny="--dim B=1,Y=3,X=2,C=3,H=1,D=4",
        odd="--dim B=2,Y=7,X=5,C=6,H=3,D=4",
        draws={"fq": weight2, "fk": weight2, "fv": weight2, "wq": weight, "wk": weight, "wv": weight},
        adversarial={
            "one_pixel": "--dim B=1,Y=1,X=1,C=3,H=2,D=2",
        },
    ),
    "softmax/variate_attention": dict(
        tiny="--dim B=1,T=5,N=3,C=4,H=1,D=4",
        odd="--dim B=2,T=11,N=21,C=10,H=2,D=6",
        draws={"we": weight, "wq": weight, "wk": weight, "wv": weight},
        adversarial={
            "one_variate": "--dim B=2,T=5,N=1,C=3,H=2,D=2",
        },
    ),
    "windows/factorised_attention": dict(
        tiny="--dim B=1,T=2,P=3,C=4,H=1,D=4",
        odd="--dim B=2,T=5,P=7,C=6,H=2,D=4",
        draws={"wt": stack, "ot": weight2, "ws": stack, "os": weight2},
        adversarial={
            "one_frame": "--dim B=1,T=1,P=5,C=4,H=1,D=3",
            "one_place": "--dim B=1,T=5,P=1,C=4,H=1,D=3",
        },
    ),
    "windows/p2at_attention": dict(
        tiny="--dim B=1,Y=2,X=3,H=1,D=4,E=4",
        odd="--dim B=2,Y=7,X=9,H=2,D=5,E=6",
        draws={"wr": weight2, "wc": weight2},
        adversarial={
            "one_row": "--dim B=1,Y=1,X=5,H=2,D=3,E=2",
            "one_column": "--dim B=1,Y=5,X=1,H=2,D=3,E=2",
        },
    ),
    "windows/flatformer_attention": dict(
        tiny="--dim N=5,H=1,D=4,E=4 --param gs=2",
        odd="--dim N=43,H=2,D=6,E=10 --param gs=9",
        draws={"ord": permutation},
        adversarial={
            "one_group": "--dim N=9,H=2,D=3,E=2 --param gs=9",
            "sorted": {"ord": lambda rng, shape, dims: np.arange(shape[0])},
        },
    ),
    "windows/sret_group_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4 --param ng=2",
        odd="--dim B=2,H=3,N=30,D=6 --param ng=5",
        draws={"perm": permutation, "c1": fill(0.75), "c2": fill(-0.5)},
        adversarial={
            "sorted": {"perm": lambda rng, shape, dims: np.arange(shape[0])},
            "one_group": "--dim B=1,H=2,N=9,D=3 --param ng=1",
        },
    ),
    "windows/relactrl_tdsm": dict(
        tiny="--dim B=1,L=4,C=3,H=1,D=4 --param ns=2",
        odd="--dim B=2,L=12,C=5,H=2,D=3 --param ns=3",
        draws={"perm": permutation, "wq": weight, "wk": weight, "wv": weight, "wo": weight2},
        adversarial={
            "sorted": {"perm": lambda rng, shape, dims: np.arange(shape[0])},
            "one_segment": "--dim B=1,L=5,C=3,H=1,D=2 --param ns=1",
        },
    ),
    "windows/t2t_attention": dict(
        tiny="--dim B=1,Y=3,X=4,D=4,E=2",
        odd="--dim B=2,Y=9,X=7,D=6,E=5",
        adversarial={
            "no_overlap": "--dim B=1,Y=6,X=5,D=3,E=4 --param ks=2,st=2,pd=0",
            "gaps": "--dim B=1,Y=6,X=5,D=3,E=4 --param ks=1,st=3,pd=2",
        },
    ),
    "multi_source/vivid_connector": dict(
        tiny="--dim B=1,N=3,C=4,F=3,H=1,D=2",
        odd="--dim B=2,N=17,C=10,F=7,H=2,D=3",
        draws={"w1": weight, "w2": weight, "wq": weight, "wk": weight, "wv": weight, "wo": weight2},
        adversarial={
            "one": "--dim B=2,N=1,C=3,F=2,H=2,D=2",
            "large": {"x": large},
        },
    ),
    "multi_source/fit_attention": dict(
        tiny="--dim B=1,G=2,N=3,M=2,C=4",
        odd="--dim B=2,G=3,N=7,M=3,C=6",
        draws={"w": lambda rng, shape, dims: rng.normal(size=shape) * shape[-1] ** -0.5},
        adversarial={
            "autoregressive": "--dim B=2,G=3,N=7,M=3,C=6 --param ar=true",
            "one_group": "--dim B=1,G=1,N=5,M=2,C=3 --param ar=true",
        },
    ),
    "windows/deformable_attention": dict(
        tiny="--dim B=1,S=6,L=1,N=2,H=1,P=2,E=2",
        odd="--dim B=2,S=38,L=2,N=9,H=3,P=3,E=5",
        draws={"lh": levels([2], [5, 2]), "lw": levels([3], [6, 4]), "ls": levels([0], [0, 30]), "ref": uniform(0, 1)},
        adversarial={
            "outside": {"ref": fill(3)},
            "corners": {"ref": coin, "off": fill(0)},
            "whole_pixels": {"ref": fill(0), "off": lambda rng, shape, dims: rng.integers(-1, 4, shape) + 0.5},
            "below_zero": {"ref": fill(0), "off": uniform(-3, 0)},
        },
    ),
    "multi_source/combiner_axial": dict(
        tiny="--dim B=1,R=2,W=3,H=1,D=4,E=4",
        odd="--dim B=2,R=5,W=7,H=2,D=6,E=5",
        adversarial={
            "one_row": "--dim B=1,R=1,W=5,H=1,D=3,E=2",
            "one_column": "--dim B=1,R=5,W=1,H=1,D=3,E=2",
            "large": {"q": large},
        },
    ),
    "windows/scout_checkpoint_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=5,D=4,E=4 --param w=2",
        odd="--dim B=2,H=4,G=2,N=37,D=6,E=10 --param w=5",
        adversarial={
            "no_checkpoint": "--dim B=1,H=2,G=1,N=5,D=4,E=4 --param w=9",
            "every_token": "--dim B=1,H=2,G=1,N=9,D=4,E=4 --param w=1",
            "large": {"q": large},
        },
    ),
    "multi_source/enat_multiway_attention": dict(
        tiny="--dim B=1,M=2,N=3,C=4,H=1,D=4,E=4",
        odd="--dim B=2,M=13,N=18,C=6,H=3,D=4,E=5",
        draws={"wq": weight, "kv": weight, "vv": weight, "km": weight, "vm": weight},
        adversarial={
            "nothing_visible": "--dim B=2,M=0,N=5,C=4,H=2,D=3,E=2",
        },
    ),
    "multi_source/carried_slot_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4,C=3,F=3 --param w=2",
        odd="--dim B=2,H=3,N=28,D=6,E=5,C=7,F=9 --param w=7",
        draws={"w1": weight, "w2": weight, "wk": weight, "wv": weight},
        adversarial={
            "one_window": "--dim B=1,H=2,N=5,D=4,E=3,C=3,F=2 --param w=5",
            "no_tokens": "--dim B=1,H=2,N=0,D=4,E=3,C=3,F=2 --param w=5",
            "large": {"q": large},
        },
    ),
    "multi_source/energy_two_stream_attention": dict(
        tiny="--dim B=1,H=1,N=3,D=4,E=4",
        odd="--dim B=2,H=3,N=23,D=6,E=5",
        adversarial={
            "large": {"q": large, "pq": large},
            "one": "--dim B=1,H=2,N=1,D=3,E=2",
        },
    ),
    "multi_source/vq_joint_attention": dict(
        tiny="--dim B=1,H=1,N=6,D=2,E=3,S=3 --param w=2",
        odd="--dim B=2,H=2,N=35,D=4,E=5,S=6 --param w=5",
        adversarial={
            "ties": {"cb": fill(0)},
            "near_only": "--dim B=1,H=1,N=8,D=2,E=3,S=3 --param w=4",
            "large": {"q": large},
            "unused_codes": {"cb": lambda rng, shape, dims: rng.normal(size=shape) + 100 * odd_axis(shape, 1)},
        },
    ),
    "multi_source/block_decoder_attention": dict(
        tiny="--dim B=1,H=1,N=5,D=4,E=4,P=2 --param bl=2",
        odd="--dim B=3,H=3,N=19,D=6,E=5,P=2 --param bl=4",
        adversarial={
            "no_context": "--dim B=2,H=2,N=9,D=4,E=3,P=0 --param bl=4",
            "large": {"q": large},
        },
    ),
    "multi_source/set_latent_attention": dict(
        tiny="--dim B=1,H=1,R=2,M=3,D=4,E=4",
        odd="--dim B=3,H=2,R=5,M=31,D=6,E=5",
        draws={"live": upto("M")},
        adversarial={
            "empty_set": {"live": fill(0)},
            "nan_beyond": {"live": fill(3), "k": live(3, 2)},
        },
    ),
    "multi_source/cross_scale_query_attention": dict(
        tiny="--dim B=1,H=1,R=2,M=3,D=4,E=4",
        odd="--dim B=2,H=3,R=5,M=27,D=6,E=4",
        draws={"wk": stack, "wv": stack},
        adversarial={
            "no_tokens": "--dim B=2,H=2,R=3,M=0,D=3,E=3",
        },
    ),
    "multi_source/mmdit_adapter_attention": dict(
        tiny="--dim B=1,H=1,N=3,T=2,A=2,D=4,E=4",
        odd="--dim B=2,H=3,N=17,T=6,A=11,D=6,E=5",
        adversarial={
            "no_adapter": "--dim B=1,H=2,N=5,T=3,A=0,D=4,E=3",
            "gain": {"gain": fill(0.25), "qa": large},
        },
    ),
    "multi_source/slowfast_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=3,M=2,D=4,E=4",
        odd="--dim B=2,H=4,G=2,N=19,M=33,D=6,E=5",
        draws={"slen": upto("M")},
        adversarial={
            "no_frames": {"slen": fill(0)},
            "all_text": {"text": fill(True), "q": large},
            "cold": {"warm": fill(0)},
        },
    ),
    "multi_source/rxt_memory_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=2,S=2,M=3,D=4,E=4",
        odd="--dim B=2,H=4,G=2,N=13,S=7,M=29,D=6,E=5",
        adversarial={
            "shut_gate": {"gl": fill(-80)},
            "open_gate": {"gl": fill(80)},
            "nothing_said": "--dim B=1,H=2,G=1,N=3,S=2,M=0,D=4,E=4",
        },
    ),
    "prefix/aaren_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=37,D=6,E=5",
        adversarial={
            "state": {"m0": normal, "u0": uniform(0.5, 2), "w0": normal},
            "large": {"k": large},
            "rising": {"q": fill(1), "k": lambda rng, shape, dims: 100.0 * np.arange(shape[2])[:, None]},
            "no_tokens": ("--dim B=1,H=2,N=0,D=4,E=3", {"m0": normal, "u0": uniform(0.5, 2), "w0": normal}),
            "huge": {"k": lambda rng, shape, dims: 1e4 * rng.normal(size=shape)},
        },
    ),
    "prefix/prefix_score_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=41,D=6,E=5",
        adversarial={
            "large": {"k": large},
            "one": "--dim B=1,H=2,N=1,D=3,E=2",
        },
    ),
    "prefix/seqpool": dict(
        tiny="--dim B=1,N=3,C=4",
        odd="--dim B=3,N=41,C=18",
        draws={"len": upto("N", 1), "w": weight},
        adversarial={
            "empty": {"len": fill(0)},
            "large": {"w": large},
        },
    ),
    "prefix/ponet": dict(
        tiny="--dim B=1,N=4,C=3 --param nseg=2",
        odd="--dim B=2,N=29,C=10 --param nseg=5",
        draws={"seg": below("nseg"), "live": upto("N", 1)},
        adversarial={
            "dead": {"live": fill(0)},
            "one_segment": {"seg": fill(3), "live": fill(1)},
            "empty_segments": {"seg": lambda rng, shape, dims: 2 * rng.integers(0, 2, shape)},
        },
    ),
    "prefix/attentive_stats_pooling": dict(
        tiny="--dim B=1,T=3,C=2,F=2",
        odd="--dim B=2,T=37,C=9,F=5",
        draws={"len": upto("T", 1), "w1": stack, "w2": weight},
        adversarial={
            "one_frame": {"len": fill(1)},
            "constant": {"h": fill(2)},
            "offset": {"h": lambda rng, shape, dims: 100 + rng.normal(size=shape)},
        },
    ),
    "softmax/synthesizer_attention": dict(
        tiny="--dim B=1,N=3,C=4,H=1,E=4,F=3",
        odd="--dim B=2,N=23,C=6,H=3,E=5,F=7",
        draws={"w1": weight, "w2": weight},
        adversarial={
            "causal": "--dim B=2,N=23,C=6,H=3,E=5,F=7 --param causal=true",
            "random_only": {"w1": fill(0)},
        },
    ),
    "softmax/static_qk_attention": dict(
        tiny="--dim B=2,H=1,N=3,D=4,E=4",
        odd="--dim B=5,H=2,N=31,D=6,E=7",
        adversarial={
            "large": {"q": large},
            "one": "--dim B=3,H=2,N=1,D=3,E=2",
            "no_batch": "--dim B=0,H=2,N=5,D=3,E=2",
        },
    ),
    "softmax/crate_mssa": dict(
        tiny="--dim B=1,N=3,C=4,H=1,D=4",
        odd="--dim B=2,N=27,C=10,H=3,D=6",
        draws={"u": weight, "wo": weight2},
        adversarial={
            "one": "--dim B=2,N=1,C=5,H=2,D=3",
            "no_tokens": "--dim B=2,N=0,C=5,H=2,D=3",
            "large": {"x": large},
        },
    ),
    "convolution/extractor_she": dict(
        tiny="--dim B=1,N=3,C=2,F=2",
        odd="--dim B=2,N=13,C=5,F=4",
        draws={"wa": weight},
        adversarial={
            "by_position": "--dim B=2,N=13,C=5,F=4 --param lag=false",
            "one": "--dim B=1,N=1,C=3,F=2",
        },
    ),
    "convolution/extractor_he": dict(
        tiny="--dim B=1,N=3,C=2,F=2",
        odd="--dim B=2,N=19,C=5,F=4",
        draws={"wv": weight, "wa": weight},
        adversarial={
            "one": "--dim B=1,N=1,C=3,F=2",
            "scalar_taps": {"w": lambda rng, shape, dims: rng.normal(size=(shape[0], 1))},
        },
    ),
    "softmax/attention_importance": dict(
        tiny="--dim B=1,H=2,G=1,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=4,G=2,N=23,M=31,D=6,E=5",
        adversarial={
            "decode": "--dim B=2,H=4,G=2,N=1,M=31,D=6,E=5",
            "large": {"q": large},
        },
    ),
    "softmax/alignment_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=3,D=4,E=4",
        odd="--dim B=2,H=3,N=37,M=11,D=6,E=5",
        adversarial={
            "ties": {"q": fill(0)},
            "large": {"q": large},
        },
    ),
    "softmax/pagerank_attention": dict(
        tiny="--dim B=1,H=2,N=3,D=4 --param rounds=2",
        odd="--dim B=2,H=3,N=29,D=6 --param rounds=7",
        adversarial={
            "no_head": "--dim B=2,H=3,N=29,D=6 --param rounds=7,vlo=50.0,vhi=60.0",
            "large": {"q": large},
        },
    ),
}
