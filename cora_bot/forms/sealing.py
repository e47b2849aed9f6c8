"""Which answers are sealed on arrival: texts, places and media that nothing in the form, nor later, looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cora_bot.forms.model import MEDIA, Kind
from cora_bot.forms.program import Actions, Asked, Loop, Spec, Template, Texts


def sealed_slots(
    specs: Iterable[Spec], asked: Iterable[Asked], actions: Actions, loops: Iterable[Loop] = ()
) -> frozenset[int]:
    """Slots of text, place and media questions whose value no expression, output, itemset or action reads.

    Their own constraint may read ``.`` alone and no clock: then it holds for good once it has held.
    """
    specs, asked = tuple(specs), tuple(asked)
    watched = set(_watched(specs, asked, actions))
    watched |= {slot for loop in loops if loop.count is not None for slot in loop.count.reads}
    return frozenset(
        each.slot
        for each in asked
        if (each.kind in (Kind.TEXT, Kind.GEOPOINT) or each.kind in MEDIA)
        and each.slot not in watched
        and _settled(specs[each.slot])
    )


def _settled(spec: Spec) -> bool:
    if spec.calculate is not None or spec.keep:
        return False
    constraint = spec.constraint
    return constraint is None or (constraint.reads <= {spec.slot} and not constraint.volatile)


def _watched(specs: tuple[Spec, ...], asked: tuple[Asked, ...], actions: Actions) -> Iterator[int]:
    for spec in specs:
        for expression in (spec.relevant, spec.calculate, spec.required, spec.readonly_when, spec.alert):
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
    for action in actions.all():
        yield from action.expression.reads


def _texts(texts: Texts | None) -> Iterator[int]:
    for parts in (texts or {}).values():
        yield from _outputs(parts)


def _outputs(parts: Template) -> Iterator[int]:
    for part in parts:
        if not isinstance(part, str):
            yield from part.reads
