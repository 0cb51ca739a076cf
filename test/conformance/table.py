"""The table of examples/README.md: every mixer by class, its paper, and what of it agreed in the run at hand."""

import json
import re
import subprocess
from collections import defaultdict

BEGIN = "<!-- table: written by test/conformance/run.py --table -->"
END = "<!-- end of table -->"


def signature(mixc, path):
    report = subprocess.run([mixc, "check", "--json", path], capture_output=True, text=True, check=True).stdout
    return json.loads(report)["mixers"][-1]


def show(examples, results):
    """Prints how many tests of each mixer passed, by target and type."""
    counts, columns = defaultdict(dict), {}
    for test, passed in results:
        if test.spec.is_relative_to(examples):
            cell = counts[test.spec.relative_to(examples).with_suffix("").as_posix()]
            good, all = cell.get((test.target, test.dtype), (0, 0))
            cell[test.target, test.dtype] = good + passed, all + 1
            columns[test.target, test.dtype] = None
    width = max(map(len, counts), default=0)
    heads = {column: " ".join(column).rjust(9) for column in columns}
    print(" " * width, *heads.values())
    for spec, cells in sorted(counts.items()):
        row = ("/".join(map(str, cells[column])) if column in cells else "-" for column in columns)
        print(spec.ljust(width), *(text.rjust(len(head)) for text, head in zip(row, heads.values())))


def agreed(tests):
    """`cpu f32 bf16`: targets and types of which every test passed."""
    good = defaultdict(lambda: True)
    for test, passed in tests:
        good[test.target, test.dtype] &= passed
    types = defaultdict(list)
    for (target, dtype), passed in sorted(good.items(), key=lambda item: item[0]):
        if passed and target != "ref":
            types[target].append(dtype)
    return ", ".join(f"{target} {' '.join(dtypes)}" for target, dtypes in sorted(types.items())) or "-"


def cell(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def write(readme, examples, mixc, results):
    """Replaces the table. `results` are pairs of a test and whether it passed."""
    tests = defaultdict(list)
    for test, passed in results:
        tests[test.spec].append((test, passed))
    lines = [BEGIN]
    for folder in sorted(path for path in examples.iterdir() if path.is_dir()):
        specs = sorted(folder.glob("*.mix"))
        if not specs:
            continue
        lines += ["", f"### {folder.name}", "", "| mixer | computes | paper | agrees with the reference |", "|---|---|---|---|"]
        for path in specs:
            mixer = signature(mixc, path)
            sentence = re.split(r"(?<=\.)\s", mixer["doc"].replace("\n", " "), maxsplit=1)[0]
            papers = "; ".join(mixer["cites"])
            lines.append(f"| [{path.stem}]({folder.name}/{path.name}) | {cell(sentence)} | {cell(papers)} | {agreed(tests[path])} |")
    lines += ["", END]
    text = readme.read_text()
    before, rest = text.split(BEGIN)
    readme.write_text(before + "\n".join(lines) + rest.split(END)[1])
