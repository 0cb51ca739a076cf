"""Random expressions over the tensors and indices in scope.

Every expression comes with a bound of its absolute value; where that grows, something bounded is put around it, so
that errors stay comparable. Discontinuous functions see exact values only: integers, indices, and quarters made of
arguments by `round`, which no order of summation changes.
"""

import re
from collections import namedtuple

from spec import Tensor

Value = namedtuple("Value", "text bound")
Index = namedtuple("Index", "name axis")

LETTERS = "ijklmnpqrstuvxyzabcdefgh"  # without `w`, a param
LARGE = 30

# What a guarded access gives outside.
OUTSIDE = {"real": ["0", "0.5", "1"], "whole": ["0"], "truth": ["false"], "complex": ["0", "complex(0.5, 1)"]}

# Function, and the bound of its value for an argument below x.
FUNCTIONS = [
    ("sin({})", lambda x: 1),
    ("cos({})", lambda x: 1),
    ("tanh({})", lambda x: 1),
    ("sigmoid({})", lambda x: 1),
    ("erf({})", lambda x: 1),
    ("silu({})", lambda x: x),
    ("gelu({})", lambda x: x),
    ("gelu_tanh({})", lambda x: x),
    ("relu({})", lambda x: x),
    ("elu({})", lambda x: x + 1),
    ("softplus({})", lambda x: x + 1),
    ("logsigmoid({})", lambda x: x + 1),
    ("abs({})", lambda x: x),
    ("-{}", lambda x: x),
    ("exp(-abs({}))", lambda x: 1),
    ("exp2(tanh({}))", lambda x: 2),
    ("expm1(sin({}))", lambda x: 2),
    ("log1p(abs({}))", lambda x: x),
    ("log(1.5 + abs({}))", lambda x: x + 1),
    ("log2(2 + abs({}))", lambda x: x + 1),
    ("sqrt(abs({}) + 0.25)", lambda x: x + 1),
    ("rsqrt(abs({}) + 0.5)", lambda x: 1.5),
    ("erfinv(0.5 * tanh({}))", lambda x: 1),
    ("clamp({}, -1.5, 2)", lambda x: 2),
    ("detach({})", lambda x: x),
]


def split(text, start):
    """The subscripts of an access whose first starts there."""
    parts, depth = [""], 0
    for c in text[start:]:
        depth += (c in "([") - (c in ")]")
        if depth < 0:
            break
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


class Scope:
    """The indices in force, and how many reductions more may stand inside."""

    def __init__(self, indices, reductions=2):
        self.indices, self.reductions = list(indices), reductions

    def inner(self, indices):
        return Scope(self.indices + indices, self.reductions - 1)

    def work(self):
        return [index.axis for index in self.indices]


class Expressions:
    """Needs of whoever inherits: `rng`, `spec`, `facts` (whether it may add facts), `functions`, `numbers`."""

    # Names, axes.

    def fresh_index(self, scope, axis):
        taken = {index.name for index in scope.indices} if scope else set()
        return Index(self.rng.choice([letter for letter in LETTERS if letter not in taken]), axis)

    def chance(self, probability):
        return self.rng.random() < probability

    def at_least(self, axis, least):
        """Asks that an axis have that many points; false where that can't be said."""
        if axis.isdigit():
            return int(axis) >= least
        if not re.fullmatch(r"[A-Z]", axis):
            return False
        if not self.facts:
            return False
        self.spec.least[axis] = max(self.spec.least.get(axis, 0), least)
        return True

    def readable(self, kind, exact=False):
        return [t for t in self.spec.tensors() if t.kind == kind and t.readable and (t.exact or not exact)]

    # Reads.

    def read(self, scope, tensor, wanted=()):
        """A read of a tensor; an index of `wanted` stands alone where its axis allows it."""
        used, shifted, subscripts, around = set(), False, [], "{}"
        for axis in tensor.axes:
            alone = [i for i in scope.indices if i.axis == axis and (i.name not in used or self.chance(0.05))]
            first = [i for i in alone if i in wanted and i.name not in used] or alone
            if first and (first[0] in wanted or self.chance(0.85)):
                index = self.rng.choice(first)
                used.add(index.name)
                subscripts.append(index.name)
                continue
            if alone and not shifted and self.chance(0.5):
                index, shifted = self.rng.choice(alone), True
                used.add(index.name)
                text, around = self.shifted(scope, index, axis, self.rng.choice(OUTSIDE[tensor.kind]))
                subscripts.append(text)
                continue
            subscript = self.computed_subscript(scope, axis, alone)
            if subscript is None:
                shifted = True
                subscript, around = self.whole(scope, 1).text, f"pad({{}}, {self.rng.choice(OUTSIDE[tensor.kind])})"
            subscripts.append(subscript)
        self.reading.add(tensor.name)
        access = f"{tensor.name}[{', '.join(subscripts)}]" if subscripts else tensor.name
        return Value(f"({around.format(access)})" if around.startswith("if") else around.format(access), tensor.bound)

    def shifted(self, scope, index, axis, other):
        """A subscript beside an index, and the guard around its access."""
        i, c = index.name, self.rng.choice([1, 1, 2, 3])
        around = self.rng.choice(["pad", "guard", "guard", "else", "and", "or"])
        text, inside = self.rng.choice([(f"{i} - {c}", f"{i} >= {c}"), (f"{i} + {c}", f"{i} + {c} < {axis}")])
        outside = f"!({inside})"
        if around == "pad":
            return text, f"pad({{}}, {other})"
        if around == "guard":
            return text, f"if {inside} then {{}} else {other}"
        if around == "else":
            return text, f"if {outside} then {other} else {{}}"
        condition = self.condition(scope, 0)
        if around == "and":
            return text, f"if {inside} && {condition} then {{}} else {other}"
        return text, f"if {outside} || {condition} then {other} else {{}}"

    def computed_subscript(self, scope, axis, alone):
        """A subscript inside an axis, or None."""
        ways = ["modulo", "modulo", "clamp", "first", "last", "gather", "gather"]
        ways += ["reverse", "reverse"] if alone else []
        lone = re.fullmatch(r"[A-Z]", axis)
        groups = [i for i in scope.indices if re.fullmatch(r"[A-Z]", i.axis) and i.axis != axis and lone]
        ways += ["group"] if groups and self.facts else []
        way = self.rng.choice(ways)
        if way == "reverse":
            return f"{axis} - 1 - {self.rng.choice(alone).name}"
        if way == "group":
            index = self.rng.choice(groups)
            pair = (index.axis, axis)
            if not self.spec.divides or pair in self.spec.divides:
                self.spec.divides.add(pair)
                self.at_least(axis, 1)
                return f"{index.name}/({index.axis}/{axis})"
        if not self.at_least(axis, 1):
            return None
        if way == "gather":
            indices = [t for t in self.spec.arguments if t.limit == axis]
            if not indices or self.chance(0.3):
                indices = [self.argument(scope, "whole", limit=axis)]
            return self.read(scope, self.rng.choice(indices)).text if len(indices[0].axes) else None
        if way == "first":
            return "0"
        if way == "last":
            return f"{axis} - 1"
        e = self.whole(scope, 1).text
        return f"{e} % {axis}" if way == "modulo" else f"clamp({e}, 0, {axis} - 1)"

    def told(self, index, text):
        """Whether the reads in a text tell an index's range: it stands alone there, over its own axis only."""
        axes = {tensor.name: tensor.axes for tensor in self.spec.tensors()}
        found = set()
        for access in re.finditer(r"(\w+)\[", text):
            for at, subscript in enumerate(split(text, access.end())):
                if subscript == index.name and access[1] in axes:
                    found.add(axes[access[1]][at])
        return found == {index.axis}

    def argument(self, scope, kind, limit="", axes=None):
        """A new argument over some of the indices in scope."""
        if axes is None:
            lone = [i.axis for i in scope.indices if re.fullmatch(r"[A-Z]", i.axis)] or ["N"]
            axes = self.rng.sample(lone, min(len(lone), self.rng.choice([1, 1, 2, 2, 3])))
        name = f"{dict(real='x', whole='idx', truth='on', complex='z')[kind]}{self.number()}"
        element = dict(real="", whole=self.rng.choice(["i32", "i64"]), truth="bool", complex="c64")[kind]
        if kind == "real":
            element = self.rng.choice(["", "", "", "f32"])
        bound = 4.0 if kind != "whole" else 40
        tensor = Tensor(name, tuple(axes), kind, kind != "complex" and kind != "real", bound, element, limit)
        self.spec.arguments.append(tensor)
        return tensor

    def number(self):
        self.count += 1
        return self.count

    # Integers, conditions, exact numbers.

    def whole(self, scope, depth):
        ways = ["literal", "index", "index"] + (["read"] if self.readable("whole") else [])
        ways += ["sum", "sum", "product", "divide", "modulo", "minmax", "if"] if depth > 0 else []
        way = self.rng.choice(ways)
        if way == "index" and scope.indices:
            return Value(self.rng.choice(scope.indices).name, 130)
        if way == "read":
            return self.read(scope, self.rng.choice(self.readable("whole")))
        if way in ("literal", "index"):
            number = self.rng.randrange(6)
            return Value(str(number), number)
        a = self.whole(scope, depth - 1)
        if way == "divide":
            return Value(f"({a.text} / {self.rng.choice([2, 3, 5])})", a.bound)
        if way == "modulo":
            return Value(f"({a.text} % {self.rng.choice([2, 3, 7])})", 7)
        b = self.whole(scope, depth - 1)
        if way == "product" and a.bound * b.bound < 10**6:
            return Value(f"({a.text} * {b.text})", a.bound * b.bound)
        if way == "minmax":
            return Value(f"{self.rng.choice(['min', 'max'])}({a.text}, {b.text})", max(a.bound, b.bound))
        if way == "if":
            return Value(f"(if {self.condition(scope, 0)} then {a.text} else {b.text})", max(a.bound, b.bound))
        return Value(f"({a.text} {self.rng.choice('+-')} {b.text})", a.bound + b.bound)

    def quarter(self, scope, depth=1):
        """A real number that is computed without rounding, with many ties."""
        sources = [t for t in self.spec.arguments if t.kind == "real"]
        exact = self.readable("real", exact=True)
        ways = ["round", "round", "whole", "read", "draw"] + (["sum", "max", "step"] if depth > 0 else [])
        way = self.rng.choice(ways)
        if way == "round" and sources:
            return Value(f"(round(2 * {self.read(scope, self.rng.choice(sources)).text}) / 4)", 4)
        if way == "read" and exact:
            return self.read(scope, self.rng.choice(exact))
        if way in ("round", "whole", "read"):
            a = self.whole(scope, 1)
            return Value(f"(0.25 * ({a.text} % 7))", 2)
        if way == "draw" and scope.indices:
            names = self.rng.sample(scope.indices, min(len(scope.indices), self.rng.choice([1, 2, 3])))
            return Value(f"(floor(4 * philox({self.rng.randrange(99)}, {', '.join(i.name for i in names)})) / 4)", 1)
        if way in ("step", "draw"):
            form = self.rng.choice(["floor({})", "ceil({})", "sign({})", "abs({})", "cast(bf16, {})", "({})^2", "cast(f16, {})"])
            a = self.quarter(scope, 0)
            return Value(form.format(a.text), max(a.bound, 4))
        a, b = self.quarter(scope, depth - 1), self.quarter(scope, depth - 1)
        if way == "max":
            return Value(f"{self.rng.choice(['min', 'max'])}({a.text}, {b.text})", max(a.bound, b.bound))
        return Value(f"({a.text} {self.rng.choice('+-')} {b.text})", a.bound + b.bound)

    def condition(self, scope, depth):
        ways = ["compare", "compare", "quarters"] + (["read"] if self.readable("truth") else [])
        ways += ["and", "or", "not", "any"] if depth > 0 else []
        ways += ["flag"] * 2 if any(param.startswith("flag") for param in self.spec.params) else []
        way = self.rng.choice(ways)
        if way == "read":
            return self.read(scope, self.rng.choice(self.readable("truth"))).text
        if way == "flag":
            return "flag"
        if way in ("and", "or"):
            return f"({self.condition(scope, depth - 1)} {'&&' if way == 'and' else '||'} {self.condition(scope, depth - 1)})"
        if way == "not":
            return f"!({self.condition(scope, depth - 1)})"
        if way == "any" and scope.reductions > 0:
            axis = self.rng.choice(self.axes())
            index = self.fresh_index(scope, axis)
            inner = scope.inner([index])
            self.spec.work.append(inner.work())
            body = self.condition(inner, 0)
            return f"{self.rng.choice(['any', 'all'])}[{index.name} in 0..{axis}]({body})"
        make = self.quarter if way == "quarters" and depth > 0 else self.whole
        return f"{make(scope, 1).text} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {make(scope, 0).text}"

    def axes(self):
        return sorted({axis for tensor in self.spec.tensors() for axis in tensor.axes}) or ["N"]

    # Real numbers.

    def tame(self, value):
        """The value itself, or something bounded of it where it may be large."""
        if value.bound <= LARGE:
            return value
        way = self.rng.choice(["tanh(0.125 * {})", "sin({})", "clamp({}, -3, 3)", "({} / (1 + abs({})))", "scale"])
        if way == "scale":
            return Value(f"({value.text} * {2 / value.bound:.6f})", 2)
        text = value.text if len(value.text) < 120 else None
        if way.count("{}") == 2 and text is None:
            way = "tanh(0.0625 * {})"
        return Value(way.format(*[value.text] * way.count("{}")), 3)

    def real(self, scope, depth):
        ways = ["read"] * 5 + ["number", "scalar"]
        if depth > 0:
            ways += ["function"] * 3 + ["binary"] * 6 + ["branch", "branch", "quotient", "power", "defined", "index"]
            ways += ["reduce"] * 3 if scope.reductions > 0 else []
        way = self.rng.choice(ways)
        if way == "read" or way == "scalar" and not self.numbers:
            return self.read_real(scope)
        if way == "number":
            return Value(self.rng.choice(["0.5", "0.25", "1.5", "2.0", "-1.0", "pi", "1e-2"]), 4)
        if way == "scalar":
            return Value(self.rng.choice(self.numbers), 2)
        if way == "index" and scope.indices:
            index = self.rng.choice(scope.indices)
            return Value(f"(0.125 * {index.name})", 16)
        if way == "reduce":
            return self.reduction(scope, depth)
        a = self.real(scope, depth - 1)
        if way in ("function", "index"):
            form, bound = self.rng.choice(FUNCTIONS)
            return Value(f"({form.format(a.text)})" if form.startswith("-") else form.format(a.text), bound(a.bound))
        if way == "power":
            form, bound = self.rng.choice([("tanh({})^2", 1), ("(0.5 + abs({}))^-0.5", 1.5), ("sin({})^3", 1)])
            return Value(f"({form.format(a.text)})", bound)
        b = self.real(scope, depth - 1)
        if way == "branch":
            return Value(f"(if {self.condition(scope, 1)} then {a.text} else {b.text})", max(a.bound, b.bound))
        if way == "quotient":
            return Value(f"({a.text} / (1 + abs({b.text})))", a.bound)
        if way == "defined" and self.functions:
            return Value(f"{self.rng.choice(self.functions)}({a.text}, {b.text})", a.bound + b.bound)
        op = self.rng.choice(["+", "-", "*", "*", "max", "min"])
        if op == "*":
            return self.tame(Value(f"({a.text} * {b.text})", a.bound * b.bound))
        if op in ("max", "min"):
            return Value(f"{op}({a.text}, {b.text})", max(a.bound, b.bound))
        return self.tame(Value(f"({a.text} {op} {b.text})", a.bound + b.bound))

    def read_real(self, scope, wanted=()):
        tensors = self.readable("real")
        fitting = [t for t in tensors if set(t.axes) <= {i.axis for i in scope.indices}]
        recent = fitting[-4:] if self.chance(0.6) else fitting
        if wanted and not any(wanted[0].axis in t.axes for t in tensors) or not tensors or self.chance(0.08):
            lone = [i.axis for i in scope.indices if re.fullmatch(r"[A-Z]", i.axis)]
            extra = self.rng.sample(lone, min(len(lone), self.rng.choice([0, 1, 2])))
            axes = [i.axis for i in wanted] + [a for a in extra if a not in {i.axis for i in wanted}]
            self.rng.shuffle(axes)
            return self.read(scope, self.argument(scope, "real", axes=axes or None), wanted)
        if wanted:
            having = [t for t in tensors if wanted[0].axis in t.axes]
            fits = [t for t in having if t in fitting]
            return self.read(scope, self.rng.choice(fits if fits and self.chance(0.8) else having), wanted)
        return self.read(scope, self.rng.choice(recent if recent and self.chance(0.85) else tensors))

    # Reductions.

    def binders(self, scope, count):
        """New indices over axes in use, preferably such that are not in scope."""
        axes = self.axes()
        new = [axis for axis in axes if axis not in scope.work()]
        indices = []
        for _ in range(count):
            axis = self.rng.choice(new if new and self.chance(0.7) else axes)
            holder = Scope(scope.indices + indices)
            indices.append(self.fresh_index(holder, axis))
        return indices

    def bind(self, scope, index, body, ragged=True):
        """An index as a reduction binds it; its range is written unless its reads say it."""
        if ragged and self.chance(0.25):
            text = self.ragged(scope, index.axis)
            if text:
                return f"{index.name} in {text}"
        if self.told(index, body) and self.chance(0.6):
            return index.name
        return f"{index.name} in 0..{index.axis}"

    def ragged(self, scope, axis):
        """A range inside an axis that depends on outer indices or on data."""
        same = [i for i in scope.indices if i.axis == axis]
        lengths = [t for t in self.spec.arguments if t.limit == "#" + axis]
        ways = ["length", "clamped", "constant"] + (["until", "from", "window"] * 2 if same else [])
        way = self.rng.choice(ways)
        if way in ("until", "from", "window"):
            i = self.rng.choice(same).name
            return {"until": f"0..{i} + 1", "from": f"{i}..{axis}", "window": f"max(0, {i} - 2)..{i} + 1"}[way]
        if way == "length" and scope.indices and re.fullmatch(r"[A-Z]", axis) and self.lengths:
            if not lengths:
                lengths = [self.argument(scope, "whole", limit="#" + axis)]
            tensor = self.rng.choice(lengths)
            if set(tensor.axes) <= set(scope.work()):
                subscripts = [next(i for i in scope.indices if i.axis == a) for a in tensor.axes]
                self.reading.add(tensor.name)
                return f"0..{tensor.name}[{', '.join(i.name for i in subscripts)}]"
        if way == "clamped":
            e = self.whole(scope, 1).text
            return f"0..clamp({e}, 0, {axis})"
        if way == "constant":
            return f"0..min(3, {axis})"
        return None

    def reduction(self, scope, depth):
        op = self.rng.choice(["sum"] * 6 + ["mean", "mean", "max", "min", "prod", "logsumexp", "kth"])
        indices = self.binders(scope, 1 if op == "kth" or self.chance(0.75) else 2)
        inner = scope.inner(indices)
        self.spec.work.append(inner.work())
        a = self.read_real(inner, indices[:1])
        b = self.read_real(inner, indices[1:]) if len(indices) > 1 else self.real(inner, min(depth - 1, 2))
        body = self.rng.choice([Value(f"{a.text} * {b.text}", a.bound * b.bound), a, Value(f"{a.text} + {b.text}", a.bound + b.bound)])
        if op == "kth":
            return self.kth(scope, inner, indices[0], body)
        body = self.tame(body)
        if op == "prod":
            body = Value(f"0.9 + 0.1 * sin({body.text})", 1)
        binders = ", ".join(self.bind(scope, index, body.text) for index in indices)
        if op == "sum":
            return self.tame(Value(f"sum[{binders}]({body.text})", 8 * body.bound))
        if op == "prod":
            return Value(f"prod[{binders}]({body.text})", 1)
        if op == "mean":
            return Value(f"mean[{binders}]({body.text})", body.bound)
        # Over nothing these are infinite.
        return Value(f"clamp({op}[{binders}]({body.text}), -8, 8)", 8)

    def kth(self, scope, inner, index, body):
        rank = self.rng.randrange(3)
        if not self.at_least(index.axis, rank + 1):
            return Value("0.5", 1)
        binder = self.bind(scope, index, body.text, ragged=False)
        return Value(f"kth[{binder}]({body.text}, rank={rank})", body.bound)
