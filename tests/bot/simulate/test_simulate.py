"""`cora simulate`, run as it is: the bot in a process of its own, killed in the middle of its work.

SIM-01 what people remember having answered is what is exported, cell by cell, though the bot was killed again and again
SIM-02 every message that was to be sent unasked is told in order, with its reason; response by wave; each person's page
SIM-03 the same seed lives the same lives
SIM-04 a cell that differs, a record that is missing and one that nobody remembers are found and named, exit code 1
SIM-05 who was forgotten in the meantime is recognised in the records that lead to nobody; what differs there is named
SIM-06 what cannot be simulated is said in a sentence with what to do, and leaves what lay there
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.bot.simulate.living import rewrite, rows, simulate
from tests.cli.running import Said

PEOPLE, DAYS, KILLS = 6, 45, 4
STUDY = Path(__file__).parents[3] / "surveys" / "returnee_follow_up"
REASONS = {"invitation", "reminder"}
# One xdist worker does them all: they share the two simulations.
pytestmark = [pytest.mark.xdist_group("simulate"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Path]:
    """A simulation in which the bot is killed, and its folder."""
    folder = tmp_path_factory.mktemp("killed") / "lived"
    return simulate(folder, "--people", PEOPLE, "--days", DAYS, "--seed", 3, "--kills", KILLS), folder


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Two simulations of one seed."""
    folders = [tmp_path_factory.mktemp("same") / name for name in ("once", "again")]
    for folder in folders:
        assert simulate(folder, "--people", 2, "--days", 16, "--seed", 5).code == 0
    return folders


@pytest.fixture
def copied(killed: tuple[Said, Path], tmp_path: Path) -> Path:
    """What came of the simulation, to be tampered with."""
    return Path(shutil.copytree(killed[1], tmp_path / "copy"))


def test_diaries_and_export_are_the_same_though_the_bot_was_killed(killed: tuple[Said, Path]) -> None:
    said, folder = killed
    assert (said.code, "".join(line for line in said.out.splitlines() if "DIFFERENCE" in line)) == (0, ""), said.err
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["kills"], summary["differences"]) == (KILLS, [])
    assert said.out.splitlines()[-1] == (
        f"{summary['sittings']} sittings, {summary['cells']} cells compared: diaries and export are the same"
    )
    assert summary["cells"] > 100
    started = [line for line in (folder / "house" / "bot.log").read_text().splitlines() if '"started"' in line]
    assert 1 + KILLS >= len(started) > 1


def test_every_unasked_message_is_told_in_order_with_its_reason(killed: tuple[Said, Path]) -> None:
    said, folder = killed
    ledger = rows(folder / "ledger.csv")
    assert ledger
    assert {row["reason"] for row in ledger} <= REASONS
    assert [row["at"] for row in ledger] == sorted(row["at"] for row in ledger)
    told = said.out.splitlines()[1 : len(ledger) + 1]
    for line, row in zip(told, ledger, strict=True):
        assert line.startswith(f"{row['at'][:16].replace('T', ' ')}  {row['local']}  {row['person']}")
        assert f" {row['reason']:<10} {row['wave']} {row['number']}: {row['state']}" in line


def test_nothing_is_sent_unasked_in_the_quiet_hours_of_where_people_live(killed: tuple[Said, Path]) -> None:
    sent_at = [row["local"] for row in rows(killed[1] / "ledger.csv") if row["state"] == "sent"]
    assert [at for at in sent_at if not "08:00" <= at < "20:00"] == []


def test_response_is_told_for_every_wave(killed: tuple[Said, Path]) -> None:
    lines = [line.split()[:1] for line in killed[0].out.splitlines()]
    waves = {row["wave"] for row in rows(killed[1] / "export" / "dispositions.csv")}
    assert waves
    assert [wave for wave in waves if [wave] not in lines] == []


def test_everybody_has_a_page_that_runs_nothing_and_fetches_nothing(killed: tuple[Said, Path]) -> None:
    folder = killed[1]
    listed = (folder / "persons.html").read_text("utf-8")
    pages = sorted((folder / "persons").iterdir())
    assert len(pages) == PEOPLE
    for page in pages:
        text = page.read_text("utf-8")
        assert f'href="persons/{page.name}"' in listed
        assert "default-src 'none'" in text
        assert "<script" not in text and "http" not in text.replace("http-equiv", "")
    arabic = (folder / "persons" / "003.html").read_text("utf-8")
    assert 'lang="ar" dir="rtl"' in arabic


def test_same_seed_lives_the_same_lives(twice: Sequence[Path]) -> None:
    """Codes are drawn anew each time; all else is the same, to the second."""
    once, again = twice
    for name in ("ledger.csv", "diaries.csv"):
        assert _without_codes(rows(once / name)) == _without_codes(rows(again / name))
    assert rows(once / "ledger.csv")


def _without_codes(table: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name != "case"} for row in table]


# ---- planted differences ---------------------------------------------------------------------------------------------


def _other_answer(folder: Path) -> str:
    """Somebody remembers another answer."""
    path = folder / "diaries.csv"
    changed = rows(path)
    row = next(each for each in reversed(changed) if each["value"] and each["ending"] == "complete")
    expected = f"{row['question']} is 'planted' in the diary and "
    row["value"] = "planted"
    rewrite(path, changed)
    return expected


def _lost_cell(folder: Path) -> str:
    """One answer is not in the export."""
    path = folder / "export" / "answers_long.csv"
    changed = rows(path)
    row = next(each for each in reversed(changed) if each["value"] and each["status"] == "complete")
    changed.remove(row)
    rewrite(path, changed)
    return f"{row['question']} is {row['value'].removeprefix(chr(39))!r} in the diary and '' in the export"


def _lost_record(folder: Path) -> str:
    """A whole record is not in the export."""
    path = folder / "export" / "answers_long.csv"
    lost = next(row["record"] for row in rows(path) if row["status"] == "complete")
    rewrite(path, [row for row in rows(path) if row["record"] != lost])
    return "no such record in the export"


def _forgotten_sitting(folder: Path) -> str:
    """A record is exported that nobody remembers."""
    path = folder / "diaries.csv"
    first = next(row for row in rows(path) if row["case"] and row["value"])
    mine = [(row["person"], row["sitting"]) != (first["person"], first["sitting"]) for row in rows(path)]
    rewrite(path, [row for row, kept in zip(rows(path), mine, strict=True) if kept])
    return "nobody remembers this record"


def _stranger(folder: Path) -> str:
    """A case is exported whose code nobody was given."""
    path = folder / "export" / "dispositions.csv"
    changed = rows(path)
    changed[0]["case"] = "ZZZ-ZZZ"
    rewrite(path, changed)
    return "case ZZZ-ZZZ is in the export, and no person knows the code"


@pytest.mark.parametrize("plant", [_other_answer, _lost_cell, _lost_record, _forgotten_sitting, _stranger])
def test_planted_difference_is_found_and_named(copied: Path, plant: Callable[[Path], str]) -> None:
    expected = plant(copied)
    said = simulate(copied, "--compare-only")
    named = [line for line in said.out.splitlines() if line.startswith("DIFFERENCE: ")]
    assert (said.code, said.err) == (1, "")
    assert [expected in line for line in named].count(True) == 1, named
    assert said.out.splitlines()[-1].endswith("THEY ARE NOT THE SAME: see the lines above")


def test_compared_again_without_a_difference(copied: Path) -> None:
    said = simulate(copied, "--compare-only")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].endswith("diaries and export are the same")


# ---- forgotten people ------------------------------------------------------------------------------------------------


@pytest.fixture
def forgotten(copied: Path) -> tuple[Path, str]:
    """The export as if two people had been forgotten when their time was over; and the code of one of them."""
    answers = rows(copied / "export" / "answers_long.csv")
    codes = sorted({row["case"] for row in answers})[:2]
    for row in answers:
        if row["case"] in codes:
            row["case"] = f"cut-{codes[::-1].index(row['case']):012x}"
    rewrite(copied / "export" / "answers_long.csv", answers)
    listed = rows(copied / "export" / "dispositions.csv")
    rewrite(copied / "export" / "dispositions.csv", [row for row in listed if row["case"] not in codes])
    return copied, codes[0]


def test_records_of_who_was_forgotten_are_recognised(forgotten: tuple[Path, str]) -> None:
    said = simulate(forgotten[0], "--compare-only")
    assert said.code == 0, said.out


def test_what_differs_in_a_record_that_leads_to_nobody_is_named(forgotten: tuple[Path, str]) -> None:
    folder, code = forgotten
    changed = rows(folder / "diaries.csv")
    row = next(each for each in changed if each["case"] == code and each["value"])
    row["value"] = "planted"
    rewrite(folder / "diaries.csv", changed)
    named = [line for line in simulate(folder, "--compare-only").out.splitlines() if line.startswith("DIFFERENCE: ")]
    assert len(named) == 1
    assert f"({code})" in named[0] and f"{row['question']} is 'planted' in the diary" in named[0]


# ---- bad input -------------------------------------------------------------------------------------------------------


def test_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("years of work")
    for arguments in (("--people", 2, "--days", 3), ("--compare-only",)):
        said = simulate(tmp_path, *arguments)
        assert said.code == 1
        assert f"Error: {tmp_path} is not a simulation's folder" in said.err
    assert ([each.name for each in tmp_path.iterdir()], kept.read_text()) == (["thesis.txt"], "years of work")


def test_study_with_errors_is_told_and_the_earlier_simulation_stays(copied: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(STUDY, tmp_path / "study"))
    toml = (study / "study.toml").read_text("utf-8")
    (study / "study.toml").write_text(toml.replace('form = "arrival"', 'form = "departure"'), "utf-8")
    before = (copied / "diaries.csv").read_bytes()
    said = simulate(copied, "--people", 2, "--days", 3, "--study", study)
    assert said.code == 1
    assert f"Error: the study in {study} has 1 errors:" in said.err
    assert "there is no form departure" in said.err
    assert before == (copied / "diaries.csv").read_bytes()
    assert {"copy", "study"} == {each.name for each in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(("--people", 0), "--people"), (("--days", "many"), "--days"), (("--study", "/nowhere"), "--study")],
)
def test_impossible_number_is_refused_before_anything_is_made(
    tmp_path: Path, arguments: tuple[object, ...], expected: str
) -> None:
    said = simulate(tmp_path / "new", *arguments)
    assert (said.code, (tmp_path / "new").exists()) == (2, False)
    assert f"Invalid value for '{expected}'" in said.err
