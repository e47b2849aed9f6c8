"""Functions that choose what to run, that yield nodes, or that look at where the expression stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cora_bot.forms.expr import coerce
from cora_bot.forms.expr.context import Context, NodesRun, Run
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.functions.nodesets import seed_of, shuffled
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Compiled
from cora_bot.forms.expr.syntax import Call, Path
from cora_bot.forms.expr.values import Value, to_number

if TYPE_CHECKING:
    from cora_bot.forms.expr.compiler import Compiler


def check_count(tree: Call, least: int, most: int | None) -> None:
    count = len(tree.arguments)
    if count < least or (most is not None and count > most):
        wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        raise ExpressionError("arguments", f"{tree.name}() takes {wanted} arguments, not {count}")


def if_(compiler: Compiler, tree: Call) -> Compiled:
    check_count(tree, 3, 3)
    compiler.lint_boolean(tree.arguments[0])
    test = coerce.boolean(compiler.value(tree.arguments[0]))
    yes, no = compiler.value(tree.arguments[1]), compiler.value(tree.arguments[2])
    then, otherwise = yes.run, no.run
    gives = yes.gives if yes.gives == no.gives else "v"
    return Compiled(lambda context: then(context) if test(context) else otherwise(context), gives)


def coalesce(compiler: Compiler, tree: Call) -> Compiled:
    check_count(tree, 1, None)
    runs = [compiler.value(each).run for each in tree.arguments]

    def run(context: Context) -> Value:
        value: Value = ""
        for each in runs:
            value = each(context)
            if value != "" and value == value:
                return value
        return value

    return Compiled(run)


def once(compiler: Compiler, tree: Call) -> Compiled:
    """The node's own value if it has one and is relevant, else the argument's."""
    check_count(tree, 1, 1)
    argument = compiler.value(tree.arguments[0]).run

    def run(context: Context) -> Value:
        own = context.current.read()
        return own if own != "" else argument(context)

    return Compiled(run)


def position(compiler: Compiler, tree: Call) -> Compiled:
    """Without a path: the place in a predicate. With one: the place among the neighbours of the same name."""
    check_count(tree, 0, 1)
    if not tree.arguments:
        return Compiled(lambda context: float(context.position), "n")
    nodes = compiler.path_only(tree.arguments[0], tree.name)

    def run(context: Context) -> Value:
        found = nodes(context)
        return float(_place(found[0])) if found else ""

    return Compiled(run)


def _place(node: Node) -> int:
    if node.parent is None:
        return 1
    return next(at for at, each in enumerate(node.parent.named(node.name), 1) if each is node)


def last(_compiler: Compiler, tree: Call) -> Compiled:
    check_count(tree, 0, 0)
    return Compiled(lambda context: float(context.size), "n")


def name(compiler: Compiler, tree: Call) -> Compiled:
    check_count(tree, 0, 1)
    nodes = compiler.path_only(tree.arguments[0], tree.name) if tree.arguments else _here

    def run(context: Context) -> Value:
        found = nodes(context)
        return found[0].name.lstrip("@") if found else ""

    return Compiled(run, "s")


LAZY: dict[str, Callable[[Compiler, Call], Compiled]] = {
    "if": if_,
    "coalesce": coalesce,
    "once": once,
    "position": position,
    "last": last,
    "name": name,
    "local-name": name,
}


NODE_FUNCTIONS = ("current", "instance", "randomize", "indexed-repeat")


def node_function(compiler: Compiler, tree: Call) -> NodesRun | None:
    """Nodes, for the functions that yield them; None for all others."""
    match tree.name:
        case "current":
            check_count(tree, 0, 0)
            return compiler.path_nodes(Path(tree, ())) if compiler.scope.slots else _current
        case "instance":
            check_count(tree, 1, 1)
            return compiler.start(tree)
        case "randomize":
            return _randomize(compiler, tree)
        case "indexed-repeat":
            return _indexed(compiler, tree)
        case _:
            return None


def _current(context: Context) -> list[Node]:
    return [context.current]


def _here(context: Context) -> list[Node]:
    return [context.node]


def _randomize(compiler: Compiler, tree: Call) -> NodesRun:
    check_count(tree, 1, 2)
    nodes = compiler.path_only(tree.arguments[0], tree.name)
    if len(tree.arguments) == 1:
        return lambda context: shuffled(nodes(context), context.seed)
    seed = compiler.value(tree.arguments[1]).run
    return lambda context: shuffled(nodes(context), seed_of(seed(context)))


def _indexed(compiler: Compiler, tree: Call) -> NodesRun:
    """indexed-repeat(target, repeat, n[, repeat, n …]): the target inside the n-th instances."""
    check_count(tree, 3, 7)
    target, pairs = tree.arguments[0], tree.arguments[1:]
    if len(pairs) % 2 or not all(isinstance(each, Path) for each in (target, *pairs[::2])):
        raise ExpressionError("arguments", "indexed-repeat() takes a path, then pairs of a repeat and a number")
    places = [compiler.value(each).run for each in pairs[1::2]]
    where, repeats = compiler.static(target), [compiler.static(each) for each in pairs[::2]]
    if where is not None and None not in repeats:
        compiler.resolver.read_way(where.names)
        chosen = {each.names: place for each, place in zip(repeats, places, strict=True) if each is not None}
        return _placed(where.names, chosen, compiler.resolver.target(where.names).bound, where_up(compiler))
    nodes = compiler.path_only(target, tree.name)
    found_repeats = [compiler.path_only(each, tree.name) for each in pairs[::2]]

    def run(context: Context) -> list[Node]:
        found = nodes(context)
        for repeat, place in zip(found_repeats, places, strict=True):
            wanted, number = to_number(place(context)), repeat(context)
            chosen = [node for node in number if _place(node) == wanted]
            found = [node for node in found if any(_below(node, top) for top in chosen)]
        return found

    return run


def where_up(compiler: Compiler) -> int:
    """How deep the node lies that bears the expression."""
    return compiler.scope.context.count("/")


def _placed(names: tuple[str, ...], chosen: Mapping[tuple[str, ...], Run], bound: int, depth: int) -> NodesRun:
    """A repeat without a number, or with 0 as on a tablet, is the one the expression stands in, or all of them."""
    ways = [names[: at + 1] for at in range(len(names))]

    def run(context: Context) -> list[Node]:
        found, own = [context.root], _ancestry(context.current, depth)
        for at, way in enumerate(ways):
            numbered = chosen.get(way)
            wanted = to_number(numbered(context)) if numbered is not None else 0.0
            if wanted:
                found = [kid for node in found for kid in node.named(way[-1])[_slice(wanted)]]
            elif at < bound and at < len(own):
                found = [own[at]] if own[at].parent in found else []
            else:
                found = [kid for node in found for kid in node.named(way[-1])]
            context.spend(len(found) + 1)
        return [node for node in found if node.relevant]

    return run


def _slice(wanted: float) -> slice:
    place = int(wanted) if math.isfinite(wanted) and wanted > 0 else 0
    return slice(place - 1, place) if place else slice(0, 0)


def _ancestry(node: Node | None, depth: int) -> list[Node]:
    """The nodes from the top down to ``node``, which lies ``depth`` steps below it."""
    found: list[Node] = []
    for _ in range(depth):
        if node is not None:
            found.append(node)
            node = node.parent
    return found[::-1]


def _below(node: Node | None, top: Node) -> bool:
    while node is not None:
        if node is top:
            return True
        node = node.parent
    return False
