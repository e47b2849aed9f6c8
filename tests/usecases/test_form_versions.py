"""FV-01 a form changed while the study runs: who has begun finishes on the version they began on, who begins later is
asked the new one · FV-02 records and exports keep both, each with its own questions, and the codebook has both
FV-03 it holds over a restart, however the forms are kept (Markdown, .xlsx).
"""

from __future__ import annotations

import csv
import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.cli.workbooks import as_workbook
from cora_bot.dialogue.inputs import Verb
from cora_bot.export.export_bundle import export_bundle
from cora_bot.usecases import deliver, due
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.house import House
from tests.support.house import STUDY, Premises, opened, premises
from tests.support.phone import Phone
from tests.support.stores import BEGIN

OLD, NEW = "Wie waren die letzten zwei Wochen für Sie?", "Wie ging es in den letzten zwei Wochen?"
ADDED = "Haben Sie genug Schlaf?"
QUESTION = (
    "| | select_one sleep | sleep | Do you sleep enough? | Haben Sie genug Schlaf? | هل تنامون ما يكفي؟ "
    "| آیا خواب تان کافی است؟ | A flini mjaftueshëm? |"
)
CHOICES = ("| | sleep | yes | Yes | Ja | نعم | بلی | Po |", "| | sleep | no | No | Nein | لا | نی | Jo |")


def studies(folder: Path, suffix: str) -> tuple[Path, Path]:
    """The shipped study, and the same with the form ``arrival`` changed: another wording, one question more."""
    both = folder / "v1", folder / "v2"
    for each in both:
        shutil.copytree(STUDY, each)
    path = both[1] / "forms" / "arrival.md"
    path.write_text(changed(path.read_text(encoding="utf-8")), encoding="utf-8")
    if suffix == ".xlsx":
        for each in both:
            for form in (each / "forms").glob("*.md"):
                form.with_suffix(suffix).write_bytes(as_workbook(form.read_bytes()))
                form.unlink()
    return both


def changed(form: str) -> str:
    lines = []
    for line in form.replace(OLD, NEW).replace("| 2026.1 |", "| 2026.2 |").splitlines():
        lines.append(line)
        if line.startswith("| | select_one place | place |"):
            cells = line.count("|") - QUESTION.count("|")
            lines.append(QUESTION + " |" * cells)
        if line.startswith("| | place | prefer_not |"):
            lines += CHOICES
    return "\n".join(lines) + "\n"


async def arrived(house: House, phone: Phone) -> None:
    """Somebody who came back on 20 November; on 4 December the first occasion has come, and is opened."""
    await phone.enrol(returned="20.11.2026")
    await phone.happens(phone.pressed(Verb.SEEN))
    for _ in range(40):
        if phone.has(Verb.OPEN):
            break
        house.clock.move(timedelta(hours=3))  # type: ignore[attr-defined]
        while await due.due(house):
            pass
        await phone.deliver()
    await phone.happens(phone.pressed(Verb.OPEN))


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_bytes().decode("utf-8-sig"))))


async def carried(place: Premises, folder: Path) -> Path:
    """The export of everything there is now."""
    async with opened(place) as house:
        await deliver.recover(house)
        await write_bundle(house, folder / "b.bundle", holder="test")
    out = folder / "out"
    account = export_bundle(
        folder / "b.bundle",
        place.identities[:1],
        out,
        language="de",
        now=BEGIN,
        chance=SeededChance(1),
        progress=lambda done, of: None,
    )
    assert account.fits
    return out


@pytest.mark.parametrize("suffix", [".md", ".xlsx"])
async def test_versions_live_beside_each_other_through_to_the_export(tmp_path: Path, suffix: str) -> None:
    old, new = studies(tmp_path, suffix)
    place = premises(tmp_path, SetClock(BEGIN), study=old)
    async with opened(place) as house:
        await deliver.recover(house)
        first = Phone(house, 701)
        await arrived(house, first)
        await first.answer_first(1)
        begun = first.text
    place = replace(place, study=new)
    async with opened(place) as house:
        await deliver.recover(house)
        first.house = house
        rest = await first.answer_to_the_end()
        second = Phone(house, 702)
        await arrived(house, second)
        all_new = await second.answer_to_the_end()
    out = await carried(place, tmp_path)

    assert (OLD in begun, NEW in begun) == (True, False)
    assert [ADDED in text for text in rest].count(True) == 0
    assert ([NEW in text for text in all_new].count(True), [ADDED in text for text in all_new].count(True)) == (1, 1)
    rows = [row for row in table(out, "answers_long.csv") if row["form"] == "arrival"]
    labels = {(row["form_version"], row["label"]) for row in rows if row["question"] == "start"}
    assert labels == {("2026.1", OLD), ("2026.2", NEW)}
    assert {row["form_version"] for row in rows if row["question"] == "sleep"} == {"2026.2"}
    wide = [row for row in table(out, "answers_wide.csv") if row["form"] == "arrival"]
    assert sorted((row["form_version"], row["status"], row["arrival.sleep"]) for row in wide) == [
        ("2026.1", "complete", ""),
        ("2026.2", "complete", "yes"),
    ]
    book = (out / "codebook.md").read_text(encoding="utf-8")
    assert [line for line in book.splitlines() if line.startswith("## Form arrival, version ")] == [
        "## Form arrival, version 2026.2: Questions",
        "## Form arrival, version 2026.1: Questions",
    ]
    assert (book.count(f"- label (de): {OLD}"), book.count(f"- label (de): {NEW}")) == (1, 1)


async def test_version_that_nobody_has_begun_is_not_asked_any_more(tmp_path: Path) -> None:
    """Who was only invited has begun nothing: the message opens the new version."""
    old, new = studies(tmp_path, ".md")
    place = premises(tmp_path, SetClock(BEGIN), study=old)
    async with opened(place) as house:
        await deliver.recover(house)
        phone = Phone(house)
        await phone.enrol(returned="20.11.2026")
        await phone.happens(phone.pressed(Verb.SEEN))
    async with opened(replace(place, study=new)) as house:
        await deliver.recover(house)
        phone.house = house
        for _ in range(40):
            if phone.has(Verb.OPEN):
                break
            house.clock.move(timedelta(hours=3))  # type: ignore[attr-defined]
            while await due.due(house):
                pass
            await phone.deliver()
        await phone.happens(phone.pressed(Verb.OPEN))
        seen = await phone.answer_to_the_end()

    assert [text for text in seen if OLD in text] == []
    assert len([text for text in seen if NEW in text]) == 1
