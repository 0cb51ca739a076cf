"""run_examples.py MIXC COMMAND...: runs the examples that `mixc COMMAND --help` gives, in a folder with the repository's
examples/, as if it were its root.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
mixc, *commands = sys.argv[1:]
failed = 0
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "examples").symlink_to(ROOT / "examples")
    for command in commands:
        text = subprocess.run([mixc, command, "--help"], capture_output=True, text=True, check=True).stdout
        examples = text.split("\nexamples:\n")[1].splitlines()
        assert examples, f"`mixc {command} --help` has no examples"
        for example in examples:
            words = shlex.split(example)
            assert words[0] == "mixc", example
            done = subprocess.run([mixc, *words[1:]], cwd=folder, capture_output=True, text=True)
            if done.returncode:
                failed += 1
                print(f"{example.strip()}: exit status {done.returncode}\n{done.stderr}", file=sys.stderr)
sys.exit(failed != 0)
