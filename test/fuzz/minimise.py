"""Cuts a failing spec down while it fails in the same way: outputs, equations, sizes, parts of expressions."""

import re
from dataclasses import replace

from spec import Group


def minimise(spec, still_fails, budget=150):
    """The smallest spec found for which `still_fails(spec)`, in at most `budget` tries."""
    tries = [budget]

    def accept(candidate):
        if tries[0] <= 0:
            return False
        tries[0] -= 1
        return still_fails(candidate)

    for step in (outputs, equations, options, sizes, expressions, sizes):
        spec = step(spec, accept)
    return spec


def outputs(spec, accept):
    for name in spec.outputs:
        if len(spec.outputs) > 1:
            candidate = replace(spec, outputs=[name]).live()
            if accept(candidate):
                return bare(candidate, accept)
    return bare(spec, accept)


def bare(spec, accept):
    """Without arguments that nothing reads and facts that nothing needs."""
    body = " ".join(line for group in spec.groups for line in group.lines)
    used = [t for t in spec.arguments if re.search(rf"\b{t.name}\b", body)]
    for candidate in (replace(spec, arguments=used, least={}, divides=set(), atMost=set()), replace(spec, arguments=used)):
        if candidate.arguments and accept(candidate):
            return candidate
    return spec


def equations(spec, accept):
    """Replaces what a group defines by arguments, the last groups first."""
    for group in reversed(spec.groups):
        if any(t.name in spec.outputs for t in group.defines):
            continue
        if any(t.kind == "complex" for t in group.defines) or group not in spec.groups:
            continue
        given = [replace(t, element=t.element or "f32") for t in group.defines]
        rest = [g for g in spec.groups if g is not group]
        candidate = replace(spec, groups=rest, arguments=spec.arguments + given).live()
        if accept(candidate):
            spec = bare(candidate, accept)
    return spec


def options(spec, accept):
    for option in list(spec.options):
        candidate = replace(spec, options=[o for o in spec.options if o != option])
        if accept(candidate):
            spec = candidate
    names = {option.split("=")[1] for option in spec.options if option.startswith("--param=")}
    body = " ".join(line for group in spec.groups for line in group.lines)
    for kind in ("params", "scalars"):
        kept = [p for p in getattr(spec, kind) if p.split(":")[0] in names or re.search(rf"\b{p.split(':')[0]}\b", body)]
        if kept != getattr(spec, kind):
            candidate = replace(spec, **{kind: kept})
            if accept(candidate):
                spec = candidate
    return spec


def sizes(spec, accept):
    for name in sorted(spec.sizes):
        if name not in spec.extents():
            spec = replace(spec, sizes={n: s for n, s in spec.sizes.items() if n != name})
            continue
        for size in (0, 1, 2, 3, 5, 9, 17, 33, 65):
            if size >= spec.sizes[name]:
                break
            candidate = replace(spec, sizes={**spec.sizes, name: size})
            if spec.holds(candidate.sizes) and accept(candidate):
                spec = candidate
                break
    return spec


def parenthesised(line):
    """The spans of balanced parentheses, the longest first, with the function's name where one stands before."""
    spans, opened = [], []
    for at, c in enumerate(line):
        if c == "(":
            opened.append(at)
        elif c == ")" and opened:
            start = opened.pop()
            name = re.search(r"[A-Za-z_0-9]*(\[[^\[\]]*\])?$", line[:start])
            spans.append((start - len(name[0]) if name[0] else start, at + 1))
    return sorted(spans, key=lambda span: span[0] - span[1])


def expressions(spec, accept):
    """Puts a number in the place of parts, or a part in the place of the whole."""
    progress = True
    while progress:
        progress = False
        for at, group in enumerate(spec.groups):
            for number, line in enumerate(group.lines):
                equals = line.find("=")
                for start, end in parenthesised(line):
                    if start < equals or progress:
                        continue
                    inside = line[line.index("(", start) + 1 : end - 1]
                    for text in ("1", "0.5", f"({inside})" if line[start] != "(" else None, "true"):
                        if text is None or text == line[start:end]:
                            continue
                        lines = list(group.lines)
                        lines[number] = line[:start] + text + line[end:]
                        groups = list(spec.groups)
                        groups[at] = Group(lines, group.defines, group.reads)
                        candidate = replace(spec, groups=groups)
                        if accept(candidate):
                            spec, progress = bare(candidate, accept), True
                            break
                if progress:
                    break
            if progress:
                break
    return spec
