"""Functions that the formulas share."""

import numpy as np

FORMULAS = {}  # by spec, below examples/ and without its suffix


def formula(spec):
    """Enters a function as the formula of a spec."""

    def enter(function):
        FORMULAS[spec] = function
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
