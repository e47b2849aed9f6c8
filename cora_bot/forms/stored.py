"""A value as a node keeps it while a form is filled in, and as a record holds it."""

from __future__ import annotations

import math
from datetime import date, datetime, tzinfo

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.functions.dates import iso
from cora_bot.forms.expr.values import Value, parse_day, parse_moment, to_date, to_number, to_text

WHOLE = {"int", "integer"}


def typed(text: str, kind: str, zone: tzinfo) -> Value:
    """A canonical text as the value expressions see."""
    if not text:
        return ""
    if kind in WHOLE or kind == "decimal":
        number = to_number(text)
        return "" if number != number else number
    if kind == "date":
        return parse_day(text) or ""
    if kind == "dateTime":
        return parse_moment(text, zone) or ""
    return text


def stored_text(value: Value) -> str:
    """A value as a record holds it: booleans as 1 and 0, instants with time and offset, as Collect submits them."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return iso(value)
    return to_text(value)


def wrapped(value: Value, kind: str, context: Context) -> Value:
    """A calculation's result as its node keeps it. May raise EvaluationError."""
    if value == "" or value != value:
        return ""
    if kind in WHOLE:
        number = to_number(value)
        return float(math.trunc(number)) if math.isfinite(number) else ""
    if kind == "decimal":
        number = to_number(value)
        return "" if number != number else number
    if kind == "date":
        day = to_date(value, context.zone)
        return "" if day is None else date(day.year, day.month, day.day)
    return value


def same(a: Value, b: Value) -> bool:
    return type(a) is type(b) and a == b
