"""What people wrote and is to leave their chats, on both engines.

RM-01 it is owed from the turn's commit until Telegram has deleted it or never will; a crash changes nothing
RM-02 what Telegram puts off waits, together with its chat; what is not known is done again, not for ever
RM-03 nothing is owed in chats that are gone or cannot be read, or while sending is stopped
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from cora_bot.store.tables import chat
from cora_bot.usecases import halting
from cora_bot.usecases.deliver import claim, recover, settle
from cora_bot.usecases.exchange import (
    DeleteMessage,
    DeleteMessages,
    Gone,
    Outcome,
    Refused,
    Removal,
    Retry,
    Sent,
    Uncertain,
)
from cora_bot.usecases.house import House
from cora_bot.usecases.removing import owed
from cora_bot.usecases.settling import MOST_ATTEMPTS
from tests.support.stores import BEGIN
from tests.support.turns import Turn, joined, meet, shown, write

MINUTE = timedelta(minutes=1)


async def _written(house: House, *messages: int, address: int = 700) -> None:
    before = await meet(house, address)
    await write(house, before, Turn(before, remove=messages))


async def _one(house: House) -> Removal:
    (removal,) = await owed(house)
    return removal


async def test_messages_of_a_chat_are_owed_together_until_they_are_gone(house: House) -> None:
    await joined(house, 700)
    await _written(house, 5, 6)
    await _written(house, 9)
    await _written(house, 7, address=701)
    await recover(house)
    first, second = sorted(await owed(house), key=lambda each: each.address)
    again = await owed(house)
    await settle(house, [(first, Sent(0)), (second, Refused("message_gone"))])

    assert (first.address, sorted(first.messages), second.call) == (700, [5, 6, 9], DeleteMessage(7))
    assert (isinstance(first.call, DeleteMessages), len(again), await owed(house)) == (True, 2, [])


async def test_more_than_telegram_deletes_at_once_goes_in_parts(house: House) -> None:
    await _written(house, *range(1, 251))

    assert [len(each.messages) for each in await owed(house)] == [100, 100, 50]


async def test_what_was_written_meanwhile_is_still_owed(house: House) -> None:
    await _written(house, 5)
    removal = await _one(house)
    await _written(house, 6)
    await settle(house, [(removal, Sent(0))])

    assert (await _one(house)).messages == (6,)


async def test_removal_that_has_to_wait_holds_its_chat(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    await _written(house, 5)
    await settle(house, [(await _one(house), Retry(BEGIN + MINUTE, "too_many"))])
    before = (await owed(house), await claim(house))
    house.clock.move(MINUTE)  # type: ignore[attr-defined]

    assert (before, len(await owed(house)), len(await claim(house))) == (([], []), 1, 1)


async def test_limit_of_the_whole_bot_holds_removals_too(house: House) -> None:
    await _written(house, 5)
    await _written(house, 6, address=701)
    first, _ = await owed(house)
    await settle(house, [(first, Retry(BEGIN + MINUTE, "too_many", whole_bot=True))])

    assert await owed(house) == []


async def test_removal_nobody_answered_is_tried_again_and_given_up_in_the_end(house: House) -> None:
    await _written(house, 5)
    tries = 0
    for _ in range(20):
        for removal in await owed(house):
            tries += 1
            await settle(house, [(removal, Uncertain("no_answer"))])
        house.clock.move(3 * MINUTE)  # type: ignore[attr-defined]

    assert tries == MOST_ATTEMPTS


@pytest.mark.parametrize("outcome", [Gone("blocked"), Gone("deactivated")])
async def test_nothing_is_owed_to_a_chat_that_is_gone(house: House, outcome: Outcome) -> None:
    await joined(house, 700)
    await _written(house, 5)
    await settle(house, [(await _one(house), outcome)])

    assert (await owed(house), (await meet(house, 700)).chat.blocked) == ([], True)


async def test_chat_whose_address_cannot_be_read_is_given_up_alone(house: House) -> None:
    await _written(house, 5)
    await _written(house, 6, address=701)
    unreadable = (await meet(house, 700)).chat.id
    async with house.database.transaction() as tx:
        await tx.execute(update(chat).where(chat.c.id == unreadable).values(address=b"\0" * 40))

    assert [each.address for each in await owed(house)] == [701]


async def test_nothing_is_removed_while_sending_is_stopped(house: House) -> None:
    await _written(house, 5)
    await halting.halt(house.database, house.clock)

    assert await owed(house) == []
