"""Every mixer on every target: the reference against the formulas of the papers, the targets against the reference.

    run.py --mixc PROGRAM [--filter REGEX] [--all] [--jobs N] [--keep DIR] [--table]

A test is named SPEC/CASE/TARGET/DTYPE, as in attention/3/cpu/bf16.

    target ref      the outputs are those of numpy_formulas.py, for the mixers and cases that it has
    target cpu      `mixc run --check`: the numerics contract against the reference, on the same inputs

Cases of specs without a formula have drawn inputs: those of cases/ (drawn.py says how they are written), those of
RANDOM below, and for a file of specs/ its lines `// case: OPTIONS`, e.g. `// case: --dim N=5,D=3 --param w=2`. A line is
printed for each failure; --keep leaves the inputs of each test in a folder, to try it by hand; --table writes what agreed into examples/README.md. The last line is
"N passed, N failed".

The contract compares two maxima over few elements here, and one rounding more or less can then double a ratio: an
output also holds when its error is within a few ulp of the largest value. The summary counts the tests that needed that.
"""

import argparse
import json
import math
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import zlib
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

try:
    import numpy as np
except ImportError:
    sys.exit("error: the conformance tests need NumPy: run them by `./dev test`")

import drawn
import numpy_formulas as formulas
import table

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"
SECONDS = 120  # for one test, far beyond what any takes

# Sizes for specs that have no formula here.
RANDOM = {
    "minilm/encoder.mix": [
        "--dim B=2,N=5,V=11,P=7,C=8,H=2,E=4,L=2,F=16",
        "--dim B=1,N=1,V=3,P=1,C=4,H=1,E=4,L=1,F=3",
    ],
}

# The whole matrix takes minutes when each case is compiled three times; by default the narrow types see the first
# cases of each spec, which are the smallest and the oddest.
DTYPES = ["f32", "bf16", "f16"]
NARROW_CASES = 2

# An error of so many ulp of the largest value is rounding, whatever the ratio.
ULPS = 4
EPSILON = {"f64": 2.0**-23, "f32": 2.0**-23, "f16": 2.0**-10, "bf16": 2.0**-7, "f8e4m3": 2.0**-3, "f8e5m2": 2.0**-2}

# `inputs` are arrays by argument, or what makes them and further options, given mixc.
Test = namedtuple("Test", "name spec options inputs params expected dtype target")


def inputs_of(name, case):
    """The arrays and scalars of a case, and the command line's options for them."""
    values = formulas.draw(name, case)
    arrays = {key: value for key, value in values.items() if np.ndim(value)}
    options = [f"--scalar={key}={value!r}" for key, value in values.items() if not np.ndim(value)]
    for key, value in case.get("params", {}).items():
        options.append(f"--param={key}={str(value).lower() if isinstance(value, bool) else value}")
    return values, arrays, options


def cases_of_file(path):
    """The options of the lines `// case: OPTIONS` of a spec."""
    return [shlex.split(line) for line in re.findall(r"^// case:(.*)$", path.read_text(), re.M)]


def tests(everything):
    for name, spec in formulas.SPECS.items():
        for number, case in enumerate(formulas.CASES[name]):
            values, arrays, options = inputs_of(name, case)
            params = case.get("params", {})
            path = EXAMPLES / spec

            def expected(name=name, values=values, params=params):
                return formulas.FORMULAS[name](values, params)

            yield Test(f"{name}/{number}/ref/f64", path, options, arrays, params, expected, "f64", "ref")
            for dtype in DTYPES:
                if everything or dtype == "f32" or number < NARROW_CASES:
                    yield Test(f"{name}/{number}/cpu/{dtype}", path, options, arrays, params, None, dtype, "cpu")
    yield from tests_of_cases(everything)
    others = [(EXAMPLES / spec, [shlex.split(case) for case in cases]) for spec, cases in RANDOM.items()]
    others += [(path, cases_of_file(path)) for path in sorted((HERE / "specs").glob("*.mix"))]
    for path, cases in others:
        for number, options in enumerate(cases):
            for dtype in DTYPES:
                if everything or dtype == "f32" or number < NARROW_CASES:
                    name = f"{path.stem}/{number}/cpu/{dtype}"
                    yield Test(name, path, options + ["--random"], {}, {}, None, dtype, "cpu")


def tests_of_cases(everything):
    """Those of cases/: all in f32, the tiny and odd ones in every type; by default the tiny ones in one narrow type each,
    half of the specs in either, because compiling takes nearly all of the time."""
    for case in drawn.cases():
        path = EXAMPLES / f"{case.spec}.mix"

        def inputs(mixc, case=case, path=path):
            return drawn.draw(case, drawn.signature(mixc, path))

        narrow = {"tiny": [DTYPES[1 + zlib.crc32(case.spec.encode()) % 2]]}
        if everything:
            narrow = {"tiny": DTYPES, "odd": DTYPES}
        for dtype in DTYPES:
            if dtype == "f32" or dtype in narrow.get(case.name, []):
                name = f"{case.spec}/{case.name}/cpu/{dtype}"
                yield Test(name, path, case.options, inputs, {}, None, dtype, "cpu")


def difference(result, expected):
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
    if not finite.any():
        return None
    size = np.abs(expected[finite]).max()
    error = np.abs(result[finite] - expected[finite]).max()
    # What is declared f32 is rounded on its way in and out.
    tolerance = 1e-6
    return None if error <= tolerance * size else f"relative error {error / size:.2e}"


def run(test, mixc, folder):
    """Why a test failed, or None, and whether it passed by a few ulp alone."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [mixc, "run", test.spec, "--target", test.target, "--dtype", test.dtype, "--json", *test.options]
    inputs = test.inputs
    if callable(inputs):
        try:
            inputs, options = inputs(mixc)
        except Exception as error:  # a test at fault is a failed test
            return f"{type(error).__name__}: {error}", False
        command += options
    if inputs:
        np.savez(folder / "inputs.npz", **inputs)
        command += ["--inputs", folder / "inputs.npz"]
    command += ["--outputs", folder / "outputs.npz"]
    if not test.expected:
        command += ["--check"]
    (folder / "command").write_text(shlex.join(map(str, command)) + "\n")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s", False
    if done.returncode != 0 and not (done.returncode == 1 and done.stdout):
        message = done.stderr.strip().splitlines() or ["no message"]
        return f"exit status {done.returncode}: {message[0]}", False
    if not test.expected:
        broken = [output for output in json.loads(done.stdout)["outputs"] if not output["holds"]]
        far = [output for output in broken if not within_ulps(output, folder / "outputs.npz")]
        return "; ".join(describe(output) for output in far) or None, bool(broken) and not far
    with np.load(folder / "outputs.npz") as outputs:
        wrong = [(name, difference(outputs[name], value)) for name, value in test.expected().items()]
    return "; ".join(f"{name}: {what}" for name, what in wrong if what) or None, False


def within_ulps(output, path):
    """Whether the error of an output is a few ulp of its largest value."""
    if output["misplaced"] or output["element"] not in EPSILON or not path.exists():
        return False
    with np.load(path) as outputs:
        values = outputs[output["name"]]
    size = np.abs(values[np.isfinite(values)]).max(initial=0)
    ulp = EPSILON[output["element"]] * 2.0 ** math.floor(math.log2(size)) if size else 0
    return output["max_abs"] <= ULPS * ulp


def describe(output):
    if output["misplaced"]:
        return f"{output['name']}: {output['misplaced']} inf or NaN out of place"
    return f"{output['name']}: contract {output['contract'] or float('inf'):.3g}, max abs {output['max_abs']:.2e}"


def main():
    parser = argparse.ArgumentParser(description="mixers on targets against the reference")
    parser.add_argument("--mixc", type=Path, required=True)
    parser.add_argument("--filter", help="regular expression on test names")
    parser.add_argument("--all", action="store_true", help="every case in every type")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--keep", type=Path, help="folder for the inputs of each test")
    parser.add_argument("--table", action="store_true", help="write the table of examples/README.md")
    options = parser.parse_args()

    chosen = [test for test in tests(options.all) if not options.filter or re.search(options.filter, test.name)]
    start, failed, close, results = time.monotonic(), 0, 0, []
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        root = options.keep or Path(temporary)
        runs = [(test, pool.submit(run, test, options.mixc.resolve(), root / test.name)) for test in chosen]
        for test, future in runs:
            why, by_ulps = future.result()
            close += by_ulps
            results.append((test, not why))
            if why:
                failed += 1
                print(f"FAIL {test.name}: {why}", flush=True)
    print(f"conformance: {len(chosen)} tests in {time.monotonic() - start:.0f} s, {close} passed within {ULPS} ulp only")
    if options.table:
        table.write(EXAMPLES / "README.md", EXAMPLES, options.mixc.resolve(), results)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
