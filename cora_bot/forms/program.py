"""What the walk needs of a compiled form: the tree, its expressions, their order, the texts. Values, and what
follows from them for every walk alike.

A *slot* is the number of a node of the primary instance in document order; the nodes below slot s are s+1 … end-1.
What stands in a repeat has one slot and, in the live instance, as many nodes as the repeat has instances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cora_bot.base.values import Value
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.model import Kind

Template = tuple[str | Expression, ...]
Texts = Mapping[str, Template]


class Preload(Value):
    """``source``: timestamp, date, property, uid; ``name``: start, end, today, deviceid …"""

    source: str
    name: str


class Spec(Value):
    """A node as the form declares it. ``type`` is the bind's (int, decimal, date, string …).

    ``repeat`` is the slot of the nearest repeat that holds the node or is it, -1 outside of all; ``inner`` are the
    names from there (or from the top) down to it. ``keep``: later answerings may read the value. ``purpose`` names
    the purpose it serves; ``alert`` says when somebody must look; ``saveto`` is the property of the entity it sets.
    """

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
    readonly_when: Expression | None = None
    repeat: int = -1
    inner: tuple[str, ...] = ()
    keep: bool = False
    purpose: str = ""
    alert: Expression | None = None
    saveto: str = ""


class Seed(Value):
    """A node to be made, and what it holds at first. Seeds come in document order: ``above`` is the place of its
    parent's among them, -1 of the first. ``number`` counts the instances of a repeat."""

    slot: int
    text: str
    above: int
    number: int = 1


class Bed(Value):
    """Seeds as the nodes are made of them, all at once: ``rows`` are what each is made with, ``texts`` what it is to
    hold, ``families`` the places of parents and of their children among them."""

    rows: tuple[tuple[str, None, str, int, bool, int, int], ...]
    texts: tuple[str, ...]
    families: tuple[tuple[int, tuple[int, ...]], ...]


class Loop(Value):
    """A repeat: ``items`` are numbers of questions, and the groups and loops inside, in their order.

    ``count`` says how many instances there are; where it is None and the repeat is not ``fixed``, the person does, by
    the question ``number``. ``relevant`` is judged for an instance that is not there yet.
    """

    slot: int
    name: str
    number: int
    items: tuple[Planned, ...]
    count: Expression | None
    fixed: bool
    labels: Texts
    template: tuple[Seed, ...]


Media = Mapping[str, Mapping[str, str]]
"""Sort (``audio``, ``image``, ``video``) -> language -> file name."""


class Section(Value):
    """A group, outside of which a walk never notices it: relevance is inherited, questions are asked one by one."""

    slot: int
    items: tuple[Planned, ...]


Planned = int | Loop | Section


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its place among all choices of the list is its index."""

    value: str
    texts: Texts
    media: Media = field(default_factory=dict)


class Itemset(Value):
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
    media: Media = field(default_factory=dict)


class Entry(Value):
    """One thing to recompute: the value or the relevance of a slot. ``reads``: slots it may depend on."""

    slot: int
    calculates: bool
    expression: Expression
    reads: frozenset[int]


class Action(Value):
    """A setvalue: the slot it writes and what it writes there."""

    slot: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class Actions:
    """When what is set. ``added`` by the repeat's slot, ``changed`` by the slot whose value a person changed."""

    first: tuple[Action, ...] = ()
    every: tuple[Action, ...] = ()
    added: Mapping[int, tuple[Action, ...]] = field(default_factory=dict)
    changed: Mapping[int, tuple[Action, ...]] = field(default_factory=dict)

    def all(self) -> Iterator[Action]:
        yield from self.first
        yield from self.every
        for table in (self.added, self.changed):
            for held in table.values():
                yield from held


@dataclass(frozen=True)
class Program:
    """``entries`` are in topological order; ``dependents[slot]`` are the entries a change of the slot may reach.

    ``filtered``: numbers of questions with a filter. ``clocked``: entries that read the clock or the language.
    ``instances``: the secondary ones, shared by all walks; ``earlier``: the ids of those that come with each walk.
    ``plan``: numbers of questions, groups and loops, in their order; ``loops``: all of them by slot. ``start``: what a
    new record holds. ``texts``: by id, the slot of the node a text belongs to, and the text; none where no expression
    takes one.
    """

    specs: tuple[Spec, ...]
    slots: Mapping[str, int]
    asked: tuple[Asked, ...]
    entries: tuple[Entry, ...]
    dependents: tuple[tuple[int, ...], ...]
    filtered: tuple[int, ...]
    clocked: tuple[int, ...]
    actions: Actions
    instances: Mapping[str, Node]
    earlier: Mapping[str, str]
    default_language: str
    start: tuple[Seed, ...]
    plan: tuple[Planned, ...]
    loops: Mapping[int, Loop]
    root: Mapping[str, str]
    version: str
    texts: Mapping[str, tuple[int, Texts]] = field(default_factory=dict)

    @cached_property
    def beds(self) -> Mapping[int, Bed]:
        """What a new record is made of (-1), and a new instance of each repeat, by the repeat's slot."""
        seeds = {-1: self.start, **{slot: loop.template for slot, loop in self.loops.items()}}
        return {slot: self._bed(each) for slot, each in seeds.items()}

    def _bed(self, seeds: tuple[Seed, ...]) -> Bed:
        families: dict[int, list[int]] = {}
        rows = []
        for place, seed in enumerate(seeds):
            family = families.setdefault(seed.above, [])
            rows.append((self.specs[seed.slot].name, None, "", seed.slot, True, seed.number, len(family)))
            family.append(place)
        del families[-1]
        texts = tuple(seed.text for seed in seeds)
        return Bed(tuple(rows), texts, tuple((above, tuple(kids)) for above, kids in families.items()))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """By slot, without the numbers of instances."""
        return tuple(spec.path for spec in self.specs)

    @cached_property
    def single(self) -> Mapping[str, int]:
        """By path the slots that have one node, as they are in no repeat."""
        return {spec.path: spec.slot for spec in self.specs if spec.repeat < 0}

    @cached_property
    def holders(self) -> tuple[int, ...]:
        """The slots that have others below them."""
        return tuple({spec.parent: None for spec in self.specs if spec.parent >= 0})

    @cached_property
    def alerting(self) -> tuple[Spec, ...]:
        return tuple(spec for spec in self.specs if spec.alert is not None)

    @cached_property
    def shuffles(self) -> bool:
        return any(each.itemset is not None and each.itemset.randomized for each in self.asked)

    @cached_property
    def straight(self) -> tuple[int, ...]:
        """Where there are no repeats: the numbers of the questions, in the one order they can come in."""
        return tuple(_numbers(self.plan))


def _numbers(items: tuple[Planned, ...]) -> Iterator[int]:
    for item in items:
        if isinstance(item, int):
            yield item
        else:
            yield from _numbers(item.items)
