"""CL-60 A trip goes from template to invitations at the terminal, and what is wrong is named with sheet and row.
CL-61 A dry run sends nothing. CL-62 What the team does is said in one sentence, and refused in one.
CL-63 From the day sheet to the export: what is typed from one line joins its case, from two lines nothing is sealed;
the figures of the trip are those of the server."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from cora_bot.cli.open_house import open_house
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.settings import read_settings
from cora_bot.study.visits.on_paper import on_paper
from tests.cli.running import Said, cora
from tests.cli.server import Server, set_up, stand_at
from tests.support.trips import FILES, shown, standard, workbook
from tests.usecases.visits.guests import everything_due, guest

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FIRST = date(2027, 1, 5)
UNTIL = date(2026, 12, 31)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    stand_at(made, NOW)
    return made


def visits(server: Server, *arguments: object) -> Said:
    return cora("visits", *arguments, settings=server.settings)


def book(tmp_path: Path, first: date = FIRST, **settings: str) -> Path:
    path = tmp_path / "trip.xlsx"
    path.write_bytes(workbook(standard(first), **settings))
    return path


def joins(server: Server, address: int, code: str = "K7F-2QX") -> None:
    async def act() -> None:
        async with open_house(read_settings(server.settings)) as house:
            await guest(house, address, code=code)

    asyncio.run(act())


def time_passes(server: Server) -> list[str]:
    async def act() -> list[str]:
        async with open_house(read_settings(server.settings)) as house:
            return await everything_due(house)

    return asyncio.run(act())


def test_template_is_written_once(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "new.xlsx"
    first, second, third = (visits(server, "template", each) for each in (path, path, tmp_path / "trip.ods"))

    assert (first.code, second.code, third.code) == (0, 1, 1)
    assert "exists already" in second.err


def test_check_names_what_is_wrong(tmp_path: Path, server: Server) -> None:
    good = visits(server, "check", book(tmp_path))
    bad = visits(server, "check", book(tmp_path, date(2020, 1, 6), countries="XX"))

    assert (good.code, good.out) == (0, "spring: 13 times with 13 seats, on 5 days\n")
    assert bad.code == 1
    assert "trip.xlsx, sheet days, row 2: this day has begun already or is over" in bad.err
    assert "the study has no country “XX”" in bad.err


def test_files_beside_the_workbook_are_looked_at_and_stored(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "trip.xlsx"
    path.write_bytes(shown(standard(FIRST)))
    bare = [visits(server, command, path) for command in ("check", "plan")]
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    whole = [visits(server, command, path) for command in ("check", "plan")]
    (tmp_path / "way.ogg").write_bytes(b"OggS" + bytes(6_000_000))
    large = visits(server, "check", path)

    said = "tirana: picture door.png (all), voice way.ogg (all others), voice way-ar.ogg (ar)"
    assert [each.code for each in (*bare, *whole, large)] == [1, 1, 0, 0, 1]
    assert "trip.xlsx, sheet places, row 2: the picture “door.png” is not there" in bare[0].err
    assert [said in each.out for each in whole] == [True, True]
    assert "the voice “way.ogg” has more than 5 MB" in large.err


def test_trip_is_planned_offered_and_listed(tmp_path: Path, server: Server) -> None:
    path = book(tmp_path)
    assert visits(server, "plan", path).out.splitlines()[-1] == "13 times added, 0 kept, 0 taken away"
    assert visits(server, "plan", path).out.splitlines()[-1] == "0 times added, 13 kept, 0 taken away"
    joins(server, 900)
    dry = visits(server, "offer", "spring", "--until", UNTIL)
    sent_then = time_passes(server)
    done = visits(server, "offer", "spring", "--until", UNTIL, "--send")
    code = dry.out.splitlines()[0]
    listed = visits(server, "list", "spring", "--csv").out.splitlines()

    assert dry.out.splitlines()[-1] == ("1 people would be invited; nothing was sent (--send does); 13 seats are free")
    assert (sent_then, len(time_passes(server))) == ([], 1)
    assert done.out.splitlines()[-1] == "1 people are invited; 13 seats are free"
    number = listed[1].split(",")[1]
    assert (len(number), number) == (9, on_paper(number[:6], code))
    assert listed[1].startswith(f"{code},V-")
    assert listed[1].endswith(",invited,,,,in_person,en,,,0")
    assert visits(server, "list").out.splitlines()[1].split() == ["spring", "Spring", "1", "0"]


def test_team_arranges_by_code(tmp_path: Path, server: Server) -> None:
    visits(server, "plan", book(tmp_path))
    joins(server, 900)
    code = visits(server, "offer", "spring", "--until", UNTIL, "--send").out.splitlines()[0]
    shown = visits(server, "show", "spring").out.splitlines()
    time = next(line.split()[0] for line in shown if " ANNA " in line)
    moved = visits(server, "move", code, time)
    taken = visits(server, "show", "spring", "--csv").out.splitlines()
    again = visits(server, "move", code, time)
    early = visits(server, "done", code)
    off = visits(server, "ill", "spring", "ANNA", FIRST)
    none = visits(server, "cancel", code)

    assert (moved.code, moved.out) == (0, f"{code}: time {time} is booked, and the person is told\n")
    assert [line for line in taken if line.endswith(f",1,{code}")] != []
    assert (again.code, early.code, none.code) == (1, 1, 1)
    assert "has no free seat" in again.err
    assert off.out == f"ANNA, {FIRST}: called off; 1 people are told and offered another time\n"
    assert "no meeting to come" in none.err


def booked(tmp_path: Path, server: Server) -> str:
    """Somebody who has booked Anna's first time."""
    visits(server, "plan", book(tmp_path))
    joins(server, 900)
    code = visits(server, "offer", "spring", "--until", UNTIL, "--send").out.splitlines()[0]
    shown = visits(server, "show", "spring").out.splitlines()
    visits(server, "move", code, next(line.split()[0] for line in shown if " ANNA " in line))
    return code


def events(text: str) -> list[Any]:
    """As another program reads them."""
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_interviewer_gets_sheets_and_a_calendar(tmp_path: Path, server: Server) -> None:
    code = booked(tmp_path, server)
    sheets = visits(server, "sheets", "spring", "--to", tmp_path / "paper", "--lang", "de")
    none = visits(server, "sheets", "spring", "--to", tmp_path / "other", "--day", FIRST + timedelta(days=1))
    feed = visits(server, "feed", "spring", "--to", tmp_path / "calendar")
    again = visits(server, "feed", "spring", "--to", tmp_path / "calendar")
    visits(server, "cancel", code)
    off = visits(server, "feed", "spring", "--to", tmp_path / "off")
    calendar = (tmp_path / "calendar" / "ANNA.ics").read_text(encoding="utf-8")
    (event,) = events(calendar)
    (gone,) = events((tmp_path / "off" / "cancelled.ics").read_text(encoding="utf-8"))
    page = (tmp_path / "paper" / "day-sheets.html").read_text(encoding="utf-8")

    assert (sheets.code, none.code, feed.code, again.code, off.code) == (0, 1, 0, 1, 0)
    assert event["DTSTART"].dt.replace(tzinfo=None) == datetime.combine(FIRST, time(9))
    assert str(event["DTSTART"].params["TZID"]) == "Europe/Tirane"
    assert (code in calendar, "Rruga Shembull" in calendar) == (False, False)
    assert (str(gone["UID"]), int(gone["SEQUENCE"])) == (str(event["UID"]), int(event["SEQUENCE"]) + 1)
    assert (code in page, "Rruga Shembull 1" in page) == (True, True)
    assert (tmp_path / "paper" / "day-sheets.pdf").read_bytes()[:5] == b"%PDF-"


def test_bundle_says_what_became_of_visits(tmp_path: Path, server: Server) -> None:
    code = booked(tmp_path, server)
    said = cora("bundle", "--to", tmp_path / "b.bundle", "--holder", "Anna", settings=server.settings)
    with open_bundle(tmp_path / "b.bundle") as bundle:
        facts = bundle.visits or ()
        differences = bundle.differences

    assert (said.code, differences) == (0, ())
    assert [(fact.code, fact.trip, fact.outcome, fact.way, fact.moves) for fact in facts] == [
        (code, "spring", "booked", "in_person", 0)
    ]


def typed_from_paper(server: Server, folder: Path) -> dict[str, str]:
    """Number by case code, as the day sheet has them."""
    assert visits(server, "sheets", "spring", "--to", folder).code == 0
    page = (folder / "day-sheets.html").read_text(encoding="utf-8")
    codes = re.findall(r"<code[^>]*>([^<]+)</code>", page)
    return dict(zip(codes[1::2], codes[::2], strict=True))


def test_what_is_typed_from_the_day_sheet_joins_its_case(tmp_path: Path, server: Server) -> None:
    mine, other = "K7F-2QX", "M3A-9ZW"
    visits(server, "plan", book(tmp_path))
    for address, code in ((900, mine), (901, other)):
        joins(server, address, code)
    visits(server, "offer", "spring", "--until", UNTIL, "--send")
    shown = [line.split()[0] for line in visits(server, "show", "spring").out.splitlines() if " ANNA " in line]
    for code, slot in zip((mine, other), shown, strict=False):
        assert visits(server, "move", code, slot).code == 0
    paper = typed_from_paper(server, tmp_path / "paper")
    talk = tmp_path / "field" / "talk.m4a"
    talk.parent.mkdir()
    talk.write_bytes(b"spoken")

    def seal(number: str) -> Said:
        return cora("seal", talk, "--study", server.study, "--visit", number, "--case", mine)

    wrong, right = seal(paper[other]), seal(paper[mine])
    assert (wrong.code, "do not belong together" in wrong.err, right.code) == (1, True, 0)

    cora("bundle", "--to", tmp_path / "b.bundle", "--holder", "Anna", settings=server.settings)
    key = ("--key", server.key, "--passphrase-file", server.passphrase)
    said = cora("export", tmp_path / "b.bundle", *key, "--to", tmp_path / "out", "--with", talk.parent)
    assert said.code == 0, said.out + said.err
    (joined,) = rows(tmp_path / "out" / "visit_files.csv")
    assert (joined["case"], joined["visit"]) == (mine, paper[mine][:6])
    (spring, _all) = [row for row in rows(tmp_path / "out" / "response.csv") if row["trip"]]
    counted = {name: spring[name] for name in ("planned", "visit_booked", "visit_booked_once", "closed", "rr1")}
    assert counted == {"planned": "2", "visit_booked": "2", "visit_booked_once": "2", "closed": "0", "rr1": ""}
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith(("spring", "(all)"))] == [
        "spring",
        "(all)",
    ]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("offer", "spring"), 2),
        (("offer", "spring", "--until", "tomorrow"), 2),
        (("offer", "nowhere", "--until", UNTIL), 1),
        (("list", "nowhere"), 1),
        (("show", "nowhere"), 1),
        (("move", "AAA-AAA", 1), 1),
        (("ill", "spring", "ANNA", "someday"), 2),
        (("check", "missing.xlsx"), 2),
    ],
)
def test_slip_is_one_sentence(server: Server, arguments: tuple[object, ...], code: int) -> None:
    said = visits(server, *arguments)

    assert said.code == code
    assert "Traceback" not in said.err
