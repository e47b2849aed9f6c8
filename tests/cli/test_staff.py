"""CL-60 ``cora try --case``: an interview is entered at the server and comes out of the export with its mode.
CL-61 Nothing is stored unless it is said so; who cannot be asked is named; what does not go together is refused.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol, set_up, stand_at
from tests.support.stores import all_bytes

WINDOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""Inside the first occasion of somebody who came back on 1 November."""
STORY = "we share one room"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    stand_at(made, WINDOW)
    return made


def enrolled(server: Server) -> str:
    """The case code of somebody who takes part."""
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.strip())
    (person,) = csv.DictReader(io.StringIO(cora("people", "--csv", settings=server.settings).out))
    return person["code"]


ANSWERS = ["1", "2", "3", "1", "1", "8", "1", "1", "1", "1", "12", "1", "10", STORY]
"""Of ``arrival``: read, seven choices, three of them with one tick and Done, and the last question in writing."""


def entered(server: Server, code: str, *more: object, typed: str, form: object = "arrival") -> Said:
    return cora("try", form, "--case", code, *more, typed=typed, settings=server.settings)


def records(server: Server) -> int:
    with sqlite3.connect(Path(server.settings["CORA_HOME"], "cora.db")) as opened:
        return int(opened.execute("SELECT count(*) FROM record").fetchone()[0])


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_bytes().decode("utf-8-sig"))))


def exported(server: Server, folder: Path) -> Path:
    bundle = folder / "b.bundle"
    assert cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings).code == 0
    out = folder / "out"
    said = cora("export", bundle, "--key", server.key, "--to", out, "--passphrase-file", server.passphrase)
    assert (said.code, "everything fits" in said.out) == (0, True)
    return out


def whole(server: Server, code: str, *more: object, form: object = "arrival") -> Said:
    """The interview to its end, and stored."""
    return entered(server, code, "--mode", "in-person", *more, typed="\n".join([*ANSWERS, "y", ""]), form=form)


def test_interview_comes_out_of_the_export_with_its_mode(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = enrolled(server)
    with caplog.at_level("DEBUG"):
        said = whole(server, code)
    held = all_bytes(Path(server.settings["CORA_HOME"]))
    out = exported(server, tmp_path)
    rows = [row for row in table(out, "answers_long.csv") if row["form"] == "arrival"]
    (outcome,) = [row for row in table(out, "dispositions.csv") if row["wave"] == "arrival"]

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0].startswith(
        f"{code} · arrival · in_person · occasion arrival 1, open until 2026-11-"
    )
    assert said.out.splitlines()[-1] == f"Stored, sealed: 2 records of {code}."
    assert "staff_entry" in caplog.text
    assert (STORY in caplog.text, STORY.encode() in held, b"token" in held) == (False, False, True)
    assert {row["mode"] for row in rows} == {"in_person"}
    assert [row["value"] for row in rows if row["question"] == "message"] == [STORY]
    assert (outcome["disposition"], outcome["mode"], outcome["messages_sent"]) == ("complete", "in_person", "0")
    assert {row["mode"] for row in table(out, "answers_long.csv") if row["form"] == "consent"} == {"chat"}


def test_only_the_questions_own_buttons_are_offered(server: Server) -> None:
    said = entered(server, enrolled(server), "--mode", "phone", typed="1\n")

    assert ("Menu" in said.out, "  1  Good" in said.out.splitlines()) == (False, True)


def test_form_may_be_named_by_its_file(server: Server, tmp_path: Path) -> None:
    said = whole(server, enrolled(server), form=server.study / "forms" / "arrival.md")

    assert (said.code, records(server)) == (0, 3)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ([*ANSWERS, "n"], 0),
        (ANSWERS, 0),
        (["1", "2", "q", "n"], 0),
        (["1", "2", "q"], 0),
        (["q", "y"], 0),
        (["1", "2", "q", "y"], 1),
    ],
    ids=["declined", "walked away", "quit", "quit and away", "quit before any answer", "kept as partial"],
)
def test_nothing_is_stored_unless_it_is_said(server: Server, typed: list[str], stored: int) -> None:
    code = enrolled(server)
    before = records(server)
    said = entered(server, code, "--mode", "phone", typed="\n".join([*typed, ""]))

    last = f"Stored, sealed: 1 records of {code}." if stored else "Nothing was stored."
    assert (said.code, said.out.splitlines()[-1].endswith(last)) == (0, True)
    assert ("Store this interview?" in said.out) == (typed[: len(ANSWERS)] == ANSWERS)
    assert records(server) - before == stored


def test_wrong_case_is_named(server: Server) -> None:
    said = entered(server, "AAA-AAA", "--mode", "phone", typed="1\n")

    assert (said.code, said.err) == (
        1,
        "Error: nobody is known by the code AAA-AAA\n    `cora people` lists the codes.\n",
    )


def test_form_of_another_study_is_refused(server: Server, tmp_path: Path) -> None:
    other = tmp_path / "arrival.md"
    other.write_text((server.study / "forms" / "arrival.md").read_text().replace("| 2026.1 |", "| 2026.9 |"))
    said = whole(server, enrolled(server), form=other)

    assert (said.code, said.err.splitlines()[0], records(server)) == (
        1,
        f"Error: {other} is not a form of this study",
        1,
    )


def test_study_may_be_named_instead_of_set(server: Server) -> None:
    code = enrolled(server)
    settings = {**server.settings, "CORA_STUDY": ""}
    said = cora(
        "try", "arrival", "--case", code, "--mode", "phone", "--study", server.study, typed="q\nn\n", settings=settings
    )

    assert said.code == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--case", "K7F-2QX"),
        ("--mode", "phone"),
        ("--study", "."),
        ("--case", "K7F-2QX", "--mode", "letter"),
        ("--case", "K7F-2QX", "--mode", "phone", "--answers", __file__),
    ],
)
def test_what_does_not_go_together_is_a_slip_of_typing(options: tuple[str, ...]) -> None:
    assert cora("try", "arrival", *options).code == 2
