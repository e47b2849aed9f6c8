"""`cora simulate --trip`: a small trip across a change of clocks, and people who book, move, cancel and miss.

V-51 every reminder comes once, at the minute of the person's own day; nobody shares a seat; outcomes are the export's
V-52 what differs is named with the person and the minute, exit code 1
V-53 a workbook that cannot be simulated is refused with what to do, and leaves what lay there
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.simulate.meetings import expected
from bot.simulate.reminding import TripLived, held_against
from bot.simulate.respondent import Respondent
from cora_bot.base.values import replace
from cora_bot.study.model import QuietHours
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.workbook import as_workbook
from cora_bot.usecases.visits.listing import Time
from tests.bot.simulate.living import rows, simulate
from tests.cli.running import Said
from tests.support.trips import sheets

FIRST = date(2027, 3, 25)  # clocks change on the 28th in Tirana, and never in Kabul
PEOPLE = 10
QUIET = QuietHours(time(20), time(8))
pytestmark = [pytest.mark.xdist_group("simulate"), pytest.mark.timeout(300)]


def workbook(first: date = FIRST, *, until: str = "12:45") -> bytes:
    places = (
        ("place", "zone", "country", "city", "exact place"),
        ("tirana", "Europe/Tirane", "", "Tirana", "Rruga Shembull 1"),
        ("kabul", "Asia/Kabul", "", "Kabul", "Street 5"),
    )
    spoken = (("interviewer", "languages", "gender"), ("ANNA", "en de ar", ""), ("CYRUS", "en fa-AF sq", ""))
    days = [
        ((first + timedelta(days=number)).isoformat(), place, who, "09:00", until, "", "1")
        for place, who in (("tirana", "ANNA"), ("kabul", "CYRUS"))
        for number in range(5)
    ]
    about = sheets(days, alternatives="phone")
    return as_workbook(about | {"places": places, "interviewers": spoken, "travel": (("from", "to", "minutes"),)})


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Path]:
    folder = tmp_path_factory.mktemp("trip")
    (folder / "trip.xlsx").write_bytes(workbook())
    said = simulate(folder / "lived", "--trip", folder / "trip.xlsx", "--people", PEOPLE, "--seed", 3)
    return said, folder / "lived"


def test_people_book_and_what_the_phones_show_is_what_was_exported(lived: tuple[Said, Path]) -> None:
    said, folder = lived
    assert (said.code, [line for line in said.out.splitlines() if "DIFFERENCE" in line]) == (0, []), said.err
    trip = json.loads((folder / "summary.json").read_text())["trip"]
    visits = rows(folder / "export" / "visits.csv")
    assert sum(trip["outcomes"].values()) == trip["invited"] == len(visits)
    assert {"met", "refused"} <= trip["outcomes"].keys()
    assert trip["bookings"] > trip["outcomes"]["met"] > 1  # somebody moved, missed or cancelled
    assert f"{trip['invited']} people were invited and booked {trip['bookings']} times" in said.out
    starts = [row["starts"] for row in visits if row["starts"]]
    assert all(FIRST <= datetime.fromisoformat(each).date() <= FIRST + timedelta(days=4) for each in starts)


def test_reminders_came_at_their_minute_before_and_after_the_clocks_changed(lived: tuple[Said, Path]) -> None:
    folder = lived[1]
    trip = json.loads((folder / "summary.json").read_text())["trip"]
    assert trip["reminders_at_their_minute"] > trip["withheld"]
    told = [row for row in rows(folder / "ledger.csv") if row["reason"].startswith("visit:")]
    assert {"visit:offer", "visit:week", "visit:day"} <= {row["reason"] for row in told}
    assert [row["local"] for row in told if not "08:00" <= row["local"] < "20:00"] == []


@pytest.fixture
def meeting() -> Slot:
    """Monday the 29th at nine in Tirana, which is summer time: 07:00 UTC."""
    starts = datetime(2027, 3, 29, 7, tzinfo=UTC)
    ends = starts + timedelta(hours=1)
    return Slot("ANNA", "tirana", starts, ends, 1, ("en",), starts, ends)


def test_messages_are_expected_by_the_wall_clock_and_not_at_night(meeting: Slot) -> None:
    zone = "Europe/Tirane"
    assert expected(meeting, QUIET, zone=zone, hour=11) == [
        ("visit:week", datetime(2027, 3, 22, 8, tzinfo=UTC)),  # nine o'clock in winter time
        ("visit:day", datetime(2027, 3, 28, 7, tzinfo=UTC)),
        ("visit:hours", datetime(2027, 3, 28, 17, 55, tzinfo=UTC)),  # 07:00 is night: the evening before
        ("visit:after", datetime(2027, 3, 30, 9, tzinfo=UTC)),
    ]
    late = replace(meeting, starts=meeting.starts + timedelta(hours=5), ends=meeting.ends + timedelta(hours=5))
    assert expected(late, QUIET, zone=zone, hour=11)[2] == ("visit:hours", datetime(2027, 3, 29, 10, tzinfo=UTC))


# ---- what is wrong is named ------------------------------------------------------------------------------------------


def test_a_reminder_at_another_minute_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The people expect their messages a minute later than the bot sends them."""

    def later(slot: Slot, quiet: QuietHours, *, zone: str, hour: int) -> list[tuple[str, datetime]]:
        return [(reason, at + timedelta(minutes=1)) for reason, at in expected(slot, quiet, zone=zone, hour=hour)]

    monkeypatch.setattr("bot.simulate.reminding.expected", later)
    said = simulate(tmp_path / "lived", "--trip", _trip(tmp_path, workbook()), "--people", 1, "--seed", 3)
    named = [line for line in said.out.splitlines() if line.startswith("DIFFERENCE: ")]
    assert said.code == 1
    assert [line for line in named if "was to be written to at" in line and "(visit:week)" in line]
    assert [line for line in named if "was written to at" in line]


def test_two_people_with_one_seat_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both remember the time of the first."""

    def confused(people: Sequence[Respondent], times: Sequence[Time], export: Path, *, invited: int) -> TripLived:
        held = [one.guest.current for one in people if one.guest is not None and one.guest.current is not None]
        for each in held:
            each.slot = held[0].slot
        return held_against(people, times, export, invited=invited)

    monkeypatch.setattr("bot.simulate.staging.held_against", confused)
    said = simulate(tmp_path / "lived", "--trip", _trip(tmp_path, workbook()), "--people", 2, "--seed", 3)
    assert said.code == 1
    assert [line for line in said.out.splitlines() if line.endswith("Amal, Besnik have 1 seats")]
    assert [line for line in said.out.splitlines() if "remember it, the server has" in line]


def _trip(folder: Path, source: bytes) -> Path:
    (folder / "trip.xlsx").write_bytes(source)
    return folder / "trip.xlsx"


def _refused(said: Said, words: Sequence[str]) -> None:
    assert said.code == 1
    assert [each for each in words if each not in said.err] == []


def test_a_trip_that_cannot_be_simulated_is_refused_with_what_to_do(tmp_path: Path) -> None:
    lived = tmp_path / "lived"
    trip = _trip(tmp_path, workbook())
    _refused(simulate(lived, "--trip", trip, "--days", 20), ["not over by then", "--days"])
    _refused(
        simulate(lived, "--trip", trip, "--people", 2, "--begin", "2027-03-20"),
        ["before everybody has joined", "--begin"],
    )
    _refused(simulate(lived, "--trip", _trip(tmp_path, b"no workbook")), ["trip.xlsx"])
    _refused(simulate(lived, "--trip", _trip(tmp_path, workbook(until="08:00"))), ["trip.xlsx", "days"])
