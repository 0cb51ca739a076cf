"""Functions that the formulas share."""

import math

import numpy as np

FORMULAS = {}  # by spec, below examples/ and without its suffix
CLOSE = {}  # the relative error that the outputs of a spec may have, where it keeps something in f32


def formula(spec, close=None):
    """Enters a function as the formula of a spec."""

    def enter(function):
        FORMULAS[spec] = function
        if close:
            CLOSE[spec] = close
        return function

    return enter


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


def logsumexp(s):
    """Over the last axis; -inf over nothing."""
    top = np.max(s, axis=-1, keepdims=True, initial=-np.inf)
    safe = np.where(np.isneginf(top), 0, top)
    with np.errstate(divide="ignore"):
        return np.squeeze(safe, -1) + np.log(np.exp(s - safe).sum(-1))


def relu(x):
    return np.maximum(x, 0)


def layernorm(x, eps=1e-5):
    """Over the last axis, without gain and shift."""
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + eps)


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))
