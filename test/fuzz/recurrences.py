"""Random recurrences: all keep their state bounded, by a factor below 1 or by a bounded function."""

from equations import Equations, lone
from expressions import Scope, Value
from spec import Tensor

DECAYS = ["0.9 * sigmoid({})", "exp(-0.1 - abs({}))", "0.8 * cos({})", "0.5"]


class Recurrences(Equations):
    def decay(self, scope):
        form = self.rng.choice(DECAYS)
        return form.format(self.read_real(scope).text) if "{}" in form else form

    def state(self, least=0, most=3, kind="real"):
        """A name, a scope over the state's axes and time at some place, and the time index."""
        time = self.rng.choice([a for a in self.axes() if lone(a)])
        axes = [a for a in self.left_axes(least, most) if a != time][:most]
        while len(axes) < least:
            axes.append(self.rng.choice([a for a in self.axes() if a != time] or ["3"]))
        at = self.rng.randrange(len(axes) + 1)
        axes.insert(at, time)
        scope = self.scope(axes)
        n = scope.indices[at]
        return self.name(), scope, n, at

    @staticmethod
    def access(name, scope, at, step):
        subscripts = [i.name for i in scope.indices]
        subscripts[at] = step
        return f"{name}[{', '.join(subscripts)}]"

    def outside(self, scope, at):
        """A scope without time, for boundaries."""
        boundary = Scope([i for k, i in enumerate(scope.indices) if k != at], reductions=1)
        return boundary

    def boundary(self, name, scope, at, step, kind="real"):
        outer = self.outside(scope, at)
        value = "0" if self.chance(0.4) else self.real(outer, 1).text
        if kind == "complex":
            value = f"complex({value}, 0.5)"
        subscripts = [f"{i.name} in 0..{i.axis}" for i in scope.indices]
        subscripts[at] = step
        return f"{name}[{', '.join(subscripts)}] = {value}"

    def general(self, name, scope, at, low="0"):
        subscripts = [f"{i.name} in 0..{i.axis}" for i in scope.indices]
        n = scope.indices[at]
        subscripts[at] = f"{n.name} in {low}..{n.axis}"
        return f"{name}[{', '.join(subscripts)}]"

    def finish(self, lines, name, scope, bound=8, kind="real", element="f32"):
        element = "c64" if kind == "complex" else element
        tensor = Tensor(name, tuple(scope.work()), kind, False, bound, element)
        self.add(lines, tensor)
        return tensor

    def diagonal(self):
        name, scope, n, at = self.state()
        previous = self.access(name, scope, at, f"{n.name} - 1")
        update = self.real(scope, 2)
        text = f"{self.decay(scope)} * {previous} + {self.bounded(update)}"
        if self.chance(0.25):
            text = f"tanh({text}) + 0.1 * sin({previous}) * cos({previous})"
        lines = [self.boundary(name, scope, at, "-1"), f"{self.general(name, scope, at)} = {text}"]
        if self.chance(0.2):
            lines.reverse()
            lines.sort(key=lambda line: "-1]" not in line and "[-1" not in line and ", -1" not in line)
        self.readers(self.finish(lines, name, scope), at)

    def bounded(self, value):
        return f"tanh({value.text})" if value.bound > 8 else value.text

    def backward(self):
        name, scope, n, at = self.state()
        following = self.access(name, scope, at, f"{n.name} + 1")
        lines = [
            self.boundary(name, scope, at, n.axis),
            f"{self.general(name, scope, at)} = {self.decay(scope)} * {following} + {self.bounded(self.real(scope, 2))}",
        ]
        self.readers(self.finish(lines, name, scope), at)

    def second_order(self):
        name, scope, n, at = self.state(most=2)
        one, two = (self.access(name, scope, at, f"{n.name} - {c}") for c in (1, 2))
        text = f"0.5 * {one} - 0.3 * {two} + {self.bounded(self.real(scope, 2))}"
        if self.chance(0.4):
            text = f"(if {n.name} >= 2 then 0.4 * {two} + 0.3 * {one} else 0) + {self.bounded(self.real(scope, 1))}"
            lines = [f"{self.general(name, scope, at)} = {text}"]
        else:
            lines = [self.boundary(name, scope, at, "-2"), self.boundary(name, scope, at, "-1")]
            lines.append(f"{self.general(name, scope, at)} = {text}")
        self.readers(self.finish(lines, name, scope), at)

    def branch_on_index(self):
        name, scope, n, at = self.state()
        outer = self.outside(scope, at)
        start = self.real(outer, 1)
        previous = self.access(name, scope, at, f"{n.name} - 1")
        text = f"if {n.name} == 0 then {start.text} else {self.decay(scope)} * {previous} + {self.bounded(self.real(scope, 2))}"
        if self.chance(0.3):
            text = f"if {self.condition(scope, 1)} then {start.text} else {self.guarded(n, previous)} * cos({self.guarded(n, previous)})"
        elif self.chance(0.3):
            text = f"0.7 * pad({previous}, 0.5) + {self.bounded(self.real(scope, 2))}"
        self.readers(self.finish([f"{self.general(name, scope, at)} = {text}"], name, scope), at)

    @staticmethod
    def guarded(n, previous):
        return f"(if {n.name} > 0 then 0.9 * {previous} else 0.5)"

    def slice_inside(self):
        """The boundary is step 0 itself."""
        name, scope, n, at = self.state()
        if not self.at_least(n.axis, 1):
            return
        previous = self.access(name, scope, at, f"{n.name} - 1")
        text = f"{self.decay(scope)} * {previous} + {self.bounded(self.real(scope, 2))}"
        lines = [self.boundary(name, scope, at, "0"), f"{self.general(name, scope, at)} = {text}"]
        self.readers(self.finish(lines, name, scope), at)

    def pair(self):
        """Two tensors that read each other, the second the first's own step."""
        first, scope, n, at = self.state(most=2)
        second = self.name()
        p, q = (self.access(name, scope, at, f"{n.name} - 1") for name in (first, second))
        now = self.access(first, scope, at, n.name)
        lines = [self.boundary(first, scope, at, "-1"), self.boundary(second, scope, at, "-1")]
        lines.append(f"{self.general(first, scope, at)} = {self.decay(scope)} * {p} + tanh({q}) + {self.bounded(self.real(scope, 1))}")
        lines.append(f"{self.general(second, scope, at)} = 0.5 * {q} + sin({now}) + {self.bounded(self.real(scope, 1))}")
        tensors = [Tensor(name, tuple(scope.work()), "real", False, 8, "f32") for name in (first, second)]
        self.add(lines, *tensors)
        self.readers(self.rng.choice(tensors), at)

    def matrix_state(self):
        """An outer product goes in; decay by row, delta rule, or plain."""
        name, scope, n, at = self.state(least=2, most=3)
        others = [i for i in scope.indices if i != n]
        i, j = others[-2:]
        previous = self.access(name, scope, at, f"{n.name} - 1")
        k, v = self.read_real(scope, [i]), self.read_real(scope, [j])
        way = self.rng.choice(["decay", "plain", "delta"])
        if way == "delta":
            l = self.fresh_index(scope, i.axis)
            inner = scope.inner([l])
            key = self.argument(scope, "real", axes=[n.axis, i.axis] if lone(i.axis) else [n.axis])
            name_of = (lambda x: f"{key.name}[{n.name}, {x}]") if len(key.axes) == 2 else (lambda x: f"{key.name}[{n.name}]")
            self.spec.work.append(inner.work())
            self.reading.add(key.name)
            subscripts = [x.name for x in scope.indices]
            subscripts[at] = f"{n.name} - 1"
            subscripts[scope.indices.index(i)] = l.name
            recalled = f"sum[{l.name} in 0..{i.axis}](tanh({name_of(l.name)}) * {name}[{', '.join(subscripts)}])"
            text = f"0.5 * {previous} + 0.1 * tanh({name_of(i.name)}) * ({v.text} - tanh({recalled}))"
        else:
            decay = self.decay(scope) if way == "decay" else "0.95"
            text = f"{decay} * {previous} + {self.bounded(self.tame(Value(f'{k.text} * {v.text}', k.bound * v.bound)))}"
        lines = [self.boundary(name, scope, at, "-1"), f"{self.general(name, scope, at)} = {text}"]
        self.readers(self.finish(lines, name, scope), at)

    def scan_2d(self):
        rows, columns = (self.rng.choice([a for a in self.axes() if lone(a)]) for _ in range(2))
        axes = [rows, columns] if self.chance(0.6) else [self.rng.choice(self.axes()), rows, columns]
        scope = self.scope(axes)
        i, j = scope.indices[-2:]
        name = self.name()
        batch = [x.name for x in scope.indices[:-2]]

        def at(a, b):
            return f"{name}[{', '.join(batch + [a, b])}]"

        update = self.bounded(self.real(scope, 1))
        ranges = [f"{x.name} in 0..{x.axis}" for x in scope.indices]
        left = f"{name}[{', '.join(ranges)}]"
        if self.chance(0.5):
            text = f"0.4 * {at(f'{i.name} - 1', j.name)} + 0.4 * {at(i.name, f'{j.name} - 1')} + {update}"
            top = f"{name}[{', '.join(ranges[:-2] + ['-1', ranges[-1]])}] = 0"
            side = f"{name}[{', '.join(ranges[:-1] + ['-1'])}] = 0.5"
            lines = [top, side, f"{left} = {text}"]
        else:
            corner = at(f"{i.name} - 1", f"{j.name} - 1")
            text = f"if {i.name} == 0 || {j.name} == 0 then 0.5 else 0.8 * {corner} + 0.1 * {at(i.name, f'{j.name} - 1')} + {update}"
            lines = [f"{left} = {text}"]
        self.readers(self.finish(lines, name, scope), len(axes) - 2)

    def history(self):
        """Every step reads all earlier ones."""
        name, scope, n, at = self.state(most=2)
        m = self.fresh_index(scope, n.axis)
        self.spec.work.append(scope.work() + [n.axis])
        earlier = self.access(name, scope, at, m.name)
        text = f"{self.bounded(self.real(scope, 1))} + 0.5 / (1 + {n.name}) * sum[{m.name} in 0..{n.name}]({earlier})"
        lines = [f"{self.general(name, scope, at)} = {text}"]
        self.readers(self.finish(lines, name, scope), at)

    def chunk_start(self):
        """Every step reads the state before its chunk."""
        name, scope, n, at = self.state(most=2)
        size = self.rng.choice([2, 3, 4])
        start = self.access(name, scope, at, f"{n.name}/{size}*{size} - 1")
        lines = [
            self.boundary(name, scope, at, "-1"),
            f"{self.general(name, scope, at)} = 0.6 * {start} + {self.bounded(self.real(scope, 1))}",
        ]
        self.readers(self.finish(lines, name, scope), at)

    def running_maximum(self):
        name, scope, n, at = self.state(most=2)
        previous = self.access(name, scope, at, f"{n.name} - 1")
        subscripts = [f"{i.name} in 0..{i.axis}" for i in scope.indices]
        subscripts[at] = "-1"
        update = self.bounded(self.real(scope, 1))
        lines = [
            f"{name}[{', '.join(subscripts)}] = -inf",
            f"{self.general(name, scope, at)} = max({previous} - 0.25, {update})",
        ]
        self.readers(self.finish(lines, name, scope, bound=140), at, last=False)

    def complex_state(self):
        name, scope, n, at = self.state(most=2)
        previous = self.access(name, scope, at, f"{n.name} - 1")
        text = f"0.8 * cis({self.read_real(scope).text}) * {previous} + {self.read_real(scope).text}"
        lines = [self.boundary(name, scope, at, "-1", "complex"), f"{self.general(name, scope, at)} = {text}"]
        tensor = self.finish(lines, name, scope, 20, "complex")
        scope = self.scope(tensor.axes)
        self.define(scope, Value(f"re({self.read(scope, tensor, scope.indices).text})", 20))

    def readers(self, tensor, at, last=True):
        """Of the whole history, contracted or not, and of the last step."""
        time = tensor.axes[at]
        if self.chance(0.5):
            kept = list(tensor.axes)
            gone = kept.pop(self.rng.randrange(len(kept)))
            scope = self.scope(kept)
            inner = scope.inner([self.fresh_index(scope, gone)])
            self.spec.work.append(inner.work())
            value = self.read(inner, tensor, inner.indices)
            weight = self.read_real(inner, inner.indices[-1:])
            body = f"{weight.text} * {value.text}"
            binder = self.bind(scope, inner.indices[-1], body, ragged=False)
            self.define(scope, Value(f"tanh(0.25 * sum[{binder}]({body}))", 1))
        if last and self.chance(0.4) and self.at_least(time, 1):
            scope = self.scope([a for k, a in enumerate(tensor.axes) if k != at])
            subscripts = [i.name for i in scope.indices]
            subscripts.insert(at, self.rng.choice([f"{time} - 1", f"{time} - 1", "0"]))
            self.reading.add(tensor.name)
            self.define(scope, Value(f"{tensor.name}[{', '.join(subscripts)}]", tensor.bound))
