"""Holds docs/language.md complete: every name that the front end defines stands on it.

    names.py ROOT

The names are read from the tables of the front end: functions, reductions, element types, operators.
"""

import re
import sys
from pathlib import Path

TABLES = {
    "Builtins.cpp": r"Builtin table\[\] = \{(.*?)\n\};",
    "AST.cpp": r"constexpr StringLiteral \w+\[\] = \{(.*?)\};",
}


def main():
    root = Path(sys.argv[1])
    # The grammar lists the names without a word on what they mean.
    page = (root / "docs" / "language.md").read_text().split("\n## Grammar\n")[0]
    missing, count = [], 0
    for file, pattern in TABLES.items():
        for table in re.findall(pattern, (root / "frontends" / "mix" / file).read_text(), re.DOTALL):
            names = re.findall(r'"([^"]+)"', table)
            count += len(names)
            missing += [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", page)]
    for name in missing:
        print(f"{root}/docs/language.md: `{name}` is a word of the language, but not on this page")
    if count < 80:
        print(f"only {count} names are found in the tables of frontends/mix: did they move?")
    return 1 if missing or count < 80 else 0


if __name__ == "__main__":
    sys.exit(main())
