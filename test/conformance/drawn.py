"""The cases of the examples, read from cases/*.py, and the drawing of their inputs.

A module of cases/ has one dictionary, CASES, from a spec of examples/ without its suffix to its cases:

    "softmax/alibi_attention": dict(
        tiny="--dim B=1,H=2,N=3,M=4,D=4,E=4",       # options of `mixc run`: small sizes
        odd="--dim B=2,H=3,N=29,M=37,D=12,E=8",     # sizes that nothing divides
        draws={"slope": lambda rng, shape, dims: rng.uniform(0, 1, shape)},
        adversarial={
            "empty": "--dim B=1,H=1,N=0,M=3,D=2,E=2",                       # other sizes, drawn as above
            "steep": {"slope": lambda rng, shape, dims: np.full(shape, 80)},    # other draws, at the odd sizes
            "both": ("--dim …", {"slope": …}),
        },
    )

`draws` has what the defaults would not do for: floats are standard normal, integers 0, 1 or 2, bools a fair coin. A draw
sees a generator, the argument's shape, and the sizes and params by name; it may return anything that broadcasts to the
shape. Optional arguments are left out unless there is a draw for them; an argument without axes becomes `--scalar`.

Shapes are those that `mixc check --json` reports, evaluated at the sizes of the case.
"""

import functools
import importlib.util
import json
import re
import shlex
import subprocess
import zlib
from collections import namedtuple
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
TYPES = {"bool": bool, "c64": np.complex64, "f64": np.float64, "i64": np.int64, "i32": np.int32, "i16": np.int16}
TYPES |= {"i8": np.int8, "u8": np.uint8, "i4": np.int8}  # all else is written as f32

Case = namedtuple("Case", "spec name options draws")


def cases():
    """All cases of all modules, a spec's together, the tiny one first."""
    for path in sorted((HERE / "cases").glob("*.py")):
        module_spec = importlib.util.spec_from_file_location(f"cases_{path.stem}", path)
        module = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
        for spec, entry in module.CASES.items():
            yield from cases_of(spec, entry)


def cases_of(spec, entry):
    unknown = set(entry) - {"tiny", "odd", "draws", "adversarial"}
    assert not unknown, f"{spec}: unknown {', '.join(sorted(unknown))}"
    draws = entry.get("draws", {})
    for name in ("tiny", "odd"):
        if name in entry:
            yield Case(spec, name, shlex.split(entry[name]), draws)
    for name, how in entry.get("adversarial", {}).items():
        options, others = how if isinstance(how, tuple) else (how, {}) if isinstance(how, str) else (entry["odd"], how)
        yield Case(spec, name, shlex.split(options), draws | others)


@functools.cache
def signature(mixc, path):
    """The last mixer of a file, as `mixc check --json` describes it."""
    done = subprocess.run([mixc, "check", "--json", path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["does not check"])[0])
    return json.loads(done.stdout)["mixers"][-1]


def values_of(options, mixer):
    """The sizes and params of a case by name: what its options say, else the params' defaults."""
    values = {param["name"]: param["default"] for param in mixer["params"] if param.get("default") is not None}
    pairs = zip(options, options[1:] + [""])
    for text in [b for a, b in pairs if a in ("--dim", "--param")]:
        values |= dict(pair.split("=", 1) for pair in text.split(","))
    return {name: number(value) for name, value in values.items()}


def number(text):
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def extent(text, values):
    """A shape's entry at the sizes of a case; the language's `/` floors, its `^` is a power."""
    return int(eval(text.replace("/", "//").replace("^", "**"), {"min": min, "max": max}, values))


def default(rng, shape, element):
    if element == "bool":
        return rng.integers(0, 2, shape)
    if element and element[0] in "iu":
        return rng.integers(0, 3, shape)
    if element == "c64":
        return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return rng.standard_normal(shape)


def draw(case, mixer, seed=0):
    """The arrays of a case by argument, and the options for its arguments without axes; others with another seed."""
    values = values_of(case.options, mixer)
    unknown = set(case.draws) - {argument["name"] for argument in mixer["arguments"]}
    if unknown:
        raise ValueError(f"draws for {', '.join(sorted(unknown))}, which is no argument")
    arrays, options = {}, []
    for argument in mixer["arguments"]:
        name, element = argument["name"], argument["element"]
        if argument["optional"] and name not in case.draws:
            continue
        # Each argument has its own generator, so that a draw changes nothing but its own argument.
        rng = np.random.default_rng(zlib.crc32(f"{case.spec}/{name}".encode()) + seed)
        shape = tuple(extent(text, values) for text in argument["shape"])
        drawn = case.draws[name](rng, shape, values) if name in case.draws else default(rng, shape, element)
        array = np.broadcast_to(np.asarray(drawn), shape).astype(TYPES.get(element, np.float32))
        if argument["shape"]:
            arrays[name] = array
        else:
            options.append(f"--scalar={name}={array.item()!r}")
    return arrays, options
