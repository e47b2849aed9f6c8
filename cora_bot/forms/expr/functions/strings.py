"""Texts. ``substr`` counts from 0 and takes negatives, ``substring`` from 1; ``regex`` matches the whole text."""

from __future__ import annotations

import base64
import binascii
import math
import uuid

import regex

from cora_bot.base.clock import monotonic
from cora_bot.forms.expr.context import Context, joined
from cora_bot.forms.expr.errors import BudgetError, EvaluationError
from cora_bot.forms.expr.functions.function import Function, fixed, many, with_context
from cora_bot.forms.expr.values import Value, to_text

REGEX_SECONDS = 0.1
LEAST_SECONDS = 1e-4  # when the time of a pass is used up, patterns that are quick still work
MAX_PATTERN = 2_000


def concat(values: list[Value]) -> str:
    return joined("", [to_text(value) for value in values])


def join(separator: str, values: list[Value]) -> str:
    return joined(separator, [to_text(value) for value in values])


def substr(text: str, start: float, end: float = math.inf) -> str:
    if start != start or end != end:
        return ""
    size = len(text)
    return text[_place(start, size) : _place(end, size)]


def _place(at: float, size: int) -> int:
    if math.isinf(at):
        return size if at > 0 else 0
    whole = int(at)
    return max(0, min(size, whole + size if whole < 0 else whole))


def substring(text: str, start: float, length: float = math.inf) -> str:
    """XPath 1.0: positions from 1, both numbers rounded, NaN yields nothing."""
    first = _rounded(start)
    last = first + _rounded(length)
    return "".join([letter for at, letter in enumerate(text, 1) if first <= at < last])


def _rounded(number: float) -> float:
    return float(math.floor(number + 0.5)) if math.isfinite(number) else number


def before(text: str, mark: str) -> str:
    head, found, _ = text.partition(mark) if mark else ("", "", "")
    return head if found else ""


def after(text: str, mark: str) -> str:
    if not mark:
        return text
    return text.partition(mark)[2]


def translate(text: str, source: str, target: str) -> str:
    table: dict[int, str | None] = {}
    for at, letter in enumerate(source):
        table.setdefault(ord(letter), target[at] if at < len(target) else None)
    return text.translate(table)


def pattern(source: str) -> regex.Pattern[str]:
    """The author's pattern. Raises EvaluationError when it is none."""
    if len(source) > MAX_PATTERN:
        raise BudgetError(f"a pattern has more than {MAX_PATTERN} characters")
    try:
        return regex.compile(source)
    except (regex.error, RecursionError, OverflowError) as error:
        raise EvaluationError("the pattern of regex() cannot be read") from error


def matches(context: Context, text: str, source: str) -> bool:
    """The whole text, as JavaRosa; a pattern that takes too long raises BudgetError, as do many that take long."""
    made, started = pattern(source), monotonic()
    left = max(min(REGEX_SECONDS, context.matching), LEAST_SECONDS)
    try:
        return made.fullmatch(text, timeout=left) is not None
    except TimeoutError as error:
        raise BudgetError("a pattern of regex() took too long") from error
    finally:
        # Not a clock that answers are made of: the same stopwatch as the time-out's.
        context.matching -= monotonic() - started


def decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def from_string(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    return to_text(value) in ("true", "1")


def new_uuid(context: Context, length: float = math.nan) -> str:
    """A version 4 UUID, or ``length`` random letters and digits."""
    if length != length:
        return str(uuid.UUID(bytes=context.draw(16), version=4))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    drawn = context.draw(max(0, min(200, int(length))))
    return "".join([letters[byte % len(letters)] for byte in drawn])


TABLE: dict[str, Function] = {
    "string": fixed(lambda s: s, "s", "s"),
    "concat": many(concat, "f", "s"),
    "join": many(join, "sf", "s", 1),
    "starts-with": fixed(str.startswith, "ss", "b"),
    "ends-with": fixed(str.endswith, "ss", "b"),
    "contains": fixed(lambda text, part: part in text, "ss", "b"),
    "substr": fixed(substr, "snn", "s", least=2),
    "substring": fixed(substring, "snn", "s", least=2),
    "substring-before": fixed(before, "ss", "s"),
    "substring-after": fixed(after, "ss", "s"),
    "string-length": fixed(lambda s: float(len(s)), "s", "n"),
    "normalize-space": fixed(lambda s: " ".join(s.split()), "s", "s"),
    "translate": fixed(translate, "sss", "s"),
    "regex": with_context(matches, "ss", "b"),
    "base64-decode": fixed(decode, "s", "s"),
    "boolean-from-string": fixed(from_string, "v", "b"),
    "boolean": fixed(lambda b: b, "b", "b"),
    "not": fixed(lambda b: not b, "b", "b"),
    "true": fixed(lambda: True, "", "b"),
    "false": fixed(lambda: False, "", "b"),
    "uuid": with_context(new_uuid, "n", "s", least=0),
    "version": with_context(lambda context: context.version, "", "s"),
    "property": with_context(lambda context, name: context.properties.get(name, ""), "s", "s"),
    "depend": Function(lambda value, *_others: value, "v", 1, None, "v"),
}
