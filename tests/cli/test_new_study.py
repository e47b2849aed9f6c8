"""CL-70 ``cora new-study`` makes a study that passes the check with warnings alone, in workbooks or in Markdown, and
that people can be asked with once its gaps are filled · CL-71 nothing that is there already is touched
CL-72 while texts have gaps, nobody is invited.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.cli.new_study import study_id
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.load_study import load_script
from tests.cli.running import cora
from tests.support.chats import play
from tests.support.house import opened, premises

KINDS = ("xlsx", "md")
CHAT = """\
phone: de
begin: 2026-12-01 08:00

> /start {code}
> [Deutsch]
> [Weiter]
> [Ich habe ihn selbst gelesen]
> [Ja]
> [Ja]
> [Ja]
> [Albanien]
> [Ja, ich bin schon dort]
> 5.11.2026
> [11 Uhr, vor dem Mittag]
> [Ich habe es gelesen]
> [Zurück]
@ 2026-12-05 10:30
> [Öffnen]
> [Weiter]
> [Ich suche Arbeit]
> [Nur einiges]
> [Es geht]
> Grüße an alle
= opened
"""
OPENED = [
    "    consent consent /0 de: taken='read' adult='yes' agree='yes' purpose_check_ins='yes' country='AL' "
    "return_status='done' return_date='2026-11-05' hour='11'",
    "    fragment check_in check_in/1 de: message='Grüße an alle'",
    "    complete check_in check_in/1 de: work='looking' household_pay='some' feeling='okay'",
]


def made(folder: Path, kind: str = "xlsx", *more: object) -> Path:
    said = cora("new-study", folder, "--forms", kind, *more)
    assert (said.code, said.out, said.err) == (0, f"{folder}: a study to begin with. Next: cora check {folder}\n", "")
    return folder


def filled(folder: Path) -> Path:
    """As its author would: every gap replaced, in workbooks cell by cell."""
    for path in (folder / "study.toml", *(folder / "forms").glob("*.md")):
        path.write_text(without_gaps(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (folder / "forms").glob("*.xlsx"):
        book = load_workbook(path)
        for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value):
            cell.value = without_gaps(str(cell.value))
        book.save(path)
    return folder


def without_gaps(text: str) -> str:
    return text.replace("⟦", "").replace("⟧", "")


@pytest.mark.parametrize("kind", KINDS)
def test_new_study_passes_the_check_with_warnings_that_name_what_is_to_be_done(tmp_path: Path, kind: str) -> None:
    said = cora("check", made(tmp_path / "s", kind))
    found = [line for line in said.err.splitlines() if line.startswith(("error: ", "warning: "))]
    own = [line for line in found if "locales/" not in line]  # the bot's own sentences are checked elsewhere

    assert [line.split(": ", 2)[2] for line in own if "⟦" in line] == [
        "texts still hold ⟦ ⟧: study.toml",
        "texts still hold ⟦ ⟧: consent",
    ]
    assert [line for line in own if line.startswith("error: ")] == []
    assert [line.partition(": ")[0] for line in own] == ["warning"] * 6


def test_workbooks_hold_the_same_forms_as_the_tables(tmp_path: Path) -> None:
    hashes = [
        {form.id: form.hash for form in load_script(made(tmp_path / kind, kind)).forms.values()} for kind in KINDS
    ]

    assert hashes[0] == hashes[1]
    assert set(hashes[0]) == {"check_in", "consent", "return_check"}


@pytest.mark.parametrize("kind", KINDS)
async def test_people_can_be_asked_with_a_new_study(tmp_path: Path, kind: str) -> None:
    """From the code to the opened answers, on the emulator, everything closed between any two lines."""
    study = filled(made(tmp_path / "study", kind))
    (study / "chats").mkdir()
    chat = study / "chats" / "first.md"
    chat.write_text(CHAT, encoding="utf-8")
    (tmp_path / "house").mkdir()
    played = (await play(chat, tmp_path / "house")).splitlines()

    assert played[-3:] == OPENED
    assert [line for line in played if "⟦" in line] == []


def test_form_of_a_new_study_can_be_tried_as_a_workbook(tmp_path: Path) -> None:
    form = made(tmp_path / "s") / "forms" / "check_in.xlsx"
    said = cora("try", form, "--lang", "de", typed="1\n6\n3\n2\nGrüße\n")
    checked = cora("check", form)

    assert (said.code, said.err) == (0, "")
    assert [line.strip() for line in said.out.splitlines()[-4:]] == [
        "/data/work = looking",
        "/data/household_pay = some",
        "/data/feeling = okay",
        "/data/message (sealed on arrival) = Grüße",
    ]
    assert (checked.code, "  sealed on arrival: message" in checked.out.splitlines()) == (0, True)


@pytest.mark.parametrize("demo", [False, True])
async def test_gaps_keep_people_out_until_they_are_filled(tmp_path: Path, demo: bool) -> None:
    study = made(tmp_path / "mine")
    toml = study / "study.toml"
    toml.write_text(toml.read_text().replace("demo = false", f"demo = {str(demo).lower()}"))

    assert await invited(tmp_path / "before", study) == (
        "" if demo else "texts that people see still hold ⟦ ⟧: study.toml; consent"
    )
    assert await invited(tmp_path / "after", filled(study)) == ""


async def invited(folder: Path, study: Path) -> str:
    """Why nobody can be invited; "" where somebody can."""
    folder.mkdir()
    place = premises(folder, SetClock(datetime(2026, 12, 1, tzinfo=UTC)))
    async with opened(place) as house:
        try:
            await make_tokens(replace(house, script=load_script(study)), 1, expires_days=1)
        except CoraError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("home_again", "home_again"),
        ("Grüße 2027", "grusse_2027"),
        ("2027-study", "study_2027_study"),
        ("--x--", "x"),
        ("خانه", "study"),
        ("A.B", "a_b"),
    ],
)
def test_id_is_made_of_the_folders_name(tmp_path: Path, name: str, expected: str) -> None:
    folder = made(tmp_path / name, "md")

    assert study_id(name) == expected
    assert load_script(folder).study.id == expected


def test_title_may_hold_quotes(tmp_path: Path) -> None:
    assert load_script(made(tmp_path / "s", "md", "--title", 'A "quiet" talk\\n')).study.title == 'A "quiet" talk\\n'


@pytest.mark.parametrize("content", ["file.txt", ".hidden", "forms/check_in.md"])
def test_folder_that_is_not_empty_is_left_alone(tmp_path: Path, content: str) -> None:
    mine = tmp_path / "s" / content
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    said = cora("new-study", tmp_path / "s")

    assert (said.code, said.err) == (
        1,
        f"Error: {tmp_path / 's'} is there already and is not empty\n    Choose another name.\n",
    )
    assert [path for path in (tmp_path / "s").rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("mine")

    assert (cora("new-study", tmp_path / "s").code, (tmp_path / "s").read_text()) == (1, "mine")


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()

    assert load_script(made(tmp_path / "s")).study.id == "s"


def test_folder_is_needed_and_kinds_are_known(tmp_path: Path) -> None:
    assert (cora("new-study").code, cora("new-study", tmp_path / "s", "--forms", "ods").code) == (2, 2)
    assert not (tmp_path / "s").exists()
