"""VI-73 Field visits are counted by trip beside the waves, each once under its outcome, from visits.csv alone.
VI-74 RR1 is AAPOR's and ``kept`` those who met of those who booked, over trips that were over; else there is no rate.
VI-75 The table, the account's note and what is printed say the same.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cora_bot.base.values import replace
from cora_bot.export.bundle_facts import VisitFact
from cora_bot.export.response import HEADER, rows
from cora_bot.export.trip_response import (
    COLUMNS,
    EVERY_TRIP,
    TripResponse,
    as_text,
    in_a_line,
    trip_responses,
)
from cora_bot.export.visits import AAPOR, UPCOMING
from tests.export.bundles import OTHER_CASE, Draft, visit
from tests.export.test_visits import export, with_visits

AT = datetime(2027, 4, 10, tzinfo=UTC)
OVER, RUNNING = "2027-04-09T15:00:00Z", "2027-04-12T15:00:00Z"
MET = VisitFact(
    visit="V-7Q2K",
    code="K7F-2QX",
    trip="spring",
    outcome="met",
    way="in_person",
    starts="2027-04-07T07:00:00Z",
    moves=1,
    misses=0,
    sent=3,
    opened=True,
    booked=True,
    closes=OVER,
)
UNREACHABLE = replace(MET, outcome="unreachable", starts="", moves=0, sent=0, opened=False, booked=False)
EVERY_COURSE = [
    MET,
    replace(MET, moves=0),
    replace(MET, outcome="refused", starts="", moves=0),  # booked, and then not
    replace(UNREACHABLE, outcome="refused", opened=True, sent=1),
    replace(MET, outcome="missed", starts="", moves=0, misses=2),
    UNREACHABLE,
    replace(UNREACHABLE, sent=2),
    replace(UNREACHABLE, outcome="no_answer", opened=True, sent=2),
    replace(MET, outcome="cancelled", starts="", moves=0),
    replace(MET, outcome="moved"),
    replace(MET, outcome="booked", moves=0),
    replace(UNREACHABLE, outcome="asked", opened=True, sent=1),
    replace(UNREACHABLE, outcome="waiting", opened=True, sent=1),
    replace(UNREACHABLE, outcome="invited", sent=1),
    replace(MET, outcome="postponed", moves=0),  # newer than this program
]


def of(*facts: VisitFact) -> TripResponse:
    one, every = trip_responses(facts, at=AT)
    assert (one.trip, every) == ("spring", replace(one, trip=EVERY_TRIP))
    return one


def cells(*facts: VisitFact) -> dict[str, str]:
    header, row = rows([], [of(*facts)])
    return {name: cell for name, cell in zip(header, row, strict=True) if cell}


def test_row_counts_every_course() -> None:
    assert cells(*EVERY_COURSE) == {
        "planned": "15",
        "invited": "14",
        "opened": "12",
        "closed": "15",
        "rr1": "0.1333",
        "trip": "spring",
        "visit_met": "2",
        "visit_refused": "2",
        "visit_missed": "1",
        "visit_unreachable": "2",
        "visit_no_answer": "1",
        "visit_cancelled": "1",
        "visit_moved": "1",
        "visit_booked": "1",
        "visit_asked": "1",
        "visit_waiting": "1",
        "visit_invited": "1",
        "visit_unknown": "1",
        "visit_booked_once": "8",
        "visit_moved_once": "2",
        "visit_missed_once": "1",
        "closed_booked_once": "8",
        "closed_met": "2",
        "kept": "0.2500",
    }


def test_outcomes_add_up_to_what_was_offered() -> None:
    one = of(*EVERY_COURSE)
    assert {fact.outcome for fact in EVERY_COURSE} > AAPOR.keys()
    assert (one.outcomes.total(), one.closed.total()) == (one.offered, one.offered)
    assert len(set(HEADER)) == len(HEADER)


@pytest.mark.parametrize("under_way", sorted({*UPCOMING, "asked", "waiting", "invited"}))
def test_what_is_under_way_when_the_trip_is_over_stands_below_the_line(under_way: str) -> None:
    assert of(MET, replace(MET, outcome=under_way)).rr1 == "0.5000"


def test_rate_counts_no_trip_that_is_not_over() -> None:
    running = replace(MET, closes=RUNNING)
    assert (of(running, running).rr1, of(running).kept) == ("", "")
    assert of(replace(MET, closes="2027-04-10T02:00:00+02:00")).rr1 == "1.0000"
    assert of(replace(MET, closes="2027-04-10T00:00:01Z")).rr1 == ""


def test_nobody_booked_leaves_nothing_that_could_be_kept() -> None:
    assert (of(UNREACHABLE).rr1, of(UNREACHABLE).kept) == ("0.0000", "")


def test_trips_stand_by_name_and_all_together_last() -> None:
    autumn = replace(UNREACHABLE, trip="autumn", closes=RUNNING)
    found = trip_responses([MET, autumn, autumn], at=AT)
    assert [(one.trip, one.offered, one.rr1) for one in found] == [
        ("autumn", 2, ""),
        ("spring", 1, "1.0000"),
        (EVERY_TRIP, 3, "1.0000"),
    ]


def test_text_leaves_out_outcomes_nobody_had() -> None:
    found = trip_responses([MET, replace(MET, outcome="refused", moves=0), UNREACHABLE], at=AT)
    assert as_text(found).splitlines() == [
        "trip    offered  invited  opened  booked once  met  refused  missed  unreachable    RR1   kept",
        "spring        3        2       2            2    1        1       0            1  33.3%  50.0%",
        "(all)         3        2       2            2    1        1       0            1  33.3%  50.0%",
    ]
    assert as_text(trip_responses([replace(MET, closes=RUNNING)], at=AT)).splitlines()[1].split()[-2:] == ["-", "-"]
    assert as_text([]) == ""


def test_text_shows_no_control_characters_of_a_forged_bundle() -> None:
    assert as_text(trip_responses([replace(MET, trip="\x1b[2J")], at=AT)).splitlines()[1].split()[0] == "\ufffd[2J"


def every_outcome() -> Draft:
    """A bundle with each outcome on one trip, and a second trip."""
    outcomes = [visit(f"V-{place:04}", outcome=outcome) for place, outcome in enumerate([*AAPOR, "postponed"])]
    return with_visits(*outcomes, visit("V-AAAA", "M3A-9ZW", trip="autumn", outcome="refused"))


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "out" / name).read_text(encoding="utf-8-sig"))))


def test_table_the_account_and_the_visits_say_the_same(tmp_path: Path) -> None:
    account = export(tmp_path, every_outcome())
    visits = table(tmp_path, "visits.csv")
    trips = [row for row in table(tmp_path, "response.csv") if row["trip"]]
    assert [(row["trip"], row["wave"], row["planned"]) for row in trips] == [
        ("autumn", "", "1"),
        ("spring", "", "12"),
        (EVERY_TRIP, "", "13"),
    ]
    for row in trips:
        counted = Counter(each["outcome"] for each in visits if row["trip"] in (each["trip"], EVERY_TRIP))
        assert {name: int(row[f"visit_{name}"]) for name in AAPOR} == {name: counted[name] for name in AAPOR}
        assert int(row["visit_unknown"]) == counted["postponed"]
    assert [note for note in account.notes if note.startswith("visits: ")] == list(in_a_line(account.trips))
    assert list(in_a_line(account.trips)) == [
        "visits: 1 met, 2 refused, 1 missed, 1 unreachable, 1 no_answer, 1 cancelled, 1 moved, 1 booked, 1 asked, "
        "1 waiting, 1 invited, 1 unknown"
    ]


def test_erased_person_is_in_no_figure(tmp_path: Path) -> None:
    bundle = every_outcome()
    bundle.manifest = {"erased": [OTHER_CASE]}
    account = export(tmp_path, bundle)
    assert [one.trip for one in account.trips] == ["spring", EVERY_TRIP]


def test_without_visits_the_table_has_waves_alone(tmp_path: Path) -> None:
    account = export(tmp_path, with_visits())
    assert {row["trip"] for row in table(tmp_path, "response.csv")} == {""}
    assert (account.trips, list(in_a_line(account.trips))) == ((), [])


def test_codebook_explains_every_column_of_a_trip(tmp_path: Path) -> None:
    export(tmp_path, every_outcome())
    text = (tmp_path / "out" / "codebook.md").read_text(encoding="utf-8")
    section = text.partition("## Response in response.csv")[2].partition("\n## ")[0]
    outcomes = {f"visit_{name}" for name in (*AAPOR, "unknown")}
    assert [column for column in COLUMNS if column not in outcomes and f"`{column}" not in section] == []
    assert "`visit_met` to `visit_unknown`" in section
