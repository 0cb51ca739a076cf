"""What `--target ref` computes in f64, and how it differs from what was expected."""

import shlex
import subprocess

import numpy as np

import drawn

SECONDS = 60  # for one evaluation

# Relative errors that rounding may make: of an output in f64, and of what is rounded to f32 on its way out.
CLOSE, ROUNDED = 1e-10, 2.0**-22


class Refused(Exception):
    """The reference gave no outputs."""


def inputs_of(first, case, mixc, seed=0):
    """The arrays of a case by argument, and the options for its scalars, as drawn for the example `first`."""
    return drawn.draw(case, drawn.signature(mixc, first), seed)


def evaluate(mixc, spec, options, arrays, folder):
    """The outputs by name."""
    np.savez(folder / "inputs.npz", **arrays)
    command = [mixc, "run", spec, "--target", "ref", "--dtype", "f64", *options]
    command += ["--inputs", folder / "inputs.npz", "--outputs", folder / "outputs.npz"]
    (folder / "command").write_text(shlex.join(map(str, command)) + "\n")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(f"{spec.name} still running after {SECONDS} s") from None
    if done.returncode:
        message = done.stderr.strip().splitlines() or ["no message"]
        raise Refused(f"{spec.name}: exit status {done.returncode}: {message[0]}")
    with np.load(folder / "outputs.npz") as outputs:
        return dict(outputs)


def differences(outputs, expected, close=CLOSE):
    """What is wrong with the outputs, or None. `close` is the relative error that an output in f64 may have."""
    if outputs.keys() != expected.keys():
        return f"outputs {', '.join(outputs)}, expected {', '.join(expected)}"
    wrong = [(name, difference(outputs[name], np.asarray(expected[name]), close)) for name in expected]
    return "; ".join(f"{name}: {what}" for name, what in wrong if what) or None


def difference(result, expected, close):
    """What is wrong with an output, or None. An error counts against the largest value, as in the contract."""
    if result.shape != expected.shape:
        return f"shape {list(result.shape)}, expected {list(expected.shape)}"
    if result.dtype.kind in "iub":
        wrong = np.count_nonzero(result != expected)
        return f"{wrong} of {expected.size} integers differ" if wrong else None
    finite = np.isfinite(expected)
    if not np.array_equal(finite, np.isfinite(result)) or not np.array_equal(
        result[~finite], expected[~finite], equal_nan=True
    ):
        return "inf or NaN out of place"
    size = np.abs(expected[finite]).max(initial=0)
    error = np.abs(result[finite] - expected[finite]).max(initial=0)
    tolerance = close if result.dtype == np.float64 else max(close, ROUNDED)
    return None if error <= tolerance * size else f"error {error:.2e} of {size:.2e}"
