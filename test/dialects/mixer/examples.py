"""Prints the ```mlir examples of a .td file as functions.

    examples.py Mixer.td

An example that is a function stands as it is. One that is a statement of a function gets a function
around it, one that is ops of a body an equation, too. What it uses without defining it is defined.
"""

import re
import sys

ARGUMENTS = {
    "x": "!mixer.tensor<[s0], f32>",
    "k": "!mixer.tensor<[s1, s2], bf16>",
    "to": "!mixer.tensor<[s1], i32>",
}
INDICES = ["h", "i", "j", "t", "f", "len", "seed"]
FLOATS = ["0", "score", "max"]
STATEMENTS = ("eq", "scatter", "recur", "fact", "table")


def undefined(example):
    """The values that the example uses and does not define."""
    defined = set(re.findall(r"%(\w+) =", example))
    for group in re.findall(r"\(([^()]*)\) \{", example):
        defined.update(re.findall(r"%(\w+)", group))
    defined.update(re.findall(r"carry \(%(\w+)", example), re.findall(r" \(%(\w+)\)\s+carry", example))
    return set(re.findall(r"%(\w+)", example)) - defined


def body(example, used):
    """The example inside an equation."""
    indices = [name for name in INDICES if name in used]
    ranges = ", ".join(f"{name}: s0" for name in indices)
    lines = [f'mixer.eq "body" [{ranges}] : f32 ({", ".join("%" + name for name in indices)}) {{']
    lines += [f"  %{name} = arith.constant 0.0 : f32" for name in FLOATS if name in used]
    return "\n".join([*lines, example, "  %end = arith.constant 0.0 : f32", "  mixer.yield %end : f32", "}"])


def function(number, example):
    """The example, or a function with it inside."""
    op = re.search(r"mixer\.(\w+)", example).group(1)
    if op == "func":
        return example
    used = undefined(example)
    arguments = ", ".join(f'%{name} "{name}": {type}' for name, type in ARGUMENTS.items() if name in used)
    if op not in STATEMENTS:
        example = body(example, used)
    return (
        f'mixer.func @example_{number}({arguments}) -> () extents [<"A">, <"B">, <"C">] {{\n'
        f"{example}\nmixer.return\n}}\n"
    )


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        examples = re.findall(r"```mlir\n(.*?)```", file.read(), re.S)
    for number, example in enumerate(examples):
        print(function(number, example))


if __name__ == "__main__":
    main()
