"""V-01 the template is a trip in order · V-02 whatever is wrong in a workbook is named with sheet and row, in one run
V-03 what Excel makes of days and times is read as it was meant · V-04 what is no workbook is refused."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time

import pytest
from openpyxl import load_workbook

from cora_bot.base.problems import Problem, Severity
from cora_bot.study.visits.plan import lay_out
from cora_bot.study.visits.reader import check_against, read_trip
from cora_bot.study.visits.trip import Gender, Trip, Way
from cora_bot.study.visits.workbook import as_workbook, read_rows, template
from tests.support.house import STUDY, script_of
from tests.support.trips import sheets, standard

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FIRST = date(2026, 12, 21)


def read(source: bytes) -> tuple[Trip | None, list[Problem]]:
    rows, problems = read_rows(source, file="trip.xlsx")
    return (None, problems) if problems else read_trip(rows, file="trip.xlsx")


def found(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(each.code, each.sheet, each.row) for each in problems]


def test_template_is_in_order() -> None:
    trip, problems = read(template())

    assert trip is not None
    slots, wrong = lay_out(trip, NOW)
    assert (problems, wrong) == ([], [])
    assert trip.rules.ways == (Way.PHONE, Way.VIDEO, Way.HOME)
    assert trip.place("tirana").city("ar") == "تيرانا"
    assert trip.place("tirana").city("sq") == "Tirana"
    assert [each.gender for each in trip.interviewers] == [Gender.WOMAN, Gender.MAN]
    assert len(slots) == 9


@pytest.mark.parametrize(
    ("sheet", "row", "cells", "code"),
    [
        ("trip", 2, ("id", "Spring 2027"), "visit.id"),
        ("trip", 4, ("length", "an hour"), "visit.number"),
        ("trip", 4, ("length", "62"), "visit.step"),
        ("trip", 5, ("buffer", "-5"), "visit.number"),
        ("trip", 9, ("alternatives", "phone, pigeon"), "visit.alternative"),
        ("trip", 9, ("colour", "blue"), "visit.setting"),
        ("trip", 9, ("title", "again"), "visit.twice"),
        ("trip", 11, ("zones", "Europe/Atlantis"), "visit.zone"),
        ("places", 2, ("tirana", "Europe/Atlantis", "AL", "Tirana", "", "Street 1", ""), "visit.zone"),
        ("places", 2, ("tirana", "Europe/Tirane", "AL", "", "", "Street 1", ""), "visit.empty"),
        ("places", 2, ("tirana", "Europe/Tirane", "AL", "Tirana", "", "Street 1", "91, 0"), "visit.pin"),
        ("places", 3, ("tirana", "Europe/Tirane", "AL", "Tirana", "", "Street 1", ""), "visit.twice"),
        ("interviewers", 2, ("ANNA", "", "woman"), "visit.languages"),
        ("interviewers", 2, ("ANNA", "sq", "lady"), "visit.gender"),
        ("days", 2, ("21.12.2026", "tirana", "ANNA", "09:00", "13:00", "", "1"), "visit.day"),
        ("days", 2, ("2026-12-21", "atlantis", "ANNA", "09:00", "13:00", "", "1"), "visit.place"),
        ("days", 2, ("2026-12-21", "tirana", "NOBODY", "09:00", "13:00", "", "1"), "visit.interviewer"),
        ("days", 2, ("2026-12-21", "tirana", "ANNA", "nine", "13:00", "", "1"), "visit.time"),
        ("days", 2, ("2026-12-21", "tirana", "ANNA", "09:01", "13:00", "", "1"), "visit.step"),
        ("days", 2, ("2026-12-21", "tirana", "ANNA", "09:00", "13:00", "", "0"), "visit.capacity"),
        ("travel", 2, ("tirana", "atlantis", "60"), "visit.to"),
        ("travel", 2, ("tirana", "shkodra", "far"), "visit.minutes"),
    ],
)
def test_mistake_is_named_with_its_row(sheet: str, row: int, cells: tuple[str, ...], code: str) -> None:
    book = sheets(standard(FIRST))
    rows = list(book[sheet])
    rows[row - 1] = cells
    trip, problems = read(as_workbook(book | {sheet: tuple(rows)}))

    assert trip is None
    assert (code, sheet, row) in found(problems)
    assert all(each.hint for each in problems)


def test_all_mistakes_come_in_one_run() -> None:
    days = [("never", "tirana", "ANNA", "09:00", "13:00", "", "1"), ("2026-12-21", "x", "y", "09:00", "z", "", "1")]
    _, problems = read(as_workbook(sheets(days, length="1", id="")))

    assert {each.code for each in problems} == {
        "visit.id", "visit.number", "visit.day", "visit.place", "visit.interviewer", "visit.time",
    }  # fmt: skip


def test_cells_that_excel_made_days_and_times_of_are_read() -> None:
    book = load_workbook(io.BytesIO(as_workbook(sheets(standard(FIRST)))))
    book["days"]["A2"], book["days"]["D2"] = datetime(2026, 12, 21), time(9, 0)
    book["days"]["G2"], book["trip"]["B4"] = 1.0, 60
    packed = io.BytesIO()
    book.save(packed)
    trip, problems = read(packed.getvalue())

    assert problems == []
    assert trip is not None
    assert (trip.shifts[0].begins, trip.rules.length) == (datetime(2026, 12, 21, 9), 60)


@pytest.mark.parametrize("source", [b"", b"PK\x03\x04 not really", b"x" * 3_000_000], ids=["empty", "damaged", "large"])
def test_what_is_no_workbook_is_refused(source: bytes) -> None:
    _, problems = read(source)

    assert [each.code for each in problems] in (["visit.unreadable"], ["visit.too-large"])


def test_missing_sheet_is_named() -> None:
    book = sheets(standard(FIRST))
    del book["days"]
    _, problems = read(as_workbook(book))

    assert found(problems) == [("visit.no-sheet", "days", None)]


def test_what_the_study_does_not_know_is_named() -> None:
    trip, _ = read(as_workbook(sheets(standard(FIRST), countries="AL XX", waves="never", languages="sq eo")))
    assert trip is not None
    problems = check_against(trip, script_of(STUDY).study)

    assert {(each.code, each.severity) for each in problems} == {
        ("visit.country", Severity.ERROR), ("visit.wave", Severity.ERROR), ("visit.language", Severity.ERROR),
        ("visit.unspoken", Severity.WARNING),
    }  # fmt: skip
