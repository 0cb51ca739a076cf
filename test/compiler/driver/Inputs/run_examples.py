"""run_examples.py MIXC COMMAND...: runs the examples that `mixc COMMAND --help` gives, in the root of the repository."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
mixc, *commands = sys.argv[1:]
failed = 0
for command in commands:
    text = subprocess.run([mixc, command, "--help"], capture_output=True, text=True, check=True).stdout
    examples = text.split("\nexamples:\n")[1].splitlines()
    assert examples, f"`mixc {command} --help` has no examples"
    for example in examples:
        words = shlex.split(example)
        assert words[0] == "mixc", example
        done = subprocess.run([mixc, *words[1:]], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(f"{example.strip()}: exit status {done.returncode}\n{done.stderr}", file=sys.stderr)
sys.exit(failed != 0)
