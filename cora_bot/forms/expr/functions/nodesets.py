"""Sets of nodes. What is not relevant is not in them."""

from __future__ import annotations

import hashlib
import math

from cora_bot.forms.expr.functions.function import Function, many
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import Value, to_boolean, to_number, to_text

MODULUS = 2_147_483_647


def count_filled(nodes: list[Node]) -> float:
    return float(sum(1 for node in nodes if node.children or to_text(node.value) != ""))


def checklist(values: list[Value]) -> bool:
    """checklist(least, most, boolean …): how many are true; -1 is no bound."""
    true = sum(1 for value in values[2:] if to_boolean(value))
    least, most = to_number(values[0]), to_number(values[1])
    return (least < 0 or true >= least) and (most < 0 or true <= most)


def weighted_checklist(values: list[Value]) -> bool:
    """weighted-checklist(least, most, boolean, weight …). Here a tablet knows no -1 for "no bound"."""
    pairs = zip(values[2::2], values[3::2], strict=False)
    weight = math.fsum(to_number(weight) for true, weight in pairs if to_boolean(true))
    return to_number(values[0]) <= weight <= to_number(values[1])


def shuffled(nodes: list[Node], seed: int) -> list[Node]:
    """The order ODK Collect shows: Park and Miller's generator, Fisher and Yates's shuffle from the inside out."""
    state = int(math.fmod(seed, MODULUS))  # the remainder has the sign of the seed, as in Java
    if state <= 0:
        state += MODULUS - 1
    order: list[Node] = []
    for at, node in enumerate(nodes):
        state = state * 16807 % MODULUS
        other = int((state - 1) / (MODULUS - 1) * (at + 1))
        order.append(order[other] if other < at else node)
        order[other] = node
    return order


def seed_of(value: Value) -> int:
    """A number is itself; other text its first eight bytes of SHA-256, signed; blank is 0."""
    text = to_text(value)
    number = to_number(value)
    if number == number and math.isfinite(number):
        return int(number)
    if not text:
        return 0
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


TABLE: dict[str, Function] = {
    "count": Function(lambda nodes: float(len(nodes)), "N", 1, 1, "n"),
    "count-non-empty": Function(count_filled, "N", 1, 1, "n"),
    "checklist": many(checklist, "f", "b", 2),
    "weighted-checklist": many(weighted_checklist, "f", "b", 2),
}
