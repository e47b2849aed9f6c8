"""CL-50 ``cora invite --to`` writes cards whose codes let people in, for their maker's eyes alone.
CL-51 What could be refused is refused before a code is made.
"""

from __future__ import annotations

import re
import sqlite3
import stat
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.running import cora
from tests.cli.server import Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    made.settings["CORA_BOT"] = "quiet_bot"
    return made


def made_codes(server: Server) -> int:
    path = Path(server.settings["CORA_HOME"], "cora.db")
    if not path.exists():
        return 0
    with sqlite3.connect(path) as opened:
        return int(opened.execute("SELECT count(*) FROM token").fetchone()[0])


def test_cards_hold_codes_that_let_people_in(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cards.html"
    said = cora("invite", "--count", 3, "--days", 30, "--first", 51, "--to", path, settings=server.settings)
    page = path.read_text(encoding="utf-8")
    codes = re.findall(r"<code[^>]*>((?:[2-9A-Z]{4}-){2}[2-9A-Z]{4})</code>", page)

    assert (said.code, said.err, len(set(codes)), made_codes(server)) == (0, "", 3, 3)
    assert said.out.startswith(f"{path}: 3 cards, from number 51, good until ")
    assert [code for code in codes if code in said.out] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    enrol(server, codes[0])
    assert cora("people", "--csv", settings=server.settings).out.count("Europe/Tirane") == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cards.txt", "cards.txt does not end in .html or .pdf\n    Cards are a page for a browser, or a PDF.\n"),
        ("taken.pdf", "taken.pdf exists already and is not overwritten\n    Choose another name.\n"),
        ("taken.html", "taken.html exists already and is not overwritten\n    Choose another name.\n"),
        ("none/cards.html", "Make it first, or choose another place.\n"),
    ],
)
def test_cards_that_could_not_be_written_make_no_code(server: Server, tmp_path: Path, name: str, message: str) -> None:
    for taken in ("taken.html", "taken.pdf"):
        (tmp_path / taken).write_text("mine")
    said = cora("invite", "--count", 1, "--to", tmp_path / name, settings=server.settings)

    assert (said.code, said.err.endswith(message), made_codes(server)) == (1, True, 0)
    assert [(tmp_path / taken).read_text() for taken in ("taken.html", "taken.pdf")] == ["mine", "mine"]


def test_cards_as_pdf_hold_codes_that_let_people_in(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cards.PDF"
    said = cora("invite", "--count", 3, "--first", 7, "--to", path, settings=server.settings)
    text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    codes = re.findall(r"^((?:[2-9A-Z]{4}-){2}[2-9A-Z]{4})$", text, re.MULTILINE)

    assert (said.code, said.err, len(set(codes)), made_codes(server)) == (0, "", 3, 3)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if "cards" in each.name] == ["cards.PDF"]
    enrol(server, codes[0])


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_each_code_is_known_with_the_number_of_its_card(server: Server, tmp_path: Path, suffix: str) -> None:
    cora("invite", "--count", 3, "--first", 51, "--to", tmp_path / f"c{suffix}", settings=server.settings)
    cora("invite", "--count", 1, settings=server.settings)
    with sqlite3.connect(Path(server.settings["CORA_HOME"], "cora.db")) as opened:
        numbers = [row[0] for row in opened.execute("SELECT card FROM token")]

    assert sorted(numbers, key=lambda each: each or 0) == [None, 51, 52, 53]


def test_pdf_in_letters_that_no_font_has_makes_no_code(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "c.pdf"
    said = cora("invite", "--count", 1, "--to", path, settings=server.settings | {"CORA_BOT": "ბოტი"})

    assert (said.code, path.exists(), made_codes(server)) == (1, False, 0)
    assert said.err.startswith("Error: the PDF has no font for the letters of the language ")


def test_cards_need_the_bots_name(server: Server, tmp_path: Path) -> None:
    said = cora("invite", "--count", 1, "--to", tmp_path / "c.html", settings=server.settings | {"CORA_BOT": ""})

    assert (said.code, said.err.splitlines()[0]) == (1, "Error: CORA_BOT is not set")


def test_cards_that_give_the_study_away_are_not_made(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "c.html"
    said = cora("invite", "--count", 1, "--to", path, settings=server.settings | {"CORA_BOT": "return_bot"})

    assert (said.code, path.exists(), made_codes(server)) == (1, False, 0)
    assert said.err.startswith("Error: the cards would give the study away: card (ar) holds “return”")


def test_staff_side_speaks_the_desks_language(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "c.html"
    cora("invite", "--count", 1, "--to", path, "--lang", "de", settings=server.settings)

    assert "Für die Person am Schreibtisch" in path.read_text(encoding="utf-8")
