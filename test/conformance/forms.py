"""Mixers that are known in several forms, each form tested against the first.

forms/<id>.<form>.mix is another way to compute the example <id>.mix: parallel where that is recurrent, direct where
that transforms, a mask where that gathers, two calls where that is one. It has the same arguments, outputs and params,
under the same names, may have params of its own with defaults, and is run on the cases of the example:

    FORMS/id.form/case/ref/f64      the reference evaluates both forms in f64, and they agree
    FORMS/id.form/odd/cpu/f32       `mixc run --check` of the form

The first of them tests the example, and the reference: a mistake in either would have to be made twice. A form that is
only defined for some of the cases says so in a line `// cases: tiny odd`; one that can't agree to 1e-10 in a line
`// tolerance: 1e-6, why`.
"""

import functools
import re
from pathlib import Path

import drawn
import reference

FOLDER = Path(__file__).resolve().parent / "forms"


def tests(Test, examples, everything):
    """A Test for each form and case, by default without the tiny cases, and one of each form on the cpu. What a case
    is hard for differs between forms, so that the contract is not asked of all."""
    cases = {}
    for case in drawn.cases():
        cases.setdefault(case.spec.split("/")[1], []).append(case)
    for path in sorted(FOLDER.glob("*.mix")):
        own = chosen(path, cases[path.stem.split(".")[0]])
        largest = next((case for case in own if case.name == "odd"), own[0])
        for case in own:
            first = examples / f"{case.spec}.mix"
            name = f"FORMS/{path.stem}/{case.name}"
            agree = functools.partial(disagreement, first, path, case)
            if everything or case is largest or case.name != "tiny":
                yield Test(f"{name}/ref/f64", path, None, None, agree, "f64", "ref")
            if case is largest:
                inputs = functools.partial(reference.inputs_of, first, case)
                yield Test(f"{name}/cpu/f32", path, case.options, inputs, None, "f32", "cpu")


def chosen(path, cases):
    """The cases that a form is defined for: those of its line `// cases:`, else all."""
    line = re.search(r"^// cases:(.*)$", path.read_text(), re.M)
    if not line:
        return cases
    names = line[1].split()
    unknown = set(names) - {case.name for case in cases}
    assert not unknown, f"{path.name}: no case {', '.join(sorted(unknown))}"
    return [case for case in cases if case.name in names]


def disagreement(first, second, case, mixc, folder):
    """What the reference computes differently for two forms on the same inputs, or None."""
    arrays, scalars = reference.inputs_of(first, case, mixc)
    expected, outputs = (
        reference.evaluate(mixc, spec, [*case.options, *scalars], arrays, folder) for spec in (first, second)
    )
    line = re.search(r"^// tolerance: (\S+), \w", second.read_text(), re.M)
    return reference.differences(outputs, expected, float(line[1]) if line else reference.CLOSE)
