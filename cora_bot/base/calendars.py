"""Days, times and numbers as people read them: their calendar, their month names, their digits (ICU).

ICU here ignores ``tzinfo`` and reads the process's TZ, so it is only ever handed naive wall time, at a moment no zone
skips (noon for days, a winter day for clock times): the output is the same under any TZ. It formats only; it neither
parses nor computes. Where a language's calendar is not the Gregorian one, or its month names could be taken for
another calendar's, the Gregorian date follows in numbers: an appointment must not be misread.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final

from icu4py.messageformat import MessageFormat

from cora_bot.base.text import direction, isolate, latin_digits

# CLDR gives Gregorian months the names of the Ethiopian ones.
_MISREAD_MONTHS: Final = frozenset({"ti"})
_NO_SHIFT: Final = date(2001, 1, 15)


def day(value: date, language: str) -> str:
    """A day: ``3. Dezember 2026``, ``۱۲ قوس ۱۴۰۵ (2026-12-03)`` with the numbers isolated."""
    return _with_gregorian(_day(value, language), value, language)


def day_long(value: date, language: str) -> str:
    """A day with its weekday: ``Donnerstag, 3. Dezember 2026``, ``پنجشنبه، ۱۲ قوس ۱۴۰۵ (2026-12-03)``."""
    if direction(language) == "rtl":
        # ICU's own pattern for this falls back to a Latin comma and a reversed order in several of these languages.
        text = f"{_format('{v, date,EEEE}', language, _noon(value))}، {_day(value, language)}"
    else:
        text = _format("{v, date, ::yMMMMdEEEE}", language, _noon(value))
    return _with_gregorian(text, value, language)


def day_as_typed(value: date, language: str) -> str:
    """A day as somebody would type it, in numbers: ``3.12.2026``, ``۱۴۰۵/۹/۱۲``; what reads typed days reads this."""
    pattern = "{v, date,y/M/d}" if _other_calendar(language) else "{v, date,d.M.y}"
    return isolate(_format(pattern, language, _noon(value)))


def clock_time(at: datetime, language: str) -> str:
    """The time of day of a naive local moment, on the 24-hour clock, in the language's digits: ``17:05``, ``۱۷:۰۵``."""
    if at.tzinfo is not None:
        raise ValueError("clock_time takes naive local time")
    return _format("{v, date, ::Hm}", language, datetime.combine(_NO_SHIFT, time(at.hour, at.minute)))


def number(value: int | float | Decimal, language: str) -> str:
    """A number with the language's digits and separators. Not for years or codes: it groups thousands."""
    return _format("{v, number}", language, value)


def _day(value: date, language: str) -> str:
    # With its default pattern Pashto gets a Latin era ("AP"); day, month, year is the order in all these languages.
    pattern = "{v, date,d MMMM y}" if _other_calendar(language) else "{v, date, ::yMMMMd}"
    return _format(pattern, language, _noon(value))


def _with_gregorian(text: str, value: date, language: str) -> str:
    if _other_calendar(language) or _base(language) in _MISREAD_MONTHS:
        return f"{text} ({isolate(value.isoformat())})"
    return text


@lru_cache(maxsize=64)
def _other_calendar(language: str) -> bool:
    """Whether ICU counts this language's years otherwise than the Gregorian calendar."""
    return latin_digits(_format("{v, date,y}", language, datetime(2026, 7, 1, 12))).strip() != "2026"  # noqa: DTZ001


def _base(language: str) -> str:
    return language.replace("-", "_").split("_")[0]


def _noon(value: date) -> datetime:
    return datetime.combine(date(value.year, value.month, value.day), time(12))


@lru_cache(maxsize=512)
def _message(pattern: str, language: str) -> MessageFormat:
    return MessageFormat(pattern, language.replace("-", "_"))


def _format(pattern: str, language: str, value: datetime | int | float | Decimal) -> str:
    return str(_message(pattern, language).format({"v": value}))
