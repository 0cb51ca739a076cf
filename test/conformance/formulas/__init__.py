"""Examples once more, in float64 NumPy, straight from the papers' formulas: what the reference is tested against.

A function of this package is a mixer: it takes `inputs` (arrays by argument name, run-time scalars too) and `params`
(the compile-time ones and the sizes), and returns the outputs by name. Floating inputs come as float64, and everything
drawn is exact in float32, so that the reference sees the same numbers. Where the papers have several forms of a mixer,
the spec has one and the formula another, with loops where they are more obviously right: masked products for a
recurrence, rolled images for index arithmetic, zero-padded transforms for a sum over the past.

    SPEC/CASE/ref/f64       the outputs of the reference are those of the formula, on the cases of the example
"""

import functools

import numpy as np

import drawn
import reference
from formulas import order, recurrences, recurrent, softmax, structured, transforms  # noqa: F401 (they fill FORMULAS)
from formulas.pieces import CLOSE, FORMULAS


def tests(Test, examples):
    for case in drawn.cases():
        if case.spec in FORMULAS:
            path = examples / f"{case.spec}.mix"
            agree = functools.partial(disagreement, path, case)
            yield Test(f"{case.spec}/{case.name}/ref/f64", path, None, None, agree, "f64", "ref")


def disagreement(path, case, mixc, folder):
    """How the reference differs from the formula, or None."""
    arrays, scalars = reference.inputs_of(path, case, mixc)
    outputs = reference.evaluate(mixc, path, [*case.options, *scalars], arrays, folder)
    inputs = {name: np.array(a, np.float64) if a.dtype == np.float32 else a for name, a in arrays.items()}
    for option in scalars:
        name, value = option.removeprefix("--scalar=").split("=")
        inputs[name] = drawn.number(value)
    params = drawn.values_of(case.options, drawn.signature(mixc, path))
    expected = FORMULAS[case.spec](inputs, params)
    return reference.differences(outputs, expected, CLOSE.get(case.spec, reference.CLOSE))
