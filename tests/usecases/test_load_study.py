"""LS-01 everything wrong with a study is found in one run · LS-02 catalogs are read from their texts
LS-03 a session goes on with the form version it began on, after the form has changed and the bot was restarted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cora_bot.base.catalogs import load_catalogs
from cora_bot.base.resources import shipped
from cora_bot.dialogue import phrases
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Step
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.load_study import StudyError, load_script, read_folder
from tests.support.house import STUDY
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground
from tests.support.turns import joined, meet, occurrence, write


def _copied(folder: Path) -> Path:
    return shutil.copytree(STUDY, folder / "study")


def test_shipped_study_loads_with_its_source() -> None:
    script = load_script(STUDY)

    assert script.study.source == (STUDY / "study.toml").read_text(encoding="utf-8")
    assert set(script.versions) == {form.hash for form in script.forms.values()}
    assert sorted(script.forms) == ["arrival", "check_in", "consent", "half_year", "return_check"]


def test_every_error_of_study_and_forms_is_found_in_one_run(tmp_path: Path) -> None:
    study = _copied(tmp_path)
    toml = study / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('form = "arrival"', 'form = "gone"'), encoding="utf-8")
    (study / "forms" / "check_in.md").write_text("| survey |\n", encoding="utf-8")
    (study / "forms" / "broken.xlsx").write_bytes(b"no workbook")
    shutil.copy(study / "forms" / "consent.md", study / "forms" / "twice.md")
    with pytest.raises(StudyError) as caught:
        load_script(study)
    wrong = {(problem.code, problem.file) for problem in caught.value.problems}

    assert ("study.form_twice", "forms/twice.md") in wrong
    assert {"forms/broken.xlsx", "forms/check_in.md", "study.toml"} <= {file for _, file in wrong}


def test_folder_without_a_study_is_refused(tmp_path: Path) -> None:
    reading = read_folder(tmp_path)

    assert reading.script is None
    assert [problem.code for problem in reading.problems] == ["study.missing"]


def test_catalogs_are_read_from_their_texts() -> None:
    catalogs = load_catalogs(shipped("locales"))

    assert sorted(catalogs) == ["ar", "de", "fa-AF", "sq"]
    assert catalogs["de"].gettext(phrases.BACK) != phrases.BACK


async def test_session_goes_on_with_the_version_it_began_on(tmp_path: Path, ground: Ground, house: House) -> None:
    await recover(house)
    before = await joined(house, 700)
    open_one = occurrence("check_in", 1, BEGIN, Step.INVITED, sent=1)
    await write(house, before, Turn(before, occurrences=(open_one,)))
    phone = Phone(house)
    await due(house)
    await phone.deliver()
    await phone.happens(phone.pressed(Verb.OPEN))
    began_on = (await meet(house, 700)).session
    assert began_on is not None

    study = _copied(tmp_path)
    form = study / "forms" / "check_in.md"
    form.write_text(form.read_text(encoding="utf-8").replace("2026.1", "2026.2"), encoding="utf-8")
    changed = load_script(study)
    assert began_on.form_hash not in changed.versions
    async with ground.opened(changed) as restarted:
        await recover(restarted)
        phone.house = restarted
        await phone.answer_first(1)
        after = (await meet(restarted, 700)).session

    assert changed.versions[began_on.form_hash].version == "2026.1"
    assert after is not None
    assert (after.form_hash, after.walk != began_on.walk) == (began_on.form_hash, True)
