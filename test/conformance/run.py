"""Every mixer on every target: the reference against the formulas of the papers, the targets against the reference.

    run.py --mixc PROGRAM [--filter REGEX] [--all] [--jobs N] [--keep DIR] [--matrix] [--table]

A test is named SPEC/CASE/TARGET/DTYPE, as in softmax/attention/odd/cpu/bf16.

    target ref      the outputs are those of formulas/, for the mixers that it has
    target cpu      `mixc run --check`: the numerics contract against the reference, on the same inputs
    target emu:...  the same, and no report of the emulator's checks: the tiny cases, with --all the others too

FORMS/SPEC.FORM/CASE/TARGET/DTYPE are the mixers of which forms/ has another form (forms.py). Inputs are drawn: those of
the cases in cases/ (drawn.py says how they are written), and those of RANDOM below; for a file of specs/ those of its
lines `// case: OPTIONS`, e.g. `// case: --dim N=5,D=3 --param w=2`. A line is printed for each failure; --keep leaves
the inputs of each test in a folder, to try it by hand; --matrix prints what agreed, --table writes it into
examples/README.md. The last line is "N passed, N failed".

The contract compares two maxima over few elements here, and a rounding more or less can double a ratio. So a test that
misses it is tried on other draws of its inputs: it passes when the mean of the ratios holds, and is counted.
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

DTYPES = ["f32", "bf16", "f16"]

# GPUs of both widths of a warp.
EMULATED = ["emu:sm_80", "emu:gfx942"]
EMULATED_DTYPES = ["f32", "bf16"]

# A test that misses the contract is drawn so many times in all, and holds when the mean of the ratios is at most LIMIT.
# It is the geometric mean, in which twice the error of plain loops and half of it cancel; below LEAST a ratio is luck.
DRAWS, LIMIT, LEAST = 9, 2, 1 / 4

# `inputs` makes the arrays by argument and further options, given mixc and a seed (None: mixc draws them); `compare`
# stands in for `mixc run --check`: given mixc and a folder, it says what is wrong, or None.
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
                for target in targets_of(dtype, number == 0, everything):
                    yield Test(f"{path.stem}/{number}/{target}/{dtype}", path, options, None, None, dtype, target)


def targets_of(dtype, small, everything):
    """The targets that a case is tried on, in a type."""
    yield "cpu"
    if dtype in EMULATED_DTYPES and (small or everything):
        yield from EMULATED


def tests_of_cases(everything):
    """Those of cases/: the tiny and odd ones in every type, the adversarial ones in f32."""
    for case in drawn.cases():
        path = EXAMPLES / f"{case.spec}.mix"
        inputs = functools.partial(reference.inputs_of, path, case)
        for dtype in DTYPES if case.name in ("tiny", "odd") else ["f32"]:
            for target in targets_of(dtype, case.name == "tiny", everything):
                name = f"{case.spec}/{case.name}/{target}/{dtype}"
                yield Test(name, path, case.options, inputs, None, dtype, target)


class Failure(Exception):
    """A run that gave no report."""


def run(test, mixc, folder):
    """Why a test failed, or None, and whether it passed by the mean of several draws alone."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if test.compare:
            return test.compare(mixc, folder), False
        broken = [output for output in check(test, mixc, folder) if not output["holds"]]
        # What is no rounding (numbers out of place, other integers) has no ratio.
        if not broken or any(output["contract"] is None for output in broken):
            return "; ".join(map(describe, broken)) or None, False
        draws = [check(test, mixc, folder / f"draw{seed}", seed) for seed in range(1, DRAWS)]
        for output in broken:
            output["mean"] = mean_ratio([output, *(o for draw in draws for o in draw if o["name"] == output["name"])])
        return "; ".join(describe(output) for output in broken if output["mean"] > LIMIT) or None, True
    except Failure as error:
        return str(error), False
    except Exception as error:  # a test at fault is a failed test
        return f"{type(error).__name__}: {error}", False


def check(test, mixc, folder, seed=0):
    """The outputs of a test as `mixc run --check` reports them."""
    folder.mkdir(exist_ok=True)
    command = [mixc, "run", test.spec, "--target", test.target, "--dtype", test.dtype, "--json", "--check"]
    command += test.options
    if test.inputs:
        inputs, options = test.inputs(mixc, seed)
        np.savez(folder / "inputs.npz", **inputs)
        command += [*options, "--inputs", folder / "inputs.npz"]
    else:
        command += [f"--random={seed}"]
    (folder / "command").write_text(shlex.join(map(str, command)) + "\n")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Failure(f"still running after {SECONDS} s") from None
    if done.returncode != 0 and not (done.returncode == 1 and done.stdout):
        message = done.stderr.strip().splitlines() or ["no message"]
        raise Failure(f"exit status {done.returncode}: {message[0]}")
    return json.loads(done.stdout)["outputs"]


def mean_ratio(outputs):
    """The geometric mean of an output's ratios over several draws."""
    if any(output["contract"] is None for output in outputs):
        return math.inf
    return 2 ** (sum(math.log2(max(output["contract"], LEAST)) for output in outputs) / len(outputs))


def describe(output):
    if output["misplaced"]:
        return f"{output['name']}: {output['misplaced']} inf or NaN out of place"
    mean = f", the mean of {DRAWS} draws {output['mean']:.3g}" if "mean" in output else ""
    return f"{output['name']}: contract {output['contract'] or math.inf:.3g}{mean}, max abs {output['max_abs']:.2e}"


def main():
    parser = argparse.ArgumentParser(description="mixers on targets against the reference")
    parser.add_argument("--mixc", type=Path, required=True)
    parser.add_argument("--filter", help="regular expression on test names")
    parser.add_argument("--all", action="store_true", help="other forms of mixers on all cases")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--keep", type=Path, help="folder for the inputs of each test")
    parser.add_argument("--matrix", action="store_true", help="print how many tests passed, by mixer and type")
    parser.add_argument("--table", action="store_true", help="write the table of examples/README.md")
    options = parser.parse_args()
    os.environ["MIXC_CACHE_LIMIT"] = "0"  # what is tested is compiled

    chosen = [test for test in tests(options.all) if not options.filter or re.search(options.filter, test.name)]
    start, failed, by_mean, results = time.monotonic(), 0, 0, []
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        root = options.keep or Path(temporary)
        runs = [(test, pool.submit(run, test, options.mixc.resolve(), root / test.name)) for test in chosen]
        for test, future in runs:
            why, needed_mean = future.result()
            by_mean += needed_mean and not why
            results.append((test, not why))
            if why:
                failed += 1
                print(f"FAIL {test.name}: {why}", flush=True)
    seconds = time.monotonic() - start
    print(f"conformance: {len(chosen)} tests in {seconds:.0f} s, {by_mean} passed by the mean of {DRAWS} draws")
    if options.matrix:
        table.show(EXAMPLES, results)
    if options.table:
        table.write(EXAMPLES / "README.md", EXAMPLES, options.mixc.resolve(), results)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
