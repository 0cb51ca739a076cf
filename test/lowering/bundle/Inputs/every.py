"""every.py MIXC FOLDER...: exports every spec below the folders; its header is good C and C++, its object needs nothing."""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bundle

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]


def export(mixc, spec):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            bundle.run([mixc, "compile", spec, "-o", folder, "--target", "cpu:x86-64-v3"])
            header = next(Path(folder).glob("*.h"))
            bundle.run(["gcc", "-std=c11", *STRICT, "-x", "c", header])
            bundle.run(["g++", "-std=c++11", *STRICT, "-x", "c++", header])
            bundle.check_symbols(Path(folder), header.stem)
        except (SystemExit, subprocess.TimeoutExpired) as error:
            return f"{spec}: {error}"
    return None


def main():
    mixc, *folders = sys.argv[1:]
    specs = sorted(spec for folder in folders for spec in Path(folder).rglob("*.mix"))
    with ThreadPoolExecutor() as pool:
        wrong = [text for text in pool.map(lambda spec: export(mixc, spec), specs) if text]
    print("\n".join([*wrong, f"{len(specs)} specs, {len(wrong)} wrong"]))
    return 1 if wrong or not specs else 0


sys.exit(main())
