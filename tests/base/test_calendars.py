"""T-10 people read days, times and numbers in their own calendar and digits; T-11 a calendar that is not the Gregorian
one is followed by the Gregorian date; T-12 the machine's time zone changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cora_bot.base import calendars

THIRD_OF_DECEMBER = date(2026, 12, 3)
ISO = "(\u20682026-12-03\u2069)"

PRINT_ALL = """
from datetime import date, datetime, timedelta
from cora_bot.base import calendars
for language in ("en", "de", "ar", "fa-AF", "sq", "ps", "ckb"):
    for step in range(0, 800, 7):
        day = date(2026, 1, 1) + timedelta(days=step)
        print(calendars.day(day, language), calendars.day_long(day, language))
    for minute in range(0, 1440, 30):
        at = datetime(2026, 3, 29) + timedelta(minutes=minute)
        print(calendars.clock_time(at, language))
"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "December 3, 2026"),
        ("de", "3. Dezember 2026"),
        ("ar", "3 ديسمبر 2026"),
        ("fa-AF", f"۱۲ قوس ۱۴۰۵ {ISO}"),
        ("fa-IR", f"۱۲ آذر ۱۴۰۵ {ISO}"),
        ("ps", f"۱۲ لیندۍ ۱۴۰۵ {ISO}"),
        ("sq", "3 dhjetor 2026"),
        ("ti", f"ታሕሳስ 3, 2026 {ISO}"),
    ],
)
def test_day_in_each_language(language: str, expected: str) -> None:
    assert calendars.day(THIRD_OF_DECEMBER, language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Thursday, December 3, 2026"),
        ("de", "Donnerstag, 3. Dezember 2026"),
        ("ar", "الخميس، 3 ديسمبر 2026"),
        ("fa-AF", f"پنجشنبه، ۱۲ قوس ۱۴۰۵ {ISO}"),
        ("sq", "e enjte, 3 dhjetor 2026"),
    ],
)
def test_day_long_names_the_weekday(language: str, expected: str) -> None:
    assert calendars.day_long(THIRD_OF_DECEMBER, language) == expected


@pytest.mark.parametrize(
    ("gregorian", "expected"),
    [
        (date(2025, 3, 20), "۳۰ حوت ۱۴۰۳"),  # 1403 is a leap year: its last month has 30 days
        (date(2025, 3, 21), "۱ حمل ۱۴۰۴"),
        (date(2026, 3, 20), "۲۹ حوت ۱۴۰۴"),
        (date(2026, 3, 21), "۱ حمل ۱۴۰۵"),
    ],
)
def test_day_round_the_solar_new_year(gregorian: date, expected: str) -> None:
    assert calendars.day(gregorian, "fa-AF").partition(" (")[0] == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "17:05"), ("de", "17:05"), ("ar", "17:05"), ("fa-AF", "۱۷:۰۵"), ("sq", "17:05")]
)
def test_clock_time_counts_to_24(language: str, expected: str) -> None:
    assert calendars.clock_time(datetime(2026, 12, 3, 17, 5), language) == expected


def test_clock_time_refuses_aware_time() -> None:
    with pytest.raises(ValueError, match="naive"):
        calendars.clock_time(datetime(2026, 12, 3, tzinfo=UTC), "en")


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (12, "fa-AF", "۱۲"),
        (12345, "fa-AF", "۱۲٬۳۴۵"),
        (2.5, "de", "2,5"),
        (Decimal("2.5"), "sq", "2,5"),
        (7, "ar", "7"),
    ],
)
def test_number_in_each_language(value: float | Decimal, language: str, expected: str) -> None:
    assert calendars.number(value, language) == expected


def test_output_is_the_same_under_any_zone() -> None:
    """Phoenix has no clock changes, Berlin skips 02:00-03:00 on 29 March 2026, Beirut skips a midnight."""
    zones = ("UTC", "America/Phoenix", "Europe/Berlin", "Asia/Beirut", "Pacific/Kiritimati")
    printed = {_printed_under(zone) for zone in zones}
    assert len(printed) == 1
    assert "۱۱ جدی ۱۴۰۴ (\u20682026-01-01\u2069) پنجشنبه،" in printed.pop()


def _printed_under(zone: str) -> str:
    environment = {**os.environ, "TZ": zone, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", PRINT_ALL], env=environment, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout


@pytest.mark.parametrize("language", ["en", "de", "ar", "fa-AF", "sq", "ps", "ckb"])
def test_day_as_typed_is_read_back(language: str) -> None:
    from cora_bot.forms.values import day as read

    wanted = date(2026, 12, 3)

    assert read(calendars.day_as_typed(wanted, language)) == wanted.isoformat()
