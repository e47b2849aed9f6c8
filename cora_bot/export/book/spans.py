"""Durations and recurrences of study.toml in words: ``P14D`` as "14 days", ``FREQ=MONTHLY;COUNT=5`` as "5 times …"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from cora_bot.export.book.words import Words
from cora_bot.study.durations import calendar_offset
from cora_bot.study.model import Anchor, Wave

_EVERY: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def offset(wave: Wave, words: Words) -> str:
    """When a wave begins, counted from its anchor."""
    text = wave.offset
    what = "the day of return" if wave.anchor is Anchor.RETURN_DATE else "enrolment"
    if not calendar_offset(text):
        return words(f"on {what}")
    side = "before" if text.startswith("-") else "after"
    return words(f"{{span}} {side} {what}", span=calendar(text, words))


def calendar(text: str, words: Words) -> str:
    """A duration of the calendar, without its sign."""
    found = calendar_offset(text)
    counts = {"year": found.years, "month": found.months, "day": found.days}
    return ", ".join(words.counted(abs(count), unit) for unit, count in counts.items() if count) or words.counted(
        0, "day"
    )


def exact(span: timedelta, words: Words) -> str:
    return ", ".join(_parts(span, words))


def _parts(span: timedelta, words: Words) -> Iterator[str]:
    hours, minutes = divmod(span.seconds // 60, 60)
    for unit, count in (("day", span.days), ("hour", hours), ("minute", minutes)):
        if count:
            yield words.counted(count, unit)


def recurrence(rule: str, words: Words) -> str:
    """In words where the rule is a plain one; else as it is written."""
    if not rule:
        return words("once")
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").upper().split(";"))
    plain = set(parts) <= {"FREQ", "COUNT", "INTERVAL"} and "COUNT" in parts
    if not plain or parts["FREQ"] not in _EVERY:
        return rule
    every = words.counted(int(parts.get("INTERVAL", "1")), _EVERY[parts["FREQ"]])
    return words("{count} times, every {span}", count=parts["COUNT"], span=every)
