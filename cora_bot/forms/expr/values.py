"""The values of expressions and how one kind turns into another, as JavaRosa's XPathFuncExpr does it.

A value is a float, a str, a bool, a ``date`` (a local day) or an aware ``datetime`` (an instant, in the person's zone).
Days count whole local days since 1970. Blank is ''. Where JavaRosa says "NaN" as text, we say ''.
Texts that look like ISO dates count as days where a number is needed (JavaRosa: NaN; the checks warn).
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from cora_bot.forms.expr.errors import EvaluationError

Value = float | str | bool | date

NAN = math.nan
EPOCH_DAY = date(1970, 1, 1).toordinal()
TOLERANCE = 1e-12
EPOCH = datetime(1970, 1, 1, tzinfo=timezone(timedelta()))

NUMERIC = re.compile(r"\s*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*\Z")
ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?\Z",
    re.ASCII,
)


def to_number(value: Value) -> float:
    """JavaRosa's toNumeric: blank and foreign text are NaN, a date is its day."""
    kind = type(value)
    if kind is float:
        return value  # type: ignore[return-value]
    if kind is str:
        return text_to_number(value)  # type: ignore[arg-type]
    if kind is bool:
        return 1.0 if value else 0.0
    if isinstance(value, date):
        return float(value.toordinal() - EPOCH_DAY)
    return float(value)


def text_to_number(text: str) -> float:
    if not text:
        return NAN
    if NUMERIC.match(text):
        return float(text)
    day = parse_day(text)
    return NAN if day is None else float(day.toordinal() - EPOCH_DAY)


def parse_day(text: str) -> date | None:
    """The day an ISO date or date-time names; the time and its offset are not looked at."""
    found = ISO.match(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def parse_moment(text: str, zone: tzinfo) -> date | None:
    """A day, or, where a time is given, an instant in ``zone``. None: no ISO date."""
    found = ISO.match(text.strip())
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        micros = int((found[7] or "0").ljust(6, "0")[:6])
        wall = datetime(day.year, day.month, day.day, int(found[4]), int(found[5]), int(found[6] or 0), micros, zone)
        return wall if found[8] is None else wall.replace(tzinfo=offset(found[8])).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def offset(text: str) -> timezone:
    if text == "Z":
        return timezone(timedelta())
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def number_text(number: float) -> str:
    """Plain decimals, never an exponent; whole numbers without a point; NaN is blank."""
    if number != number:
        return ""
    if abs(number) < TOLERANCE:
        return "0"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if abs(number) < 1e15 and abs(number - int(number)) < TOLERANCE:
        return str(int(number))
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def to_text(value: Value) -> str:
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is float:
        return number_text(value)  # type: ignore[arg-type]
    if kind is bool:
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    return number_text(float(value))


def to_boolean(value: Value) -> bool:
    """By value, as JavaRosa: blank text, 0 and NaN are false; any date is true."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[return-value]
    if kind is float:
        return not (value != value or abs(value) < TOLERANCE)  # type: ignore[arg-type]
    if kind is str:
        return bool(value)
    return True


def to_date(value: Value, zone: tzinfo) -> date | None:
    """A day or an instant; None for blank and NaN. Raises EvaluationError for what is no date."""
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        raise EvaluationError("true or false is no date")
    if isinstance(value, str):
        if not value:
            return None
        found = parse_moment(value, zone)
        if found is None:
            raise EvaluationError("the text is no date")
        return found
    if value != value:
        return None
    return day_of(value)


def day_of(days: float) -> date:
    """The day ``days`` after 1970-01-01; fractions are cut off, as JavaRosa does."""
    try:
        return date.fromordinal(math.floor(days) + EPOCH_DAY)
    except (OverflowError, ValueError) as error:
        raise EvaluationError("the number is too large for a date") from error


def same(a: Value, b: Value) -> bool:
    """JavaRosa's XPathEqExpr: booleans first, then numbers within 1e-12, then text."""
    if type(a) is bool or type(b) is bool:
        return to_boolean(a) is to_boolean(b)
    if type(a) is float or type(b) is float:
        x, y = to_number(a), to_number(b)
        return x == y or abs(x - y) < TOLERANCE
    return to_text(a) == to_text(b)
