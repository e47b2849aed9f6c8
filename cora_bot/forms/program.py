"""What the walk needs of a compiled form: the tree, its expressions, their order, the texts. Values, no behaviour.

A *slot* is the number of a node of the primary instance in document order; the nodes below slot s are s+1 … end-1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.model import Kind

Template = tuple[str | Expression, ...]
Texts = Mapping[str, Template]


@dataclass(frozen=True, slots=True)
class Preload:
    """``source``: timestamp, date, property, uid; ``name``: start, end, today, deviceid …"""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A node as the form declares it. ``type`` is the bind's (int, decimal, date, string …)."""

    slot: int
    path: str
    name: str
    parent: int
    end: int
    type: str = "string"
    initial: str = ""
    relevant: Expression | None = None
    calculate: Expression | None = None
    required: Expression | None = None
    constraint: Expression | None = None
    constraint_text: Texts | None = None
    required_text: Texts | None = None
    preload: Preload | None = None
    readonly: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its place among all choices of the list is its index."""

    value: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Itemset:
    """``nodes`` yields the items that fit now, in the order to show; ``index`` is the item's place among all."""

    nodes: Callable[[Context], list[Node]]
    expression: Expression
    filtered: bool
    randomized: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """How one question is asked; its place in ``Program.asked`` is the question's number."""

    slot: int
    kind: Kind
    labels: Texts
    hints: Texts
    guidance: Texts
    choices: tuple[Choice, ...] = ()
    itemset: Itemset | None = None
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to recompute: the value or the relevance of a slot. ``reads``: slots it may depend on."""

    slot: int
    calculates: bool
    expression: Expression
    reads: frozenset[int]


@dataclass(frozen=True, slots=True)
class Action:
    """A setvalue of the first load."""

    slot: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class Program:
    """``entries`` are in topological order; ``dependents[slot]`` are the entries a change of the slot may reach.

    ``clocked``: slots of entries that read the clock. ``instances``: the secondary ones, shared by all walks.
    """

    specs: tuple[Spec, ...]
    slots: Mapping[str, int]
    asked: tuple[Asked, ...]
    entries: tuple[Entry, ...]
    dependents: tuple[tuple[int, ...], ...]
    filtered: tuple[int, ...]
    clocked: tuple[int, ...]
    actions: tuple[Action, ...]
    instances: Mapping[str, Node]
    default_language: str
