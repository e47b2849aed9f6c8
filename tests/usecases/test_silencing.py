"""SI-01 whoever's phone was taken is reached nowhere: nothing waits, what stands goes, the chat is a stranger's
SI-04 it is in the audit log, in the same transaction
SI-02 whoever shares the chat stays in it · SI-03 a code for a new phone brings the person back; a restore does not
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.dialogue.inputs import Start
from cora_bot.store import ledger, participants
from cora_bot.store.tables import State
from cora_bot.usecases import audit_log, restoring
from cora_bot.usecases.audit_log import lines, verify
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.exchange import Arrived, DeleteMessage, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from cora_bot.usecases.settling import settle
from cora_bot.usecases.silencing import silence
from tests.support.turns import DAY, invited, joined, meet, shown


async def code_at(house: House, address: int) -> str:
    found = await meet(house, address)
    assert found.participant is not None
    return found.participant.code


async def test_nothing_waits_and_what_stands_goes(house: House) -> None:
    await shown(house, await joined(house, 700), "a card")
    (sending,) = await claim(house)
    await settle(house, [(sending, Sent(31))])
    await invited(house, await meet(house, 700))
    code = await code_at(house, 700)
    who = await house.keystore.find_code(code)
    assert who is not None

    await silence(house, code)
    assert [each.call for each in await claim(house)] == [DeleteMessage(31)]
    assert (await meet(house, 700)).participant is None
    async with house.database.read() as tx:
        states = list((await tx.execute(text("SELECT state FROM outbox WHERE unsolicited = 1"))).scalars())
        reached = await participants.chats_of(tx, [who])
    assert states == [State.SUPERSEDED]
    await silence(house, code)
    assert await claim(house) == []
    async with house.database.read() as tx:
        assert list(await participants.chats_of(tx, [who])) == list(reached) == [who]


async def test_it_is_in_the_audit_log_with_its_code(house: House) -> None:
    await joined(house, 700)
    code = await code_at(house, 700)
    await silence(house, code)
    assert [(each.action, each.case) for each in await lines(house)] == [("silenced", code)]
    assert (await verify(house)).broken is None


async def test_what_is_not_logged_is_not_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await joined(house, 700)
    code = await code_at(house, 700)

    async def fails(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit_log, "note", fails)
    with pytest.raises(RuntimeError):
        await silence(house, code)
    assert await code_at(house, 700) == code


async def test_person_still_takes_part_and_a_new_phone_brings_them_back(house: House) -> None:
    await check_belongs(house)
    before = await joined(house, 700)
    code = await code_at(house, 700)
    await invited(house, before)
    (sending,) = await claim(house)
    await settle(house, [(sending, Sent(31))])
    await silence(house, code)
    house.clock.move(3 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    who = await house.keystore.find_code(code)
    assert who is not None
    async with house.database.read() as tx:
        assert [each.reason for each in (await ledger.contacts(tx, [who]))[who]] == ["invitation:arrival"]

    made = await make_relink(house, code, expires_days=1)
    await receive(house, [Arrived("m/1", 701, Start(made, 1))])
    assert await code_at(house, 701) == code


async def test_restore_of_a_copy_from_before_does_not_bring_the_chat_back(house: House) -> None:
    before = await joined(house, 700)
    assert before.participant is not None
    code, who = before.participant.code, before.participant.id
    await silence(house, code)
    async with house.database.transaction() as tx:
        await participants.join(tx, {before.chat.id: who}, house.clock.now())  # as the copy has it
    await restoring.apply(house)
    assert (await meet(house, 700)).participant is None


async def test_code_nobody_has_is_refused(house: House) -> None:
    with pytest.raises(CoraError, match="nobody is known"):
        await silence(house, "K7F-2QX")
