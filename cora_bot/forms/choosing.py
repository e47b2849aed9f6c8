"""What can be chosen at a stop, and what is: the draft of a select-many or a rank, else the stored answer."""

from __future__ import annotations

from typing import Final

from cora_bot.forms.asking import ADD, NO_MORE, TAKE_AWAY
from cora_bot.forms.expr.values import to_text
from cora_bot.forms.instance import Instance
from cora_bot.forms.live import MAX_INSTANCES, instances
from cora_bot.forms.model import Kind
from cora_bot.forms.program import Loop
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.route import Stop
from cora_bot.forms.shown import ShownChoice

MARKS: Final = {ADD: "＋", NO_MORE: "✓", TAKE_AWAY: "－"}  # read in every language until the dialogue says it in words


def offered(instance: Instance, at: Stop) -> dict[int, str]:
    """Value by index among all choices, in the order to show."""
    return dict(instance.offered(at.number, at.node))


def picked(instance: Instance, at: Stop, draft: list[int] | None) -> list[int]:
    """Indexes of what is picked; of a rank in their order."""
    there = offered(instance, at)
    if draft is not None:
        return [index for index in draft if index in there]
    stored = to_text(at.node.value).split()
    found = sorted(index for index, value in there.items() if value in stored)
    if instance.program.asked[at.number].kind is Kind.RANK:
        found.sort(key=lambda index: stored.index(there[index]))
    return found


def drafted(instance: Instance, at: Stop, draft: list[int] | None) -> str:
    """What would be stored of it."""
    there = offered(instance, at)
    return " ".join([there[index] for index in picked(instance, at, draft)])


def toggled(instance: Instance, at: Stop, draft: list[int] | None, choice: int) -> list[int]:
    """The draft with one choice more or less: in the form's order, or, of a rank, in the order of choosing."""
    before = picked(instance, at, draft)
    now = [each for each in before if each != choice] if choice in before else [*before, choice]
    return now if instance.program.asked[at.number].kind is Kind.RANK else sorted(now)


def ranked(instance: Instance, at: Stop, draft: list[int] | None) -> list[int] | None:
    """The whole order, the last one left going last; none where nothing is ranked. None: some are missing."""
    order = picked(instance, at, draft)
    left = [index for index in offered(instance, at) if index not in order]
    if not order or not left:
        return order
    return [*order, *left] if len(left) == 1 else None


def shown(
    instance: Instance, renderer: Renderer, at: Stop, language: str, *, draft: list[int] | None
) -> tuple[ShownChoice, ...]:
    if at.loop is not None:
        return _of_repeat(instance, renderer, at, at.loop, language=language)
    asked, label = instance.program.asked[at.number], renderer.choice
    chosen = {index: place for place, index in enumerate(picked(instance, at, draft), start=1)}
    ranks = asked.kind is Kind.RANK
    return tuple(
        ShownChoice(
            index,
            value,
            label(asked, index, language, at.node),
            index in chosen,
            chosen.get(index, 0) if ranks else 0,
            renderer.clips(asked.choices[index].media, language) if asked.choices[index].media else (),
        )
        for index, value in instance.offered(at.number, at.node)
    )


def _of_repeat(
    instance: Instance, renderer: Renderer, at: Stop, loop: Loop, *, language: str
) -> tuple[ShownChoice, ...]:
    name = renderer.text(loop.labels, language, at.node)
    there = len(list(instances(at.node, loop.name)))
    possible = {ADD: there < MAX_INSTANCES and instance.roomy(loop), NO_MORE: True, TAKE_AWAY: there > 0}
    choices = instance.program.asked[at.number].choices
    return tuple(
        ShownChoice(index, choices[index].value, f"{MARKS[index]} {name}".strip(), False)
        for index, can_be in possible.items()
        if can_be
    )
