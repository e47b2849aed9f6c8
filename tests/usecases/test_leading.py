"""LD-01 one of several holds the right to send · LD-02 it is taken when it has not moved
LD-03 its last holder is fenced off: it neither claims nor settles · LD-04 given back, it is taken at once
LD-05 what another process works on is passed over by the planner, and planned by nobody twice.
"""

from __future__ import annotations

import pytest

from cora_bot.dialogue.turn import Turn
from cora_bot.store import chats
from cora_bot.store.leases import Fenced
from cora_bot.usecases import leading
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Sent
from cora_bot.usecases.house import House
from tests.support.stores import BEGIN, Ground
from tests.support.turns import invited, joined, occurrence, shown, write


async def test_lease_is_one_process_s_and_another_s_when_it_has_not_moved(ground: Ground, house: House) -> None:
    async with ground.opened(house.script) as other:
        first = await leading.take(house, await leading.look(house))
        seen = await leading.look(other)
        assert first == 1
        assert await leading.renew(house, 1)
        assert await leading.take(other, seen) is None  # it moved since it was seen
        second = await leading.take(other, await leading.look(other))
        assert (second, await leading.renew(house, 1), await leading.renew(other, 2)) == (2, False, True)


async def test_two_that_begin_at_once_do_not_both_win(ground: Ground, house: House) -> None:
    async with ground.opened(house.script) as other:
        assert (await leading.take(house, None), await leading.take(other, None)) == (1, None)


async def test_who_was_fenced_off_neither_claims_nor_settles(ground: Ground, house: House) -> None:
    await leading.take(house, None)
    await shown(house, await joined(house, 700), "first")
    (sending,) = await claim(house)
    async with ground.opened(house.script) as other:
        await leading.take(other, await leading.look(other))  # what was in flight may be sent once more
        with pytest.raises(Fenced):
            await settle(house, [(sending, Sent(31))])
        with pytest.raises(Fenced):
            await claim(house)
        (again,) = await claim(other)
        await settle(other, [(again, Sent(32))])
    assert (again.id, again.again) == (sending.id, True)


async def test_unsolicited_message_of_a_lost_holder_is_never_repeated(ground: Ground, house: House) -> None:
    await leading.take(house, None)
    await invited(house, await joined(house, 700))
    assert len(await claim(house)) == 1
    async with ground.opened(house.script) as other:
        await leading.take(other, await leading.look(other))
        assert await claim(other) == []


async def test_lease_that_was_given_back_is_free(ground: Ground, house: House) -> None:
    await leading.take(house, None)
    await leading.release(house, 1)
    lease = await leading.look(house)
    assert lease is not None
    assert (lease.held, await leading.renew(house, 1), await leading.take(house, lease)) == (False, False, 2)


async def test_who_stands_by_may_not_send_or_tidy(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    leading.stand_by(house)
    with pytest.raises(Fenced):
        await claim(house)
    await due(house)
    assert house.database.maintained_at is None


async def test_planner_passes_over_a_chat_another_process_works_on(ground: Ground, house: House) -> None:
    if ground.engine == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    conversations = []
    for address in (700, 701):
        before = await joined(house, address)
        await write(house, before, Turn(before, occurrences=(occurrence("arrival", 1, BEGIN),)))
        conversations.append(before)
    house.database.maintained_at = house.clock.now()
    async with ground.opened(house.script) as other:
        async with other.database.transaction() as tx:
            assert len(await chats.lock(tx, [conversations[0].chat.id])) == 1
            first = await due(house)
        second = await due(house)
    assert (first, second, await due(house)) == (1, 1, 0)
