"""CP-01 every bundle is registered before it appears, with holder and end; killed in between, the copy is listed
CP-02 who is erased, or takes answers back, while a copy is out makes it a task; so does its end · CP-03 a copy that is
gone is no task · CP-04 the person is told the last day of the copies that are out, and none that are gone.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from cora_bot.base.errors import CoraError
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.copies import OVERLAP, Task, close, copies
from cora_bot.usecases.house import House
from tests.support.killed import Killed, killed_after
from tests.support.phone import Phone
from tests.support.stores import BEGIN
from tests.support.turns import DAY, joined

DELETE = 2


async def _taking_back(house: House, address: int = 700) -> Phone:
    await joined(house, address)
    phone = Phone(house, address)
    await phone.happens(phone.arrived(Command(CommandName.STOP, 90)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, DELETE))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP, DELETE))
    return phone


async def _tasks(house: House) -> list[tuple[str, int, int, Task]]:
    return [(each.out.holder, each.erased, each.withdrawn, each.task) for each in await copies(house)]


async def test_bundle_is_registered_with_holder_and_end(tmp_path: Path, house: House) -> None:
    written = await write_bundle(house, tmp_path / "b", holder="Anna", lasts=30 * DAY)
    (copy,) = await copies(house)
    with open_bundle(tmp_path / "b") as bundle:
        said = bundle.manifest.expires

    assert (copy.name, copy.out.holder, copy.out.at, copy.out.expires) == (
        written.bundle, "Anna", BEGIN, BEGIN + 30 * DAY,
    )  # fmt: skip
    assert (said, copy.task) == (BEGIN + 30 * DAY, Task.NONE)


async def test_killed_after_registering_the_copy_is_listed_and_no_file_is_there(tmp_path: Path, house: House) -> None:
    with pytest.raises(Killed), killed_after(house, 1):
        await write_bundle(house, tmp_path / "b", holder="Anna")

    assert [each.out.holder for each in await copies(house)] == ["Anna"]
    assert not (tmp_path / "b").exists()


async def test_bundle_that_cannot_be_registered_does_not_appear(tmp_path: Path, house: House) -> None:
    with pytest.raises(IntegrityError):
        await write_bundle(house, tmp_path / "b", holder="Anna", lasts=-DAY)

    assert (list(tmp_path.glob("b*")), await copies(house)) == ([], [])


async def test_copy_is_a_task_for_who_took_answers_back_since(tmp_path: Path, house: House) -> None:
    await joined(house, 701)
    await write_bundle(house, tmp_path / "old", holder="Anna")
    house.clock.move(OVERLAP)  # type: ignore[attr-defined]
    phone = await _taking_back(house)
    house.clock.move(OVERLAP)  # type: ignore[attr-defined]
    await write_bundle(house, tmp_path / "new", holder="Ben")
    waiting = await _tasks(house)
    await phone.happens(phone.pressed(Verb.UNPAUSE))
    undone = await _tasks(house)

    assert waiting == [("Anna", 0, 1, Task.ERASED), ("Ben", 0, 0, Task.NONE)]
    assert undone == [("Anna", 0, 0, Task.NONE), ("Ben", 0, 0, Task.NONE)]


async def test_copy_is_a_task_until_it_is_noted_as_gone(tmp_path: Path, house: House) -> None:
    phone = Phone(house)
    await phone.enrol(returned="30.11.2026")
    written = await write_bundle(house, tmp_path / "b", holder="Anna")
    house.clock.move(OVERLAP)  # type: ignore[attr-defined]
    await phone.happens(phone.arrived(Command(CommandName.STOP, 90)))
    for verb, choice in (
        (Verb.CHOOSE_STOP, DELETE), (Verb.CONFIRM_STOP, DELETE), (Verb.FINISH, 0), (Verb.FINISH, 1),
    ):  # fmt: skip
        await phone.happens(phone.pressed(verb, choice))
    erased = await _tasks(house)
    await close(house, written.bundle[:8].upper())
    house.clock.move(timedelta(days=400))  # type: ignore[attr-defined]

    assert erased == [("Anna", 1, 0, Task.ERASED)]
    assert await _tasks(house) == [("Anna", 1, 0, Task.NONE)]


async def test_copy_whose_time_has_run_out_is_a_task(tmp_path: Path, house: House) -> None:
    await write_bundle(house, tmp_path / "b", holder="Anna", lasts=DAY)
    house.clock.move(DAY)  # type: ignore[attr-defined]

    assert await _tasks(house) == [("Anna", 0, 0, Task.OVERDUE)]


async def test_last_day_of_open_copies_is_told(tmp_path: Path, house: House) -> None:
    for holder, days in (("Anna", 20), ("Ben", 40), ("Cem", 60)):
        await write_bundle(house, tmp_path / holder, holder=holder, lasts=days * DAY)
    (cem,) = [each for each in await copies(house) if each.out.holder == "Cem"]
    await close(house, cem.name)
    phone = await _taking_back(house)
    said = phone.text
    for each in await copies(house):
        await close(house, each.name)
    await phone.happens(phone.arrived(Command(CommandName.MENU, 91)))

    say = house.script.phrases.say
    assert "10. Januar 2027" in said
    assert (say(p.COPIES_LATE, "de") in phone.text, "Januar" in phone.text) == (False, False)


@pytest.mark.parametrize("typed", ["", "abc", "zzzz", "0" * 32])
async def test_unknown_bundle_cannot_be_noted(typed: str, tmp_path: Path, house: House) -> None:
    await write_bundle(house, tmp_path / "b", holder="Anna")
    with pytest.raises(CoraError, match="was handed out"):
        await close(house, typed)
