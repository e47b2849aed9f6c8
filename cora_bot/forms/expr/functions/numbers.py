"""Numbers. Rounding is Java's (halves go up); trigonometry and logarithms are IEEE's, NaN outside their domain."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.functions.function import Function, fixed, many, with_context
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import NAN, Value, to_number

MAX_PLACES = 30


def truncated(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else number


def floor(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def ceiling(number: float) -> float:
    return float(math.ceil(number)) if math.isfinite(number) else number


def round_(number: float, places: float = 0.0) -> float:
    """Halves go towards plus infinity, at ``places`` decimals (negative: tens, hundreds …)."""
    if not math.isfinite(number):
        return number
    if not math.isfinite(places) or abs(int(places)) > MAX_PLACES:
        return NAN
    if places <= -1:
        return _tens(number, -int(places))
    unit = Decimal(1).scaleb(-int(places))
    mode = ROUND_HALF_UP if number >= 0 else ROUND_HALF_DOWN
    try:
        with localcontext(prec=400):
            return float((Decimal(repr(number)) / unit).quantize(Decimal(1), mode) * unit)
    except InvalidOperation:
        return number


def _tens(number: float, power: int) -> float:
    """A tablet cuts off after adding half: negative numbers go up by as much as a whole unit (-149 is 0 hundreds)."""
    return float(Decimal(int(float(Decimal(repr(number)).scaleb(-power)) + 0.5)).scaleb(power))


def round_value(value: Value, places: float = 0.0) -> float:
    """JavaRosa's round() alone reads a decimal comma."""
    return round_(to_number(value.replace(",", ".") if isinstance(value, str) else value), places)


def power(base: float, exponent: float) -> float:
    """Java's Math.pow: NaN where it is complex, infinities where it is too large."""
    if exponent == 0:
        return 1.0
    if base != base or exponent != exponent:
        return NAN
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if base == 0:
            return -math.inf if math.copysign(1, base) < 0 and exponent % 2 == 1 else math.inf
        return NAN


def real(operation: Callable[[float], float]) -> Callable[[float], float]:
    """NaN outside the domain, infinity beyond the range."""

    def run(number: float) -> float:
        try:
            return operation(number)
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return run


def logarithm(operation: Callable[[float], float]) -> Callable[[float], float]:
    inner = real(operation)
    return lambda number: -math.inf if number == 0 else inner(number)


def total(nodes: list[Node]) -> float:
    """Blanks are skipped, as JavaRosa does."""
    result = 0.0
    for node in nodes:
        if node.value != "":
            result += to_number(node.value)
    return result


def smallest(values: list[Value]) -> float:
    return min(_numbers(values), default=NAN)


def largest(values: list[Value]) -> float:
    """A tablet begins at 0 (at Java's smallest number above it): the largest of -4 and -1 is 0."""
    found = _numbers(values)
    return max(0.0, *found) if found else NAN


def _numbers(values: list[Value]) -> list[float]:
    """Blanks and what is no number are passed over, as JavaRosa does."""
    return [number for number in map(to_number, values) if number == number]


def random_(context: Context) -> float:
    return int.from_bytes(context.draw(7), "big") / float(1 << 56)


TABLE: dict[str, Function] = {
    "number": fixed(lambda n: n, "n", "n"),
    "int": fixed(truncated, "n", "n"),
    "floor": fixed(floor, "n", "n"),
    "ceiling": fixed(ceiling, "n", "n"),
    "round": fixed(round_value, "vn", "n", least=1),
    "abs": fixed(abs, "n", "n"),
    "pow": fixed(power, "nn", "n"),
    "sqrt": fixed(real(math.sqrt), "n", "n"),
    "exp": fixed(real(math.exp), "n", "n"),
    "exp10": fixed(lambda n: power(10.0, n), "n", "n"),
    "log": fixed(logarithm(math.log), "n", "n"),
    "log10": fixed(logarithm(math.log10), "n", "n"),
    "sin": fixed(real(math.sin), "n", "n"),
    "cos": fixed(real(math.cos), "n", "n"),
    "tan": fixed(real(math.tan), "n", "n"),
    "asin": fixed(real(math.asin), "n", "n"),
    "acos": fixed(real(math.acos), "n", "n"),
    "atan": fixed(math.atan, "n", "n"),
    "atan2": fixed(math.atan2, "nn", "n"),
    "pi": fixed(lambda: math.pi, "", "n"),
    "sum": Function(total, "N", 1, 1, "n"),
    "min": many(smallest, "f", "n"),
    "max": many(largest, "f", "n"),
    "random": with_context(random_, "", "n"),
}
