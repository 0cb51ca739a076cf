"""Cases of the routed, convolutional, spectral, pooling, MLP, quantised and graph mixers."""

import numpy as np


def constant(value):
    return lambda rng, shape, dims: value


def around(value):
    return lambda rng, shape, dims: value + rng.standard_normal(shape)


def below(name):
    """Indices into an axis."""
    return lambda rng, shape, dims: rng.integers(0, dims[name], shape)


def lengths(name):
    return lambda rng, shape, dims: rng.integers(0, dims[name] + 1, shape)


def modes(name):
    """Distinct frequencies of a real series."""
    return lambda rng, shape, dims: rng.permutation(dims[name] // 2 + 1)[: shape[0]]


def neighbours(rng, shape, dims):
    """Nodes, and -1 for none."""
    return rng.integers(-1, dims["N"], shape)


def permutation(rng, shape, dims):
    return rng.permutation(shape[0])


def coarse(rng, shape, dims):
    """Small multiples of a quarter: scores have ties, and are the same in every order of summation."""
    return rng.integers(-4, 5, shape) / 4


def large(rng, shape, dims):
    return 30 * rng.standard_normal(shape)


def fraction(rng, shape, dims):
    return rng.uniform(0, 1, shape)


def step(rng, shape, dims):
    """Of a quantiser whose codes are -1, 0 and 1."""
    return rng.uniform(0.5, 1, shape)


def byte(rng, shape, dims):
    return rng.integers(-128, 128, shape)


def like_token_1(rng, shape, dims):
    """Keys of which all even tokens have that of token 1."""
    n = np.arange(shape[1])[:, None]
    return np.where((n % 2 == 0) | (n == 1), np.eye(1, shape[-1])[0], rng.standard_normal(shape))


zeros, ones = constant(0), constant(1)

CASES = {
    "routed/moba": dict(
        tiny="--dim B=1,H=2,G=1,N=16,D=4,E=4 --param BS=4,TOP=2",
        odd="--dim B=2,H=6,G=2,N=37,D=5,E=7 --param BS=8,TOP=3",
        adversarial={
            "short": "--dim B=1,H=2,G=1,N=5,D=4,E=4 --param BS=4,TOP=2",
            "one": "--dim B=1,H=1,G=1,N=1,D=3,E=2 --param BS=4,TOP=1",
            "ties": {"q": coarse, "k": coarse},
            "large": {"q": large, "k": large},
        },
    ),
    "routed/nsa": dict(
        tiny="--dim B=1,H=2,G=1,N=16,D=4,E=4 --param BS=4,TOP=2,WIN=4",
        odd="--dim B=2,H=6,G=2,N=37,D=5,E=7 --param BS=4,TOP=5,WIN=9",
        draws={"gate": fraction},
        adversarial={
            "one_block": "--dim B=1,H=2,G=1,N=4,D=3,E=2 --param BS=4,TOP=1,WIN=4",
            "shut": {"gate": zeros},
            "large": {"q": large},
        },
    ),
    "routed/routing_transformer": dict(
        tiny="--dim B=1,H=1,N=8,D=4,E=4,C=2 --param W=4",
        odd="--dim B=2,H=3,N=19,D=6,E=5,C=4 --param W=5",
        adversarial={
            "same_centroids": {"mu": lambda rng, shape, dims: rng.standard_normal((shape[0], 1, shape[2]))},
            "whole": "--dim B=1,H=1,N=5,D=4,E=3,C=1 --param W=5,causal=false",
        },
    ),
    "routed/reformer_lsh": dict(
        tiny="--dim B=1,H=1,N=8,D=4,E=4,R=1,K=2 --param C=4",
        odd="--dim B=2,H=3,N=25,D=6,E=5,R=3,K=3 --param C=5",
        adversarial={
            "one_bucket": {"rot": zeros},
            "whole": "--dim B=1,H=1,N=6,D=4,E=4,R=2,K=2 --param C=3,causal=false",
            "large": {"x": large},
        },
    ),
    "routed/informer_probsparse": dict(
        tiny="--dim B=1,H=2,N=8,M=8,D=4,E=4,U=4 --param TOP=3",
        odd="--dim B=2,H=3,N=13,M=17,D=5,E=7,U=6 --param TOP=5",
        draws={"samp": below("M")},
        adversarial={
            "causal": "--dim B=1,H=2,N=9,M=9,D=4,E=3,U=3 --param TOP=4,causal=true",
            "all": "--dim B=1,H=1,N=4,M=6,D=4,E=3,U=2 --param TOP=4",
            "ties": {"q": coarse, "k": coarse},
        },
    ),
    "routed/topk_attention": dict(
        tiny="--dim B=1,H=1,N=4,M=6,D=4,E=4 --param K=2",
        odd="--dim B=2,H=3,N=11,M=17,D=5,E=7 --param K=5",
        adversarial={
            "causal": "--dim B=1,H=2,N=5,M=5,D=4,E=3 --param K=3,causal=true",
            "masked": "--dim B=1,H=1,N=5,M=3,D=4,E=3 --param K=2,causal=true",
            "all": "--dim B=1,H=1,N=3,M=4,D=4,E=3 --param K=4",
            "ties": {"q": coarse, "k": coarse},
            "large": {"q": large, "k": large},
        },
    ),
    "routed/spark_attention": dict(
        tiny="--dim B=1,H=2,G=1,N=5,M=8,D=6,E=4 --param R=2",
        odd="--dim B=2,H=6,G=2,N=13,M=13,D=9,E=5 --param R=4",
        adversarial={
            "none_pass": "--dim B=1,H=2,G=2,N=2,M=2,D=4,E=3 --param R=2,causal=true --scalar zq=3",
            "whole": "--dim B=1,H=2,G=1,N=3,M=7,D=5,E=3 --param R=2,causal=false --scalar zq=-9",
        },
    ),
    "routed/bigbird_blocks": dict(
        tiny="--dim B=1,H=1,N=8,D=4,E=4,R=1 --param BS=2,G=1",
        odd="--dim B=2,H=3,N=35,D=6,E=5,R=2 --param BS=5,G=1",
        draws={"rnd": lambda rng, shape, dims: rng.integers(0, shape[1], shape)},
        adversarial={
            "repeated": {"rnd": zeros},
            "one_block": "--dim B=1,H=1,N=3,D=4,E=2,R=1 --param BS=3,G=1",
            "all_global": "--dim B=1,H=2,N=6,D=4,E=2,R=1 --param BS=2,G=3",
        },
    ),
    "routed/prompt_pool_attention": dict(
        tiny="--dim B=1,N=3,C=4,P=2,L=2,H=1,D=4,E=4 --param TOP=1",
        odd="--dim B=3,N=11,C=6,P=5,L=3,H=2,D=5,E=7 --param TOP=3",
        adversarial={
            "one_token": "--dim B=2,N=1,C=4,P=3,L=2,H=1,D=4,E=4 --param TOP=3",
            "zero_mean": {"x": zeros},
            "large": {"q": large},
        },
    ),
    "frequency/autoformer_autocorr": dict(
        tiny="--dim B=1,H=1,N=8,D=2,E=2 --param K=2",
        odd="--dim B=2,H=3,N=13,D=5,E=7 --param K=3",
        adversarial={
            "one": "--dim B=1,H=1,N=1,D=2,E=2 --param K=1",
            "all": "--dim B=2,H=2,N=6,D=3,E=2 --param K=6",
        },
    ),
    "routed/adaptive_token_sampling": dict(
        tiny="--dim B=1,H=1,N=6,D=4,E=4 --param K=3",
        odd="--dim B=2,H=3,N=13,D=5,E=7 --param K=6",
        adversarial={
            "two_tokens": "--dim B=2,H=2,N=2,D=3,E=2 --param K=3",
            "even": {"q": zeros, "v": ones},
        },
    ),
    "routed/zero_tprune": dict(
        tiny="--dim B=1,H=1,N=6,D=4 --param R=2,S=1",
        odd="--dim B=2,H=3,N=13,D=5 --param R=5,S=3",
        adversarial={
            "no_head": "--dim B=1,H=2,N=5,D=4 --param R=3,S=2 --scalar lo=100 --scalar hi=101",
            "two": "--dim B=1,H=1,N=2,D=3 --param R=1,S=1",
        },
    ),
    "routed/lazyllm_prune": dict(
        tiny="--dim B=1,H=2,G=1,N=6,D=4,E=4 --param K=3",
        odd="--dim B=3,H=6,G=2,N=17,D=5,E=7 --param K=7",
        adversarial={
            "all": "--dim B=1,H=2,G=2,N=4,D=3,E=2 --param K=4",
            "last": "--dim B=2,H=2,G=1,N=5,D=3,E=2 --param K=1",
            "ties": {"q": coarse, "k": coarse},
        },
    ),
    "routed/h2o_cache": dict(
        tiny="--dim B=1,H=2,G=1,N=7,D=4,E=4 --param HH=2,REC=2",
        odd="--dim B=2,H=6,G=2,N=15,D=5,E=7 --param HH=4,REC=3",
        adversarial={
            "all": "--dim B=1,H=2,G=2,N=3,D=3,E=2 --param HH=1,REC=2",
            "only_recent": "--dim B=1,H=2,G=1,N=5,D=3,E=2 --param HH=0,REC=2",
            "large": {"q": lambda rng, shape, dims: 30 * rng.standard_normal(shape)},
        },
    ),
    "routed/iared2_drop": dict(
        tiny="--dim B=1,N=5,C=4,H=2,D=2",
        odd="--dim B=3,N=17,C=6,H=3,D=4",
        adversarial={
            "none": "--dim B=2,N=5,C=4,H=2,D=2 --scalar thr=2",
            "all": "--dim B=2,N=5,C=4,H=2,D=2 --scalar thr=-1",
            "empty": "--dim B=2,N=0,C=4,H=2,D=2",
        },
    ),
    "routed/token_merge": dict(
        tiny="--dim B=1,N=6,C=3,D=4 --param R=1",
        odd="--dim B=2,N=17,C=5,D=7 --param R=4",
        draws={"size": lambda rng, shape, dims: rng.integers(1, 5, shape)},
        adversarial={
            "two": "--dim B=1,N=2,C=3,D=4 --param R=0",
            "most": "--dim B=1,N=7,C=3,D=4 --param R=3",
            # Unit vectors along an axis, so that the similarities are ties exactly: which of nearly equal ones is the
            # largest is rounding's choice, and every form may choose differently.
            "same_keys": {"k": lambda rng, shape, dims: np.eye(1, shape[-1])[0]},
            "one_receiver": {"k": like_token_1},
        },
    ),
    "routed/blockffn": dict(
        tiny="--dim B=1,N=4,D=4,R=3,F=2",
        odd="--dim B=2,N=11,D=6,R=7,F=5",
        adversarial={
            "no_expert": {"wr": zeros},
            "empty": "--dim B=1,N=0,D=4,R=3,F=2",
        },
    ),
    "routed/adaptive_computation": dict(
        tiny="--dim B=1,N=4,D=3,L=2,G=3,F=2,O=3",
        odd="--dim B=2,N=13,D=5,L=4,G=5,F=3,O=7",
        adversarial={
            "depth_0": {"lg": zeros},
            "no_learner": "--dim B=1,N=3,D=3,L=0,G=1,F=2,O=3",
        },
    ),
    "routed/duo_llm": dict(
        tiny="--dim B=1,N=5,D=4,S=2,T=6",
        odd="--dim B=2,N=13,D=7,S=3,T=11",
        draws={"r": lambda rng, shape, dims: rng.integers(0, 3, shape)},
        adversarial={
            "all_skip": {"r": zeros},
            "all_big": {"r": constant(2)},
            "empty": "--dim B=1,N=0,D=4,S=2,T=3",
        },
    ),
    "routed/lora_mixer": dict(
        tiny="--dim B=1,N=3,D=4,O=4,E=2,R=2 --param TOP=1",
        odd="--dim B=2,N=11,D=7,O=9,E=5,R=3 --param TOP=2",
        adversarial={
            "all": "--dim B=1,N=3,D=4,O=3,E=2,R=1 --param TOP=2",
            "ties": {"wr": zeros},
        },
    ),
    "routed/smoe_ffn": dict(
        tiny="--dim T=4,D=4,E=3,F=3 --param TOP=1",
        odd="--dim T=17,D=5,E=7,F=6 --param TOP=2",
        adversarial={
            "one_expert": "--dim T=3,D=4,E=1,F=3 --param TOP=1",
            "ties": {"wr": zeros},
            "empty": "--dim T=0,D=4,E=3,F=3 --param TOP=1",
            "idle_experts": {"x": ones},
        },
    ),
    "routed/mohd_linear": dict(
        tiny="--dim T=3,C=6,G=2,O=3 --param TOP=1,W=2",
        odd="--dim T=11,C=17,G=4,O=5 --param TOP=2,W=3",
        adversarial={
            "none_shared": "--dim T=3,C=6,G=3,O=2 --param TOP=2,W=2",
            "ties": {"wr": zeros},
        },
    ),
    "routed/spark_ffn": dict(
        tiny="--dim B=1,N=4,C=6,R=2,F=16",
        odd="--dim B=2,N=7,C=11,R=4,F=37",
        adversarial={
            "none_pass": "--dim B=1,N=4,C=6,R=2,F=7 --scalar zq=9",
            "one_unit": "--dim B=1,N=3,C=3,R=1,F=1",
        },
    ),
    "routed/lazy_neuron_ffn": dict(
        tiny="--dim T=3,D=4,F=8,O=3 --param K=2",
        odd="--dim T=9,D=6,F=29,O=7 --param K=5",
        adversarial={
            "dead": {"w1": zeros},
            "all": "--dim T=3,D=4,F=5,O=3 --param K=5",
            "ties": {"x": coarse, "w1": coarse},
        },
    ),
    "mlp/polynorm_ffn": dict(
        tiny="--dim T=3,C=4,F=8,O=2",
        odd="--dim T=11,C=5,F=37,O=7",
        adversarial={
            "zero": {"x": zeros},
            "large": {"x": large},
            "empty": "--dim T=0,C=4,F=8,O=2",
        },
    ),
    "convolution/hyena_nd": dict(
        tiny="--dim B=1,Y=3,X=4,C=2",
        odd="--dim B=2,Y=7,X=5,C=3",
        adversarial={
            "row": "--dim B=1,Y=1,X=5,C=2",
            "column": "--dim B=1,Y=5,X=1,C=2",
        },
    ),
    "convolution/monarch_mixer": dict(
        tiny="--dim B=1,N=4,C=2",
        odd="--dim B=2,N=17,C=3",
        adversarial={
            "one": "--dim B=2,N=1,C=2",
            "forward": {"kr": zeros},
        },
    ),
    "convolution/dilated_tcn": dict(
        tiny="--dim B=1,N=6,C=2,L=2,K=2 --param F=2",
        odd="--dim B=2,N=23,C=3,L=3,K=3 --param F=3",
        adversarial={
            "short": "--dim B=1,N=2,C=2,L=4,K=3 --param F=3",
            "no_layer": "--dim B=1,N=4,C=2,L=0,K=2",
            "one": "--dim B=1,N=1,C=1,L=2,K=2",
        },
    ),
    "convolution/dcls_delays": dict(
        tiny="--dim B=1,N=6,I=2,O=2 --param T=4,hard=false",
        odd="--dim B=2,N=19,I=5,O=3 --param T=9,hard=true",
        draws={"p": lambda rng, shape, dims: rng.uniform(-1, 10, shape)},
        adversarial={
            "halves": {"p": lambda rng, shape, dims: rng.integers(0, 9, shape) + 0.5},
            "outside": {"p": large},
        },
    ),
    "convolution/tdnn_stats": dict(
        tiny="--dim B=1,N=6,C=2,F=3,K=3 --param DIL=1",
        odd="--dim B=3,N=29,C=5,F=7,K=5 --param DIL=3",
        draws={"len": lengths("N")},
        adversarial={
            "no_frame": {"len": zeros},
            "one_frame": {"len": ones},
            "offset": {"bias": around(100)},
        },
    ),
    "convolution/ecapa_res2": dict(
        tiny="--dim B=1,N=5,C=4,S=1,G=2,R=2 --param DIL=1",
        odd="--dim B=2,N=17,C=12,S=3,G=3,R=5 --param DIL=3",
        adversarial={
            "one_frame": "--dim B=1,N=1,C=6,S=2,G=2,R=2 --param DIL=1",
            "far": "--dim B=1,N=4,C=4,S=1,G=2,R=2 --param DIL=9",
        },
    ),
    "pooling/informer_distil": dict(
        tiny="--dim B=1,N=8,C=2,F=2",
        odd="--dim B=2,N=13,C=3,F=5",
        adversarial={
            "one": "--dim B=1,N=1,C=2,F=2",
            "two": "--dim B=1,N=2,C=2,F=2",
            "negative": {"shift": around(-50)},
        },
    ),
    "convolution/sanm_memory": dict(
        tiny="--dim B=1,H=1,N=5,D=4,E=3,K=3",
        odd="--dim B=3,H=2,N=17,D=5,E=4,K=11",
        draws={"len": lengths("N")},
        adversarial={
            "no_frame": {"len": zeros},
            "one_frame": {"len": ones},
            "large": {"q": large, "k": large},
        },
    ),
    "convolution/period_conv": dict(
        tiny="--dim B=1,C=1,T=6,R=1,O=1",
        odd="--dim B=2,C=2,T=31,R=3,O=3",
        draws={"per": lambda rng, shape, dims: rng.permutation([2, 3, 5, 7, 11])[:shape[0]]},
        adversarial={
            "period_1": {"per": ones},
            "longer": {"per": constant(50)},
        },
    ),
    "convolution/haar_split": dict(
        tiny="--dim B=1,C=1,N=4 --param J=1",
        odd="--dim B=2,C=3,N=12 --param J=2",
        adversarial={
            "all": "--dim B=1,C=2,N=8 --param J=3",
            "none": "--dim B=1,C=2,N=5 --param J=0",
        },
    ),
    "convolution/shapelet_filter": dict(
        tiny="--dim B=1,V=1,N=8,K=2,L=3,F=2 --param R=1",
        odd="--dim B=2,V=3,N=23,K=5,L=7,F=4 --param R=4",
        draws={"home": below("N"), "chan": below("V")},
        adversarial={
            "exact_length": "--dim B=1,V=2,N=3,K=2,L=3,F=2 --param R=2",
            "flat": {"x": ones, "s": ones},
        },
    ),
    "convolution/convnext_block": dict(
        tiny="--dim B=1,Y=3,X=4,C=4,K=3,F=8",
        odd="--dim B=2,Y=5,X=9,C=6,K=7,F=13",
        adversarial={
            "small_image": "--dim B=1,Y=1,X=2,C=3,K=5,F=4",
            "offset": {"x": around(20)},
        },
    ),
    "convolution/convformer_sepconv": dict(
        tiny="--dim B=1,Y=3,X=3,C=2,F=4,K=3",
        odd="--dim B=2,Y=5,X=8,C=3,F=6,K=7",
        adversarial={
            "row": "--dim B=1,Y=1,X=5,C=2,F=3,K=3",
            "zero": {"x": zeros},
        },
    ),
    "convolution/metamixer_ffn": dict(
        tiny="--dim B=1,Y=4,X=4,C=2,K=3",
        odd="--dim B=2,Y=9,X=7,C=5,K=7",
        adversarial={
            "small_image": "--dim B=1,Y=1,X=2,C=2,K=5",
            "bias_only": {"x": zeros},
        },
    ),
    "convolution/hornet_gnconv": dict(
        tiny="--dim B=1,Y=3,X=3,C=4,K=3",
        odd="--dim B=2,Y=5,X=7,C=12,K=5",
        adversarial={
            "pixel": "--dim B=2,Y=1,X=1,C=4,K=3",
            "zero": {"dw": zeros},
        },
    ),
    "convolution/ms_mlp": dict(
        tiny="--dim B=1,Y=4,X=4,C=5",
        odd="--dim B=2,Y=7,X=5,C=10",
        adversarial={
            "pixel": "--dim B=1,Y=1,X=1,C=5",
            "row": "--dim B=1,Y=1,X=3,C=5",
        },
    ),
    "convolution/submanifold_conv": dict(
        tiny="--dim B=1,Y=4,X=4,C=2,O=2",
        odd="--dim B=2,Y=9,X=15,C=3,O=5",
        adversarial={
            "none": {"act": zeros},
            "all": {"act": ones},
            "pixel": "--dim B=2,Y=1,X=1,C=2,O=2",
        },
    ),
    "convolution/t2t_unfold": dict(
        tiny="--dim B=1,Y=4,X=4,C=2,F=3 --param K=3,S=2,P=1",
        odd="--dim B=2,Y=13,X=10,C=3,F=5 --param K=7,S=4,P=2",
        adversarial={
            "one_token": "--dim B=1,Y=3,X=3,C=2,F=2 --param K=3,S=2,P=0",
            "apart": "--dim B=1,Y=7,X=8,C=2,F=2 --param K=2,S=3,P=0",
        },
    ),
    "pooling/spatial_reduction": dict(
        tiny="--dim B=1,Y=2,X=2,C=3,F=2",
        odd="--dim B=2,Y=10,X=6,C=5,F=7",
        adversarial={
            "constant": {"x": ones},
            "empty": "--dim B=1,Y=0,X=2,C=3,F=2",
        },
    ),
    "frequency/fnet": dict(
        tiny="--dim B=1,N=4,D=4",
        odd="--dim B=2,N=13,D=7",
        adversarial={
            "one": "--dim B=2,N=1,D=1",
            "constant": {"x": ones},
        },
    ),
    "frequency/global_filter": dict(
        tiny="--dim B=1,Y=4,X=4,C=2",
        odd="--dim B=2,Y=5,X=7,C=3",
        adversarial={
            "pixel": "--dim B=1,Y=1,X=1,C=2",
            "row": "--dim B=1,Y=1,X=6,C=2",
            "identity": {"wr": ones, "wi": zeros},
        },
    ),
    "frequency/dynamic_spectrum_mixer": dict(
        tiny="--dim B=1,Y=4,X=4,C=2,R=2 --param NB=2",
        odd="--dim B=2,Y=5,X=9,C=3,R=3 --param NB=4",
        adversarial={
            "pixel": "--dim B=1,Y=1,X=1,C=2,R=2 --param NB=3",
            "one_band": "--dim B=1,Y=3,X=4,C=2,R=2 --param NB=1",
        },
    ),
    "frequency/fedformer_feb": dict(
        tiny="--dim B=1,H=1,N=8,D=2,E=2,M=2",
        odd="--dim B=2,H=2,N=15,D=3,E=4,M=5",
        draws={"mode": modes("N")},
        adversarial={
            "all": "--dim B=1,H=1,N=6,D=2,E=2,M=4",
            "one": "--dim B=1,H=1,N=1,D=2,E=2,M=1",
            "dc": "--dim B=1,H=1,N=5,D=2,E=2,M=1",
        },
    ),
    "frequency/fedformer_fea": dict(
        tiny="--dim B=1,H=1,N=6,L=6,D=2,E=2,M=2,U=2",
        odd="--dim B=2,H=2,N=13,L=9,D=3,E=4,M=4,U=3",
        draws={"mq": modes("N"), "mk": modes("L")},
        adversarial={
            "one": "--dim B=1,H=1,N=1,L=1,D=2,E=2,M=1,U=1",
            "zero": {"q": zeros},
        },
    ),
    "frequency/fft_two_step": dict(
        tiny="--dim B=1,N=4 --param P=2,Q=2",
        odd="--dim B=3,N=35 --param P=5,Q=7",
        adversarial={
            "one": "--dim B=2,N=1 --param P=1,Q=1",
            "row": "--dim B=1,N=5 --param P=1,Q=5",
            "column": "--dim B=1,N=5 --param P=5,Q=1",
        },
    ),
    "mlp/monarch_matrix": dict(
        tiny="--dim B=1,N=4,C=3,P=2,Q=2",
        odd="--dim B=2,N=15,C=5,P=3,Q=5",
        adversarial={
            "one": "--dim B=1,N=1,C=2,P=1,Q=1",
            "row": "--dim B=1,N=5,C=2,P=1,Q=5",
            "column": "--dim B=1,N=5,C=2,P=5,Q=1",
        },
    ),
    "linear/cauchy_mixer": dict(
        tiny="--dim B=1,H=1,N=3,R=2,E=2",
        odd="--dim B=2,H=3,N=19,R=3,E=5",
        adversarial={
            "small_nodes": {"a": around(-30), "c": around(-30)},
            "one": "--dim B=1,H=1,N=1,R=2,E=2",
            "empty": "--dim B=1,H=1,N=0,R=2,E=2",
        },
    ),
    "pooling/poolformer": dict(
        tiny="--dim B=1,Y=3,X=4,C=2 --param K=3",
        odd="--dim B=2,Y=7,X=9,C=5 --param K=5",
        adversarial={
            "pixel": "--dim B=2,Y=1,X=1,C=3",
            "covered": "--dim B=1,Y=2,X=3,C=2 --param K=9",
            "constant": {"x": ones},
        },
    ),
    "pooling/p2at_pyramid": dict(
        tiny="--dim B=1,Y=3,X=4,C=1,F=2",
        odd="--dim B=2,Y=9,X=7,C=3,F=5",
        adversarial={
            "pixel": "--dim B=1,Y=1,X=1,C=2,F=2",
            "row": "--dim B=1,Y=1,X=9,C=2,F=2",
        },
    ),
    "pooling/series_decomp": dict(
        tiny="--dim B=1,N=6,C=2 --param W=3",
        odd="--dim B=2,N=19,C=5 --param W=7",
        adversarial={
            "one": "--dim B=1,N=1,C=2 --param W=5",
            "long_window": "--dim B=1,N=3,C=2 --param W=11",
            "offset": {"x": around(1000)},
            "empty": "--dim B=1,N=0,C=2 --param W=3",
        },
    ),
    "mlp/mlp_mixer": dict(
        tiny="--dim B=1,N=4,C=3,S=2,F=4",
        odd="--dim B=2,N=13,C=7,S=9,F=5",
        adversarial={
            "one": "--dim B=1,N=1,C=3,S=2,F=2",
            "constant": {"x": ones},
        },
    ),
    "mlp/resmlp": dict(
        tiny="--dim B=1,N=4,C=3",
        odd="--dim B=2,N=17,C=6",
        adversarial={
            "one": "--dim B=2,N=1,C=3",
            "shift_only": {"x": zeros},
        },
    ),
    "mlp/raftmlp": dict(
        tiny="--dim B=1,Y=2,X=3,C=4,F=3,R=2",
        odd="--dim B=2,Y=5,X=4,C=9,F=7,R=3",
        adversarial={
            "one_raft": "--dim B=1,Y=3,X=2,C=3,F=2,R=1",
            "all_rafts": "--dim B=1,Y=3,X=2,C=3,F=2,R=3",
        },
    ),
    "mlp/s2_mlp": dict(
        tiny="--dim B=1,Y=3,X=3,C=4,F=2",
        odd="--dim B=2,Y=5,X=7,C=12,F=6",
        adversarial={
            "pixel": "--dim B=1,Y=1,X=1,C=4,F=2",
            "empty": "--dim B=1,Y=0,X=2,C=4,F=2",
        },
    ),
    "mlp/ttm_block": dict(
        tiny="--dim B=1,C=2,N=2,H=4,S=3",
        odd="--dim B=2,C=5,N=9,H=3,S=7",
        adversarial={
            "one_patch": "--dim B=1,C=2,N=1,H=3,S=2",
            "large": {"g": large},
        },
    ),
    "mlp/ninformer": dict(
        tiny="--dim B=1,N=4,C=3,S=2,F=4",
        odd="--dim B=2,N=11,C=7,S=5,F=3",
        adversarial={
            "one": "--dim B=1,N=1,C=3,S=2,F=2",
            "zero": {"x": zeros},
        },
    ),
    "mlp/activator_glu": dict(
        tiny="--dim B=1,N=4,C=2,S=3",
        odd="--dim B=2,N=13,C=5,S=7",
        adversarial={
            "one": "--dim B=1,N=1,C=2,S=3",
            "large": {"x": large},
        },
    ),
    "mlp/just_dense": dict(
        tiny="--dim B=1,N=4,C=2",
        odd="--dim B=2,N=19,C=6",
        adversarial={
            "one": "--dim B=2,N=1,C=1",
            "empty": "--dim B=2,N=0,C=3",
        },
    ),
    "mlp/rand_former": dict(
        tiny="--dim B=1,N=4,C=3",
        odd="--dim B=3,N=19,C=5",
        adversarial={
            "one": "--dim B=1,N=1,C=3",
            "large": {"r": large},
        },
    ),
    "mlp/identity_former": dict(
        tiny="--dim B=1,N=1,C=1",
        odd="--dim B=2,N=17,C=5",
        adversarial={
            "empty": "--dim B=1,N=0,C=3",
        },
    ),
    "quantised/memoryformer": dict(
        tiny="--dim T=3,K=2,O=3 --param W=2",
        odd="--dim T=13,K=5,O=7 --param W=3",
        adversarial={
            "zeros": {"x": zeros},
            "large": {"x": large},
            "one_bit": "--dim T=3,K=2,O=3 --param W=1",
        },
    ),
    "mlp/token_shuffle": dict(
        tiny="--dim B=1,Y=2,X=4,C=4,F=1 --param S=2",
        odd="--dim B=2,Y=6,X=9,C=9,F=1 --param S=3",
        adversarial={
            "one_region": "--dim B=1,Y=2,X=2,C=3,F=2 --param S=2",
            "single": "--dim B=1,Y=2,X=3,C=3,F=2 --param S=1",
        },
    ),
    "quantised/bivit_attention": dict(
        tiny="--dim B=1,H=1,N=3,M=4,D=8,E=4",
        odd="--dim B=2,H=3,N=11,M=17,D=37,E=5",
        adversarial={
            "zeros": {"q": zeros, "k": zeros},
            "one_key": "--dim B=1,H=1,N=3,M=1,D=5,E=2",
            "no_key": "--dim B=1,H=1,N=3,M=0,D=5,E=2",
        },
    ),
    "quantised/ternary_attention": dict(
        tiny="--dim B=1,H=1,N=3,M=4,D=4,E=3",
        odd="--dim B=2,H=2,N=7,M=11,D=6,E=5",
        draws={"aq": step, "ak": step, "av": step, "ap": lambda rng, shape, dims: rng.uniform(0.1, 0.3, shape)},
        adversarial={
            "one_key": "--dim B=1,H=1,N=3,M=1,D=4,E=3",
            "large": {"q": large, "k": large},
        },
    ),
    "quantised/int8_attention": dict(
        tiny="--dim B=1,H=1,N=3,M=4,D=4,E=4",
        odd="--dim B=2,H=3,N=7,M=9,D=6,E=5",
        adversarial={
            "zeros": {"q": zeros, "k": zeros},
            "one_key": "--dim B=1,H=1,N=3,M=1,D=4,E=3",
            "apart": {"q": large},
            "one_outlier": {
                "q": lambda rng, shape, dims: np.where(np.arange(shape[-1]) == 0, 1000, rng.standard_normal(shape))
            },
        },
    ),
    "quantised/ecoformer_hash": dict(
        tiny="--dim B=1,H=1,N=3,D=3,E=2,R=2,W=4",
        odd="--dim B=2,H=3,N=11,D=5,E=4,R=6,W=13",
        adversarial={
            "zeros": {"x": zeros},
            "one": "--dim B=1,H=1,N=1,D=3,E=2,R=2,W=1",
        },
    ),
    "quantised/residual_vq": dict(
        tiny="--dim T=4,D=2,S=1,K=3",
        odd="--dim T=13,D=5,S=4,K=7",
        adversarial={
            "ties": {"x": coarse, "book": coarse},
            "one_entry": "--dim T=3,D=2,S=3,K=1",
            "no_stage": "--dim T=3,D=2,S=0,K=3",
        },
    ),
    "quantised/block_quant_matmul": dict(
        tiny="--dim T=3,C=4,O=2 --param BS=2",
        odd="--dim T=7,C=35,O=11 --param BS=5",
        draws={"x": byte, "w": byte},
        adversarial={
            "extreme": {"x": constant(-128), "w": constant(-128)},
            "scales": {"sx": lambda rng, shape, dims: 10.0**rng.integers(-6, 7, shape)},
        },
    ),
    "quantised/dsformer_linear": dict(
        tiny="--dim T=2,C=4,R=2,O=3,Z=1",
        odd="--dim T=11,C=13,R=5,O=17,Z=3",
        draws={"idx": below("R")},
        adversarial={
            "repeated": {"idx": zeros},
            "none": "--dim T=2,C=3,R=2,O=3,Z=0",
        },
    ),
    "quantised/block_sparse_linear": dict(
        tiny="--dim T=2,C=4,O=3,Z=1,S=2",
        odd="--dim T=7,C=20,O=9,Z=3,S=4",
        draws={"col": lambda rng, shape, dims: rng.integers(-1, dims["C"] // dims["S"], shape)},
        adversarial={
            "none": {"col": constant(-1)},
            "repeated": {"col": zeros},
        },
    ),
    "graph/graph_edge_attention": dict(
        tiny="--dim N=3,X=5,H=1,D=2,E=2",
        odd="--dim N=11,X=37,H=3,D=5,E=4",
        draws={"src": below("N"), "dst": below("N")},
        adversarial={
            "one_target": {"dst": zeros},
            "no_edge": "--dim N=3,X=0,H=1,D=2,E=2",
            "large": {"q": large, "k": large},
            "repeated": {"src": zeros, "dst": zeros},
        },
    ),
    "graph/neighbor_attention": dict(
        tiny="--dim B=1,N=5,H=1,D=4,E=3,K=2",
        odd="--dim B=2,N=23,H=3,D=6,E=5,K=7",
        draws={"nb": neighbours},
        adversarial={
            "alone": {"nb": constant(-1)},
            "repeated": {"nb": zeros},
            "large": {"q": large},
        },
    ),
    "graph/todyformer": dict(
        tiny="--dim N=3,X=6,P=2,C=2,D=4,T=2",
        odd="--dim N=11,X=41,P=5,C=3,D=6,T=3",
        draws={
            "src": below("N"),
            "dst": below("N"),
            "pt": lambda rng, shape, dims: sorted(rng.integers(0, dims["P"], shape)),
        },
        adversarial={
            "one_node": {"dst": zeros},
            "no_edge": "--dim N=3,X=0,P=2,C=2,D=4,T=2",
        },
    ),
    "graph/gsm_hybrid": dict(
        tiny="--dim N=4,K=2,C=3,S=2,H=1,D=2",
        odd="--dim N=19,K=5,C=6,S=3,H=2,D=5",
        draws={
            "nb": neighbours,
            "ord": permutation,
            "A": lambda rng, shape, dims: -abs(rng.standard_normal(shape)),
        },
        adversarial={
            "alone": {"nb": constant(-1)},
            "one": "--dim N=1,K=1,C=2,S=2,H=1,D=2",
        },
    ),
    "graph/flatformer_groups": dict(
        tiny="--dim N=6,H=1,D=4 --param W=2,G=3,NX=4",
        odd="--dim N=31,H=2,D=5 --param W=3,G=7,NX=8",
        draws={
            "cy": lambda rng, shape, dims: rng.integers(0, 8, shape),
            "cx": lambda rng, shape, dims: rng.integers(0, 8, shape),
        },
        adversarial={
            "one_voxel": {"cy": zeros, "cx": zeros},
            "one_group": "--dim N=4,H=1,D=3 --param W=2,G=4,NX=4",
        },
    ),
}
