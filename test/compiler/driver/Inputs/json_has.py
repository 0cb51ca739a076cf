"""json_has.py FILE PATH=VALUE...: whether a JSON file has these values. In a path, names and positions are joined by
dots; the value `*` is anything, `number` any number; others are compared as JSON where they are, else as text."""

import json
import sys
from pathlib import Path

document = json.loads(Path(sys.argv[1]).read_text())
wrong = []
for wish in sys.argv[2:]:
    path, wanted = wish.split("=", 1)
    value = document
    try:
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (KeyError, IndexError):
        wrong.append(f"there is no {path}")
        continue
    if wanted == "number":
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif wanted == "*":
        good = True
    else:
        try:
            good = value == json.loads(wanted)
        except ValueError:
            good = value == wanted
    if not good:
        wrong.append(f"{path} is {json.dumps(value)}, not {wanted}")
if wrong:
    sys.exit("\n".join(wrong))
