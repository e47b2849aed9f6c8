"""S-10 offsets and recurrences go by the calendar; S-11 nobody is skipped because a month has no 31st; S-12 a study
ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.study.durations import (
    MOST_OCCURRENCES,
    calendar_offset,
    check_recurrence,
    exact_span,
    occurrence_days,
)


@pytest.mark.parametrize(
    ("day", "offset", "expected"),
    [
        (date(2027, 1, 31), "P1M", date(2027, 2, 28)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2027, 3, 1), "-P3D", date(2027, 2, 26)),
        (date(2027, 3, 31), "-P1M", date(2027, 2, 28)),
        (date(2027, 1, 1), "P2W", date(2027, 1, 15)),
        (date(2027, 1, 31), "P1M1D", date(2027, 3, 1)),
        (date(2027, 1, 1), "P0D", date(2027, 1, 1)),
    ],
)
def test_calendar_offset_by_the_calendar(day: date, offset: str, expected: date) -> None:
    assert day + calendar_offset(offset) == expected


@pytest.mark.parametrize("text", ["", "P", "14D", "P1.5M", "PT12H", "P1DT1H", "P1,5Y", "one month"])
def test_calendar_offset_refuses_what_is_not_whole_days(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not"):
        calendar_offset(text)


def test_exact_span_has_a_fixed_length() -> None:
    assert exact_span("P2W") == timedelta(days=14)
    assert exact_span("P1DT6H") == timedelta(hours=30)
    for text in ("P1M", "P0D", "-P1D", "soon"):
        with pytest.raises(ValueError, match=r"has no fixed length|is not"):
            exact_span(text)


@pytest.mark.parametrize(
    ("first", "rule", "expected"),
    [
        (date(2027, 1, 5), "", ["2027-01-05"]),
        (date(2026, 12, 31), "FREQ=MONTHLY;COUNT=4", ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
        (date(2027, 11, 30), "FREQ=MONTHLY;INTERVAL=3;COUNT=3", ["2027-11-30", "2028-02-29", "2028-05-30"]),
        (date(2028, 2, 29), "FREQ=YEARLY;COUNT=3", ["2028-02-29", "2029-02-28", "2030-02-28"]),
        (date(2027, 1, 31), "FREQ=MONTHLY;UNTIL=20270331", ["2027-01-31", "2027-02-28", "2027-03-31"]),
        (date(2027, 1, 31), "FREQ=MONTHLY;UNTIL=20270330", ["2027-01-31", "2027-02-28"]),
        (date(2027, 1, 1), "FREQ=WEEKLY;UNTIL=20270115", ["2027-01-01", "2027-01-08", "2027-01-15"]),
        (date(2027, 1, 1), "RRULE:FREQ=DAILY;INTERVAL=10;COUNT=2", ["2027-01-01", "2027-01-11"]),
        (date(2027, 1, 1), "freq=weekly;byday=mo;count=2", ["2027-01-04", "2027-01-11"]),
        (date(2027, 1, 1), "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["2027-01-31", "2027-02-28"]),
        (date(2027, 1, 1), "FREQ=MONTHLY;UNTIL=20261231", []),
    ],
)
def test_occurrence_days_of_rules(first: date, rule: str, expected: list[str]) -> None:
    check_recurrence(rule)
    assert [day.isoformat() for day in occurrence_days(first, rule)] == expected


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 24))
def test_occurrence_days_monthly_never_skip_a_month(first: date, count: int) -> None:
    days = occurrence_days(first, f"FREQ=MONTHLY;COUNT={count}")
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[0] + count))


def test_occurrence_days_stop_somewhere() -> None:
    assert len(occurrence_days(date(2027, 1, 1), "FREQ=DAILY;UNTIL=20500101")) == MOST_OCCURRENCES
