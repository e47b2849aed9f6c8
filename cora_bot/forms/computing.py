"""What follows from what in one filling-in: calculations and relevance, worked out anew where what they read changed.

An expression that cannot be evaluated for the answers given (JavaRosa throws) makes its calculation blank and leaves
its question relevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from cora_bot.forms import earlier
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.expr.values import Value, to_boolean
from cora_bot.forms.live import Tree
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Entry, Program
from cora_bot.forms.stored import same, wrapped

NOTHING: frozenset[int] = frozenset()


class Computing:
    """The nodes and their expressions. ``sealed``: nodes answered and not kept here. ``faults``: slots one of whose
    expressions threw."""

    def __init__(self, program: Program, moment: Moment) -> None:
        self.program = program
        self.moment = moment
        self.sealed: set[Node] = set()
        self.faults: set[int] = set()
        self.tree = Tree(program)
        self.nodes = self.tree.nodes
        self.context = Context(
            self.tree.top,
            now=moment.local(),
            slots=self.nodes,
            instances=earlier.with_earlier(program, moment),
            draw=moment.chance.bytes,
            properties=moment.preload,
            version=program.version,
        )

    def kept(self, value: Value | None, slot: int) -> Value:
        """What a node of the slot keeps of a value; blank where it cannot."""
        try:
            return "" if value is None else wrapped(value, self.program.specs[slot].type, self.context)
        except EvaluationError:
            return ""

    def evaluate(self, expression: Expression, node: Node) -> Value | None:
        """None where there is no value: the expression threw, or outran its budget."""
        context = self.context.at(node)
        try:
            context.spend(expression.size)
            return expression.run(context)
        except (EvaluationError, RecursionError, OverflowError):
            self.faults.add(node.slot)
            return None

    def holds(self, expression: Expression | None, node: Node, *, otherwise: bool) -> bool:
        if expression is None:
            return otherwise
        value = self.evaluate(expression, node)
        return otherwise if value is None else to_boolean(value)

    def propagate(self, changed: set[int], *, anew: range = range(0)) -> None:
        """Recomputes dependents in order, skipping those whose inputs did not change; adds what did to ``changed``.

        ``anew``: slots whose own entries are computed whatever changed.
        """
        dependents, entries = self.program.dependents, self.program.entries
        if len(changed) == 1 and not anew:
            (only,) = changed
            order: Iterable[int] = dependents[only]
        else:
            found = set().union(*[dependents[slot] for slot in changed])
            if anew:
                found.update(at for at, entry in enumerate(entries) if entry.slot in anew)
            order = sorted(found)
        for at in order:
            entry = entries[at]
            if not entry.reads.isdisjoint(changed) or entry.slot in anew:
                changed.update(self.enter(entry))

    def enter(self, entry: Entry) -> Iterable[int]:
        """Computes one entry, for every node of its slot; gives the slots it changed."""
        slot = entry.slot
        found = self.tree.live[slot]
        if len(found) == 1:
            return self._enter(entry, found[0])
        changed: set[int] = set()
        for node in found:
            changed.update(self._enter(entry, node))
        return changed

    def _enter(self, entry: Entry, node: Node) -> Iterable[int]:
        value = self.evaluate(entry.expression, node)
        if not entry.calculates:
            own = value is None or to_boolean(value)
            if node.own is own:
                return NOTHING
            node.own = own
            return self.spread(node)
        new = self.kept(value, entry.slot)
        if same(new, node.value):
            return NOTHING
        node.value = new
        return (entry.slot,)

    def spread(self, node: Node) -> Set[int]:
        """Inherited relevance from ``node`` down; gives the slots where it changed."""
        parent = node.parent
        now = node.own and not node.excess and (parent is None or parent.relevant)
        if node.relevant is now:
            return NOTHING
        node.relevant = now
        changed = {node.slot}
        for each in node.children:
            changed |= self.spread(each)
        return changed
