"""CL-50 Outages are entered, listed and taken back at the terminal; a slip is one sentence and changes nothing.
CL-51 A day means its whole day, a moment the moment. CL-52 Why a person got a message, or did not, can be asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def outage(server: Server, *arguments: object) -> Said:
    return cora("outage", *arguments, settings=server.settings)


def entered(server: Server, place: str = "AF", begins: str = "2027-01-10", ends: str = "2027-01-14") -> Said:
    return outage(server, place, "--from", begins, "--to", ends)


def listed(server: Server) -> list[list[str]]:
    return [line.split() for line in outage(server, "--list").out.splitlines()]


def test_outage_is_entered_listed_and_taken_back(server: Server) -> None:
    said = entered(server)
    assert (said.code, said.out.splitlines()) == (
        0,
        [
            "outage 1: AF, 2027-01-10 00:00 until 2027-01-15 00:00 local time",
            "0 windows moved, 0 opened again, 0 ended unreached",
        ],
    )
    assert listed(server) == [
        ["id", "place", "from", "until"],
        ["1", "AF", "2027-01-10", "00:00", "2027-01-15", "00:00"],
    ]
    gone = outage(server, "--remove", 1)
    assert (gone.code, gone.out.splitlines()[0], len(listed(server))) == (0, "outage 1 is taken back", 1)


def test_same_outage_twice_is_one(server: Server) -> None:
    assert entered(server).out == entered(server, "af", "2027-01-10 00:00", "2027-01-15T00:00").out
    assert len(listed(server)) == 2


def test_moments_are_taken_as_typed(server: Server) -> None:
    said = entered(server, "Asia/Kabul", "2027-01-10 14:30", "2027-01-10T16:00")
    assert said.out.splitlines()[0] == "outage 1: Asia/Kabul, 2027-01-10 14:30 until 2027-01-10 16:00 local time"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("DE", "--from", "2027-01-10", "--to", "2027-01-14"), "nobody of this study can be in 'DE'"),
        (("Asia/Kabull", "--from", "2027-01-10", "--to", "2027-01-14"), "nobody of this study can be in 'Asia/Kabull'"),
        (("AF", "--from", "2027-01-14", "--to", "2027-01-10"), "the outage ends before it begins"),
        (("AF", "--from", "2027-01-14 12:00", "--to", "2027-01-14 12:00"), "the outage ends before it begins"),
        (("AF", "--from", "2027-01-14", "--to", "2028-03-10"), "the outage lasts more than a year"),
        (("AF", "--from", "1999-01-14", "--to", "1999-01-14"), "the outage lies more than five years from today"),
        (("--remove", "9"), "there is no outage 9"),
    ],
)
def test_outage_that_cannot_be_is_refused(server: Server, arguments: tuple[str, ...], message: str) -> None:
    said = outage(server, *arguments)
    assert (said.code, said.err.splitlines()[-2]) == (1, f"Error: {message}")
    assert len(listed(server)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("AF",),
        ("AF", "--from", "2027-01-10"),
        ("--from", "2027-01-10", "--to", "2027-01-14"),
        ("AF", "--from", "10.1.2027", "--to", "2027-01-14"),
        ("AF", "--from", "2027-02-30", "--to", "2027-03-14"),
        ("AF", "--from", "2027-01-10", "--to", "9999-12-31"),
        ("AF", "--list"),
        ("--list", "--remove", "1"),
        ("--remove", "one"),
    ],
)
def test_outage_typed_wrongly(server: Server, arguments: tuple[str, ...]) -> None:
    said = outage(server, *arguments)
    assert (said.code, said.out) == (2, "")
    assert len(listed(server)) == 1


def test_why_tells_what_is_planned_and_what_was_sent(server: Server) -> None:
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.strip())
    (person,) = csv.DictReader(io.StringIO(cora("people", "--csv", settings=server.settings).out))
    said = cora("why", person["code"].lower(), "--csv", settings=server.settings)
    rows = list(csv.DictReader(io.StringIO(said.out)))

    assert said.code == 0
    assert [row for row in rows if not row["time"].endswith(" 09:00")] == []  # the hour they chose, in Tirana
    assert {(row["wave"], row["number"]) for row in rows} >= {("arrival", "1"), ("check_in", "5"), ("half_year", "1")}
    assert rows == sorted(rows, key=lambda row: row["time"])
    table = cora("why", person["code"], settings=server.settings).out.splitlines()
    assert (table[0], len(table)) == (f"{person['code']}, active; times in Europe/Tirane", len(rows) + 2)
    assert table[1].split() == ["time", "wave", "number", "message", "state", "why"]


def test_why_of_nobody_is_one_sentence(server: Server) -> None:
    said = cora("why", "K7F-2QX", settings=server.settings)
    assert (said.code, said.out) == (1, "")
    assert said.err == ("Error: nobody is known by the code K7F-2QX\n    `cora people` lists the codes.\n")
