"""Fails when its input is empty or has more lines than its argument says."""

import sys

lines = len(sys.stdin.readlines())
print(f"{lines} lines")
sys.exit(0 if 0 < lines <= int(sys.argv[1]) else 1)
