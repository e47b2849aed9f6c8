"""Where in the repeats a question stands, in words for a person."""

from __future__ import annotations

from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.instance import Instance
from cora_bot.forms.live import instances
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.route import Stop
from cora_bot.forms.shown import Place


def of(stop: Stop, instance: Instance, renderer: Renderer, language: str) -> tuple[Place, ...]:
    """The instances around the question, the outermost first."""
    found: list[Place] = []
    node: Node | None = stop.node
    while node is not None and node.slot >= 0:
        loop = instance.program.loops.get(node.slot)
        if loop is not None and node.parent is not None:
            there = list(instances(node.parent, loop.name))
            place = next((at for at, each in enumerate(there, 1) if each is node), 0)
            found.append(Place(renderer.text(loop.labels, language, node) or loop.name, place, len(there)))
        node = node.parent
    return tuple(found[::-1])
