"""Paths. In a known form, a path of plain names is one slot of the instance; anything else is walked step by step."""

from __future__ import annotations

from collections.abc import Callable

from cora_bot.forms.expr.context import Context, NodesRun, Run
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Compiled, Findings, Scope
from cora_bot.forms.expr.syntax import Ast, Call, Path, Step

StepRun = Callable[[Context, list[Node]], list[Node]]
Predicate = tuple[Run, str]


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


class Resolver:
    """Finds where a path leads before anything runs; notes in ``findings`` what it reads and what leads nowhere."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        self.scope = scope
        self.findings = findings

    def prefix(self, path: Path, inside: bool) -> tuple[int, tuple[Step, ...]] | None:
        """The slot the path's plain beginning leads to, and the steps that remain. None: it is walked throughout.

        ``inside``: the path stands in a predicate, where relative paths start at an item.
        """
        if not self.scope.slots or not self._anchored(path, inside):
            return None
        names = [] if path.start == "root" else self.scope.context.split("/")[1:]
        for at, step in enumerate(path.steps):
            plain = self._plain(names, step)
            if plain is None:
                return (self._slot(names, path), path.steps[at:]) if names else None
            names = plain
        return self._slot(names, path), ()

    def _anchored(self, path: Path, inside: bool) -> bool:
        if path.start == "root" or path.start == Call("current", ()):
            return True
        return path.start == "context" and not inside

    def _plain(self, names: list[str], step: Step) -> list[str] | None:
        if step.predicates:
            return None
        match step.axis:
            case "self" if step.name in ("*", names[-1] if names else ""):
                return names
            case "parent" if step.name == "*" and names:
                return names[:-1]
            case "child" if step.name not in ("*", "node()"):
                return [*names, step.name]
            case _:
                return None

    def _slot(self, names: list[str], path: Path) -> int:
        where = "/" + "/".join(names)
        slot = self.scope.slots.get(where)
        if slot is None:
            if path.steps:
                self.findings.unknown.append(where)
            return 0
        return slot

    def read(self, slot: int) -> None:
        self.findings.reads.add(slot)

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


def step_run(step: Step, predicates: list[Compiled]) -> StepRun:
    move = _move(step)
    tests = [(predicate.run, predicate.gives) for predicate in predicates]
    if not tests:

        def plain(context: Context, nodes: list[Node]) -> list[Node]:
            found = [target for node in nodes for target in move(node) if target.relevant]
            context.spend(len(found) + 1)
            return found

        return plain

    def filtered(context: Context, nodes: list[Node]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            kept = [target for target in move(node) if target.relevant]
            for run, gives in tests:
                kept = keep(context, kept, run, gives)
            found += kept
        return found

    return filtered


def keep(context: Context, nodes: list[Node], run: Run, gives: str) -> list[Node]:
    """The nodes a predicate holds for; a number is a position."""
    before = context.node, context.position, context.size
    context.size = len(nodes)
    context.spend(len(nodes) + 1)
    kept: list[Node] = []
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
