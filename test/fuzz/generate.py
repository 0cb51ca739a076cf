"""A random valid spec, the same for the same seed.

    generate.py SEED [--only METHOD,…]

The first line of the text holds the options to run it with, as conformance/run.py reads them.
"""

import argparse
import random

from expressions import Scope, Value
from recurrences import Recurrences
from spec import Group, Spec, Tensor

# Methods that add equations, and how often.
MOTIFS = {
    "pointwise": 6,
    "contraction": 8,
    "infinite": 1,
    "integers": 2,
    "truths": 1,
    "quarters": 1,
    "rank_zero": 1,
    "normaliser": 4,
    "attention": 4,
    "order": 2,
    "scatter": 2,
    "overwrite": 1,
    "piecewise": 2,
    "alignments": 3,
    "blocks": 1,
    "complex_equation": 1,
    "transform": 2,
    "diagonal": 2,
    "backward": 1,
    "second_order": 1,
    "branch_on_index": 1,
    "slice_inside": 1,
    "pair": 1,
    "matrix_state": 2,
    "scan_2d": 1,
    "history": 1,
    "chunk_start": 1,
    "running_maximum": 1,
    "complex_state": 1,
    "call": 1,
}

EXTENTS = "BNMKDHGCE"


class Generator(Recurrences):
    def __init__(self, rng, name="fuzz", facts=True):
        self.rng, self.spec = rng, Spec(name)
        self.facts = facts  # a called mixer has none: its caller would have to show them
        self.lengths = facts
        self.count = 0
        self.reading = set()
        self.functions, self.numbers = [], []
        self.extents = rng.sample(EXTENTS, rng.choice([2, 3, 3, 4]))

    def shape(self, most):
        return tuple(self.rng.sample(self.extents, min(len(self.extents), self.rng.randint(1, most))))

    def start(self):
        for _ in range(self.rng.choice([2, 3])):
            self.argument(None, "real", axes=self.shape(3))

    def constants(self):
        """Params, scalars, lets and defs that expressions may use."""
        rng, spec = self.rng, self.spec
        if self.chance(0.3):
            spec.params.append("w: int = 2")
            self.numbers.append("(0.5 * w)")
            if self.chance(0.5):
                spec.options.append("--param=w=1")
        if self.chance(0.2):
            spec.params.append("flag: bool = true")
            self.numbers.append("(if flag then 0.5 else -1)")
            if self.chance(0.5):
                spec.options.append("--param=flag=false")
        if self.chance(0.2):
            spec.params.append("mode: {plain, half} = plain")
            self.numbers.append("(if mode == half then 0.5 else 1)")
            if self.chance(0.5):
                spec.options.append("--param=mode=half")
        if self.chance(0.3):
            given = self.extents[0]
            default = rng.choice([f"({given} + 1)^-0.5", "0.75", "-0.5"])
            spec.scalars.append(f"scale: f32 = {default}")
            self.numbers.append("scale")
            if self.chance(0.3):
                spec.options.append("--scalar=scale=0.625")
        if self.chance(0.2):
            spec.prelude.append("def mix(x, y) = 0.5 * x + sin(y)")
            self.functions.append("mix")
        if self.chance(0.15):
            spec.groups.append(Group(["def blend(x, y) = if x < y then tanh(x) else tanh(y)"], [], set()))
            self.functions.append("blend")
        if self.chance(0.15):
            spec.groups.append(Group(["let turned(x, y) = x * cos(y) - y"], [], set()))
            self.functions.append("turned")
        if self.chance(0.15):
            spec.groups.append(Group(["let taps = [0.5, 1, -0.25]"], [], set()))
            self.numbers.append("taps[1]")
        if self.chance(0.2):
            tensor = rng.choice([t for t in spec.arguments if t.kind == "real"])
            index = "abcd"[: len(tensor.axes)]
            text = f"mean[{', '.join(index)}]({tensor.name}[{', '.join(index)}])"
            spec.groups.append(Group([f"let level = {text}"], [], {tensor.name}))
            self.numbers.append("level")

    def equations(self, count, motifs):
        names, weights = list(motifs), list(motifs.values())
        goal = len(self.spec.groups) + count
        for _ in range(8 * count):
            if len(self.spec.groups) >= goal:
                return
            self.reading = set()
            getattr(self, self.rng.choices(names, weights)[0])()

    def call(self):
        """A mixer above, called with tensors that fit."""
        if not self.facts:
            return
        name = f"inner{self.number()}"
        inner = Generator(self.rng, name, facts=False)
        inner.extents = ["P", "Q"]
        inner.start()
        plain = {k: v for k, v in MOTIFS.items() if k in ("pointwise", "contraction", "normaliser", "diagonal")}
        inner.equations(2, plain)
        if not inner.spec.groups:
            return
        inner.choose_outputs()
        real = [t for t in inner.spec.arguments]
        if any(t.kind != "real" for t in real):
            return
        extents = {e: self.rng.choice([a for a in self.axes() if len(a) == 1 and a.isupper()]) for e in ("P", "Q")}
        wanted = [tuple(extents[a] for a in t.axes) for t in real]
        given = []
        for axes, like in zip(wanted, real):
            # What is generic in the callee is of one element type.
            fitting = [t for t in self.spec.arguments if t.kind == "real" and t.axes == axes and t.element == like.element]
            given.append(self.rng.choice(fitting) if fitting else self.typed_argument(axes, like.element))
            self.reading.add(given[-1].name)
        outputs = [next(t for t in inner.spec.tensors() if t.name == o) for o in inner.spec.outputs]
        results, targets = [], []
        for t in outputs:
            if len(outputs) > 1 and self.chance(0.2) and (results or t is not outputs[-1]):
                targets.append("_")
                continue
            axes = tuple(substitute(axis, extents) for axis in t.axes)
            results.append(Tensor(self.name(), axes, t.kind, t.exact, t.bound, t.element, "", t.readable))
            targets.append(results[-1].name)
        if not results:
            return
        self.spec.prelude += [inner.spec.text(with_case=False)]
        for product in inner.spec.work:
            self.spec.work.append([substitute(axis, extents) for axis in product])
        arguments = [f"{t.name}={g.name}" if self.chance(0.3) or k else g.name for k, (t, g) in enumerate(zip(real, given))]
        self.add([f"({', '.join(targets)}) = {name}({', '.join(arguments)})"], *results)

    def typed_argument(self, axes, element):
        tensor = Tensor(f"x{self.number()}", axes, "real", False, 4.0, element)
        self.spec.arguments.append(tensor)
        return tensor

    def choose_outputs(self):
        """What nothing reads, and some of the rest; at most six."""
        spec = self.spec
        defined = [t for group in spec.groups for t in group.defines]
        read = set().union(*(group.reads for group in spec.groups))
        ends = [t for t in defined if t.name not in read]
        others = [t for t in defined if t.name in read and self.chance(0.15)]
        chosen = (ends[::-1] + others)[:6] or defined[-1:]
        declared = {line.split(":")[0].split()[1] for g in spec.groups for line in g.lines if line.startswith("tensor ")}
        spec.outputs = [t.name for t in defined if t in chosen]
        for group in spec.groups:
            group.defines = [self.typed(t) if t in chosen and t.name not in declared else t for t in group.defines]
            # An output's shape is told by the header.
            group.lines = [l for l in group.lines if not (l.startswith("tensor ") and l.split(":")[0].split()[1] in spec.outputs)]

    def typed(self, tensor):
        if tensor.kind == "real":
            element = self.rng.choice(["", "", "f32"])
        elif tensor.kind == "whole":
            element = "i64"
        else:
            element = {"truth": "bool", "complex": "c64"}[tensor.kind]
        return Tensor(tensor.name, tensor.axes, tensor.kind, tensor.exact, tensor.bound, element, tensor.limit, tensor.readable)


def substitute(axis, extents):
    return "".join(extents.get(c, c) for c in axis)


def generate(seed, only=None):
    rng = random.Random(seed)
    generator = Generator(rng)
    generator.start()
    generator.constants()
    motifs = {name: 1 for name in only} if only else MOTIFS
    generator.equations(rng.choice([1, 2, 3, 4, 6, 8]), motifs)
    if not any(group.defines for group in generator.spec.groups):
        generator.reading = set()
        generator.pointwise()
    generator.choose_outputs()
    spec = generator.spec
    if rng.random() < 0.2:
        spec.options.append(f"--dtype={rng.choice(['bf16', 'bf16', 'f16', 'f64'])}")
    if rng.random() < 0.2:
        spec.options.append(f"--threads={rng.choice([1, 3])}")
    if rng.random() < 0.2:
        spec.options.append("--checked")
    spec.choose_sizes(rng)
    shown(spec)
    return spec


def shown(spec):
    """Binds by an argument the extents that only the body names."""
    bound = {a for t in spec.arguments for a in t.axes} | {e for name in spec.outputs for t in spec.tensors() if t.name == name for e in t.axes}
    for extent in spec.extents():
        if extent not in bound and extent not in ("P", "Q"):
            spec.arguments.append(Tensor(f"only{extent}", (extent,), "real", False, 4.0, "f32"))


def main():
    parser = argparse.ArgumentParser(description="writes a random valid spec")
    parser.add_argument("seed", type=int)
    parser.add_argument("--only", help="these methods only, e.g. diagonal,attention")
    options = parser.parse_args()
    print(generate(options.seed, options.only and options.only.split(",")).text(), end="")


if __name__ == "__main__":
    main()
