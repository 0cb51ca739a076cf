"""Runs the fenced blocks of Markdown pages, so that what a page shows is what mixc does.

    blocks.py [--update] [--keep DIR] --root TREE [PAGE... | --skip PAGE]

Every block has a word behind its fence that says what it is and how it is tested:

    ```mix NAME.mix         a file: it checks without a warning, unless a console block shows what `mixc check` says
    ```mix body HEADER      the body of a mixer whose header, `(x: [N]) -> (y: [N])`, readers need not see: it checks
    ```values               lines `EXPRESSION → VALUE`: the reference and the CPU's kernels compute the value
    ```c NAME.c             a file, for a command to compile
    ```console              `$ COMMAND` and what it prints; the exit status is not 0 where an `error:` is shown
    ```sh                   commands without output: those of mixc succeed, `./dev` has the others
    ```grammar              every name that a rule uses has a rule, and every rule is used; `? … ?` is prose
    ```mlir                 mixc-opt parses it

Commands run in one scratch folder for a page, which holds the files of its blocks and links to the examples, the
runtime and the libraries of the build. In what
they print, `…` stands for anything in a line, alone in a line for any lines; errors and times, which differ from machine
to machine, are compared by their form only. A block without such a word is an error, and so is a page without blocks.
Without PAGE, all pages of the tree that have blocks are tested. --update writes what commands print now into the page,
except where it has a `…`.
"""

import argparse
import ast
import math
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SECONDS = 120  # for one command, far beyond what any takes

Block = namedtuple("Block", "kind about lines line")  # line: of the first line inside, from 1
Command = namedtuple("Command", "text words shown line")  # shown: the output on the page; line: of its first line
Failure = namedtuple("Failure", "line message")

FENCE = re.compile(r"^```(.*)$")
FIGURES = [
    (re.compile(r"\b\d\.\d+e[-+]\d+\b"), "<error>"),
    (re.compile(r"\b\d+(\.\d+)? (ns|us|ms|s)\b"), "<time>"),
    (re.compile(r"\b\d+\.\d{3}(?=  holds$)", re.MULTILINE), "<ratio>"),
]


def blocks_of(text):
    """The fenced blocks of a page."""
    found, opened, lines = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and opened is None:
            opened, lines = (fence[1], number), []
        elif fence:
            kind, _, about = opened[0].partition(" ")
            found.append(Block(kind, about.strip(), lines, opened[1] + 1))
            opened = None
        elif opened is not None:
            lines.append(line)
    if opened is not None:
        raise SystemExit(f"error: line {opened[1]}: this block has no end")
    return found


def commands_of(block):
    """The commands of a console or sh block; a line that ends with a backslash goes on in the next."""
    commands, at = [], 0
    prompt = "$ " if block.kind == "console" else ""
    while at < len(block.lines):
        if not block.lines[at].startswith(prompt):
            raise ValueError("a console block begins with `$ `")
        line, text = block.line + at, block.lines[at][len(prompt) :]
        at += 1
        while text.endswith("\\") and at < len(block.lines):
            text = text[:-1].rstrip() + " " + block.lines[at].strip()
            at += 1
        shown, begin = [], at
        while prompt and at < len(block.lines) and not block.lines[at].startswith(prompt):
            shown.append(block.lines[at])
            at += 1
        words = shlex.split(text, comments=True)
        if words:
            commands.append(Command(text, words, shown, block.line + begin if prompt else line))
        elif prompt:
            raise ValueError("a `$ ` without a command")
    return commands


def chain(words):
    """The commands that `&&` joins."""
    commands = [[]]
    for word in words:
        if word == "&&":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def runnable(words):
    """The words of a command as they are run, or None where it is none of mixc, nor builds or runs a bundle's program."""
    commands = []
    for command in chain(words):
        if command[0] in ("build/bin/mixc", "build/bin/mixc-opt"):
            command = [Path(command[0]).name, *command[1:]]
        elif command[:2] == ["./dev", "run"] and len(command) > 2:
            command = ["mixc", *command[1:]]
        elif command[0] not in ("mixc", "mixc-opt", "gcc") and not re.fullmatch(r"(\./|build/)(?!dev$)\w[\w/]*", command[0]):
            return None
        commands += ["&&"] * bool(commands) + command
    return commands


def call(words, folder):
    """(exit status, everything printed)"""
    status, printed = 0, ""
    for command in chain(words):
        if status == 0:
            done = subprocess.run(
                command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS
            )
            status, printed = done.returncode, printed + done.stdout
    return status, printed


def agrees(shown, printed):
    """Whether a command printed what the page shows, both lists of lines."""

    def plain(lines):
        text = "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
        for figure, name in FIGURES:
            text = figure.sub(name, text)
        return text

    pattern = re.escape(plain(shown)).replace("\\\n", "\n")
    pattern = re.sub(r"(?m)^…\n", r"(?:.*\\n)*?", pattern).replace("…", ".*")
    return re.fullmatch(pattern, plain(printed)) is not None


class Page:
    def __init__(self, path, root, folder):
        self.path, self.root, self.folder = path, root, folder
        self.text = path.read_text()
        self.blocks = blocks_of(self.text)
        self.news = []  # (command, lines that it printed), where that is not what is shown
        for linked in ("examples", "runtime"):
            (folder / linked).symlink_to(root / linked)
        (folder / "build").mkdir()
        (folder / "build/lib").symlink_to(Path(shutil.which("mixc")).resolve().parents[1] / "lib")
        for block in self.blocks:
            if block.kind in ("mix", "c") and block.about.endswith(f".{block.kind}"):
                target = folder / block.about
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists():
                    raise SystemExit(f"error: {path}:{block.line}: {block.about} is there twice")
                target.write_text("\n".join(block.lines) + "\n")
        shown = [line for block in self.blocks if block.kind == "console" for line in block.lines]
        self.checked = {line.removeprefix("$ mixc check ") for line in shown}

    def test(self, block):
        """The failures of one block."""
        test = getattr(self, "test_" + block.kind, None) if block.kind.isidentifier() else None
        if not test:
            return [Failure(block.line - 1, f"no test knows a block of kind `{block.kind}`")]
        try:
            return test(block)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            return [Failure(block.line, str(error))]

    def silent(self, words, line):
        """One failure unless the command succeeds without a warning."""
        status, printed = call(words, self.folder)
        if status == 0 and "warning:" not in printed:
            return []
        return [Failure(line, f"`{shlex.join(words)}`: exit status {status}\n{printed}")]

    def test_mix(self, block):
        if block.about.endswith(".mix"):
            return [] if block.about in self.checked else self.silent(["mixc", "check", block.about], block.line)
        word, _, header = block.about.partition(" ")
        if word != "body":
            raise ValueError("a mix block is a file, `mix NAME.mix`, or a body, `mix body (x: [N]) -> (y: [N])`")
        # Each line keeps the number that it has in the page.
        name = f"line-{block.line}.mix"
        lines = [""] * (block.line - 2) + [f"mixer body{header} {{", *block.lines, "}"]
        (self.folder / name).write_text("\n".join(lines) + "\n")
        return self.silent(["mixc", "check", name], block.line)

    def test_c(self, block):
        if not block.about.endswith(".c"):
            raise ValueError("a c block is a file, `c NAME.c`")
        uses = [line for other in self.blocks if other.kind == "console" for line in other.lines]
        if any(block.about in line.split() for line in uses):
            return []
        return [Failure(block.line, f"no command compiles {block.about}")]

    def test_values(self, block):
        rows = []
        for number, line in enumerate(block.lines, block.line):
            expression, arrow, value = line.partition("//")[0].partition("→")
            if not arrow:
                raise ValueError(f"line {number} is not of the form `EXPRESSION → VALUE`")
            rows.append((number, expression.strip(), value.strip()))

        def element(value):
            return "bool" if value in ("true", "false") else "i64" if re.fullmatch(r"-?\d+", value) else "f64"

        outputs = ", ".join(f"y{number}: {element(value)}[]" for number, _, value in rows)
        spec = f"mixer values(unused: [ONE]) -> ({outputs}) {{\n"
        spec += "".join(f"  y{number} = {expression}\n" for number, expression, _ in rows) + "}\n"
        name, failures = f"line-{block.line}", []
        (self.folder / f"{name}.mix").write_text(spec)
        for target in ("ref", "cpu"):
            words = ["mixc", "run", f"{name}.mix", "--target", target, "--random", "--dim", "ONE=1"]
            status, printed = call([*words, "--outputs", f"{name}.npz"], self.folder)
            if status:
                return [Failure(block.line, printed)]
            got = read_npz(self.folder / f"{name}.npz")
            for number, expression, value in rows:
                wanted = {"true": 1.0, "false": 0.0}.get(value)
                wanted = float(value) if wanted is None else wanted
                value_got = got[f"y{number}"]
                same = math.isclose(wanted, value_got, rel_tol=1e-6) or (wanted != wanted and value_got != value_got)
                if not same:
                    failures.append(Failure(number, f"`{expression}` is {value_got} on {target}, not {value}"))
        return failures

    def test_console(self, block):
        failures = []
        for command in commands_of(block):
            words = runnable(command.words)
            if not words:
                raise ValueError(f"`{command.text}` is no command of mixc")
            status, printed = call(words, self.folder)
            lines = printed.splitlines()
            if agrees(command.shown, lines):
                if (status != 0) != any(re.search(r"\berror:", line) for line in lines):
                    failures.append(Failure(command.line, f"`{command.text}`: exit status {status}"))
                continue
            self.news.append((command, lines))
            failures.append(Failure(command.line, f"`{command.text}` prints\n{printed}"))
        return failures

    def test_sh(self, block):
        failures = []
        usage = call([self.root / "dev", "help"], self.root)[1].splitlines()
        for command in commands_of(block):
            words = runnable(command.words)
            if words:
                failures += self.silent(words, command.line)
            elif not any(command.words[:2] == ["./dev", line.split()[0]] for line in usage if line.startswith("  ")):
                raise ValueError(f"`{command.text}` is a command neither of mixc nor of ./dev")
        return failures

    def test_grammar(self, block):
        text = re.sub(r'"[^"]*"|\?[^?]*\?', " ", "\n".join(block.lines))
        rules = re.findall(r"^(\w+) *=", text, re.MULTILINE)
        used = set(re.findall(r"\b[a-z]+\b", re.sub(r"(?m)^\w+ *=", "", text)))
        failures = [f"`{name}` is used, but has no rule" for name in sorted(used - set(rules))]
        failures += [f"`{name}` has a rule, but is not used" for name in rules[1:] if name not in used]
        return [Failure(block.line, message) for message in failures]

    def test_mlir(self, block):
        name = f"line-{block.line}.mlir"
        (self.folder / name).write_text("\n" * (block.line - 1) + "\n".join(block.lines) + "\n")
        return self.silent(["mixc-opt", name], block.line)

    def update(self):
        """Writes what the commands printed into the page."""
        lines = self.text.splitlines()
        for command, printed in sorted(self.news, key=lambda new: new[0].line, reverse=True):
            if not any("…" in line for line in command.shown):
                at, end = command.line - 1, command.line - 1 + len(command.shown)
                while end > at and not lines[end - 1]:
                    end -= 1
                lines[at:end] = [line.rstrip() for line in printed]
                if lines[at + len(printed)].startswith("$ "):
                    lines.insert(at + len(printed), "")  # a blank line sets commands apart
        self.path.write_text("\n".join(lines) + "\n")


def pages_of(root, skip):
    """The pages of a source tree that have blocks, but for one."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "build")))
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix == ".md" and not (skip and path.samefile(skip)) and "\n```" in path.read_text():
                yield path


def read_npz(path):
    """The rank-0 arrays of a .npz file, as floats."""
    values = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            size = struct.unpack_from("<H", data, 8)[0]
            header = ast.literal_eval(data[10 : 10 + size].decode().strip())
            letter = {"|b1": "?", "<i8": "q", "<f4": "f", "<f8": "d"}[header["descr"]]
            values[name.removesuffix(".npy")] = float(struct.unpack_from("<" + letter, data, 10 + size)[0])
    return values


def main():
    parser = argparse.ArgumentParser(description="runs the fenced blocks of Markdown pages")
    parser.add_argument("--root", type=Path, required=True, help="the source tree")
    parser.add_argument("--keep", type=Path, help="leave the scratch folders here")
    parser.add_argument("--update", action="store_true", help="write what commands print into the pages")
    parser.add_argument("--skip", type=Path, help="of the pages of the tree, not this one")
    parser.add_argument("pages", nargs="*", type=Path)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(options.pages or pages_of(options.root, options.skip)):
            folder = (options.keep or Path(scratch)) / f"{number}-{path.stem}"
            folder.mkdir(parents=True)
            page = Page(path, options.root.resolve(), folder)
            # Commands that build a program need what the commands before them made.
            workers = 1 if any(block.kind == "c" for block in page.blocks) else None
            with ThreadPoolExecutor(workers) as pool:
                failures = [failure for found in pool.map(page.test, page.blocks) for failure in found]
            if not page.blocks:
                failures.append(Failure(1, "no block to test"))
            for failure in failures:
                print(f"{path}:{failure.line}: {failure.message}")
            failed += len(failures)
            if options.update:
                page.update()
            print(f"{path}: {len(page.blocks)} blocks, {len(failures)} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
