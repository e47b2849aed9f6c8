"""The way through a form: its questions in their order, each once for every instance of the repeats around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from cora_bot.base.values import Value
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.instance import Instance
from cora_bot.forms.live import instances
from cora_bot.forms.model import Kind
from cora_bot.forms.program import Loop, Planned, Section

_NOT_THE_AUTHORS: Final = (Kind.NOTE, Kind.REPEAT)

Enter = Callable[[Loop, Node], None]


class Stop(Value):
    """One question at one place. ``node`` bears the answer; where another instance is offered (``loop``), it is the
    one that would hold it."""

    number: int
    node: Node
    loop: Loop | None = None


def stops(instance: Instance, enter: Enter) -> Iterator[Stop]:
    """Every stop, those that do not apply too. ``enter`` is called before the instances of a repeat are counted."""
    return (each for each in way(instance, enter) if isinstance(each, Stop))


def way(instance: Instance, enter: Enter) -> Iterator[Stop | Node]:
    """Every stop, and every node of a group and instance of a repeat where the way leads into it."""
    return _way(instance, instance.program.plan, None, enter)


def _way(instance: Instance, items: tuple[Planned, ...], around: Node | None, enter: Enter) -> Iterator[Stop | Node]:
    program, tree = instance.program, instance.tree
    for item in items:
        if isinstance(item, int):
            yield Stop(item, tree.at(program.asked[item].slot, around))
            continue
        if isinstance(item, Section):
            yield tree.at(item.slot, around)
            yield from _way(instance, item.items, around, enter)
            continue
        parent = tree.at(program.specs[item.slot].parent, around)
        enter(item, parent)
        for each in list(instances(parent, item.name)):
            yield each
            yield from _way(instance, item.items, each, enter)
        if item.number >= 0:
            yield Stop(item.number, parent, item)


def applies(instance: Instance, stop: Stop) -> bool:
    return stop.node.relevant if stop.loop is None else instance.invites(stop.loop, stop.node)


def counts(instance: Instance, stop: Stop) -> bool:
    """Whether it counts as a question of the author's: no note, no offer of another instance."""
    return instance.program.asked[stop.number].kind not in _NOT_THE_AUTHORS
