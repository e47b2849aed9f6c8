"""The way through a form: its questions in their order, each once for every instance of the repeats around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.instance import Instance
from cora_bot.forms.live import instances
from cora_bot.forms.model import Kind
from cora_bot.forms.program import Loop

Enter = Callable[[Loop, Node], None]


@dataclass(frozen=True, slots=True)
class Stop:
    """One question at one place. ``node`` bears the answer; where another instance is offered (``loop``), it is the
    one that would hold it."""

    number: int
    node: Node
    loop: Loop | None = None


def stops(instance: Instance, enter: Enter) -> Iterator[Stop]:
    """Every stop, those that do not apply too. ``enter`` is called before the instances of a repeat are counted."""
    return _stops(instance, instance.program.plan, None, enter)


def _stops(instance: Instance, items: tuple[int | Loop, ...], around: Node | None, enter: Enter) -> Iterator[Stop]:
    program, tree = instance.program, instance.tree
    for item in items:
        if isinstance(item, int):
            yield Stop(item, tree.at(program.asked[item].slot, around))
            continue
        parent = tree.at(program.specs[item.slot].parent, around)
        enter(item, parent)
        for each in list(instances(parent, item.name)):
            yield from _stops(instance, item.items, each, enter)
        if item.number >= 0:
            yield Stop(item.number, parent, item)


def applies(instance: Instance, stop: Stop) -> bool:
    return stop.node.relevant if stop.loop is None else instance.invites(stop.loop, stop.node)


def counts(instance: Instance, stop: Stop) -> bool:
    """Whether it counts as a question of the author's: no note, no offer of another instance."""
    return instance.program.asked[stop.number].kind not in (Kind.NOTE, Kind.REPEAT)
