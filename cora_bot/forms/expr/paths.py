"""Paths. In a known form, a path of plain names is one slot of the instance; anything else is walked step by step."""

from __future__ import annotations

from collections.abc import Callable

from cora_bot.base.values import Value
from cora_bot.forms.expr.context import Context, NodesRun, Run
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Findings, Scope
from cora_bot.forms.expr.syntax import Ast, Call, Path, Step

StepRun = Callable[[Context, list[Node]], list[Node]]


class Predicate(Value):
    """``gives`` as in Compiled; ``size``: the steps it takes for one node."""

    run: Run
    gives: str
    size: int


def slot_value(slot: int) -> Run:
    def run(context: Context) -> object:
        node = context.slots[slot]
        return node.value if node.relevant else ""

    return run  # type: ignore[return-value]


def slot_nodes(slot: int) -> NodesRun:
    def run(context: Context) -> list[Node]:
        node = context.slots[slot]
        return [node] if node.relevant else []

    return run


def first_value(nodes: NodesRun) -> Run:
    """A set of nodes where one value is wanted: the first one's. JavaRosa throws when there are several."""

    def run(context: Context) -> object:
        found = nodes(context)
        return found[0].value if found else ""

    return run  # type: ignore[return-value]


def child_value(name: str) -> Run:
    """The commonest path in filters: one child of the item looked at."""

    def run(context: Context) -> object:
        for node in context.node.named(name):
            if node.relevant:
                return node.value
        return ""

    return run  # type: ignore[return-value]


class Target(Value):
    """Where the plain beginning of a path leads, and the ``steps`` that remain.

    ``names`` is the way there from the top. ``bound`` is how many of them are settled by where the expression stands:
    the nearest repeat it shares with the target; 0 is the top. ``single``: exactly one node can be there.
    """

    slot: int
    names: tuple[str, ...]
    steps: tuple[Step, ...]
    bound: int
    up: int
    single: bool
    repeated: bool

    def value(self) -> Run:
        if not self.repeated:
            return slot_value(self.slot)
        return bound_value(self.up, self.names[self.bound :]) if self.single else first_value(self.nodes())

    def nodes(self) -> NodesRun:
        if not self.repeated:
            return slot_nodes(self.slot)
        return bound_nodes(self.up if self.bound else None, self.names[self.bound :])


def bound_value(up: int, names: tuple[str, ...]) -> Run:
    """One node inside the instance of the repeat that the expression stands in."""

    def run(context: Context) -> object:
        node: Node | None = context.current
        for _ in range(up):
            node = node.parent if node is not None else None
        for name in names:
            found = node.named(name) if node is not None else ()
            if not found:
                return ""
            node = found[0]
        return node.value if node is not None and node.relevant else ""

    return run  # type: ignore[return-value]


def bound_nodes(up: int | None, names: tuple[str, ...]) -> NodesRun:
    """Every node down ``names``, from the instance the expression stands in or (None) from the top."""

    def run(context: Context) -> list[Node]:
        start: Node | None = context.root if up is None else context.current
        for _ in range(up or 0):
            start = start.parent if start is not None else None
        found = [start] if start is not None and start.relevant else []
        for name in names:
            found = [child for node in found for child in node.named(name) if child.relevant]
        context.spend(len(found) + 1)
        return found

    return run


class Resolver:
    """Finds where a path leads before anything runs; notes in ``findings`` what it reads and what leads nowhere.

    ``item``: inside a predicate, the way to the node looked at, where it is a node of the form.
    """

    def __init__(self, scope: Scope, findings: Findings) -> None:
        self.scope = scope
        self.findings = findings
        self.item: tuple[str, ...] | None = None

    def prefix(self, path: Path, inside: bool) -> Target | None:
        """None: the path is walked throughout. ``inside``: it stands in a predicate, where it may start at an item."""
        if not self.scope.slots or not self._anchored(path, inside):
            return None
        absolute = path.start == "root"
        names = () if absolute else tuple(self.scope.context.split("/")[1:])
        lowest = len(names)
        remaining: tuple[Step, ...] = ()
        for at, step in enumerate(path.steps):
            plain = None if step.predicates else along(names, step)
            if plain is None:
                if not names:
                    return None
                remaining = path.steps[at:]
                break
            names, lowest = plain, min(lowest, len(plain))
        return self.target(names, remaining, known=not path.steps, lowest=None if absolute else lowest)

    def target(
        self, names: tuple[str, ...], steps: tuple[Step, ...] = (), *, known: bool = False, lowest: int | None = None
    ) -> Target:
        """``lowest``: how far up a relative path climbed; None: it starts at the top."""
        where = "/" + "/".join(names)
        slot = self.slot(names, known=known)
        repeat = self.scope.repeat_of(where)
        stays = where if lowest is None else "/" + "/".join(names[:lowest])
        shared = self.scope.shared(stays)
        bound = shared.count("/")
        up = self.scope.context.count("/") - bound
        return Target(slot, names, steps, bound, up, single=repeat == shared, repeated=bool(repeat))

    def slot(self, names: tuple[str, ...], *, known: bool = False) -> int:
        where = "/" + "/".join(names)
        slot = self.scope.slots.get(where)
        if slot is None:
            if not known:
                self.findings.unknown.append(where)
            return 0
        return slot

    def _anchored(self, path: Path, inside: bool) -> bool:
        if path.start == "root" or path.start == Call("current", ()):
            return True
        return path.start == "context" and not inside

    def read(self, slot: int) -> None:
        self.findings.reads.add(slot)

    def read_way(self, names: tuple[str, ...]) -> None:
        """A node found by looking among its neighbours: itself, and the repeats that are looked through."""
        self.findings.reads.add(self.slot(names))
        for depth in range(1, len(names)):
            where = "/" + "/".join(names[:depth])
            if where in self.scope.repeats:
                self.findings.reads.add(self.scope.slots[where])

    def read_below(self, slot: int) -> None:
        """Everything under the slot: a walked path may come by any of it."""
        top = next((path for path, number in self.scope.slots.items() if number == slot), "/")
        below = top.rstrip("/") + "/"
        self.findings.reads |= {n for path, n in self.scope.slots.items() if n == slot or path.startswith(below)}

    def read_named(self, name: str) -> None:
        """Every slot of that name: where a path may find it from the top."""
        slots = self.scope.slots
        self.findings.reads |= {n for path, n in slots.items() if name == "*" or path.endswith("/" + name)}

    def instance(self, start: Ast) -> str | None:
        """The id of ``instance('id')``; an unknown one is noted."""
        match start:
            case Call("instance", (literal,)):
                name = getattr(literal, "text", None)
                if isinstance(name, str):
                    if self.scope.instances is not None and name not in self.scope.instances:
                        self.findings.unknown.append(f"instance('{name}')")
                    return name
        return None


def along(names: tuple[str, ...], step: Step) -> tuple[str, ...] | None:
    """The way after one more step; None where it is not one plain way."""
    match step.axis:
        case "self" if step.name in ("*", names[-1] if names else ""):
            return names
        case "parent" if step.name == "*" and names:
            return names[:-1]
        case "child" if step.name not in ("*", "node()"):
            return (*names, step.name)
        case _:
            return None


def step_run(step: Step, predicates: list[Predicate]) -> StepRun:
    move = _move(step)
    if not predicates:

        def plain(context: Context, nodes: list[Node]) -> list[Node]:
            found = [target for node in nodes for target in move(node) if target.relevant]
            context.spend(len(found) + 1)
            return found

        return plain

    def filtered(context: Context, nodes: list[Node]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            kept = [target for target in move(node) if target.relevant]
            for test in predicates:
                kept = keep(context, kept, test)
            found += kept
        return found

    return filtered


def keep(context: Context, nodes: list[Node], test: Predicate) -> list[Node]:
    """The nodes a predicate holds for; a number is a position."""
    before = context.node, context.position, context.size
    context.size = len(nodes)
    context.spend(len(nodes) * test.size + 1)
    kept: list[Node] = []
    run, gives = test.run, test.gives
    try:
        for position, node in enumerate(nodes, 1):
            context.node, context.position = node, position
            value = run(context)
            if gives != "b" and type(value) is float:
                value = value == position
            if value is True or (value is not False and value != "" and value == value):
                kept.append(node)
    finally:
        context.node, context.position, context.size = before
    return kept


def _move(step: Step) -> Callable[[Node], list[Node]]:
    name = "*" if step.name == "node()" else step.name
    match step.axis:
        case "child":
            return (lambda node: node.children) if name == "*" else (lambda node: node.named(name))
        case "parent":
            return lambda node: [node.parent] if node.parent is not None and name in ("*", node.parent.name) else []
        case "self":
            return lambda node: [node] if name in ("*", node.name) else []
        case "attribute":
            return lambda node: [a for a in node.attributes if name == "*" or a.name == "@" + name]
        case _:
            return lambda node: list(node.descendants())


def walked(start: NodesRun, steps: list[StepRun]) -> NodesRun:
    def run(context: Context) -> list[Node]:
        nodes = start(context)
        for step in steps:
            nodes = step(context, nodes)
        return nodes

    return run
