"""Closures for the operators. ``and`` and ``or`` do not run their right side when the left decides."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from cora_bot.forms.expr import coerce
from cora_bot.forms.expr.context import Context, Run
from cora_bot.forms.expr.scope import Compiled
from cora_bot.forms.expr.values import NAN, TOLERANCE, same, to_number

ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def divide(a: float, b: float) -> float:
    if b:
        return a / b
    if a != a or not a or b != b:
        return NAN
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def modulo(a: float, b: float) -> float:
    """Java's %: the sign is the dividend's."""
    if not b or math.isinf(a) or a != a or b != b:
        return NAN
    return math.fmod(a, b)


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": modulo,
}


def binary(symbol: str, left: Compiled, right: Compiled) -> Compiled:
    if symbol in ARITHMETIC:
        return Compiled(_arithmetic(symbol, left, right), "n")
    if symbol in ORDER:
        return Compiled(_order(symbol, left, right), "b")
    match symbol:
        case "=":
            return Compiled(_equal(left, right), "b")
        case "!=":
            equal = _equal(left, right)
            return Compiled(lambda context: not equal(context), "b")
        case "and":
            a, b = coerce.boolean(left), coerce.boolean(right)
            return Compiled(lambda context: a(context) and b(context), "b")
        case _:
            a, b = coerce.boolean(left), coerce.boolean(right)
            return Compiled(lambda context: a(context) or b(context), "b")


def _arithmetic(symbol: str, left: Compiled, right: Compiled) -> Run:
    a, b, operation = coerce.number(left), coerce.number(right), ARITHMETIC[symbol]
    return lambda context: operation(a(context), b(context))


def _order(symbol: str, left: Compiled, right: Compiled) -> Run:
    a, b, compare = left.run, right.run, ORDER[symbol]

    def run(context: Context) -> bool:
        x, y = a(context), b(context)
        if type(x) is not float:
            x = to_number(x)
        if type(y) is not float:
            y = to_number(y)
        return compare(x, y)

    return run


def _equal(left: Compiled, right: Compiled) -> Run:
    a, b = left.run, right.run
    if "b" in (left.gives, right.gives):
        x, y = coerce.boolean(left), coerce.boolean(right)
        return lambda context: x(context) is y(context)
    if "n" in (left.gives, right.gives):
        p, q = coerce.number(left), coerce.number(right)
        return lambda context: _close(p(context), q(context))
    if right.gives == "s":

        def run(context: Context) -> bool:
            x, y = a(context), b(context)
            return x == y if type(x) is str else same(x, y)

        return run
    return lambda context: same(a(context), b(context))


def _close(x: float, y: float) -> bool:
    return x == y or abs(x - y) < TOLERANCE


def negate(operand: Compiled) -> Compiled:
    run = coerce.number(operand)
    return Compiled(lambda context: -run(context), "n")
