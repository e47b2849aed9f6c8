"""How fast forms compile and follow an answer, on one core: JSON lines, no assertions. ``python -m tests.bench.forms``.

Aims, beside each measurement: every expression of a form of the size of the WHO verbal autopsy in 5 ms, what depends
on one answer in a form of 20 questions in 150 µs, the median expression in 5 µs, a form of 60 rows in 4 languages
compiled in 150 ms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time

from cora_bot.forms.compile import compile_form
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import Form
from cora_bot.forms.support import ANY
from cora_bot.forms.walk import Walk
from tests.forms.answering import answered
from tests.forms.large_forms import check_in, household_survey, sixty_rows, verbal_autopsy
from tests.forms.support import moment

Line = dict[str, str | float]


def took(operation: Callable[[], object], *, seconds: float = 1.0) -> float:
    """Seconds of the processor for one run, whatever else the machine does: the best of seven means."""
    best = float("inf")
    for _ in range(7):
        count, elapsed, start = 0, 0.0, process_time()
        while elapsed < seconds / 7:
            operation()
            count += 1
            elapsed = process_time() - start
        best = min(best, elapsed / count)
    return best


def form(source: str) -> Form:
    made = compile_form(source.encode(), file="bench.md", channel=ANY).form
    if made is None:
        raise ValueError("the form of the measurement does not compile")
    return made


def expressions(walk: Walk) -> list[tuple[Expression, Node]]:
    """Every expression of every bind, with the node that bears it."""
    return [
        (expression, node)
        for spec in walk.program.specs
        for expression in (spec.relevant, spec.calculate, spec.required, spec.constraint, spec.readonly_when)
        if expression is not None
        for node in walk.instance.tree.live[spec.slot]
    ]


def _all_binds(walk: Walk) -> Callable[[], object]:
    held, context = [(each.run, node) for each, node in expressions(walk)], walk.instance.context

    def run() -> None:
        context.new_pass()
        for each, node in held:
            each(context.at(node))

    return run


def _everything(walk: Walk) -> Callable[[], object]:
    def run() -> None:
        walk.instance.context.new_pass()
        walk.instance.recompute()

    return run


def _one_answer(walk: Walk) -> Callable[[], object]:
    """The first question of the form, answered anew: its value set, and what depends on it recomputed."""
    instance, slot = walk.instance, walk.program.asked[0].slot
    node, values = instance.nodes[slot], iter(range(10**9))

    def run() -> None:
        node.value = float(next(values) % 40)
        instance.context.new_pass()
        instance.changed_by_person(node)

    return run


def _whole_answer(walk: Walk) -> Callable[[], object]:
    """What the dialogue does for one message: resume, take the answer, show what follows, save."""
    saved, form_ = walk.save(), walk.form

    def run() -> None:
        again = Walk.resume(form_, saved, moment())
        again.type("27", "en")
        again.shown("en")
        again.save()

    return run


def bench() -> Iterator[Line]:
    asked = form(verbal_autopsy())
    autopsy = max((answered(asked, seed) for seed in range(12)), key=lambda walk: walk.answered)
    found = expressions(autopsy)
    size = {"expressions": len(found), "answers": autopsy.answered}
    yield _line("all binds of a verbal autopsy, ms", 1e3 * took(_all_binds(autopsy)), 5, **size)
    singles = [took(lambda e=each, n=node: e.on(autopsy.instance.context, n), seconds=0.002) for each, node in found]
    yield _line("median expression, µs", 1e6 * median(singles), 5)
    yield _line("everything anew in a verbal autopsy, ms", 1e3 * took(_everything(autopsy)))
    small = answered(form(check_in()), seed=5)
    yield _line("dependents of one answer, 20 questions, µs", 1e6 * took(_one_answer(small)), 150)
    yield _line(
        "resume, answer, show, save, 20 questions, µs", 1e6 * took(_whole_answer(Walk.begin(small.form, moment())))
    )
    yield _line("60 rows in 4 languages compiled, ms", 1e3 * took(lambda: form(sixty_rows()), seconds=3), 150)
    for name, source in (("verbal autopsy", verbal_autopsy()), ("household survey", household_survey())):
        yield _line(f"{name} compiled, ms", 1e3 * took(lambda s=source: form(s), seconds=3))
        stored = form(source).xform
        yield _line(f"{name} loaded from its XForm, ms", 1e3 * took(lambda x=stored: load_xform(x), seconds=3))


def _line(what: str, measured: float, aim: float | None = None, **more: float) -> Line:
    line: Line = {"bench": "forms", "what": what, "measured": round(measured, 3), **more}
    if aim is not None:
        line["aim"] = aim
    return line


def main() -> None:
    for line in bench():
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
