"""The live values of one filling-in: defaults, answers and the actions they set off, lost choices, repeats.

A value that is not relevant is kept, evaluates as blank, and is left out of results.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from typing import Final

from cora_bot.forms.computing import Computing
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import Value, to_number, to_text
from cora_bot.forms.live import MAX_INSTANCES, MAX_NODES, holds
from cora_bot.forms.program import Action, Loop, Preload
from cora_bot.forms.stored import same, stored_text, typed

MAX_CASCADE: Final = 20  # value-changed actions that set off one another


class Instance(Computing):
    """One filling-in."""

    def first_load(self) -> None:
        """Defaults, preloads, actions of the first load, then everything that follows from them."""
        self.context.seed = int.from_bytes(self.moment.chance.bytes(6), "big")
        self.fill()
        for action in (*self.program.actions.first, *self.program.actions.every):
            for node in self.tree.live[action.slot]:
                self.act(action, node)
        self.recompute()

    def every_load(self) -> list[Node]:
        """The actions of every load but the first, and what follows."""
        changed: set[int] = set()
        for action in self.program.actions.every:
            for node in self.tree.live[action.slot]:
                changed |= self.act(action, node)
        return self.fit(changed)

    def fill(self) -> None:
        """Defaults and preloads of the nodes just made."""
        for node, text in self.tree.sown:
            spec = self.program.specs[node.slot]
            node.value = typed(text, spec.type, self.context.zone)
            if spec.preload is not None:
                node.value = self.preloaded(spec.preload)

    def act(self, action: Action, node: Node, depth: int = 0) -> set[int]:
        """Sets one value, and what that sets off; gives the slots that changed with it."""
        value = self.evaluate(action.expression, node)
        new = self.kept(value, node.slot)
        if same(new, node.value):
            return set()
        node.value = new
        changed = {node.slot}
        self.propagate(changed)
        return changed | self._set_off(node, depth + 1)

    def _set_off(self, node: Node, depth: int = 0) -> set[int]:
        """The actions that a change of the node's value sets off, each after what depends on the change."""
        changed: set[int] = set()
        for action in self.program.actions.changed.get(node.slot, ()) if depth < MAX_CASCADE else ():
            for target in self.tree.near(action.slot, node):
                changed |= self.act(action, target, depth)
        return changed

    def preloaded(self, preload: Preload) -> Value:
        match preload.source, preload.name:
            case "timestamp", "start":
                return self.context.now
            case "date", "today":
                return self.context.today
            case "uid", _:
                return f"uuid:{uuid.UUID(bytes=self.moment.chance.bytes(16), version=4)}"
            case "property", name:
                return self.moment.preload.get(name, "")
            case _:
                return ""

    def recompute(self) -> list[Node]:
        """Everything anew, and what no longer fits dropped. Gives the nodes that lost their choice."""
        for entry in self.program.entries:
            self.enter(entry)
        return self.fit(set(range(len(self.nodes))))

    def settle(self, slots: Iterable[int]) -> list[Node]:
        """After these changed: what depends on them, then the choices that no longer fit."""
        changed = set(slots)
        self.propagate(changed)
        return self.fit(changed)

    def changed_by_person(self, node: Node) -> list[Node]:
        """After a person changed the value: what depends on it, the actions it sets off, the choices left over."""
        changed = {node.slot}
        self.propagate(changed)
        changed |= self._set_off(node)
        return self.fit(changed)

    def refresh(self) -> list[Node]:
        """After time has passed or the language changed: what reads either, and what depends on it."""
        changed: set[int] = set()
        for index in self.program.clocked:
            changed.update(self.enter(self.program.entries[index]))
        return self.settle(changed)

    def fit(self, changed: set[int]) -> list[Node]:
        """Drops choices that a filter no longer offers, first in the form first, until all fit."""
        dropped: list[Node] = []
        while True:
            found = next((node for number, node in self._suspects(changed) if self._trim(number, node)), None)
            if found is None:
                return dropped
            dropped.append(found)
            more = {found.slot}
            self.propagate(more)
            changed |= more

    def _suspects(self, changed: set[int]) -> Iterable[tuple[int, Node]]:
        for number in self.program.filtered:
            asked = self.program.asked[number]
            if asked.itemset is None:
                continue
            if asked.slot not in changed and asked.itemset.expression.reads.isdisjoint(changed):
                continue
            for node in self.tree.live[asked.slot]:
                if node.value != "" and node.relevant:
                    yield number, node

    def _trim(self, number: int, node: Node) -> bool:
        offered = {choice for _, choice in self.offered(number, node)}
        text = " ".join([value for value in to_text(node.value).split() if value in offered])
        if text == node.value:
            return False
        node.value = text
        return True

    def offered(self, number: int, node: Node) -> list[tuple[int, str]]:
        """(index among all choices, value) of what can be chosen now, in the order to show."""
        asked = self.program.asked[number]
        if asked.itemset is None or not (asked.itemset.filtered or asked.itemset.randomized):
            return [(at, choice.value) for at, choice in enumerate(asked.choices)]
        try:
            nodes = asked.itemset.nodes(self.context.at(node))
        except EvaluationError:
            return [(at, choice.value) for at, choice in enumerate(asked.choices)]
        return [(node.index, asked.choices[node.index].value) for node in nodes]

    def grow(self, loop: Loop, parent: Node) -> tuple[Node, list[Node]]:
        """One more instance, with its defaults and what they set off; and the nodes elsewhere that lost a choice."""
        node = self.tree.add(parent, loop.slot)
        self.fill()
        inside = range(loop.slot, self.program.specs[loop.slot].end)
        changed = set(inside)
        for action in self.program.actions.added.get(loop.slot, ()):
            for target in self.tree.live[action.slot]:
                if holds(node, target):
                    changed |= self.act(action, target)
        self.propagate(changed, anew=inside)
        return node, self.fit(changed)

    def shrink(self, loop: Loop, node: Node) -> list[Node]:
        """Takes an instance away with all that is in it."""
        self.sealed = {each for each in self.sealed if not holds(node, each)}
        self.tree.remove(node)
        return self.settle(range(loop.slot, self.program.specs[loop.slot].end))

    def count(self, loop: Loop, parent: Node) -> list[Node]:
        """Makes a counted repeat have as many instances as it should. Those beyond are kept, and count no longer."""
        if loop.count is None or not parent.relevant:
            return []
        wanted = self.evaluate(loop.count, self.probe(loop, parent))
        number = to_number(wanted) if wanted is not None else 0.0
        most = min(int(number), MAX_INSTANCES) if math.isfinite(number) and number > 0 else 0
        dropped: list[Node] = []
        while len(parent.named(loop.name)) < most and self.roomy(loop):
            dropped += self.grow(loop, parent)[1]
        changed: set[int] = set()
        for place, node in enumerate(parent.named(loop.name)):
            if node.excess is not (place >= most):
                node.excess = place >= most
                changed |= self.spread(node) | {loop.slot}
        return [*dropped, *self.settle(changed)] if changed else dropped

    def roomy(self, loop: Loop) -> bool:
        """Whether the record may hold another instance."""
        spec = self.program.specs[loop.slot]
        return self.tree.size() + spec.end - spec.slot <= MAX_NODES

    def probe(self, loop: Loop, parent: Node) -> Node:
        """A stand-in for the instance that would come next."""
        return Node(loop.name, parent, slot=loop.slot)

    def invites(self, loop: Loop, parent: Node) -> bool:
        """Whether an instance could be added here as things are."""
        relevant = self.program.specs[loop.slot].relevant
        return parent.relevant and self.holds(relevant, self.probe(loop, parent), otherwise=True)

    def has_answer(self, node: Node) -> bool:
        return node in self.sealed or node.value != ""

    def results(self) -> dict[str, str]:
        """Canonical texts of relevant nodes with a value, the instance's own meta nodes excepted."""
        specs = self.program.specs
        meta = self.program.slots.get(f"{specs[0].path}/meta")
        hidden = range(meta, specs[meta].end) if meta is not None else range(0)
        return {
            self.tree.path(node): stored_text(node.value)
            for found in self.tree.live
            for node in found
            if node.value != "" and node.relevant and node.slot not in hidden and not node.children
        }
