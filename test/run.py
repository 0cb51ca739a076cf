"""Runs every test of a build and adds them up: lit, GoogleTest, conformance.

    run.py --build DIR [--all] [--jobs N] [FILTER]

FILTER is a regular expression on test names; --all adds the slow tests. The
last line is "N passed, N failed"; the exit status is 1 when a test failed, or
when none ran.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Totals = namedtuple("Totals", "passed failed")


def fresh(path):
    """A path for a report that no earlier run has left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def call(command, hide=None):
    """Runs a command and returns its status; lines that match `hide` are not shown."""
    print("+", " ".join(map(str, command)), flush=True)
    if hide is None:
        return subprocess.run(command).returncode
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout:
            if not re.match(hide, line):
                print(line, end="", flush=True)
    return process.returncode


def cache_entry(build, name):
    for line in (build / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split("=", 1)[1]
    raise SystemExit(f"error: {build} is not configured: no {name} in its CMakeCache.txt")


def run_lit(build, options):
    report = fresh(build / "reports" / "lit.json")
    # By this Python: tests that need NumPy take the one that runs lit.
    command = [sys.executable, cache_entry(build, "MIXC_LIT"), "-s", "-v", "-j", str(options.jobs)]
    command += ["--output", str(report), "--allow-empty-runs"]
    if options.all:
        command += ["--param", "all=1"]
    if options.filter:
        command += ["--filter", options.filter]
    status = call(command + [str(build / "test")])
    if not report.exists():
        # A filter without matches writes no report.
        return Totals(0, int(status != 0))
    codes = [test["code"] for test in json.loads(report.read_text())["tests"]]
    passed = sum(code in ("PASS", "XFAIL", "FLAKYPASS") for code in codes)
    failed = sum(code in ("FAIL", "XPASS", "UNRESOLVED", "TIMEOUT") for code in codes)
    return Totals(passed, failed or int(status != 0))


def run_ctest(build, options):
    report = fresh(build / "reports" / "ctest.xml")
    command = ["ctest", "--test-dir", str(build), "--output-on-failure"]
    command += ["--no-tests=ignore", "-j", str(options.jobs), "--output-junit", str(report)]
    if options.filter:
        command += ["-R", options.filter]
    status = call(command, hide=r"\s*Start +\d+:|\s*\d+/\d+ Test .* Passed ")
    if not report.exists():
        # Without tests ctest writes no report.
        return Totals(0, int(status != 0))
    passed = failed = 0
    for case in xml.parse(report).getroot().iter("testcase"):
        skipped = case.find("skipped")
        if case.get("status") == "run":
            passed += 1
        elif case.get("status") == "disabled" or (
            skipped is not None and skipped.get("message", "").startswith("SKIP_")
        ):
            pass
        else:
            failed += 1
    return Totals(passed, failed or int(status != 0))


def run_conformance(build, options):
    """The runner ends with its own "N passed, N failed"; the rest is shown as it comes."""
    runner = ROOT / "test" / "conformance" / "run.py"
    if not runner.exists():
        return Totals(0, 0)
    command = [sys.executable, str(runner), "--mixc", str(build / "bin" / "mixc")]
    if options.all:
        command += ["--all"]
    if options.filter:
        command += ["--filter", options.filter]
    print("+", " ".join(command), flush=True)
    totals = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            match = re.fullmatch(r"(\d+) passed, (\d+) failed", line.strip())
            if match:
                totals = Totals(int(match[1]), int(match[2]))
            else:
                print(line, end="", flush=True)
    if totals is None:
        return Totals(0, 1)
    return Totals(totals.passed, totals.failed or int(process.returncode != 0))


def main():
    parser = argparse.ArgumentParser(description="runs every test of a build")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--all", action="store_true", help="the slow tests too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("filter", nargs="?", help="regular expression on test names")
    options = parser.parse_args()
    build = options.build.resolve()

    suites = {"lit": run_lit, "GoogleTest": run_ctest, "conformance": run_conformance}
    results = {name: run(build, options) for name, run in suites.items()}

    print()
    for name, totals in results.items():
        print(f"{name}: {totals.passed} passed, {totals.failed} failed")
    passed = sum(totals.passed for totals in results.values())
    failed = sum(totals.failed for totals in results.values())
    if passed + failed == 0:
        print("error: no test ran", file=sys.stderr)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
