"""Holds the dependency arrows between folders, by reading every #include.

    include_arrows.py ROOT

ALLOWED is the whole rule: a file in the folder on the left may include files
of its own folder and of the folders on the right. Each violation is printed
as file:line; the exit status is 1 when there is one.
"""

import os
import re
import sys

DIALECTS = ["dialects"]
BELOW_EQUATIONS = ["dialects/plan", "dialects/tile", "lowering/math", "lowering/scalar", "runtime"]
HOST = BELOW_EQUATIONS + ["lowering/host"]
GPU = HOST + ["lowering/gpu"]

ALLOWED = {
    "frontends/mix": DIALECTS,
    "frontends/python": DIALECTS,
    "frontends/onnx": DIALECTS,
    "frontends/c": DIALECTS,
    "dialects/mixer": [],
    "dialects/tile": [],
    "dialects/plan": ["dialects/tile"],
    # The reference is the meaning of the language: it shares nothing with
    # the passes that it judges.
    "compiler/reference": ["dialects/mixer"],
    "compiler/derive": DIALECTS,
    "compiler/schedule": DIALECTS,
    "compiler/explain": DIALECTS + ["compiler/derive", "compiler/schedule"],
    "compiler/tune": DIALECTS + ["compiler/schedule", "compiler/explain", "runtime"],
    "compiler/driver": DIALECTS + ["frontends", "compiler", "lowering", "runtime"],
    # Lowering knows no equation: never dialects/mixer, never compiler/.
    "lowering/math": BELOW_EQUATIONS,
    "lowering/scalar": BELOW_EQUATIONS,
    "lowering/host": BELOW_EQUATIONS,
    "lowering/cpu": HOST,
    "lowering/gpu": HOST,
    "lowering/cuda": GPU,
    "lowering/hip": GPU,
    "lowering/emulator": GPU,
    "lowering/bundle": GPU + ["lowering/cpu", "lowering/cuda", "lowering/hip"],
    "runtime": [],
}

# Folders whose files are read. Tests, examples and benchmarks may include anything.
CHECKED = ["frontends", "dialects", "compiler", "lowering", "runtime"]
PROJECT = CHECKED + ["test", "examples", "bench"]
SUFFIXES = (".h", ".hpp", ".c", ".cpp", ".cc", ".td", ".inc", ".def")
INCLUDE = re.compile(r'^\s*#?\s*include\s*["<]([^">]+)[">]')
COMPILER_LIBRARY = re.compile(r"(llvm|mlir|clang|lld)(-c)?/")


def below(path, folder):
    return path == folder or path.startswith(folder + "/")


def folder_of(path):
    """The entry of ALLOWED that a file belongs to, or None."""
    return next((folder for folder in ALLOWED if below(path, folder)), None)


def resolve(root, path, included):
    """The included file relative to the root, or None if it is not ours."""
    if included.split("/")[0] in PROJECT:
        return included
    beside = os.path.normpath(os.path.join(os.path.dirname(path), included))
    return beside if os.path.exists(os.path.join(root, beside)) else None


def violation(root, path, included):
    """Why `path` may not include `included`, or None."""
    folder = folder_of(path)
    if folder is None:
        return f"`{os.path.dirname(path)}` has no entry in test/structure/include_arrows.py"
    if folder == "runtime" and COMPILER_LIBRARY.match(included):
        return f"`runtime` must not include LLVM, but includes `{included}`"
    target = resolve(root, path, included)
    if target is None or any(below(target, f) for f in [folder, *ALLOWED[folder]]):
        return None
    return f"`{folder}` must not include `{target}`"


def source_files(root):
    for top in CHECKED:
        for folder, subfolders, names in os.walk(os.path.join(root, top)):
            subfolders.sort()
            for name in sorted(names):
                if name.endswith(SUFFIXES):
                    yield os.path.relpath(os.path.join(folder, name), root)


def main():
    root = sys.argv[1]
    found = 0
    for path in source_files(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                match = INCLUDE.match(line)
                why = match and violation(root, path, match.group(1))
                if why:
                    print(f"{path}:{number}: {why}")
                    found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
