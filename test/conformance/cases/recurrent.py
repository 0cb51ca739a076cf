"""Linear, gated, delta-rule and state space mixers, and the other recurrences.

What the draws must respect: a state that grows by a constant factor with every token says nothing about rounding, so
decays are at most 1, keys of delta rules have length one, and weights of deep chains are small.
"""

import numpy as np

# ---------------------------------------------------------------------------------------------------------------------
# Draws


def normal(scale=1.0):
    return lambda rng, shape, dims: scale * rng.standard_normal(shape)


def uniform(low, high):
    return lambda rng, shape, dims: rng.uniform(low, high, shape)


def constant(value):
    return lambda rng, shape, dims: np.full(shape, value)


def one_of(*values):
    return lambda rng, shape, dims: rng.choice(values, shape)


def steps(low, high, step):
    """Multiples of a power of two, with which short sums are exact: for what is compared with a threshold."""
    return lambda rng, shape, dims: step * rng.integers(round(low / step), round(high / step) + 1, shape)


def unit(rng, shape, dims):
    x = rng.standard_normal(shape)
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


def same_key(rng, shape, dims):
    """One key of length one for all."""
    return unit(rng, (shape[-1],), dims)


def mixing(rng, shape, dims):
    """Weights of a sum over the second axis from the end, which keep the size of what they mix."""
    return rng.standard_normal(shape) / np.sqrt(max(shape[-2], 1))


def contraction(rng, shape, dims):
    """A matrix whose powers fade."""
    q, _ = np.linalg.qr(rng.standard_normal(shape))
    return 0.9 * q


def stamps(rng, shape, dims):
    """Not decreasing, some equal."""
    return np.cumsum(rng.integers(0, 4, shape) / 4, axis=-1)


def first(count, shape):
    """Whether a token of [., T, .] is among the first ones."""
    return np.arange(shape[1])[:, None] < count


def packed(*lengths):
    """Sequence numbers of the tokens of packed sequences, and each one's last token."""
    ends = np.cumsum(lengths)
    return {
        "seg": lambda rng, shape, dims: np.repeat(np.arange(len(lengths)), lengths),
        "last": lambda rng, shape, dims: np.where(np.array(lengths) > 0, ends - 1, -1),
    }


decay = uniform(-1, 0)  # its logarithm
open_and_shut = one_of(0, -80)  # likewise: keeps all, or nothing
rate = uniform(0, 1)
negative = uniform(-2, -0.1)
state = normal()

# ---------------------------------------------------------------------------------------------------------------------
# Linear attention

LINEAR = {
    "linear/linfusion": dict(
        tiny="--dim B=1,H=1,N=2,M=3,K=2,V=3",
        odd="--dim B=2,H=3,N=11,M=23,K=5,V=7",
        adversarial={
            "far-below-zero": {"q": normal(30), "k": normal(30)},
            "one-key": "--dim B=1,H=2,N=5,M=1,K=3,V=2",
            "no-key": "--dim B=1,H=1,N=3,M=0,K=2,V=2",
            "no-query": "--dim B=1,H=1,N=0,M=3,K=2,V=2",
        },
    ),
    "linear/efficient_attention": dict(
        tiny="--dim B=1,H=1,N=2,M=3,K=2,V=2",
        odd="--dim B=3,H=2,N=7,M=29,K=5,V=6",
        adversarial={
            "peaked-columns": {"k": one_of(-40, 0, 40)},
            "large": {"q": normal(300), "k": normal(300)},
            "one-key": "--dim B=1,H=2,N=5,M=1,K=3,V=2",
            "no-key": "--dim B=1,H=1,N=3,M=0,K=2,V=2",
        },
    ),
    "linear/hedgehog": dict(
        tiny="--dim B=1,H=2,N=3,K=2,F=2,V=2",
        odd="--dim B=2,H=3,N=19,K=7,F=5,V=6",
        draws={"wq": mixing, "wk": mixing},
        adversarial={
            "spiky": {"bq": normal(20), "bk": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,K=3,F=4,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,F=4,V=2",
        },
    ),
    "linear/performer": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2,R=4",
        odd="--dim B=2,H=3,N=25,K=6,V=5,R=11",
        adversarial={
            "long-queries": {"q": normal(10)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2,R=5",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2,R=5",
            "long-keys": {"k": normal(2)},
        },
    ),
    "linear/nprf_rpe": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2,R=3",
        odd="--dim B=2,H=3,N=19,K=5,V=4,R=7",
        adversarial={
            "steep": {"bias": normal(10)},
            "zero-queries": {"q": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2,R=5",
        },
    ),
    "linear/cosformer": dict(
        tiny="--dim B=1,H=1,N=4,K=3,V=2",
        odd="--dim B=2,H=3,N=27,K=5,V=6",
        draws={"q": lambda rng, shape, dims: np.abs(rng.standard_normal(shape)), "k": uniform(-0.5, 2)},
        adversarial={
            "dead-query": {"q": lambda rng, shape, dims: rng.standard_normal(shape[:-1] + (1,))},
            "longer-span": {"span": constant(100)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
    "linear/norm_attention": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2",
        odd="--dim B=2,H=3,N=21,K=6,V=5",
        adversarial={
            "far-below-zero": {"q": normal(10), "k": normal(10)},
            "zero-values": {"v": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
        },
    ),
    "softmax/diag_attention": dict(
        tiny="--dim B=1,H=1,N=5,K=3,V=2 --param w=4",
        odd="--dim B=2,H=3,N=23,K=5,V=4 --param w=6",
        adversarial={
            "large": {"q": normal(100)},
            "blocks-of-one": "--dim B=1,H=2,N=5,K=3,V=2 --param w=1",
            "one-short-block": "--dim B=1,H=2,N=7,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2 --param w=4",
        },
    ),
    "linear/slab": dict(
        tiny="--dim B=1,H=1,Y=2,X=3,K=2,V=2",
        odd="--dim B=3,H=2,Y=7,X=7,K=5,V=6",
        adversarial={
            "dead-queries": {"q": uniform(-2, -1)},
            "one-pixel": "--dim B=1,H=2,Y=1,X=1,K=3,V=2",
            "a-line": "--dim B=1,H=1,Y=1,X=9,K=3,V=2",
        },
    ),
    "linear/ecoformer": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2,M=3,C=4",
        odd="--dim B=2,H=3,N=27,K=6,V=5,M=7,C=11",
        draws={"anchor": unit, "mu": uniform(0, 0.5)},
        adversarial={
            "all-plus": {"proj": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2,M=4,C=3",
        },
    ),
    "linear/soft_attention": dict(
        tiny="--dim B=1,H=1,N=4,R=2,K=3,V=2 --param steps=2",
        odd="--dim B=2,H=2,N=29,R=5,K=6,V=7 --param steps=6",
        adversarial={
            "one-landmark": "--dim B=1,H=2,N=5,R=1,K=3,V=2 --param steps=3",
            "empty": "--dim B=1,H=2,N=0,R=2,K=3,V=2 --param steps=3",
            # Equal landmarks would be a worst case of another kind: the start value then lies where the first step of
            # the iteration gives exactly zero, and what every further step doubles is rounding alone.
            "near-landmarks": {
                "lm": lambda rng, shape, dims: same_key(rng, shape, dims) + 0.5 * rng.standard_normal(shape)
            },
        },
    ),
    "softmax/linformer": dict(
        tiny="--dim B=1,H=1,N=2,M=3,K=3,V=2,R=2",
        odd="--dim B=2,H=6,N=9,M=37,K=5,V=7,R=3",
        adversarial={
            "one-landmark": "--dim B=1,H=2,N=5,M=7,K=3,V=2,R=1",
            "no-key": "--dim B=1,H=2,N=3,M=0,K=3,V=2,R=2",
        },
    ),
    "linear/taylor_attention": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2",
        odd="--dim B=2,H=6,N=17,K=5,V=7",
        adversarial={
            "least-weights": {"q": constant(1), "k": lambda rng, shape, dims: -(shape[-1] ** -0.5)},
            "one-channel": "--dim B=1,H=2,N=5,K=1,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
    "linear/lsa_gd": dict(
        tiny="--dim B=1,T=2,D=2",
        odd="--dim B=3,T=31,D=7",
        draws={"P": mixing, "Q": mixing},
        adversarial={
            "one-step": {
                "P": lambda rng, shape, dims: np.diag([0.0] * (shape[0] - 1) + [1.0]),
                "Q": lambda rng, shape, dims: np.diag([1.0] * (shape[0] - 1) + [0.0]),
            },
            "few-examples": "--dim B=1,T=3,D=11",
        },
    ),
    "linear/lawcat": dict(
        tiny="--dim B=1,H=1,N=2,K=2,F=3,V=2,W=4",
        odd="--dim B=2,H=3,N=29,K=5,F=7,V=6,W=4",
        draws={"g": decay, "wf": mixing},
        adversarial={
            "open-and-shut": {"g": open_and_shut},
            "one-token": "--dim B=1,H=2,N=1,K=3,F=2,V=2,W=4",
            "empty": "--dim B=1,H=2,N=0,K=3,F=2,V=2,W=4",
        },
    ),
    "linear/track_attention": dict(
        tiny="--dim B=1,T=2,N=3,C=2,K=2,V=2",
        odd="--dim B=3,T=4,N=29,C=7,K=5,V=3",
        draws={"first": lambda rng, shape, dims: np.sort(rng.integers(0, dims["N"], shape), axis=-1)},
        adversarial={
            "all-bars-at-one-token": {"first": constant(3)},
            "one-track": "--dim B=2,T=1,N=5,C=3,K=3,V=2",
            "no-bar": "--dim B=1,T=2,N=5,C=0,K=3,V=2",
        },
    ),
    "convolution/cas_vit": dict(
        tiny="--dim B=1,C=1,Y=2,X=2",
        odd="--dim B=2,C=5,Y=7,X=11",
        adversarial={"one-pixel": "--dim B=1,C=3,Y=1,X=1", "a-line": "--dim B=1,C=2,Y=9,X=1"},
    ),
    "linear/efficientvim": dict(
        tiny="--dim B=1,N=4,S=1,D=2",
        odd="--dim B=2,N=35,S=5,D=6",
        draws={"wh": mixing, "wz": mixing, "wo": mixing},
        adversarial={
            "peaked-columns": {"dt": one_of(-40, 0, 40)},
            "one-token": "--dim B=1,N=1,S=3,D=2",
            "empty": "--dim B=1,N=0,S=3,D=2",
        },
    ),
    "recurrent/aaren": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2",
        odd="--dim B=2,H=3,N=31,K=5,V=7",
        adversarial={
            "climbing": {
                "q": constant(1),
                "k": lambda rng, shape, dims: np.linspace(-400, 400, dims["N"])[:, None] * shape[-1] ** -0.5,
            },
            "falling": {
                "q": constant(1),
                "k": lambda rng, shape, dims: np.linspace(400, -400, dims["N"])[:, None] * shape[-1] ** -0.5,
            },
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
    "linear/mossformer": dict(
        tiny="--dim B=1,N=3,K=3,V=2 --param g=2",
        odd="--dim B=2,N=29,K=6,V=5 --param g=8",
        adversarial={
            "silence": {"v": constant(0)},
            "groups-of-one": "--dim B=1,N=5,K=3,V=2 --param g=1",
            "one-short-group": "--dim B=1,N=7,K=3,V=2",
        },
    ),
    "linear/vq_attention": dict(
        tiny="--dim B=1,H=1,N=5,K=3,V=2,C=3,W=4 --param w=2",
        odd="--dim B=2,H=2,N=27,K=5,V=6,C=7,W=8 --param w=4",
        draws={"k": steps(-2, 2, 0.25), "book": steps(-2, 2, 0.5)},  # distances are exact, so that ties are ties
        adversarial={
            "equal-codes": {"book": constant(0.5)},
            "large": {"q": normal(100)},
            "blocks-of-one": "--dim B=1,H=2,N=6,K=3,V=2,C=4,W=2 --param w=1",
        },
    ),
}

# ---------------------------------------------------------------------------------------------------------------------
# Decays and gates

GATED = {
    "recurrent/retention": dict(
        tiny="--dim B=1,H=1,N=3,P=1,V=2",
        odd="--dim B=2,H=3,N=27,P=3,V=7",
        draws={"gamma": uniform(0.5, 1), "zeta": uniform(0.8, 1)},
        adversarial={
            "no-decay": {"gamma": constant(1), "zeta": constant(1)},
            "own-token-only": {"gamma": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,P=2,V=3",
            "empty": "--dim B=1,H=2,N=0,P=2,V=3",
            "factors-that-overflow": {"zeta": constant(0.03)},
        },
    ),
    "recurrent/timelygpt": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2",
        odd="--dim B=2,H=3,N=29,K=5,V=7",
        draws={"time": stamps, "lgamma": decay},
        adversarial={
            "all-at-once": {"time": constant(7)},
            "long-gaps": {"time": lambda rng, shape, dims: 500.0 * np.arange(shape[-1])},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
    "recurrent/lightning_attention": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2",
        odd="--dim B=2,H=6,N=43,K=5,V=7",
        draws={"slope": rate},
        adversarial={
            "no-decay": {"slope": constant(0), "S0": state},
            "own-token-only": {"slope": constant(200)},
            "one-token": ("--dim B=1,H=2,N=1,K=3,V=2", {"S0": state}),
            "empty": ("--dim B=1,H=2,N=0,K=3,V=2", {"S0": state}),
        },
    ),
    "recurrent/gla_packed": dict(
        tiny="--dim H=1,T=3,R=2,K=2,V=2",
        draws={"g": decay, **packed(2, 1)},
        adversarial={
            "odd-lengths": ("--dim H=2,T=41,R=4,K=5,V=3", packed(13, 1, 22, 5)),
            "open-and-shut": ("--dim H=2,T=41,R=4,K=5,V=3", {"g": open_and_shut, **packed(13, 1, 22, 5)}),
            "empty-sequences": ("--dim H=2,T=9,R=5,K=3,V=2", packed(0, 4, 0, 5, 0)),
            "no-token": ("--dim H=2,T=0,R=2,K=3,V=2", packed(0, 0)),
            "not-a-number-next-door": (
                "--dim H=2,T=41,R=4,K=5,V=3",
                {
                    "v": lambda rng, shape, dims: np.where(first(13, shape), np.nan, rng.standard_normal(shape)),
                    **packed(13, 1, 22, 5),
                },
            ),
        },
    ),
    "recurrent/hgrn2": dict(
        tiny="--dim B=1,H=1,N=2,K=3,V=2",
        odd="--dim B=2,H=3,N=35,K=6,V=5",
        draws={"low": uniform(0, 0.9)},
        adversarial={
            "open": {"x": uniform(15, 25), "low": constant(0)},
            "shut": {"x": uniform(-80, -60), "low": constant(0)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
    "recurrent/gsa": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2,S=2",
        odd="--dim B=2,H=4,N=29,K=6,V=5,S=3",
        adversarial={
            "nothing-written": {"x": constant(60)},
            "all-replaced": {"x": constant(-1000)},
            "one-slot": "--dim B=1,H=2,N=5,K=3,V=2,S=1",
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2,S=3",
        },
    ),
    "recurrent/liger": dict(
        tiny="--dim B=1,H=1,N=4,P=1,V=2 --param window=2",
        odd="--dim B=2,H=6,N=31,P=3,V=5 --param window=6",
        adversarial={
            "large": {"q": normal(30), "k": normal(30)},
            "own-token-only": "--dim B=1,H=2,N=6,P=2,V=3 --param window=1",
            "one-token": "--dim B=1,H=2,N=1,P=2,V=3",
            "empty": "--dim B=1,H=2,N=0,P=2,V=3",
        },
    ),
    "recurrent/rwkv6": dict(
        tiny="--dim B=1,H=1,N=1,K=3,V=2",
        odd="--dim B=2,H=3,N=33,K=6,V=5",
        adversarial={
            "decay-of-exactly-zero": {"w": one_of(-5, 95), "S0": state},
            "no-decay": {"w": constant(-200), "S0": state},
            "empty": ("--dim B=1,H=2,N=0,K=3,V=2", {"S0": state}),
        },
    ),
    "recurrent/mlstm_sig": dict(
        tiny="--dim B=1,H=1,N=2,K=3,V=2",
        odd="--dim B=2,H=3,N=39,K=6,V=5",
        adversarial={
            "open-and-shut": {"fg": one_of(-80, 80), "C0": state},
            "one-token": ("--dim B=1,H=2,N=1,K=3,V=2", {"C0": state}),
            "empty": ("--dim B=1,H=2,N=0,K=3,V=2", {"C0": state}),
        },
    ),
    "rnn/slstm": dict(
        tiny="--dim B=1,N=2,H=1,D=2",
        odd="--dim B=2,N=23,H=3,D=5",
        draws={"ri": mixing, "rf": mixing, "rz": mixing, "ro": mixing},
        adversarial={
            "large-input-gates": {"xi": normal(50)},
            "open-and-shut": {"xf": one_of(-80, 80)},
            "one-token": "--dim B=2,N=1,H=2,D=3",
            "empty": "--dim B=2,N=0,H=2,D=3",
        },
    ),
    "recurrent/bio_xlstm": dict(
        tiny="--dim B=1,N=3,C=2,H=1,K=2,V=2",
        odd="--dim B=2,N=27,C=6,H=2,K=5,V=4",
        draws={"wq": mixing, "wk": mixing, "wv": mixing},
        adversarial={
            "large-gates": {"wi": normal(20), "wf": normal(20)},
            "one-token": "--dim B=1,N=1,C=4,H=2,K=3,V=2",
        },
    ),
    "rnn/mingru": dict(
        tiny="--dim B=1,N=2,C=3",
        odd="--dim B=3,N=53,C=7",
        adversarial={
            "open-and-shut": {"z": one_of(-80, 80), "h0": rate},
            "one-token": ("--dim B=2,N=1,C=3", {"h0": rate}),
            "empty": "--dim B=2,N=0,C=3",
        },
    ),
    "rnn/rg_lru": dict(
        tiny="--dim B=1,N=3,G=1,C=2",
        odd="--dim B=2,N=47,G=3,C=5",
        draws={"wa": mixing, "wi": mixing, "fresh": lambda rng, shape, dims: rng.random(shape) < 0.1},
        adversarial={
            "decay-near-one": {"lam": uniform(-14, -10), "fresh": constant(False)},
            "all-fresh": {"fresh": constant(True)},
            "one-token": "--dim B=2,N=1,G=2,C=3",
        },
    ),
    "rnn/bd_lru": dict(
        tiny="--dim B=1,N=3,G=1,C=2",
        odd="--dim B=2,N=41,G=5,C=3",
        adversarial={
            "no-input": {"e": constant(0)},
            "no-transition": {"w": constant(0)},
            "one-token": "--dim B=2,N=1,G=2,C=3",
        },
    ),
    "rnn/h_lru": dict(
        tiny="--dim B=1,N=1,C=3",
        odd="--dim B=2,N=55,C=7",
        adversarial={
            "only-three-back": {"l": lambda rng, shape, dims: np.array([0, -80, -80, 0])},
            "two-tokens": "--dim B=2,N=2,C=3",
            "empty": "--dim B=2,N=0,C=3",
        },
    ),
    "ssm/mega": dict(
        tiny="--dim B=1,N=3,C=2,S=2,D=2,V=3,W=2 --param chunk=2",
        odd="--dim B=2,N=29,C=5,S=3,D=4,V=7,W=8 --param chunk=8",
        draws={"wz": mixing, "wv": mixing, "wr": mixing, "wu": mixing, "wh": mixing, "uh": mixing},
        adversarial={
            "long-memory": {"alpha": uniform(-8, -4)},
            "one-token": "--dim B=1,N=1,C=3,S=2,D=2,V=2,W=4 --param chunk=4",
        },
    ),
    "convolution/tcnca": dict(
        tiny="--dim B=1,N=3,C=2,W=2,K=2,R=2 --param chunk=2",
        odd="--dim B=2,N=35,C=5,W=3,K=4,R=6 --param chunk=6",
        draws={"wq": mixing, "wk": mixing, "wv": mixing, "wg": mixing},
        adversarial={
            "wide-dilation": "--dim B=1,N=29,C=2,W=3,K=2,R=5 --param chunk=5,f=5",
            "one-token": "--dim B=1,N=1,C=2,W=3,K=2,R=2 --param chunk=2",
        },
    ),
    "recurrent/mom": dict(
        tiny="--dim B=1,N=4,M=2,K=2,V=2 --param top=1",
        odd="--dim B=2,N=37,M=5,K=4,V=3",
        draws={"g": decay},
        adversarial={
            "ties": {"w": steps(0, 1, 1)},
            "all-chosen": "--dim B=1,N=7,M=3,K=3,V=2 --param top=3",
            "none-chosen": "--dim B=1,N=7,M=3,K=3,V=2 --param top=0",
        },
    ),
    "recurrent/log_linear_attention": dict(
        tiny="--dim B=1,H=1,N=4,K=3,V=2,J=3",
        odd="--dim B=2,H=4,N=23,K=5,V=4,J=6",
        draws={"g": decay},
        adversarial={
            "open-and-shut": {"g": open_and_shut},
            "own-token-only": {"lev": lambda rng, shape, dims: np.arange(shape[-1]) == 0},
            "a-power-of-two": "--dim B=1,H=2,N=16,K=3,V=2,J=5",
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2,J=1",
        },
    ),
    "recurrent/cif": dict(
        tiny="--dim B=1,T=5,U=3,C=2",
        odd="--dim B=3,T=37,U=11,C=5",
        draws={"alpha": steps(0, 0.75, 0.125)},  # exact sums: borders that fall on frames
        adversarial={
            "heavy-frames": {"alpha": steps(0, 4, 0.25)},
            "silence": {"alpha": constant(0)},
            "more-to-a-unit": {"beta": constant(2)},
            "no-frame": "--dim B=2,T=0,U=3,C=2",
        },
    ),
    "rnn/rxt_memory": dict(
        tiny="--dim B=1,T=2,S=2,L=2,D=3,F=2",
        odd="--dim B=2,T=5,S=5,L=7,D=6,F=4",
        draws={"M0": state, "wq": mixing, "wk": mixing, "wv": mixing},
        adversarial={
            "gates-open-and-shut": {"gate": one_of(-80, 80)},
            "one-interaction": "--dim B=1,T=1,S=3,L=4,D=3,F=2",
            "no-interaction": "--dim B=1,T=0,S=3,L=4,D=3,F=2",
        },
    ),
    "rnn/lmu_spiking": dict(
        tiny="--dim B=1,N=4,S=2,E=2",
        odd="--dim B=3,N=41,S=5,E=7",
        draws={"u": normal(3), "Ab": contraction},
        adversarial={
            "at-the-threshold": {"u": constant(2)},
            "without-a-leak": {"u": steps(0, 1, 0.25), "tau": constant(1)},
            "silence": {"u": constant(0)},
        },
    ),
}

# ---------------------------------------------------------------------------------------------------------------------
# State spaces

STATE_SPACES = {
    "ssm/mamba2": dict(
        tiny="--dim B=1,N=3,H=2,P=2,G=1,S=2",
        odd="--dim B=2,N=45,H=6,P=5,G=2,S=7",
        draws={"A": negative},
        adversarial={
            "long-steps": {"dl": one_of(-80, 80)},
            "one-token": ("--dim B=2,N=1,H=4,P=3,G=2,S=2", {"h0": state}),
            "empty": ("--dim B=2,N=0,H=4,P=3,G=2,S=2", {"h0": state}),
        },
    ),
    "ssm/hydra": dict(
        tiny="--dim B=1,N=1,H=2,P=2,S=2",
        odd="--dim B=2,N=33,H=3,P=5,S=4",
        draws={"af": decay, "ab": decay},
        adversarial={
            "open-and-shut": {"af": open_and_shut, "ab": open_and_shut},
            "two-tokens": "--dim B=1,N=2,H=2,P=3,S=2",
            "empty": "--dim B=1,N=0,H=2,P=3,S=2",
        },
    ),
    "ssm/mambamixer": dict(
        tiny="--dim B=1,N=2,D=3,S=2",
        odd="--dim B=2,N=19,D=11,S=3",
        draws={"dt": rate, "du": rate, "dd": rate, "At": negative, "Au": negative, "Ad": negative},
        adversarial={
            "long-steps": {"dt": one_of(0, 60)},
            "one-channel": "--dim B=1,N=7,D=1,S=3",
            "one-token": "--dim B=1,N=1,D=5,S=3",
        },
    ),
    "ssm/bimamba": dict(
        tiny="--dim B=3,N=1,D=2,S=2",
        odd="--dim B=5,N=7,D=6,S=4",
        draws={"df": rate, "db": rate, "Af": negative, "Ab": negative},
        adversarial={
            "long-steps": {"df": one_of(0, 60), "db": one_of(0, 60)},
            "empty": "--dim B=1,N=0,D=2,S=3",
        },
    ),
    "ssm/s4d": dict(
        tiny="--dim B=1,N=4,D=1,S=2",
        odd="--dim B=2,N=61,D=5,S=3",
        draws={"are": uniform(-1, 0), "aim": uniform(0, 6), "dt": uniform(0.01, 0.2)},
        adversarial={
            "short-steps": {"dt": uniform(1e-3, 2e-3)},
            "one-token": "--dim B=1,N=1,D=2,S=3",
            "empty": "--dim B=1,N=0,D=2,S=3",
        },
    ),
    "ssm/s4_dplr": dict(
        tiny="--dim B=1,N=3,D=1,S=2",
        odd="--dim B=2,N=31,D=3,S=5",
        draws={
            "lr": uniform(-1, -0.3),
            "li": uniform(-6, 6),
            **{name: normal(0.2) for name in ("pr", "pm", "qr", "qm")},
            "dt": uniform(0.01, 0.2),
        },
        adversarial={
            "diagonal": {"pr": constant(0), "pm": constant(0)},
            "one-token": "--dim B=1,N=1,D=2,S=3",
        },
    ),
    "ssm/lmu": dict(
        tiny="--dim B=1,N=3,C=2,S=2,E=2",
        odd="--dim B=2,N=57,C=5,S=6,E=7",
        draws={"Ab": contraction},
        adversarial={
            "no-drive": {"wu": constant(0)},
            "one-token": "--dim B=1,N=1,C=3,S=2,E=4",
            "empty": "--dim B=1,N=0,C=3,S=2,E=4",
        },
    ),
    "ssm/lru": dict(
        tiny="--dim B=1,N=3,C=2,S=2,E=2",
        odd="--dim B=2,N=51,C=5,S=7,E=3",
        draws={"nu": uniform(-4, 0), "th": uniform(0, 6.28), "gl": uniform(-2, 0)},
        adversarial={
            "modulus-near-one": {"nu": constant(-12)},
            "modulus-of-zero": {"nu": constant(6)},
            "one-token": "--dim B=1,N=1,C=3,S=2,E=4",
        },
    ),
    "ssm/liquid_s4": dict(
        tiny="--dim B=1,N=3,D=1,S=2",
        odd="--dim B=2,N=44,D=5,S=3",
        draws={"lmag": uniform(-1, -0.1), "lang": uniform(0, 3), "bv": normal(0.2)},
        adversarial={
            "vanishing-transition": {"lang": constant(0), "lmag": constant(0), "bv": constant(1), "u": one_of(-1, 0)},
            "one-token": "--dim B=1,N=1,D=2,S=3",
        },
    ),
    "ssm/mamba3": dict(
        tiny="--dim B=1,N=1,H=2,P=2,V=3",
        odd="--dim B=2,N=29,H=4,P=3,V=5",
        draws={"da": decay, "dt": rate},
        adversarial={
            "open-and-shut": {"da": open_and_shut, "trap": one_of(-80, 80)},
            "two-tokens": "--dim B=1,N=2,H=2,P=1,V=3",
            "empty": "--dim B=1,N=0,H=2,P=1,V=3",
            "long": "--dim B=1,N=301,H=2,P=2,V=3",
        },
    ),
}

# ---------------------------------------------------------------------------------------------------------------------
# Delta rules and memories that are trained while used

DELTA = {
    "delta/gated_deltanet": dict(
        tiny="--dim B=1,N=1,H=2,K=3,V=2",
        odd="--dim B=2,N=35,H=6,K=5,V=7",
        draws={"k": unit, "g": decay, "beta": rate},
        adversarial={
            "reflections-of-one-key": {"k": same_key, "beta": constant(2), "g": constant(0), "S0": state},
            "open-and-shut": {"g": open_and_shut, "S0": state},
            "empty": ("--dim B=1,N=0,H=2,K=3,V=2", {"S0": state}),
        },
    ),
    "delta/deltaproduct": dict(
        tiny="--dim B=1,H=2,N=1,R=2,K=3,V=2",
        odd="--dim B=2,H=3,N=23,R=3,K=5,V=4",
        draws={"k": unit, "g": decay, "beta": uniform(0, 2)},
        adversarial={
            "reflections-of-one-key": {"k": same_key, "beta": constant(2), "g": constant(0), "S0": state},
            "one-step-each": ("--dim B=1,H=2,N=7,R=1,K=3,V=2", {"S0": state}),
            "empty": ("--dim B=1,H=2,N=0,R=2,K=3,V=2", {"S0": state}),
        },
    ),
    "delta/kda": dict(
        tiny="--dim B=1,N=1,H=2,K=3,V=2",
        odd="--dim B=2,N=37,H=4,K=6,V=5",
        draws={"k": unit, "g": decay, "beta": rate},
        adversarial={
            "reflections-of-one-key": {"k": same_key, "beta": constant(2), "g": constant(0), "S0": state},
            "open-and-shut": {"g": open_and_shut, "S0": state},
            "empty": ("--dim B=1,N=0,H=2,K=3,V=2", {"S0": state}),
        },
    ),
    "delta/gdn2": dict(
        tiny="--dim B=1,H=2,N=1,K=3,V=2",
        odd="--dim B=2,H=3,N=33,K=6,V=5",
        draws={"k": unit, "g": decay, "er": rate, "wr": rate},
        adversarial={
            "open-and-shut": {"g": open_and_shut, "S0": state},
            "nothing-erased": {"er": constant(0)},
            "empty": ("--dim B=1,H=2,N=0,K=3,V=2", {"S0": state}),
            "one-key": {"k": same_key, "er": constant(2), "g": constant(0), "S0": state},
        },
    ),
    "delta/momentum_deltanet": dict(
        tiny="--dim B=1,N=1,H=2,K=3,V=2",
        odd="--dim B=2,N=31,H=3,K=5,V=6",
        draws={"k": unit, "la": decay, "lm": decay, "beta": uniform(0, 0.5), "eta": uniform(0, 0.5)},
        adversarial={
            "no-momentum": {"lm": constant(-80), "eta": constant(1), "beta": rate},
            "both-states-given": {"S0": state, "M0": state},
            "empty": "--dim B=1,N=0,H=2,K=3,V=2",
        },
    ),
    "delta/rwkv7": dict(
        tiny="--dim B=1,N=1,H=2,K=3,V=2",
        odd="--dim B=2,N=33,H=3,K=5,V=5",
        draws={
            "w": uniform(-0.6, 0),
            "a": lambda rng, shape, dims: -unit(np.random.default_rng(7), shape, dims),
            "b": lambda rng, shape, dims: rng.uniform(0, 1, shape) * unit(np.random.default_rng(7), shape, dims),
        },
        adversarial={
            "nothing-removed": {"a": constant(0), "S0": state},
            "empty": ("--dim B=1,N=0,H=2,K=3,V=2", {"S0": state}),
        },
    ),
    "delta/ttt_linear": dict(
        tiny="--dim B=1,H=1,N=3,K=3 --param ch=2",
        odd="--dim B=2,H=2,N=19,K=5 --param ch=4",
        draws={"k": unit, "lr": uniform(0, 0.2), "W0": normal(0.5), "gain": uniform(0.5, 1.5)},
        adversarial={
            "online": ("--dim B=1,H=2,N=9,K=4 --param ch=1", {"c0": normal(0.5)}),
            "one-short-chunk": "--dim B=1,H=2,N=7,K=4",
            "one-token": "--dim B=1,H=2,N=1,K=4 --param ch=4",
        },
    ),
    "delta/titans": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2 --param ch=2",
        odd="--dim B=2,H=3,N=30,K=5,V=4 --param ch=4",
        draws={"k": unit, "rate": uniform(0, 0.3), "keep": uniform(0.8, 1), "mom": uniform(0, 0.6)},
        adversarial={
            "online": "--dim B=1,H=2,N=9,K=3,V=2 --param ch=1",
            "one-short-chunk": "--dim B=1,H=2,N=7,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2 --param ch=4",
        },
    ),
    "delta/omeganet": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2,W=2",
        odd="--dim B=2,H=2,N=21,K=12,V=5,W=4",
        draws={"k": unit, "gam": rate, "keep": uniform(0.8, 1), "rate": uniform(0, 0.4)},
        adversarial={
            "window-beyond-the-start": "--dim B=1,H=2,N=3,K=3,V=2,W=7",
            "one-token-back": "--dim B=1,H=2,N=9,K=3,V=2,W=1",
        },
    ),
    "delta/atlas": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=2,W=2 --param ch=2",
        odd="--dim B=2,H=2,N=18,K=5,V=4,W=3 --param ch=4",
        draws={"k": unit, "gam": rate, "keep": uniform(0.5, 0.9), "mom": uniform(0, 0.6), "rate": uniform(0, 0.4)},
        adversarial={
            "nothing-to-learn": {"v": constant(0)},
            "online": "--dim B=1,H=1,N=7,K=3,V=2,W=2 --param ch=1",
        },
    ),
    "delta/mesanet": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2 --param iters=1",
        odd="--dim B=2,H=2,N=25,K=5,V=4 --param iters=3",
        draws={"k": unit, "g": decay, "beta": rate, "lam": uniform(0.5, 2)},
        adversarial={
            "converged-at-once": {"k": constant(0), "lam": constant(1)},
            "zero-queries": {"q": constant(0)},
            "empty": "--dim B=1,H=2,N=0,K=3,V=2 --param iters=2",
        },
    ),
    "delta/deltaformer": dict(
        tiny="--dim B=1,H=1,N=3,K=3,V=2",
        odd="--dim B=2,H=2,N=19,K=5,V=3",
        draws={"beta": rate},
        adversarial={
            "one-key": {"k": same_key, "beta": constant(1)},
            "large": {"k": normal(10)},
            "one-token": "--dim B=1,H=2,N=1,K=3,V=2",
            "empty": "--dim B=1,H=2,N=0,K=3,V=2",
        },
    ),
}

CASES = LINEAR | GATED | STATE_SPACES | DELTA
