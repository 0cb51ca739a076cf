"""Random equations: one method for each construct of the language, each adding a group to the spec."""

import re

from expressions import LARGE, Expressions, Index, Scope, Value
from spec import Group, Tensor


def lone(axis):
    return re.fullmatch(r"[A-Z]", axis) is not None


class Equations(Expressions):
    # Left sides.

    def scope(self, axes, reductions=2):
        scope = Scope([], reductions=reductions)
        for axis in axes:
            index = self.fresh_index(scope, axis)
            scope.indices.append(index)
        self.spec.work.append(scope.work())
        return scope

    def left_axes(self, least=0, most=4):
        """Axes of an existing tensor, some left out, one more perhaps, in some order."""
        base = list(self.rng.choice(self.spec.tensors()).axes)
        if len(base) > 1 and self.chance(0.4):
            base.remove(self.rng.choice(base))
        while len(base) < least or len(base) < most and self.chance(0.25):
            base.append(self.rng.choice(self.axes()))
        if self.chance(0.3):
            self.rng.shuffle(base)
        return base[:most]

    def left(self, name, scope, text):
        """The left side of `= text`: ranges are written where no read tells them."""
        subscripts = []
        for i in scope.indices:
            told = lone(i.axis) and self.told(i, text)
            subscripts.append(i.name if told and self.chance(0.6) else f"{i.name} in 0..{i.axis}")
        return f"{name}[{', '.join(subscripts)}]" if subscripts else name

    def add(self, lines, *tensors):
        self.spec.groups.append(Group(lines, list(tensors), set(self.reading) - {t.name for t in tensors}))
        self.reading = set()

    def name(self):
        return f"{self.rng.choice('abdghpqrsvyzABST')}{self.number()}"

    def define(self, scope, value, kind="real", exact=False, readable=True, limit=""):
        tensor = Tensor(
            self.name(), tuple(scope.work()), kind, exact, value.bound, dict(truth="bool", complex="c64").get(kind, ""), limit, readable
        )
        if kind == "whole":
            tensor = Tensor(tensor.name, tensor.axes, kind, exact, value.bound, "i64", limit, readable)
        self.add([f"{self.left(tensor.name, scope, value.text)} = {value.text}"], tensor)
        return tensor

    # One equation.

    def pointwise(self):
        scope = self.scope(self.left_axes())
        self.define(scope, self.real(scope, self.rng.choice([2, 3, 3])))

    def contraction(self):
        scope = self.scope(self.left_axes())
        value = self.reduction(scope, 2)
        if self.chance(0.3):
            other = self.real(scope, 1)
            value = self.tame(Value(f"{value.text} + {other.text}", value.bound + other.bound))
        self.define(scope, value)

    def infinite(self):
        """Reductions over what may be empty or masked, kept as they are."""
        scope = self.scope(self.left_axes(most=3))
        index = self.binders(scope, 1)[0]
        inner = scope.inner([index])
        self.spec.work.append(inner.work())
        value = self.read_real(inner, [index])
        other = self.rng.choice(["inf", "-inf"])
        if self.chance(0.5):
            value = Value(f"(if {self.condition(inner, 1)} then {value.text} else {other})", value.bound)
            op = "max" if other == "-inf" else "min"
        else:
            op = self.rng.choice(["max", "min", "logsumexp"])
        self.define(scope, Value(f"{op}[{self.bind(scope, index, value.text)}]({value.text})", 8), readable=False)

    def integers(self):
        scope = self.scope(self.left_axes(most=3))
        way = self.rng.choice(["plain", "count", "argmax", "floor"])
        if way == "plain":
            value = self.whole(scope, 2)
        elif way == "floor":
            value = Value(f"cast({self.rng.choice(['i32', 'i64'])}, {self.quarter(scope).text} * 3)", 30)
        else:
            index = self.binders(scope, 1)[0]
            inner = scope.inner([index])
            self.spec.work.append(inner.work())
            if way == "count":
                body = f"if {self.condition(inner, 1)} then 1 else 0"
                value = Value(f"sum[{self.bind(scope, index, body)}]({body})", 130)
            else:
                body = self.quarter(inner, 2).text
                value = Value(f"{self.rng.choice(['argmax', 'argmin'])}[{self.bind(scope, index, body)}]({body})", 130)
        self.define(scope, value, "whole", exact=True)

    def truths(self):
        scope = self.scope(self.left_axes(most=3))
        self.define(scope, Value(self.condition(scope, 2), 1), "truth", exact=True)

    def quarters(self):
        scope = self.scope(self.left_axes(most=3))
        self.define(scope, self.quarter(scope, 2), exact=True)

    def rank_zero(self):
        scope = self.scope([])
        self.define(scope, self.reduction(scope, 2))

    # Normalisers and order.

    def normaliser(self):
        axes = self.left_axes(least=1)
        op = self.rng.choice(["softmax", "softmax", "normalize", "rmsnorm", "layernorm"])
        scope = self.scope(axes)
        count = 2 if op == "softmax" and len(axes) > 1 and self.chance(0.2) else 1
        over = self.rng.sample(scope.indices, count)
        value = self.real(scope, self.rng.choice([0, 1, 2]))
        if op == "softmax" and self.chance(0.4):
            value = Value(f"if {self.condition(scope, 1)} then {value.text} else -inf", value.bound)
        eps = self.rng.choice(["", "", ", eps=1e-3"]) if op != "softmax" else ""
        # The indices are those of the left side: their ranges stand there.
        names = ", ".join(i.name for i in over)
        self.define(scope, Value(f"{op}[{names}]({value.text})", 1 if op == "softmax" else 8))

    def attention(self):
        """Scores, a mask, softmax, an average of values; the scores may be written out or in one."""
        axes = self.left_axes(least=1, most=2)
        keys = self.rng.choice([a for a in self.axes() if a not in axes] or self.axes())
        scope = self.scope(axes + [keys])
        j = scope.indices[-1]
        score = self.reduction(scope, 1) if self.chance(0.7) else self.real(scope, 2)
        if self.chance(0.5):
            scores = self.define(scope, score)
            scope = self.scope(axes + [keys])
            score = self.read(scope, scores, scope.indices)
        j = scope.indices[-1]
        if self.chance(0.6):
            mask = self.condition(scope, 1)
            same = [i for i in scope.indices[:-1] if i.axis == keys]
            if same:
                mask = f"{j.name} <= {same[0].name}"
            score = Value(f"if {mask} then {score.text} else -inf", score.bound)
        weights = self.define(scope, Value(f"softmax[{j.name}]({score.text})", 1))
        scope = self.scope(axes + ([self.rng.choice(self.axes())] if self.chance(0.7) else []))
        inner = scope.inner([self.fresh_index(scope, keys)])
        self.spec.work.append(inner.work())
        j = inner.indices[-1]
        weight = self.read(inner, weights, [*scope.indices[: len(axes)], j])
        values = self.read_real(inner, [j])
        body = f"{weight.text} * {values.text}"
        self.define(scope, Value(f"sum[{self.bind(scope, j, body, ragged=False)}]({body})", values.bound))

    def order(self):
        """A descending order with ties, and a gather through it."""
        candidates = self.rng.choice([a for a in self.axes() if lone(a)])
        axes = self.left_axes(least=0, most=2)
        rank = self.rng.choice(["1", "2", "3", candidates])
        if rank != candidates and not self.at_least(candidates, int(rank)):
            return
        scope = self.scope(axes + [rank])
        t = scope.indices[-1]
        inner = Scope(scope.indices[:-1]).inner([self.fresh_index(scope, candidates)])
        c = inner.indices[-1]
        self.spec.work.append(inner.work() + [rank])
        score = self.quarter(inner, 1)
        value = f"argtop[{self.bind(scope, c, score.text, ragged=False)}]({score.text}, rank={t.name})"
        chosen = self.define(scope, Value(value, 130), "whole", exact=True, limit=candidates)
        having = [x for x in self.readable("real") if candidates in x.axes]
        if having:
            scope = self.scope(axes + [rank])
            route = self.read(scope, chosen, scope.indices)
            x = self.rng.choice(having)
            at = x.axes.index(candidates)
            inner_axes = [a for k, a in enumerate(x.axes) if k != at]
            if len(inner_axes) + len(axes) > 3:
                return
            extra = []
            for axis in inner_axes:
                extra.append(self.fresh_index(Scope(scope.indices + extra), axis))
            for i in extra:
                scope.indices.append(i)
            self.spec.work.append(scope.work())
            subscripts = [i.name for i in extra]
            subscripts.insert(at, route.text)
            self.reading.add(x.name)
            self.define(scope, Value(f"{x.name}[{', '.join(subscripts)}]", x.bound))

    # Several equations for one tensor.

    def scatter(self):
        axes = self.left_axes(least=1, most=3)
        op = self.rng.choice(["+=", "+=", "max=", "min="])
        sources = self.scope(self.left_axes(least=1, most=3))
        subscripts, used = [], set()
        for axis in axes:
            same = [i for i in sources.indices if i.axis == axis and i.name not in used]
            if same and self.chance(0.6):
                used.add(same[0].name)
                subscripts.append(same[0].name)
                continue
            subscript = self.computed_subscript(sources, axis, [])
            if subscript is None:
                return
            subscripts.append(subscript)
        value = self.real(sources, 2)
        self.scatter_over(axes, op, sources, subscripts, value)

    def scatter_over(self, axes, op, sources, subscripts, value):
        """Indices that only the right side has are bound by a reduction, or by a subscript of extent 1."""
        free = [i for i in sources.indices if not re.search(rf"\b{i.name}\b", " ".join(subscripts))]
        text = value.text
        ranged = []
        for i in sources.indices:
            if i not in free:
                ranged.append(i)
        if free:
            binders = ", ".join(f"{i.name} in 0..{i.axis}" for i in free)
            text = f"sum[{binders}]({text})"
            text = f"sin({text})"
        # An index stands alone in a subscript with its range, or is told by a read.
        for k, subscript in enumerate(subscripts):
            for i in ranged:
                if subscript == i.name:
                    subscripts[k] = f"{i.name} in 0..{i.axis}"
        for i in ranged:
            if not any(s.startswith(f"{i.name} in") for s in subscripts) and not self.told(i, text):
                return
        tensor = Tensor(self.name(), tuple(axes), "real", False, 8 * value.bound, "f32", "", op == "+=")
        lines = [f"tensor {tensor.name}: {self.spec.shape(tensor)}", f"{tensor.name}[{', '.join(subscripts)}] {op} {text}"]
        self.add(lines, tensor)
        if not tensor.readable:
            scope = self.scope(axes)
            value = self.read(scope, tensor, scope.indices)
            self.define(scope, Value(f"clamp({value.text}, -4, 4)", 4))

    def overwrite(self):
        axes = self.left_axes(least=1, most=3)
        scope = self.scope(axes)
        base = self.real(scope, 2)
        tensor = Tensor(self.name(), tuple(axes), "real", False, max(base.bound, 4), "f32")
        first = f"{self.left(tensor.name, scope, base.text)} = {base.text}"
        source_axes = list(axes)
        at = self.rng.randrange(len(axes))
        source_axes[at] = self.rng.choice(self.axes())
        sources = self.scope(source_axes)
        if not lone(axes[at]) or not self.at_least(axes[at], 1):
            return
        index = self.argument(sources, "whole", limit=axes[at], axes=[source_axes[at]]) if lone(source_axes[at]) else None
        if index is None:
            return
        i = sources.indices[at]
        self.reading.add(index.name)
        subscripts = [f"{x.name} in 0..{x.axis}" for x in sources.indices]
        subscripts[at] = f"{index.name}[{i.name}]"
        value = self.real(sources, 2)
        lines = [first, f"{tensor.name}[{', '.join(subscripts)}] := {value.text}"]
        self.add(lines, tensor)

    def piecewise(self):
        """One axis of two sources, then something along it."""
        tensors = [t for t in self.readable("real") if 1 <= len(t.axes) <= 3]
        if len(tensors) < 2:
            return
        a, b = self.rng.sample(tensors, 2)
        m, n = a.axes[-1], b.axes[-1]
        if not (lone(m) and lone(n)) or m == n:
            return
        axis = f"{m} + {n}"
        shared = [x for x in a.axes[:-1]]
        scope = self.scope(shared)
        t = self.fresh_index(scope, axis)
        self.reading |= {a.name, b.name}
        names = [i.name for i in scope.indices]
        others = []
        for x in b.axes[:-1]:
            same = [i.name for i in scope.indices if i.axis == x]
            if not same:
                return
            others.append(same[0])
        scope.indices.append(t)
        self.spec.work.append(scope.work())
        first = f"{a.name}[{', '.join(names + [t.name])}]"
        second = f"{b.name}[{', '.join(others + [f'{t.name} - {m}'])}]"
        text = f"if {t.name} < {m} then {first} else {second}"
        joined = self.define(scope, Value(text, max(a.bound, b.bound)))
        way = self.rng.choice(["softmax", "sum", "none"])
        scope = self.scope(shared)
        if way == "softmax":
            scope = self.scope(shared + [axis])
            value = self.read(scope, joined, scope.indices)
            self.define(scope, Value(f"softmax[{scope.indices[-1].name}]({value.text})", 1))
        elif way == "sum":
            inner = scope.inner([self.fresh_index(scope, axis)])
            value = self.read(inner, joined, inner.indices)
            self.define(scope, Value(f"tanh(sum[{self.bind(scope, inner.indices[-1], value.text)}]({value.text}))", 1))

    def alignments(self):
        """A matrix read by rows, by columns, and transposed."""
        axes = self.left_axes(least=2, most=3)
        scope = self.scope(axes)
        matrix = self.define(scope, self.real(scope, 3))
        for _ in range(self.rng.choice([2, 3])):
            kept = list(axes)
            gone = kept.pop(self.rng.randrange(len(kept))) if self.chance(0.75) else None
            self.rng.shuffle(kept)
            scope = self.scope(kept)
            if gone is None:
                value = self.read(scope, matrix, scope.indices)
                other = self.read_real(scope)
                self.define(scope, self.tame(Value(f"({value.text} * {other.text})", value.bound * other.bound)))
                continue
            inner = scope.inner([self.fresh_index(scope, gone)])
            value = self.read(inner, matrix, inner.indices)
            op = self.rng.choice(["sum", "mean", "max", "product"])
            if op == "product":
                other = self.read_real(inner, inner.indices[-1:])
                value = Value(f"{value.text} * {other.text}", value.bound * other.bound)
                op = "sum"
            binder = self.bind(scope, inner.indices[-1], value.text)
            if op == "max":
                self.define(scope, Value(f"clamp(max[{binder}]({value.text}), -4, 4)", 4))
            else:
                self.define(scope, self.tame(Value(f"{op}[{binder}]({value.text})", value.bound * 8)))

    def blocks(self):
        """An axis cut into blocks of a literal size."""
        tensors = [t for t in self.readable("real") if any(lone(a) for a in t.axes)]
        x = self.rng.choice(tensors)
        at = self.rng.choice([k for k, a in enumerate(x.axes) if lone(a)])
        axis, size = x.axes[at], self.rng.choice(["2", "3", "4"])
        axes = [a for k, a in enumerate(x.axes) if k != at]
        scope = self.scope(axes + [f"{axis}/{size}"])
        c = scope.indices[-1]
        u = self.fresh_index(scope, size)
        self.spec.work.append(scope.work() + [size])
        subscripts = [i.name for i in scope.indices[:-1]]
        subscripts.insert(at, f"{c.name}*{size} + {u.name}")
        self.reading.add(x.name)
        op = self.rng.choice(["sum", "mean", "max"])
        self.define(scope, self.tame(Value(f"{op}[{u.name} in 0..{size}]({x.name}[{', '.join(subscripts)}])", 4 * x.bound)))

    # Complex numbers and transforms.

    def complex_value(self, scope, depth):
        ways = ["make", "cis"] + (["read"] * 2 if self.readable("complex") else [])
        ways += ["product", "sum", "conj", "exp", "scaled"] if depth > 0 else []
        way = self.rng.choice(ways)
        if way == "read":
            return self.read(scope, self.rng.choice(self.readable("complex")))
        if way == "make":
            a, b = self.real(scope, 1), self.real(scope, 0)
            return Value(f"complex({a.text}, {b.text})", a.bound + b.bound)
        if way == "cis":
            return Value(f"cis({self.real(scope, 1).text})", 1)
        a = self.complex_value(scope, depth - 1)
        if way == "conj":
            return Value(f"conj({a.text})", a.bound)
        if way == "exp":
            return Value(f"exp({a.text} / (1 + abs({a.text})))", 3)
        b = self.complex_value(scope, depth - 1) if way != "scaled" else self.real(scope, 1)
        op = "+" if way == "sum" else "*"
        bound = a.bound + b.bound if way == "sum" else a.bound * b.bound
        text = f"({a.text} {op} {b.text})"
        return Value(text if bound < LARGE else f"({text} * {2 / bound:.6f})", min(bound, LARGE))

    def complex_equation(self):
        scope = self.scope(self.left_axes(most=3))
        z = self.define(scope, self.complex_value(scope, 2), "complex")
        if self.chance(0.7):
            kept = list(z.axes)
            gone = kept.pop(self.rng.randrange(len(kept))) if kept and self.chance(0.6) else None
            scope = self.scope(kept)
            part = self.rng.choice(["re", "im", "abs"])
            if gone is None:
                self.define(scope, Value(f"{part}({self.read(scope, z, scope.indices).text})", z.bound))
                return
            inner = scope.inner([self.fresh_index(scope, gone)])
            value = self.read(inner, z, inner.indices).text
            self.define(scope, Value(f"tanh({part}(sum[{self.bind(scope, inner.indices[-1], value)}]({value})))", 1))

    def transform(self):
        tensors = [t for t in self.readable("real") + self.readable("complex") if any(lone(a) for a in t.axes) and len(t.axes) <= 3]
        if not tensors:
            return
        x = self.rng.choice(tensors)
        at = self.rng.choice([k for k, a in enumerate(x.axes) if lone(a)])
        axis = x.axes[at]
        if not self.at_least(axis, 1):
            return
        rest = [a for k, a in enumerate(x.axes) if k != at]
        ways = ["fft", "ifft"] if x.kind == "complex" else ["rfft", "rfft", "dct", "idct", "fft"]
        way = self.rng.choice(ways)
        kind = "real" if way in ("dct", "idct") else "complex"
        bins = f"{axis}/2 + 1" if way == "rfft" else axis

        def apply(name, scope, tensor, source, length):
            f = scope.indices[-1]
            n = self.fresh_index(scope, source)
            self.spec.work.append(scope.work() + [source])
            subscripts = [i.name for i in scope.indices[:-1]]
            subscripts.insert(at, n.name)
            self.reading.add(tensor.name)
            return f"{name}[{n.name}]({tensor.name}[{', '.join(subscripts)}], at={f.name})"

        scope = self.scope(rest + [bins])
        text = apply(way, scope, x, axis, bins)
        scaled = Value(f"0.125 * {text}", 2 * x.bound)
        spectrum = self.define(scope, scaled, kind)
        if way == "rfft" and at == len(x.axes) - 1 and self.chance(0.7):
            scope = self.scope(rest + [axis])
            self.define(scope, Value(apply("irfft", scope, spectrum, bins, axis), 2 * x.bound))
        elif way == "fft" and at == len(x.axes) - 1 and self.chance(0.5):
            scope = self.scope(rest + [axis])
            self.define(scope, Value(f"re({apply('ifft', scope, spectrum, axis, axis)})", 2 * x.bound))
