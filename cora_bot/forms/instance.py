"""The live values of one filling-in: what is stored, what is relevant, what follows from what.

A value that is not relevant is kept, evaluates as blank, and is left out of results. An expression that cannot be
evaluated for the answers given (JavaRosa throws) makes its calculation blank and leaves its question relevant.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.dates import iso
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.expr.values import Value, number_text, parse_day, to_boolean, to_date, to_number, to_text
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Entry, Preload, Program

WHOLE = {"int", "integer"}
ALL: frozenset[int] = frozenset()


def typed(text: str, kind: str) -> Value:
    """A canonical text as the value expressions see."""
    if not text:
        return ""
    if kind in WHOLE or kind == "decimal":
        number = to_number(text)
        return "" if number != number else number
    if kind == "date":
        return parse_day(text) or ""
    return text


def stored_text(value: Value) -> str:
    """A value as a record holds it: booleans as 1 and 0, instants with time and offset, as Collect submits them."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return iso(value)
    return to_text(value)


def wrapped(value: Value, kind: str, context: Context) -> Value:
    """A calculation's result as its node keeps it. May raise EvaluationError."""
    if value == "" or value != value:
        return ""
    if kind in WHOLE:
        number = to_number(value)
        return float(math.trunc(number)) if math.isfinite(number) else ""
    if kind == "decimal":
        number = to_number(value)
        return "" if number != number else number
    if kind == "date":
        day = to_date(value, context.zone)
        return "" if day is None else date(day.year, day.month, day.day)
    return value


class Instance:
    """``own``: whether each node is relevant by its own rule. ``sealed``: slots answered and not kept here.

    ``faults``: slots one of whose expressions threw since this instance was made.
    """

    def __init__(self, program: Program, moment: Moment) -> None:
        self.program = program
        self.moment = moment
        self.sealed: set[int] = set()
        self.faults: set[int] = set()
        self.own = [True] * len(program.specs)
        self.nodes: list[Node] = []
        nodes = self.nodes
        top = Node("")
        for spec in program.specs:
            nodes.append(Node(spec.name, nodes[spec.parent] if spec.parent >= 0 else top, "", spec.slot))
        self.context = Context(
            top,
            now=moment.local(),
            slots=nodes,
            instances=program.instances,
            draw=moment.chance.bytes,
        )

    def first_load(self) -> None:
        """Defaults, preloads, actions of the first load, then everything that follows from them."""
        self.context.seed = int.from_bytes(self.moment.chance.bytes(6), "big")
        for spec in self.program.specs:
            self.nodes[spec.slot].value = typed(spec.initial, spec.type)
            if spec.preload is not None:
                self.nodes[spec.slot].value = self.preloaded(spec.preload)
        for action in self.program.actions:
            value = self.evaluate(action.expression, action.slot)
            kind = self.program.specs[action.slot].type
            try:
                self.nodes[action.slot].value = "" if value is None else wrapped(value, kind, self.context)
            except EvaluationError:
                self.nodes[action.slot].value = ""
            self.propagate({action.slot})
        self.recompute()

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

    def evaluate(self, expression: Expression, slot: int) -> Value | None:
        """None where there is no value: the expression threw, or outran its budget."""
        try:
            return expression.run(self.context.at(self.nodes[slot]))
        except (EvaluationError, RecursionError, OverflowError):
            self.faults.add(slot)
            return None

    def holds(self, expression: Expression | None, slot: int, *, otherwise: bool) -> bool:
        if expression is None:
            return otherwise
        value = self.evaluate(expression, slot)
        return otherwise if value is None else to_boolean(value)

    def recompute(self) -> list[int]:
        """Everything anew, and what no longer fits dropped. Gives the slots that lost their choice."""
        for index in range(len(self.program.entries)):
            self.enter(self.program.entries[index])
        return self.fit(set(range(len(self.nodes))))

    def settle(self, slots: Iterable[int]) -> list[int]:
        """After these changed: what depends on them, then the choices that no longer fit."""
        changed = set(slots)
        self.propagate(changed)
        return self.fit(changed)

    def refresh(self) -> list[int]:
        """After time has passed: what reads the clock, and what depends on it."""
        changed: set[int] = set()
        for index in self.program.clocked:
            changed.update(self.enter(self.program.entries[index]))
        return self.settle(changed)

    def propagate(self, changed: set[int]) -> None:
        """Recomputes dependents in order, skipping those whose inputs did not change; adds what did to ``changed``."""
        dependents = self.program.dependents
        entries = self.program.entries
        if len(changed) == 1:
            (only,) = changed
            order: Iterable[int] = dependents[only]
        else:
            order = sorted({at for slot in changed for at in dependents[slot]})
        for at in order:
            entry = entries[at]
            if not entry.reads.isdisjoint(changed):
                changed.update(self.enter(entry))

    def enter(self, entry: Entry) -> Iterable[int]:
        """Computes one entry; gives the slots it changed."""
        slot = entry.slot
        value = self.evaluate(entry.expression, slot)
        if not entry.calculates:
            return self.relevance(slot, value is None or to_boolean(value))
        node = self.nodes[slot]
        try:
            new = "" if value is None else wrapped(value, self.program.specs[slot].type, self.context)
        except EvaluationError:
            new = ""
        if type(new) is type(node.value) and new == node.value:
            return ALL
        node.value = new
        return (slot,)

    def relevance(self, slot: int, own: bool) -> Iterable[int]:
        if self.own[slot] is own:
            return ALL
        self.own[slot] = own
        return self.spread(slot)

    def spread(self, slot: int) -> list[int]:
        """Inherited relevance from ``slot`` down; gives the slots where it changed."""
        specs, nodes, changed = self.program.specs, self.nodes, []
        for at in range(slot, specs[slot].end):
            parent = specs[at].parent
            now = self.own[at] and (parent < 0 or nodes[parent].relevant)
            if nodes[at].relevant is not now:
                nodes[at].relevant = now
                changed.append(at)
        return changed

    def fit(self, changed: set[int]) -> list[int]:
        """Drops choices that a filter no longer offers, first in the form first, until all fit."""
        dropped: list[int] = []
        while True:
            slot = next((slot for slot in self._suspects(changed) if self._trim(slot)), None)
            if slot is None:
                return dropped
            dropped.append(slot)
            more = {slot}
            self.propagate(more)
            changed |= more

    def _suspects(self, changed: set[int]) -> Iterable[int]:
        for number in self.program.filtered:
            asked = self.program.asked[number]
            node = self.nodes[asked.slot]
            if node.value == "" or not node.relevant or asked.itemset is None:
                continue
            if asked.slot in changed or not asked.itemset.expression.reads.isdisjoint(changed):
                yield asked.slot

    def _trim(self, slot: int) -> bool:
        number = next(n for n in self.program.filtered if self.program.asked[n].slot == slot)
        offered = {choice for _, choice in self.offered(number)}
        kept = [value for value in to_text(self.nodes[slot].value).split() if value in offered]
        text = " ".join(kept)
        if text == self.nodes[slot].value:
            return False
        self.nodes[slot].value = text
        return True

    def offered(self, number: int) -> list[tuple[int, str]]:
        """(index among all choices, value) of what can be chosen now, in the order to show."""
        asked = self.program.asked[number]
        if asked.itemset is None or not (asked.itemset.filtered or asked.itemset.randomized):
            return [(at, choice.value) for at, choice in enumerate(asked.choices)]
        try:
            nodes = asked.itemset.nodes(self.context.at(self.nodes[asked.slot]))
        except EvaluationError:
            return [(at, choice.value) for at, choice in enumerate(asked.choices)]
        return [(node.index, asked.choices[node.index].value) for node in nodes]

    def dump(self) -> dict[str, Any]:
        """``a``: values by path, ``n``: nodes not relevant by their own rule, ``s``: sealed ones."""
        specs = self.program.specs
        held = {specs[node.slot].path: _written(node.value) for node in self.nodes if node.value != ""}
        out: dict[str, Any] = {"a": held}
        if absent := [specs[slot].path for slot, own in enumerate(self.own) if not own]:
            out["n"] = absent
        if any(each.itemset is not None and each.itemset.randomized for each in self.program.asked):
            out["r"] = self.context.seed
        if self.sealed:
            out["s"] = [specs[slot].path for slot in sorted(self.sealed)]
        return out

    def load(self, held: dict[str, Any]) -> None:
        slots = self.program.slots
        for path, value in held["a"].items():
            self.nodes[slots[path]].value = _read(value, self.context)
        for path in held.get("n", ()):
            self.own[slots[path]] = False
        for path in held.get("n", ()):
            self.spread(slots[path])
        self.context.seed = held.get("r", 0)
        self.sealed = {slots[path] for path in held.get("s", ())}

    def has_answer(self, slot: int) -> bool:
        return slot in self.sealed or self.nodes[slot].value != ""

    def results(self) -> dict[str, str]:
        """Canonical texts of relevant nodes with a value, the instance's own meta nodes excepted."""
        specs = self.program.specs
        meta = self.program.slots.get(f"{specs[0].path}/meta")
        hidden = range(meta, specs[meta].end) if meta is not None else range(0)
        return {
            specs[node.slot].path: stored_text(node.value)
            for node in self.nodes
            if node.value != "" and node.relevant and node.slot not in hidden and not node.children
        }


def _written(value: Value) -> Any:
    """Typed JSON: numbers, booleans and texts as they are, days and instants in a list of one or two."""
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float) and math.isinf(value):
        return ["n", number_text(value)]
    return value


def _read(value: Any, context: Context) -> Value:
    if not isinstance(value, list):
        return float(value) if type(value) is int else value
    kind, text = value
    if kind == "t":
        return datetime.fromisoformat(text).astimezone(context.zone)
    return date.fromisoformat(text) if kind == "d" else float(text)


def encode(state: dict[str, Any]) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))
