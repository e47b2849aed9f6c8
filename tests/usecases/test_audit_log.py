"""AU-04 what is done with people's data is logged in the transaction that does it · AU-05 whoever leaves is cut out of
the log, and its chain still holds · AU-06 any change in the database is found · AU-07 two processes never fork it
AU-08 the log holds no content, and whose an entry is, is sealed.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cora_bot.dialogue.conversation import Withdrawal
from cora_bot.dialogue.inputs import Verb
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.store import audit_log as stored
from cora_bot.store.audit_log import Noted
from cora_bot.usecases import audit_log, severing, staff_phones
from cora_bot.usecases.audit_log import lines, note, verify
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.copies import close
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.people import people
from cora_bot.vault.audit_chain import first_broken
from cora_bot.vault.working import Purpose
from tests.support.phone import Phone
from tests.support.stores import Ground

RETURNED = "20.11.2026"


async def _actions(house: House) -> list[str]:
    return [each.action for each in await lines(house)]


async def _withdraw(house: House, phone: Phone, choice: Withdrawal) -> None:
    await phone.happens(phone.pressed(Verb.SEEN))
    await phone.happens(phone.written("/x"))
    if phone.has(Verb.DISCARD):
        await phone.happens(phone.pressed(Verb.DISCARD))
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.STOP))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, 2 if choice is Withdrawal.ANSWERS else 1))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP))


async def test_join_is_logged_with_its_code_and_the_study_at_start(house: House) -> None:
    await recover(house)
    await recover(house)
    await Phone(house).enrol(returned=RETURNED)
    found, (person,) = await lines(house), await people(house)

    assert [(each.action, each.case) for each in found] == [
        ("study", ""),
        ("tokens_made", ""),
        ("enrolled", person.code),
    ]
    assert (await verify(house)).broken is None


async def test_bundle_staff_and_severing_are_logged_with_who_and_what(house: House, tmp_path: Path) -> None:
    await staff_phones.add(house, "Anna", language="en", duty=False, expires_days=1)
    written = await write_bundle(house, tmp_path / "b", holder="Ben")
    await close(house, written.bundle[:8])
    await staff_phones.remove(house, "Anna")
    await severing.prepare(house)
    await severing.cancel(house)
    found = await lines(house)

    assert [each.action for each in found] == [
        "staff_added", "bundle", "copy_gone", "staff_removed", "severing_prepared", "severing_cancelled",
    ]  # fmt: skip
    assert (found[0].facts, found[1].facts["holder"], found[1].facts["bundle"]) == (
        {"name": "Anna"},
        "Ben",
        written.bundle,
    )


@pytest.mark.parametrize("choice", [Withdrawal.ANSWERS, Withdrawal.LINK])
async def test_who_leaves_for_good_is_cut_out_of_the_log_and_the_chain_holds(house: House, choice: Withdrawal) -> None:
    await Phone(house, 1).enrol(returned=RETURNED)
    staying = (await people(house))[0].code
    leaving = Phone(house, 2)
    await leaving.enrol(returned=RETURNED)
    await _withdraw(house, leaving, choice)
    named = [each.case != "" for each in await lines(house)]
    house.clock.move(timedelta(days=8))  # type: ignore[attr-defined]
    await maintain(house)
    found = await lines(house)

    assert named == [False, True, False, True, True]
    assert {each.case for each in found} == {"", staying}
    assert [each.action for each in found[4:]] == [f"withdrew_{choice}", "withdrawn", "keys_destroyed"]
    assert (await verify(house)).broken is None
    async with house.database.read() as tx:
        left = (await tx.execute(text("SELECT count(*) FROM audit WHERE mark IS NOT NULL"))).scalar()
    assert left == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET action = 'nothing' WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 2",
        "UPDATE audit SET facts = '{}' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
async def test_changed_log_is_found_where_it_was_changed(house: House, change: str) -> None:
    async with house.database.transaction() as tx:
        await note(house, tx, *(Noted("did", facts={"count": str(each)}) for each in range(4)))
    async with house.database.transaction() as tx:
        await tx.execute(text(change))

    assert (await verify(house)).broken == 2


async def test_entry_that_was_given_to_somebody_else_is_found(house: House) -> None:
    await Phone(house, 1).enrol(returned=RETURNED)
    await Phone(house, 2).enrol(returned=RETURNED)
    async with house.database.transaction() as tx:
        swap = "UPDATE audit SET mark = (SELECT mark FROM audit AS other WHERE other.seq = 4) WHERE seq = 2"
        await tx.execute(text(swap))

    assert (await verify(house)).broken == 2


async def test_two_processes_write_one_chain(ground: Ground, house: House) -> None:
    async with ground.opened(house.script) as other:

        async def some(one: House, name: str) -> None:
            for _ in range(10):
                async with one.database.transaction() as tx:
                    await note(one, tx, Noted(name), Noted(name))

        await asyncio.gather(some(house, "here"), some(other, "there"))

    found = await verify(house)
    assert (found.entries, found.broken) == (40, None)


async def test_rolled_back_deed_is_not_logged(house: House) -> None:
    with pytest.raises(LookupError):
        async with house.database.transaction() as tx:
            await note(house, tx, Noted("did"))
            raise LookupError

    assert await _actions(house) == []


async def test_log_shows_no_code_and_no_participant_in_the_open(house: House) -> None:
    await Phone(house).enrol(returned=RETURNED)
    (person,) = await people(house)
    async with house.database.read() as tx:
        rows = [tuple(row) for row in await tx.execute(text("SELECT * FROM audit"))]
        (who,) = (await tx.execute(text("SELECT id FROM participant"))).scalars()
    shown = b"".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)

    assert (person.code.encode() in shown, bytes(who) in shown) == (False, False)
    assert b"enrolled" in shown


async def test_bundle_carries_the_log_without_saying_of_whom(house: House, tmp_path: Path) -> None:
    await Phone(house).enrol(returned=RETURNED)
    (person,) = await people(house)
    await write_bundle(house, tmp_path / "b", holder="Ben")
    with open_bundle(tmp_path / "b") as bundle:
        log = bundle.audit

    assert log is not None
    assert [each.action for each in log] == ["tokens_made", "enrolled"]
    assert first_broken(log, log=house.script.study.id) is None
    assert (log[1].subject != "", person.code in str(log)) == (True, False)


def test_every_note_of_the_dialogue_that_is_logged_is_one() -> None:
    assert {f"withdrew_{each}" for each in Withdrawal} < audit_log.ABOUT
    assert {f"withdrawn_{each}" for each in Withdrawal} < audit_log.OF_NOBODY


async def test_index_can_be_made_anew_from_the_mark_alone(house: House) -> None:
    await Phone(house).enrol(returned=RETURNED)
    async with house.database.read() as tx:
        (row,) = [row async for row in stored.every(tx) if row.mark is not None]
    opened = house.keys.open(Purpose.AUDIT, stored.context(row.seq), row.mark)

    assert stored.index_of(house.keys, opened) == row.person_index
