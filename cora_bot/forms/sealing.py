"""Which answers are sealed on arrival: typed texts that nothing in the form ever looks at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cora_bot.forms.model import Kind
from cora_bot.forms.program import Action, Asked, Spec, Template, Texts


def sealed_slots(specs: Iterable[Spec], asked: Iterable[Asked], actions: Iterable[Action]) -> frozenset[int]:
    """Slots of text questions whose value no expression, output, itemset or action reads.

    Their own constraint may read ``.`` alone and no clock: then it holds for good once it has held.
    """
    specs, asked = tuple(specs), tuple(asked)
    watched = set(_watched(specs, asked, actions))
    return frozenset(
        each.slot
        for each in asked
        if each.kind is Kind.TEXT and each.slot not in watched and _settled(specs[each.slot])
    )


def _settled(spec: Spec) -> bool:
    if spec.calculate is not None:
        return False
    constraint = spec.constraint
    return constraint is None or (constraint.reads <= {spec.slot} and not constraint.volatile)


def _watched(specs: tuple[Spec, ...], asked: tuple[Asked, ...], actions: Iterable[Action]) -> Iterator[int]:
    for spec in specs:
        for expression in (spec.relevant, spec.calculate, spec.required):
            if expression is not None:
                yield from expression.reads
        if spec.constraint is not None:
            yield from spec.constraint.reads - {spec.slot}
        yield from _texts(spec.constraint_text)
        yield from _texts(spec.required_text)
    for each in asked:
        for texts in (each.labels, each.hints, each.guidance, *(choice.texts for choice in each.choices)):
            yield from _texts(texts)
        if each.itemset is not None:
            yield from each.itemset.expression.reads
    for action in actions:
        yield from action.expression.reads


def _texts(texts: Texts | None) -> Iterator[int]:
    for parts in (texts or {}).values():
        yield from _outputs(parts)


def _outputs(parts: Template) -> Iterator[int]:
    for part in parts:
        if not isinstance(part, str):
            yield from part.reads
