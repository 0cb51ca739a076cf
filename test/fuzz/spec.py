"""What a random spec consists of, so that it can be written, sized, and cut down.

A spec is a list of groups: statements that belong together (a recurrence and its boundaries), the tensors that they
define, those that they read. Sizes are chosen last, by what the groups have asked for: facts (`N >= 2`, `H % G == 0`,
which become the `where` clause) and products of axes (the work of an equation, which stays below a limit).
"""

import re
from dataclasses import dataclass, field, replace

WORK = 150_000  # points of the largest equation: the reference is an interpreter
SIZES = [1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 67, 100, 130]


def value(text, sizes):
    """The value of an integer expression of extents, `/` flooring as in the language."""
    return eval(text.replace("/", "//"), {"min": min, "max": max}, dict(sizes))


@dataclass(frozen=True)
class Tensor:
    name: str
    axes: tuple  # the text of each axis: `N`, `N/2 + 1`, `3`
    kind: str = "real"  # real, whole, truth, complex
    exact: bool = True  # its values are computed without rounding, so it may be compared
    bound: float = 4.0  # of the absolute value
    element: str = ""  # as declared; empty: generic
    limit: str = ""  # the values of an integer lie in 0..limit
    readable: bool = True  # false: it may hold infinities


@dataclass
class Group:
    lines: list
    defines: list
    reads: set


@dataclass
class Spec:
    name: str = "fuzz"
    params: list = field(default_factory=list)
    arguments: list = field(default_factory=list)  # tensors
    scalars: list = field(default_factory=list)  # `scale: f32 = 0.5`
    prelude: list = field(default_factory=list)  # mixers and defs above
    groups: list = field(default_factory=list)
    outputs: list = field(default_factory=list)  # names
    least: dict = field(default_factory=dict)  # extent -> its least size
    divides: set = field(default_factory=set)  # (H, G): H % G == 0
    atMost: set = field(default_factory=set)  # (K, C): K <= C
    work: list = field(default_factory=list)  # products of axes, as texts
    options: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)

    def tensors(self):
        return self.arguments + [tensor for group in self.groups for tensor in group.defines]

    def extents(self):
        text = " ".join([axis for tensor in self.tensors() for axis in tensor.axes] + self.scalars)
        text += " " + " ".join(line for group in self.groups for line in group.lines)
        return sorted(set(re.findall(r"\b[A-Z]\b", text)))

    def facts(self):
        facts = [f"{extent} >= {least}" for extent, least in sorted(self.least.items())]
        facts += [f"{a} % {b} == 0" for a, b in sorted(self.divides)]
        return facts + [f"{a} <= {b}" for a, b in sorted(self.atMost)]

    def holds(self, sizes):
        return (
            all(sizes[extent] >= least for extent, least in self.least.items())
            and all(sizes[b] and sizes[a] % sizes[b] == 0 for a, b in self.divides)
            and all(sizes[a] <= sizes[b] for a, b in self.atMost)
        )

    def cost(self, sizes):
        def product(axes):
            total = 1
            for axis in axes:
                total *= max(1, value(axis, sizes))
            return total

        return max(map(product, self.work), default=1)

    def choose_sizes(self, rng):
        """One or two extents are large, the rest small; now and then one is 0."""
        names = sorted(set(self.extents()) | {c for axes in self.work for axis in axes for c in axis if c.isupper()})
        for attempt in range(400):
            large = set(rng.sample(names, min(len(names), rng.choice([0, 1, 1, 2]))))
            top = len(SIZES) if attempt < 200 else 9
            sizes = {name: rng.choice(SIZES[:top] if name in large else SIZES[:9]) for name in names}
            for a, b in self.divides:
                sizes[a] = sizes[b] * rng.choice([1, 2, 3])
            if names and rng.random() < 0.1:
                sizes[rng.choice(names)] = 0
            if self.holds(sizes) and self.cost(sizes) <= WORK:
                self.sizes = sizes
                return
        self.sizes = {name: max(self.least.get(name, 1), 1) for name in names}

    def command_options(self):
        dims = ",".join(f"{name}={self.sizes[name]}" for name in self.extents())
        return ([f"--dim={dims}"] if dims else []) + self.options

    def shape(self, tensor):
        return f"{tensor.element}[{', '.join(tensor.axes)}]"

    def text(self, with_case=True):
        named = {tensor.name: tensor for tensor in self.tensors()}
        arguments = [f"{tensor.name}: {self.shape(tensor)}" for tensor in self.arguments] + self.scalars
        outputs = [f"{name}: {self.shape(named[name])}" for name in self.outputs]
        params = f"<{', '.join(self.params)}>" if self.params else ""
        lines = [f"// case: {' '.join(self.command_options())}"] if with_case else []
        lines += self.prelude
        lines.append(f"mixer {self.name}{params}(")
        lines.append("    " + ", ".join(arguments))
        lines.append(f") -> ({', '.join(outputs)})")
        if self.facts():
            lines.append("  where " + ", ".join(self.facts()))
        body = [line for group in self.groups for line in group.lines]
        return "\n".join(lines + ["{"] + ["  " + line for line in body] + ["}"]) + "\n"

    def live(self):
        """The same spec without what no output needs."""
        needed, groups = set(self.outputs), []
        for group in reversed(self.groups):
            if not group.defines or any(tensor.name in needed for tensor in group.defines):
                needed |= group.reads
                groups.insert(0, group)
        return replace(self, groups=groups)
