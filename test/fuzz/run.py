"""Random valid specs: the kernels of the CPU against the reference.

    run.py --mixc PROGRAM [--seed S] [--count N | --seconds T] [--only METHOD,…] [--jobs J]

Spec number i of a run has the seed S + i. A failing spec is cut down and printed, with the command that repeats the
whole; an internal error, a refusal of a valid spec and a time beyond the limit are failures, too. The last line is
"N passed, N failed".

The numerics contract is a ratio of errors; over few elements the direct evaluation may by luck have hardly any. So a
ratio up to 8 passes, but is counted, where the error is a few units in the last place of the largest value, and one up
to 64 where most other inputs hold.
"""

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path

from generate import generate
from minimise import minimise

SECONDS = 60  # for one spec, far beyond what any takes
UNLUCKY, LOOSE = 8, 64  # ratios that may be luck
ULPS = 8
HALF_ULP = {"f64": 2.0**-53, "f32": 2.0**-24, "c64": 2.0**-24, "f16": 2.0**-11, "bf16": 2.0**-8}


def judge(mixc, spec, seed):
    """As `execute`, but a ratio that is high for this seed only is bad luck."""
    category, why = execute(mixc, spec, seed)
    if category == "loose":
        others = [execute(mixc, spec, seed + k * 7919)[0] for k in range(1, 6)]
        category = "loose" if sum(other in ("loose", "wrong") for other in others) > 2 else "unlucky"
    return category, why


def execute(mixc, spec, seed):
    """(category, what happened); the category is "" for a pass."""
    with tempfile.NamedTemporaryFile("w", suffix=".mix") as file:
        file.write(spec.text())
        file.flush()
        command = [mixc, "run", file.name, f"--random={seed}", "--check", "--json", *spec.command_options()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return "hang", f"still running after {SECONDS} s"
    first = (done.stderr.strip().splitlines() or ["no message"])[0].replace(file.name, "spec.mix")
    if done.returncode < 0 or done.returncode >= 70:
        return f"crash {done.returncode}", f"exit status {done.returncode}: {first}"
    if not done.stdout:
        message = re.sub("`.*?`", "`...`", first.split("error: ")[-1])
        return f"refusal: {message}", f"exit status {done.returncode}: {done.stderr.replace(file.name, 'spec.mix').strip()}"
    broken = [output for output in json.loads(done.stdout)["outputs"] if not output["holds"]]
    if not broken:
        return "", ""
    why = "; ".join(describe(output) for output in broken)
    # What cancels out is noise: intermediate values are about 1.
    if not any(output["misplaced"] or output["max_abs"] > ULPS * ulp(output) for output in broken):
        return "unlucky", why
    if any(output["misplaced"] or not (output["contract"] or inf) <= LOOSE for output in broken):
        return "wrong", why
    def relative(output):
        return inf if output["rel_l2"] is None else output["rel_l2"]  # of a reference of zeros

    small = all(output["contract"] <= UNLUCKY and relative(output) <= ULPS * ulp(output) for output in broken)
    return ("unlucky" if small else "loose"), why


def describe(output):
    if output["misplaced"]:
        return f"{output['name']}: {output['misplaced']} inf or NaN out of place"
    return f"{output['name']}: contract {output['contract'] or inf:.3g}, relative L2 {output['rel_l2'] or inf:.2e}"


def ulp(output):
    return 2 * HALF_ULP.get(output["element"], 0)


def main():
    parser = argparse.ArgumentParser(description="random specs on the CPU against the reference")
    parser.add_argument("--mixc", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", help="these methods of the generator only")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--no-minimise", action="store_true")
    options = parser.parse_args()
    mixc, only = options.mixc.resolve(), options.only and options.only.split(",")
    count = options.count or (None if options.seconds else 100)

    start = time.monotonic()
    passed, unlucky, failures = 0, 0, []

    def one(seed):
        if options.seconds and time.monotonic() - start > options.seconds:
            return None
        try:
            spec = generate(seed, only)
        except Exception as error:
            return seed, None, "generator", repr(error)
        return seed, spec, *judge(mixc, spec, seed)

    with ThreadPoolExecutor(options.jobs) as pool:
        numbers = itertools.count() if count is None else iter(range(count))
        while True:
            batch = list(itertools.islice(numbers, 8 * options.jobs))
            results = [r for r in pool.map(one, [options.seed + i for i in batch]) if r]
            for seed, spec, category, why in results:
                if category == "unlucky":
                    unlucky += 1
                    print(f"unlucky: seed {seed}: {why}", flush=True)
                if category in ("", "unlucky"):
                    passed += 1
                    continue
                failures.append(seed)
                print(f"FAIL seed {seed}: {why}")
                if spec is None:
                    continue
                if not options.no_minimise and category != "hang":
                    spec = minimise(spec, lambda s: judge(mixc, s, seed)[0] == category)
                    print(f"cut down: {execute(mixc, spec, seed)[1]}")
                print(spec.text())
                again = f"--only {options.only} " if only else ""
                print(f"repeat: {sys.executable} {__file__} --mixc {options.mixc} {again}--seed {seed} --count 1\n", flush=True)
            if len(results) < len(batch) or not batch:
                break

    print(f"fuzz: {passed + len(failures)} random specs in {time.monotonic() - start:.0f} s, {unlucky} with a ratio above 2 by luck")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
