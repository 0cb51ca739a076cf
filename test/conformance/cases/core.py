"""Cases of the mixers that stand for their classes: one for each kind of primitive."""

import numpy as np

# ---------------------------------------------------------------------------------------------------------------------
# Draws


def normal(rng, shape, dims):
    return rng.standard_normal(shape)


def positive(rng, shape, dims):
    return rng.exponential(size=shape) + 0.1


def negative(rng, shape, dims):
    return -positive(rng, shape, dims)


def log_gate(rng, shape, dims):
    """Logarithms of decays: mostly near 0, now and then exactly 0 or -80."""
    g = -np.logaddexp(0, rng.standard_normal(shape)) / 4
    kind = rng.random(shape)
    return np.where(kind < 0.05, -80.0, np.where(kind < 0.1, 0.0, g))


def wide_gate(rng, shape, dims):
    """Gates before their activation, of either sign, some of them extreme."""
    return np.where(rng.random(shape) < 0.1, rng.choice([-80.0, 60.0], shape), 3 * rng.standard_normal(shape))


def unit(rng, shape, dims):
    """Vectors of length one along the last axis."""
    x = rng.standard_normal(shape)
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def zero_to_two(rng, shape, dims):
    return rng.choice([0.0, 1.0, 2.0, *rng.uniform(0, 2, 5)], shape)


def small_integers(rng, shape, dims):
    return rng.integers(-1, 2, shape)


def huge(rng, shape, dims):
    return 100 * rng.standard_normal(shape)


def wide(rng, shape, dims):
    return 10 * rng.standard_normal(shape)


def fixed(value):
    return lambda rng, shape, dims: value


# ---------------------------------------------------------------------------------------------------------------------

CASES = {
    "softmax/attention": dict(
        tiny="--dim B=1,H=2,G=1,N=4,M=6,D=4,E=4",
        odd="--dim B=2,H=6,G=2,N=37,M=53,D=20,E=12 --param window=9",
        adversarial={
            "rows_that_see_nothing": "--dim B=1,H=4,G=2,N=13,M=7,D=5,E=3",
            "two_sided": (
                "--dim B=2,H=3,G=3,N=9,M=33,D=7,E=17 --param causal=false",
                {"scale": fixed(0.25)},
            ),
            "two_sided_window": "--dim B=1,H=2,G=1,N=11,M=19,D=3,E=5 --param causal=false,window=4",
            "one_query": "--dim B=3,H=4,G=1,N=1,M=65,D=16,E=16",
            "own_key_only": "--dim B=1,H=1,G=1,N=5,M=5,D=1,E=1 --param window=1",
            "no_keys": "--dim B=1,H=2,G=2,N=3,M=0,D=4,E=4",
            "no_queries": "--dim B=2,H=2,G=1,N=0,M=5,D=4,E=4",
            "huge": ("--dim B=1,H=2,G=1,N=17,M=17,D=8,E=8", {"q": huge}),
            "off_the_tiles": "--dim B=1,H=2,G=1,N=67,M=197,D=32,E=48",
            "off_the_tiles_two_sided": "--dim B=1,H=2,G=1,N=33,M=97,D=65,E=31 --param causal=false",
            "most_rows_see_nothing": "--dim B=1,H=1,G=1,N=101,M=40,D=16,E=16",
            "window_over_tiles": "--dim B=1,H=1,G=1,N=230,M=230,D=16,E=16 --param window=50",
            "scale_zero": ("--dim B=1,H=2,G=1,N=40,M=100,D=16,E=16", {"scale": fixed(0)}),
            "scale_negative": ("--dim B=1,H=2,G=1,N=40,M=100,D=16,E=16", {"scale": fixed(-0.5)}),
            "scores_of_500": (
                "--dim B=1,H=2,G=1,N=40,M=200,D=16,E=16 --param causal=false",
                {"q": wide, "k": wide, "scale": fixed(1)},
            ),
            "early_keys_lead": (
                "--dim B=1,H=2,G=1,N=17,M=33,D=8,E=8",
                {"q": fixed(1), "k": lambda rng, shape, dims: 1 - 30 * np.arange(shape[2])[:, None]},
            ),
        },
    ),
    "softmax/swin_window_attention": dict(
        tiny="--dim B=1,Y=4,X=4,H=1,D=4,E=4 --param w=2,sh=1",
        odd="--dim B=2,Y=15,X=10,H=3,D=6,E=10 --param w=5,sh=2",
        adversarial={
            "one_row_of_windows": "--dim B=1,Y=7,X=14,H=2,D=5,E=3 --param w=7,sh=3",
            "no_shift": "--dim B=1,Y=6,X=9,H=2,D=3,E=7 --param w=3,sh=0",
            "narrow": "--dim B=1,Y=6,X=3,H=2,D=3,E=5 --param w=3,sh=2,far=-5",
            "pixels": "--dim B=1,Y=3,X=2,H=1,D=3,E=2 --param w=1,sh=0",
            "no_batch": "--dim B=0,Y=4,X=4,H=1,D=4,E=4 --param w=2,sh=1",
            "far_below": {"q": huge},
        },
    ),
    "softmax/urpe_attention": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4",
        odd="--dim B=2,H=3,N=31,D=12,E=8 --param causal=true",
        adversarial={
            "two_sided": "--dim B=1,H=2,N=35,D=5,E=3",
            "one": "--dim B=2,H=1,N=1,D=3,E=5 --param causal=true",
        },
    ),
    "softmax/gated_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=3,D=4,E=2,C=3",
        odd="--dim B=2,H=6,G=2,N=29,D=5,E=7,C=9 --param window=4",
        draws={"w": lambda rng, shape, dims: rng.standard_normal(shape) / np.sqrt(shape[0])},
        adversarial={
            "shut": {"w": fixed(0), "x": fixed(0)},
            "one": "--dim B=1,H=1,G=1,N=1,D=3,E=2,C=1",
            "empty": "--dim B=1,H=2,G=2,N=0,D=3,E=2,C=4",
        },
    ),
    "softmax/combiner_fixed": dict(
        tiny="--dim B=1,H=1,N=4,D=4,E=4 --param bs=2",
        odd="--dim B=2,H=3,N=35,D=6,E=10 --param bs=7",
        adversarial={
            "two_sided": "--dim B=1,H=2,N=15,D=5,E=3 --param bs=5,causal=false",
            "one_block": "--dim B=1,H=1,N=9,D=3,E=4 --param bs=9",
            "blocks_of_one": "--dim B=1,H=1,N=6,D=3,E=2 --param bs=1",
            "empty": "--dim B=1,H=2,N=0,D=3,E=2 --param bs=4",
        },
    ),
    "linear/linear_attention": dict(
        tiny="--dim B=1,H=1,G=1,N=3,K=2,V=3",
        odd="--dim B=2,H=6,G=2,N=37,K=5,V=7",
        adversarial={
            "state": ("--dim B=2,H=4,G=2,N=70,K=9,V=6", {"S0": normal, "z0": positive}),
            "one": ("--dim B=1,H=2,G=1,N=1,K=5,V=4", {"S0": normal, "z0": positive}),
            "empty": ("--dim B=2,H=2,G=2,N=0,K=3,V=4", {"S0": normal, "z0": positive}),
            "scalars": "--dim B=1,H=1,G=1,N=9,K=1,V=1",
            "far_below_zero": {"q": wide, "k": wide},
        },
    ),
    "recurrent/gla": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=3",
        odd="--dim B=2,H=6,N=37,K=5,V=7",
        draws={"g": log_gate},
        adversarial={
            "state": ("--dim B=1,H=2,N=131,K=9,V=11", {"S0": normal}),
            "one": ("--dim B=2,H=3,N=1,K=8,V=8", {"S0": normal}),
            "empty": ("--dim B=2,H=1,N=0,K=3,V=4", {"S0": normal}),
            "steep": {"g": lambda rng, shape, dims: rng.uniform(-20, -5, shape)},
            "shut": {"g": fixed(-80), "S0": normal},
        },
    ),
    "recurrent/mamba_s6": dict(
        tiny="--dim B=1,N=3,D=2,S=2,W=4",
        odd="--dim B=2,N=37,D=7,S=5,W=4",
        draws={"A": negative},
        adversarial={
            "state": ("--dim B=2,N=37,D=7,S=5,W=4", {"h0": normal}),
            "single": "--dim B=1,N=70,D=3,S=1,W=1",
            "one": ("--dim B=3,N=1,D=5,S=3,W=4", {"h0": normal}),
            "empty": ("--dim B=1,N=0,D=5,S=3,W=2", {"h0": normal}),
            "long_steps": {"dl": lambda rng, shape, dims: rng.choice([-80.0, 0.0, 20.0], shape)},
        },
    ),
    "recurrent/deltanet": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=3",
        odd="--dim B=2,H=4,N=37,K=6,V=5",
        draws={"k": unit, "beta": zero_to_two},
        adversarial={
            "state": ("--dim B=1,H=2,N=131,K=9,V=7", {"S0": normal}),
            "one": ("--dim B=2,H=3,N=1,K=5,V=4", {"S0": normal}),
            "empty": ("--dim B=1,H=2,N=0,K=5,V=4", {"S0": normal}),
            "reflections_of_one_key": {"k": lambda rng, shape, dims: shape[-1] ** -0.5, "beta": fixed(2), "S0": normal},
        },
    ),
    "recurrent/mlstm_exp": dict(
        tiny="--dim B=1,H=1,N=3,K=2,V=3",
        odd="--dim B=2,H=3,N=29,K=5,V=7",
        draws={"ig": wide_gate, "fg": wide_gate},
        adversarial={
            "state": ("--dim B=1,H=2,N=61,K=6,V=5", {"C0": normal, "u0": normal, "m0": normal}),
            "one": ("--dim B=2,H=2,N=1,K=4,V=3", {"C0": normal, "u0": normal, "m0": normal}),
            "empty": ("--dim B=1,H=2,N=0,K=4,V=3", {"C0": normal, "u0": normal, "m0": normal}),
            "shut": {"ig": fixed(-200), "fg": fixed(-80)},
            "rising": {"ig": lambda rng, shape, dims: 10.0 * np.arange(shape[-1]), "fg": fixed(0)},
        },
    ),
    "routed/biformer_bra": dict(
        tiny="--dim B=1,H=2,Y=4,X=4,D=4,E=4 --param S=2,TOP=2,P=1",
        odd="--dim B=2,H=3,Y=9,X=15,D=5,E=7 --param S=3,TOP=2,P=2",
        adversarial={
            "ties": (
                "--dim B=1,H=1,Y=4,X=8,D=2,E=3 --param S=2,TOP=3,P=0",
                {"q": small_integers, "k": small_integers},
            ),
            "all": "--dim B=1,H=2,Y=3,X=3,D=4,E=2 --param S=3,TOP=9,P=3",
            "one_region": ("--dim B=1,H=1,Y=5,X=3,D=3,E=3 --param S=1,TOP=1,P=1", {"scale": fixed(0.5)}),
            "large": {"q": huge},
        },
    ),
    "pooling/median_filter": dict(
        tiny="--dim B=1,N=4,C=2 --param W=3",
        odd="--dim B=2,N=23,C=5 --param W=7",
        adversarial={
            "ties": {"x": small_integers},
            "wider_than_the_signal": "--dim B=1,N=3,C=2 --param W=9",
            "one": "--dim B=1,N=1,C=3 --param W=5",
            "identity": "--dim B=1,N=5,C=3 --param W=1",
        },
    ),
    "convolution/hyena": dict(
        tiny="--dim B=1,N=4,C=2,R=1",
        odd="--dim B=2,N=13,C=3,R=3",
        adversarial={
            "long": "--dim B=1,N=67,C=5,R=2",
            "one": "--dim B=2,N=1,C=3,R=2",
            "no_rounds": "--dim B=1,N=5,C=3,R=0",
            "empty": "--dim B=1,N=0,C=3,R=2",
        },
    ),
    "frequency/aff": dict(
        tiny="--dim B=1,Y=4,X=4,C=2,K=1,S=2",
        odd="--dim B=2,Y=5,X=7,C=6,K=3,S=2",
        adversarial={
            "shrinks_much": ("--dim B=1,Y=6,X=9,C=4,K=2,S=2", {"lam": fixed(0.25)}),
            "one_row": "--dim B=1,Y=1,X=2,C=3,K=1,S=3",
            "one_column": "--dim B=1,Y=3,X=1,C=2,K=2,S=1",
        },
    ),
}
