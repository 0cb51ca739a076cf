"""json_documented.py PAGE COMMAND REPORT...: whether the page's section on `mixc COMMAND` names every field of its reports."""

import json
import re
import sys
from pathlib import Path

# What stands in these is called as the spec calls it.
NAMED_BY_THE_SPEC = {"dims", "tiles", "places", "peak_gflops"}


def fields(value):
    if isinstance(value, list):
        return {name for part in value for name in fields(part)}
    if not isinstance(value, dict):
        return set()
    inner = (fields(part) for name, part in value.items() if name not in NAMED_BY_THE_SPEC)
    return set(value).union(*inner)


page, command, *reports = sys.argv[1:]
section = re.search(rf"^## mixc {command}\n(.*?)(?=^## |\Z)", Path(page).read_text(), re.S | re.M).group(1)
documented = set(re.findall(r"`(\w+)`", section))
used = {name for report in reports for name in fields(json.loads(Path(report).read_text()))}
assert used, "no fields"
if used - documented:
    sys.exit(f"{page} does not name these fields of `mixc {command}`: {', '.join(sorted(used - documented))}")
