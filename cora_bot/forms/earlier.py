"""What a form may read of before: the person's last record of it, and their entity. Only what is marked to be kept.

Both come with the Moment. They look to expressions like any other instance: ``instance('__last-saved')/data/name``,
``instance('returnee')/root/item[name = …]/work``; the second has one item at most, the person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Program

LAST_SAVED: Final = "last-saved"
ENTITY: Final = "entity"
PERSON: Final = "returnee"  # the data set whose one entity is the person who answers


def with_earlier(program: Program, moment: Moment) -> Mapping[str, Node]:
    if not program.earlier:
        return program.instances
    made = {
        name: _last(program, moment) if what == LAST_SAVED else _entity(moment.entities.get(name, {}))
        for name, what in program.earlier.items()
    }
    return {**program.instances, **made}


def _last(program: Program, moment: Moment) -> Node:
    """The tree of the last record, with the kept values of single questions."""
    top = Node("")
    made: dict[int, Node] = {}
    for spec in program.specs:
        parent = made[spec.parent] if spec.parent >= 0 else top
        made[spec.slot] = parent.child(spec.name, moment.last.get(spec.path, "") if spec.keep else "")
    return top


def _entity(properties: Mapping[str, str]) -> Node:
    top = Node("")
    root = top.child("root")
    if properties:
        item = root.child("item")
        for name, value in properties.items():
            item.child(name, value)
    return top
