"""Every mixer on every target: the reference against the formulas of the papers, the targets against the reference.

    run.py --mixc PROGRAM [--filter REGEX] [--all] [--jobs N] [--keep DIR] [--table]

A test is named SPEC/CASE/TARGET/DTYPE, as in softmax/attention/odd/cpu/bf16.

    target ref      the outputs are those of formulas/, for the mixers that it has
    target cpu      `mixc run --check`: the numerics contract against the reference, on the same inputs

FORMS/SPEC.FORM/CASE/TARGET/DTYPE are the mixers of which forms/ has another form (forms.py). Inputs are drawn: those of
the cases in cases/ (drawn.py says how they are written), and those of RANDOM below; for a file of specs/ those of its
lines `// case: OPTIONS`, e.g. `// case: --dim N=5,D=3 --param w=2`. A line is printed for each failure; --keep leaves
the inputs of each test in a folder, to try it by hand; --table writes what agreed into examples/README.md. The last line
is "N passed, N failed".

The contract compares two maxima over few elements here, and one rounding more or less can then double a ratio: an
output also holds when its error is within a few ulp of the largest value. The summary counts the tests that needed that.
"""

import argparse
import functools
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
import forms
import formulas
import reference
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

# `inputs` makes the arrays by argument and further options, given mixc; `compare` stands in for `mixc run --check`: given
# mixc and a folder, it says what is wrong, or None.
Test = namedtuple("Test", "name spec options inputs compare dtype target")


def cases_of_file(path):
    """The options of the lines `// case: OPTIONS` of a spec."""
    return [shlex.split(line) for line in re.findall(r"^// case:(.*)$", path.read_text(), re.M)]


def tests(everything):
    yield from formulas.tests(Test, EXAMPLES)
    yield from forms.tests(Test, EXAMPLES, everything)
    yield from tests_of_cases(everything)
    others = [(EXAMPLES / spec, [shlex.split(case) for case in cases]) for spec, cases in RANDOM.items()]
    others += [(path, cases_of_file(path)) for path in sorted((HERE / "specs").glob("*.mix"))]
    for path, cases in others:
        for number, options in enumerate(cases):
            for dtype in DTYPES:
                if everything or dtype == "f32" or number < NARROW_CASES:
                    name = f"{path.stem}/{number}/cpu/{dtype}"
                    yield Test(name, path, options + ["--random"], None, None, dtype, "cpu")


def tests_of_cases(everything):
    """Those of cases/: all in f32, the tiny and odd ones in every type; by default the tiny ones in one narrow type each,
    half of the specs in either, because compiling takes nearly all of the time."""
    for case in drawn.cases():
        path = EXAMPLES / f"{case.spec}.mix"

        inputs = functools.partial(reference.inputs_of, path, case)
        narrow = {"tiny": [DTYPES[1 + zlib.crc32(case.spec.encode()) % 2]]}
        if everything:
            narrow = {"tiny": DTYPES, "odd": DTYPES}
        for dtype in DTYPES:
            if dtype == "f32" or dtype in narrow.get(case.name, []):
                name = f"{case.spec}/{case.name}/cpu/{dtype}"
                yield Test(name, path, case.options, inputs, None, dtype, "cpu")


def run(test, mixc, folder):
    """Why a test failed, or None, and whether it passed by a few ulp alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if test.compare:
        try:
            return test.compare(mixc, folder), False
        except Exception as error:  # a test at fault is a failed test
            return f"{type(error).__name__}: {error}", False
    command = [mixc, "run", test.spec, "--target", test.target, "--dtype", test.dtype, "--json", *test.options]
    if test.inputs:
        try:
            inputs, options = test.inputs(mixc)
        except Exception as error:  # likewise
            return f"{type(error).__name__}: {error}", False
        np.savez(folder / "inputs.npz", **inputs)
        command += [*options, "--inputs", folder / "inputs.npz"]
    command += ["--outputs", folder / "outputs.npz", "--check"]
    (folder / "command").write_text(shlex.join(map(str, command)) + "\n")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s", False
    if done.returncode != 0 and not (done.returncode == 1 and done.stdout):
        message = done.stderr.strip().splitlines() or ["no message"]
        return f"exit status {done.returncode}: {message[0]}", False
    broken = [output for output in json.loads(done.stdout)["outputs"] if not output["holds"]]
    far = [output for output in broken if not within_ulps(output, folder / "outputs.npz")]
    return "; ".join(describe(output) for output in far) or None, bool(broken) and not far


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
