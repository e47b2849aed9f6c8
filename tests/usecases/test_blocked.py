"""BL-01 who blocked the bot, or is gone, is written to no more, and the occasion says why
BL-02 a later /start, message or press resumes at once, whether or not Telegram said that the block is over.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.dialogue.inputs import Input, Start, Text, Unblocked
from cora_bot.dialogue.turn import Turn
from cora_bot.store import occurrences
from cora_bot.study.model import Step
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Arrived, Gone, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.stores import BEGIN
from tests.support.turns import DAY, HOUR, joined, occurrence, shown, write


async def gone(house: House, clock: SetClock, why: str) -> bytes:
    """A card could not be delivered; an occasion falls due an hour later."""
    before = await shown(house, await joined(house, 700), "card")
    await write(house, before, Turn(before, occurrences=(occurrence("arrival", 1, BEGIN + HOUR),)))
    (sending,) = await claim(house)
    await settle(house, [(sending, Gone(why))])
    clock.move(2 * HOUR)
    while await due(house):
        pass
    assert before.participant is not None
    return before.participant.id


async def stands(house: House, who: bytes) -> tuple[Step, str]:
    async with house.database.read() as tx:
        (found,) = (await occurrences.all_of(tx, [who]))[who]
    return found.step, found.reason


@pytest.mark.parametrize("why", ["blocked", "deactivated", "migrated", "forbidden"])
async def test_who_is_gone_is_written_to_no_more(house: House, clock: SetClock, why: str) -> None:
    who = await gone(house, clock, why)

    assert (await stands(house, who), await claim(house)) == ((Step.PLANNED, "blocked"), [])


@pytest.mark.parametrize("event", [Start("", 50), Text("hello", 50), Unblocked()], ids=["start", "text", "unblocked"])
async def test_who_is_there_again_is_asked_at_once(house: House, clock: SetClock, event: Input) -> None:
    who = await gone(house, clock, "deactivated")
    await receive(house, [Arrived("again", 700, event)])
    clock.move(timedelta(seconds=1))
    while await due(house):
        pass

    assert (await stands(house, who))[0] is Step.INVITED
    sent = []
    while claimed := await claim(house):
        await settle(house, [(each, Sent(60 + each.id)) for each in claimed])
        sent += claimed
    assert [each.unsolicited for each in sent].count(True) == 1


async def test_window_that_closed_meanwhile_says_why(house: House, clock: SetClock) -> None:
    who = await gone(house, clock, "blocked")
    for _ in range(9):
        clock.move(DAY)
        while await due(house):
            pass

    assert await stands(house, who) == (Step.LAPSED, "blocked")
