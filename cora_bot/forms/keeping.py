"""An open answering as JSON: what ``Walk.save`` writes and ``Walk.resume`` reads. Sealed answers are not in it."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import msgspec

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.values import Value, number_text
from cora_bot.forms.instance import Instance


def dump(instance: Instance) -> dict[str, Any]:
    """``a``: values by path, ``n``: nodes not relevant by their own rule, ``s``: sealed ones; ``i``: instances of
    repeats, ``x``: those beyond the count; ``r``: what shuffles."""
    tree, program = instance.tree, instance.program
    values: dict[str, Any] = {}
    out: dict[str, Any] = {"a": values}
    absent: list[str] = []
    for path, node in tree.paths():
        if (value := node.value) != "":
            values[path] = value if type(value) is str else _written(value)
        if not node.own:
            absent.append(path)
    if program.loops:
        out["i"] = tree.repeats()
        if excess := [path for path, node in tree.paths() if node.excess]:
            out["x"] = excess
    if absent:
        out["n"] = absent
    if program.shuffles:
        out["r"] = instance.context.seed
    if instance.sealed:
        out["s"] = [path for path, node in tree.paths() if node in instance.sealed]
    return out


def load(instance: Instance, held: dict[str, Any]) -> None:
    tree = instance.tree
    tree.restore(held.get("i", {}).items())
    single, nodes = instance.program.single, tree.nodes
    for path, value in held["a"].items():
        kept = value if type(value) is str else _read(value, instance.context)
        if path in single:
            nodes[single[path]].value = kept
        elif (node := tree.find(path)) is not None:
            node.value = kept
    for path in held.get("x", ()):
        if (node := tree.find(path)) is not None:
            node.excess = True
            instance.spread(node)
    absent = [node for node in map(tree.find, held.get("n", ())) if node is not None]
    for node in absent:
        node.own = False
    for node in absent:
        instance.spread(node)
    instance.context.seed = held.get("r", 0)
    instance.sealed = {node for node in map(tree.find, held.get("s", ())) if node is not None}


def _written(value: Value) -> Any:
    """Typed JSON: numbers, booleans and texts as they are, days and instants in a list of one or two."""
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float) and not math.isfinite(value):
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
    return msgspec.json.encode(state).decode()


def decode(saved: str) -> dict[str, Any]:
    held: dict[str, Any] = msgspec.json.decode(saved)
    return held
