"""The live tree of one filling-in: its nodes, the instances of its repeats, and their concrete paths.

A concrete path numbers the instances of repeats: ``/data/child[2]/age``. The number is given when an instance is
added and stays with it, whatever is removed before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.program import Bed, Program, Spec

MAX_INSTANCES: Final = 50  # of one repeat: what a person can be asked in a chat, and a bound on every count
MAX_NODES: Final = 20_000  # of one record
STEP: Final = re.compile(r"([^\[\]]+)(?:\[(\d+)\])?\Z")


class Tree:
    """``nodes``: the node of each slot, where there is exactly one; in repeats a stand-in that is never relevant.

    ``live``: all nodes of each slot, in document order.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.top = Node("")
        self.nodes: list[Node] = []
        self.live: list[list[Node]]
        self._sow(program.beds[-1], self.top)
        if not program.loops:
            self.nodes = self._made
            self.live = [[node] for node in self._made]
            return
        self.live = [[] for _ in program.specs]
        for node in self._made:
            self.live[node.slot].append(node)
        for spec in program.specs:
            stands_in = Node(spec.name, slot=spec.slot, relevant=False)
            self.nodes.append(self.live[spec.slot][0] if spec.repeat < 0 else stands_in)

    def __del__(self) -> None:
        """Nodes and their children hold each other: undone here, every tree goes with its walk, at once and at no cost.
        Else a bot that is busy stands still while Python looks for what nobody needs any more."""
        for slot in self.program.holders:
            for node in self.live[slot]:
                node.let_go()
        self.top.let_go()

    @property
    def sown(self) -> Iterator[tuple[Node, str]]:
        """The nodes that were made last, with what they are to hold."""
        return zip(self._made, self._texts, strict=True)

    def _drop(self, parent: Node, node: Node) -> None:
        parent.remove(node)
        for each in node.descendants():
            each.parent = None

    def _sow(self, bed: Bed, parent: Node) -> Node:
        """Makes their nodes below ``parent``, and gives the first."""
        self._texts = bed.texts
        self._made = made = [Node(*row) for row in bed.rows]
        for above, places in bed.families:
            holder = made[above]
            holder.children = [made[place] for place in places]
            for each in holder.children:
                each.parent = holder
        parent.take(made[0])
        if not parent.relevant:
            for each in made:
                each.relevant = False
        return made[0]

    def spec(self, node: Node) -> Spec:
        return self.program.specs[node.slot]

    def add(self, parent: Node, slot: int, *, number: int = 0) -> Node:
        """A new instance of a repeat, behind the others; ``sown`` are its nodes with what they are to hold."""
        node = self._grow(parent, slot, number)
        self.index()
        return node

    def _grow(self, parent: Node, slot: int, number: int) -> Node:
        before = parent.named(self.program.specs[slot].name)
        last = max((each.number for each in before), default=0)
        node = self._sow(self.program.beds[slot], parent)
        parent.remove(node)
        parent.insert(self._place(parent, slot), node)
        node.number = number or last + 1
        return node

    def _place(self, parent: Node, slot: int) -> int:
        return next((at for at, each in enumerate(parent.children) if each.slot > slot), len(parent.children))

    def remove(self, node: Node) -> None:
        if node.parent is not None:
            self._drop(node.parent, node)
            self.index()

    def index(self) -> None:
        for found in self.live:
            found.clear()
        for node in self.top.children[0].descendants():
            self.live[node.slot].append(node)

    def size(self) -> int:
        return sum(len(found) for found in self.live)

    def below(self, instance: Node, slot: int) -> Node:
        """The one node of ``slot`` in this instance of its nearest repeat."""
        node = instance
        for name in self.program.specs[slot].inner:
            node = node.named(name)[0]
        return node

    def at(self, slot: int, instance: Node | None) -> Node:
        """The node of ``slot``: the only one, or the one in this instance of its repeat."""
        return (
            self.nodes[slot] if self.program.specs[slot].repeat < 0 or instance is None else self.below(instance, slot)
        )

    def near(self, slot: int, node: Node) -> list[Node]:
        """The nodes of ``slot`` in the innermost instance that also holds ``node``; all where none does."""
        specs = self.program.specs
        if specs[slot].repeat < 0:
            return [self.nodes[slot]]
        around: Node | None = node
        while around is not None and around.slot >= 0:
            held = specs[around.slot]
            if held.repeat == around.slot and held.slot <= slot < held.end:
                return [each for each in self.live[slot] if _holds(around, each)]
            around = around.parent
        return list(self.live[slot])

    def paths(self) -> Iterable[tuple[str, Node]]:
        """All nodes by their concrete path, in the order of their slots."""
        if not self.program.loops:
            return zip(self.program.paths, self.nodes, strict=True)
        return ((self.path(node), node) for found in self.live for node in found)

    def path(self, node: Node) -> str:
        """The concrete path."""
        spec = self.program.specs[node.slot]
        if spec.repeat < 0 or node.parent is None:
            return spec.path
        number = f"[{node.number}]" if spec.repeat == spec.slot else ""
        return f"{self.path(node.parent)}/{spec.name}{number}"

    def find(self, path: str) -> Node | None:
        """The node of a concrete path."""
        slot = self.program.single.get(path)
        if slot is not None:
            return self.nodes[slot]
        node = self.top
        for step in path.split("/")[1:]:
            found = STEP.match(step)
            if found is None:
                return None
            wanted = int(found[2]) if found[2] else 0
            kids = (kid for kid in node.named(found[1]) if not wanted or kid.number == wanted)
            following = next(kids, None)
            if following is None:
                return None
            node = following
        return node

    def repeats(self) -> dict[str, list[int]]:
        """By the concrete path of the node that holds them, and their name: the numbers of a repeat's instances."""
        found: dict[str, list[int]] = {}
        for slot in self.program.loops:
            for parent in self.live[self.program.specs[slot].parent]:
                name = self.program.specs[slot].name
                found[f"{self.path(parent)}/{name}"] = [each.number for each in parent.named(name)]
        return found

    def restore(self, repeats: Collection[tuple[str, list[int]]]) -> None:
        """Makes the instances that ``repeats`` told of; outer repeats come first."""
        if not repeats:
            return
        for path, numbers in repeats:
            holder, _, name = path.rpartition("/")
            parent = self.find(holder)
            if parent is None:
                continue
            for each in list(parent.named(name)):
                self._drop(parent, each)
            slot = next(s for s in self.program.loops if self.program.specs[s].name == name and self._in(s, parent))
            for number in numbers:
                self._grow(parent, slot, number)
        self.index()

    def _in(self, slot: int, parent: Node) -> bool:
        return self.program.specs[slot].parent == parent.slot


def _holds(top: Node, node: Node | None) -> bool:
    while node is not None:
        if node is top:
            return True
        node = node.parent
    return False


def holds(top: Node, node: Node) -> bool:
    """Whether ``node`` is ``top`` or lies below it."""
    return _holds(top, node)


def instances(parent: Node, name: str) -> Iterator[Node]:
    """The instances of a repeat that count."""
    return (each for each in parent.named(name) if not each.excess)
