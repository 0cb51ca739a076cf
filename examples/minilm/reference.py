"""all-MiniLM-L6-v2 in float64 NumPy: one text at a time, without padding, from the weights as they are stored.

It shares nothing with encoder.mix but the model, and is what encode.py measures it against.
"""

import math

import numpy as np

HEADS = 12
EPSILON = 1e-12

erf = np.vectorize(math.erf, otypes=[np.float64])


def layer_norm(x, gain, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * gain + bias


def gelu(x):
    return x * (1 + erf(x / math.sqrt(2))) / 2


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def encode(ids, weights, heads=HEADS):
    """The embedding of one text: `ids` its tokens, the special ones included; `weights` the model's tensors by name."""

    def tensor(name):
        return np.asarray(weights[name], np.float64)

    def linear(x, name):
        return x @ tensor(f"{name}.weight").T + tensor(f"{name}.bias")

    def norm(x, name):
        return layer_norm(x, tensor(f"{name}.weight"), tensor(f"{name}.bias"))

    n = len(ids)
    x = np.asarray(weights["embeddings.word_embeddings.weight"][ids], np.float64)
    x = x + tensor("embeddings.position_embeddings.weight")[:n] + tensor("embeddings.token_type_embeddings.weight")[0]
    x = norm(x, "embeddings.LayerNorm")
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        at = f"encoder.layer.{layer}"
        q, k, v = (linear(x, f"{at}.attention.self.{part}") for part in ("query", "key", "value"))
        mixed = []
        for q, k, v in zip(*(np.split(a, heads, axis=1) for a in (q, k, v))):
            mixed.append(softmax(q @ k.T / math.sqrt(q.shape[1])) @ v)
        mixed = linear(np.concatenate(mixed, axis=1), f"{at}.attention.output.dense")
        x = norm(x + mixed, f"{at}.attention.output.LayerNorm")
        hidden = gelu(linear(x, f"{at}.intermediate.dense"))
        x = norm(x + linear(hidden, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        layer += 1
    mean = x.mean(0)
    return mean / max(np.linalg.norm(mean), 1e-12)
