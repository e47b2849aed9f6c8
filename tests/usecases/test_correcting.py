"""CO-01 answered again within the window, both versions reach the researcher: both in the long table, the later
complete one in the wide one · CO-02 broken off, the first stays the one that counts
CO-03 the offer ends with the window.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

from cora_bot.base.chance import SeededChance
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.export.export_bundle import export_bundle
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground

LAST = 3
"""Which choice the second version takes at its first question."""


async def _answered(house: House) -> Phone:
    await recover(house)
    phone = Phone(house)
    await phone.enrol(returned="30.11.2026")
    house.clock.set(BEGIN + timedelta(days=13, hours=1))  # type: ignore[attr-defined]
    while await due(house):
        pass
    await phone.deliver()
    await phone.happens(phone.pressed(Verb.OPEN))
    await _to_the_end(phone)
    return phone


async def _to_the_end(phone: Phone) -> None:
    for _ in range(60):
        if phone.has(Verb.AGAIN):
            return
        verb = next(each for each in (Verb.SKIP, Verb.CHOOSE, Verb.TOGGLE, Verb.DONE) if phone.has(each))
        if verb is Verb.TOGGLE and "☑" in str(phone.messages[max(phone.messages)].rows):
            verb = Verb.DONE
        await phone.happens(phone.pressed(verb))
    raise AssertionError(phone.text)


async def _again(phone: Phone, house: House) -> None:
    house.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    await phone.happens(phone.arrived(Command(CommandName.MENU, 950)))
    await phone.happens(phone.pressed(Verb.AGAIN))
    await phone.happens(phone.pressed(Verb.DONE))
    await phone.happens(phone.pressed(Verb.CHOOSE, LAST))


async def _export(house: House, ground: Ground, folder: Path) -> tuple[list[str], list[str], bool]:
    """The first question's values in the long table and in the wide one, and whether everything fits."""
    await write_bundle(house, folder / "b", holder="Anna")
    account = export_bundle(
        folder / "b", ground.identities, folder / "out", language="", now=house.clock.now(),
        chance=SeededChance(1), progress=lambda *_: None,
    )  # fmt: skip
    rows = {name: _rows(folder / "out" / f"answers_{name}.csv") for name in ("long", "wide")}
    long = [row["value"] for row in rows["long"] if (row["form"], row["question"]) == ("arrival", "start")]
    wide = [row["arrival.start"] for row in rows["wide"] if row["form"] == "arrival"]
    return long, wide, account.fits


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


async def test_later_complete_version_counts_and_both_are_there(tmp_path: Path, house: House, ground: Ground) -> None:
    phone = await _answered(house)
    await _again(phone, house)
    await _to_the_end(phone)
    long, wide, fits = await _export(house, ground, tmp_path)

    options = [option.value for option in house.script.forms["arrival"].questions[1].options]
    assert (long, wide, fits) == ([options[0], options[LAST]], [options[LAST]], True)


async def test_broken_off_the_first_version_counts(tmp_path: Path, house: House, ground: Ground) -> None:
    phone = await _answered(house)
    await _again(phone, house)
    during = await _export(house, ground, tmp_path)
    await phone.happens(phone.arrived(Command(CommandName.MENU, 960)))
    await phone.happens(phone.pressed(Verb.LEAVE))
    await phone.happens(phone.pressed(Verb.CONFIRM_LEAVE))
    (tmp_path / "b").unlink()
    after = await _export(house, ground, tmp_path)

    options = [option.value for option in house.script.forms["arrival"].questions[1].options]
    assert during == ([options[0]], [options[0]], True)
    assert after == ([options[0], options[LAST]], [options[0]], True)


async def test_offer_ends_with_the_window(house: House) -> None:
    phone = await _answered(house)
    await phone.happens(phone.arrived(Command(CommandName.MENU, 950)))
    within = phone.has(Verb.AGAIN)
    house.clock.move(timedelta(days=14))  # type: ignore[attr-defined]
    await phone.happens(phone.arrived(Command(CommandName.MENU, 951)))

    assert (within, phone.has(Verb.AGAIN)) == (True, False)
