"""ISO 8601 durations and RFC 5545 recurrences, counted by the calendar, on days.

A study's offsets are days, weeks, months and years: the hour of day is the participant's. Months clip to the end of
the month (31 January + P1M = 28 February). A plain monthly or yearly recurrence clips as well (RFC 7529's
SKIP=BACKWARD): without it, whoever returned on a 31st would be asked in seven months of twelve.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final

import isodate
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

MOST_OCCURRENCES: Final = 400

_STEPS: Final = {"MONTHLY": relativedelta(months=1), "YEARLY": relativedelta(years=1)}
_TIMED: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")


def calendar_offset(text: str) -> relativedelta:
    """A signed duration of whole days, weeks, months, years. Raises ``ValueError`` with what is wrong."""
    parsed = _parsed(text)
    # isodate drops the fraction of a month without a word.
    if "T" in text or "." in text or "," in text:
        raise ValueError(f"{text!r} is not a whole number of days, weeks, months or years")
    if isinstance(parsed, timedelta):
        return relativedelta(days=parsed.days)
    return relativedelta(years=int(parsed.years), months=int(parsed.months), days=parsed.tdelta.days)


def exact_span(text: str) -> timedelta:
    """A positive duration of fixed length (days, weeks, hours, minutes). Raises ``ValueError`` with what is wrong."""
    parsed = _parsed(text)
    if not isinstance(parsed, timedelta):
        raise ValueError(f"{text!r} has no fixed length: months and years cannot be used here")  # noqa: TRY004
    if parsed <= timedelta(0):
        raise ValueError(f"{text!r} is not longer than zero")
    return parsed


def _parsed(text: str) -> timedelta | isodate.Duration:
    try:
        return isodate.parse_duration(text)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{text!r} is not an ISO 8601 duration") from error


def check_recurrence(rule: str) -> None:
    """Raises ``ValueError`` with what is wrong with ``rule``; an empty rule (once) is right."""
    if not rule:
        return
    parts = _parts(rule)
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise ValueError(f"{rule!r} has no FREQ of DAILY, WEEKLY, MONTHLY or YEARLY")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise ValueError(f"{rule!r} needs either COUNT or UNTIL: a study ends")
    if any(name in parts for name in _TIMED):
        raise ValueError(f"{rule!r} names an hour: the hour is the participant's own")
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}", parts["UNTIL"]):
        raise ValueError(f"{rule!r}: UNTIL is a day, YYYYMMDD")
    for name, most in (("COUNT", MOST_OCCURRENCES), ("INTERVAL", 99)):
        if name in parts and not (parts[name].isdecimal() and 1 <= int(parts[name]) <= most):
            raise ValueError(f"{rule!r}: {name} is a number from 1 to {most}")
    try:
        rrulestr(rule, dtstart=datetime(2027, 1, 31))  # noqa: DTZ001
    except (ValueError, TypeError) as error:
        raise ValueError(f"{rule!r} is not an RFC 5545 recurrence: {error}") from error


def occurrence_days(first: date, rule: str) -> tuple[date, ...]:
    """The days of a recurrence from its ``first`` day on; without a rule, the first day alone. UNTIL is included."""
    if not rule:
        return (first,)
    parts = _parts(rule)
    step = _STEPS.get(parts["FREQ"])
    if step and not any(name.startswith("BY") for name in parts):
        return _clipped(first, step * int(parts.get("INTERVAL", "1")), parts)
    moments = rrulestr(rule, dtstart=datetime.combine(first, time()))
    return tuple(moment.date() for moment in islice(moments, MOST_OCCURRENCES))


def _clipped(first: date, step: relativedelta, parts: dict[str, str]) -> tuple[date, ...]:
    count = min(int(parts.get("COUNT", MOST_OCCURRENCES)), MOST_OCCURRENCES)
    days = (first + step * turn for turn in range(count))
    until = datetime.strptime(parts["UNTIL"], "%Y%m%d").date() if "UNTIL" in parts else date.max  # noqa: DTZ007
    return tuple(found for found in days if found <= until)


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.removeprefix("RRULE:").upper().split(";"))
    return {name: value for name, _, value in pairs}
