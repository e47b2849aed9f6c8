"""V-05 times follow length and pause, whatever the clocks do · V-06 overlap, no way, no pause, inverted, past, a time
that does not exist or happens twice: each is named with its row · V-07 no two times of an interviewer share a cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.study.visits.plan import cells, lay_out
from cora_bot.study.visits.reader import read_trip
from cora_bot.study.visits.trip import Slot, Trip
from cora_bot.study.visits.workbook import as_workbook, read_rows
from tests.support.trips import sheets

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TIRANA = ZoneInfo("Europe/Tirane")


def trip(*days: tuple[str, ...], **settings: str) -> Trip:
    rows, _ = read_rows(as_workbook(sheets(list(days), **settings)))
    found, problems = read_trip(rows)
    assert found is not None, problems
    return found


def day(on: str, begins: str, ends: str, place: str = "tirana", who: str = "ANNA") -> tuple[str, ...]:
    return (on, place, who, begins, ends, "", "1")


def local(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts.astimezone(TIRANA):%d %H:%M}" for slot in slots]


def test_times_follow_length_and_pause() -> None:
    slots, problems = lay_out(trip(day("2026-12-21", "09:00", "12:30")), NOW)

    assert problems == []
    assert local(slots) == ["21 09:00", "21 10:15", "21 11:30"]
    assert {slot.ends - slot.starts for slot in slots} == {timedelta(hours=1)}


def test_day_of_a_clock_change_keeps_its_wall_times() -> None:
    """28 March 2027: clocks go forward at 2; the trip's morning is as it says."""
    slots, problems = lay_out(trip(day("2027-03-27", "09:00", "11:15"), day("2027-03-28", "09:00", "11:15")), NOW)

    assert problems == []
    assert local(slots) == ["27 09:00", "27 10:15", "28 09:00", "28 10:15"]
    assert [slot.starts.hour for slot in slots] == [8, 9, 7, 8]


@pytest.mark.parametrize(
    ("days", "code", "row"),
    [
        ([day("2026-12-21", "13:00", "09:00")], "visit.inverted", 2),
        ([day("2026-12-21", "09:00", "09:00")], "visit.inverted", 2),
        ([day("2026-11-21", "09:00", "12:00")], "visit.past", 2),
        ([day("2026-12-21", "09:00", "09:45")], "visit.no-slot", 2),
        ([day("2027-03-28", "02:30", "06:00")], "visit.clock-change", 2),
        ([day("2027-10-31", "02:30", "06:00")], "visit.clock-change", 2),
        ([day("2027-10-31", "00:00", "06:00")], "visit.clock-change", 2),
        ([day("2026-12-21", "09:00", "12:00"), day("2026-12-21", "11:00", "14:00")], "visit.overlap", 3),
        ([day("2026-12-21", "09:00", "12:00"), day("2026-12-21", "11:00", "14:00", "shkodra")], "visit.overlap", 3),
        ([day("2026-12-21", "09:00", "12:30"), day("2026-12-21", "12:30", "14:00")], "visit.no-pause", 3),
        ([day("2026-12-21", "09:00", "12:30"), day("2026-12-21", "14:00", "16:00", "shkodra")], "visit.no-pause", 3),
        ([day("2026-12-21", "09:00", "12:30"), day("2026-12-21", "15:00", "17:00", "kabul")], "visit.overlap", 3),
        ([day("2026-12-21", "09:00", "12:30"), day("2026-12-21", "18:00", "20:00", "baghdad")], "visit.travel", 3),
    ],
)  # fmt: skip
def test_impossible_day_is_named_with_its_row(days: list[tuple[str, ...]], code: str, row: int) -> None:
    _, problems = lay_out(trip(*days), NOW)

    assert [(each.code, each.sheet, each.row) for each in problems] == [(code, "days", row)]


def test_way_between_two_places_is_held_free() -> None:
    slots, problems = lay_out(
        trip(day("2026-12-21", "09:00", "12:30"), day("2026-12-21", "15:00", "17:15", "shkodra")), NOW
    )

    assert problems == []
    first = next(slot for slot in slots if slot.place == "shkodra")
    assert first.starts - first.held_from == timedelta(minutes=120)


def test_two_interviewers_may_be_at_one_place() -> None:
    _, problems = lay_out(
        trip(day("2026-12-21", "09:00", "12:00"), day("2026-12-21", "09:00", "12:00", who="BEN")), NOW
    )

    assert problems == []


SHIFTS = st.lists(
    st.tuples(st.integers(1, 28), st.integers(0, 240), st.integers(1, 40), st.sampled_from(["tirana", "shkodra"])),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(length=st.integers(3, 24), buffer=st.integers(0, 12), shifts=SHIFTS)
def test_no_cell_is_taken_twice(length: int, buffer: int, shifts: list[tuple[int, int, int, str]]) -> None:
    """Whatever passes the checks, the store's constraint takes as well."""
    days = []
    for on, begins, lasts, place in shifts:
        starts = datetime(2027, 3, on) + timedelta(minutes=5 * begins)
        ends = starts + timedelta(minutes=5 * lasts)
        if ends.date() == starts.date():
            days.append(day(f"2027-03-{on:02}", f"{starts:%H:%M}", f"{ends:%H:%M}", place))
    if not days:
        return
    slots, problems = lay_out(trip(*days, length=str(5 * length), buffer=str(5 * buffer)), NOW)
    if problems:
        return
    taken = [cell for slot in slots for cell in cells(slot)]

    assert len(taken) == len(set(taken))
    assert all(one.held_until <= other.held_from for one, other in pairwise(slots))
