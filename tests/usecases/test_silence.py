"""SL-01 after a silence longer than a press lives every live card changes once, in place, and its buttons stay good
SL-02 no silence, no change: a short one, a first start, a clock that was moved while the bot heard
SL-03 cards nobody misses anything on, of people who left, and ones that another card replaces, are left alone.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.silence import PRESS_LIVES, heard
from tests.support.phone import Phone
from tests.support.turns import joined, meet, shown, write

SECOND = timedelta(seconds=1)


async def enrolling(house: House) -> Phone:
    """Somebody who stands at the first question of the consent."""
    (code,) = await make_tokens(house, 1, expires_days=7)
    phone = Phone(house)
    await phone.happens(phone.started(code))
    await phone.happens(phone.pressed(Verb.SET_LANGUAGE, 0))
    return phone


async def silent(house: House, clock: SetClock, length: timedelta, really: timedelta | None = None) -> int:
    await heard(house)
    clock.move(length)
    return await heard(house, really)


async def ticked(house: House, clock: SetClock) -> None:
    clock.move(SECOND)
    while await due(house):
        pass


async def test_live_card_says_once_that_a_press_may_have_been_lost(house: House, clock: SetClock) -> None:
    phone = await enrolling(house)
    (message, before), generation = max(phone.messages.items()), (await meet(house, phone.address)).chat.card.generation

    assert await silent(house, clock, PRESS_LIVES + SECOND) == 1
    await ticked(house, clock)
    sent = await phone.deliver()
    told = house.script.phrases.say(p.NOT_RECEIVED, "en")

    assert len(sent) == 1
    assert phone.messages[message].text == f"{told}\n\n{before.text}"
    assert (await meet(house, phone.address)).chat.card.generation == generation
    await phone.happens(phone.pressed(Verb.DONE) if phone.has(Verb.DONE) else phone.pressed(Verb.CHOOSE))
    assert told not in max(phone.messages.items())[1].text
    assert await heard(house) == 0


async def test_card_too_old_to_be_changed_in_place_is_left_alone(house: House, clock: SetClock) -> None:
    """It could only be said in a new message, which nobody asked for."""
    phone = await enrolling(house)
    assert await silent(house, clock, timedelta(hours=49)) == 1
    await ticked(house, clock)
    assert await phone.deliver() == []


@pytest.mark.parametrize(
    ("length", "really"),
    [(PRESS_LIVES, None), (timedelta(days=13), SECOND)],
    ids=["short", "the clock was moved"],
)
async def test_no_silence_changes_nothing(
    house: House, clock: SetClock, length: timedelta, really: timedelta | None
) -> None:
    await enrolling(house)

    assert await silent(house, clock, length, really) == 0


async def test_first_start_is_no_silence(house: House) -> None:
    await enrolling(house)

    assert await heard(house) == 0


async def test_card_that_something_new_replaces_is_left_to_it(house: House, clock: SetClock) -> None:
    await shown(house, await joined(house, 700), "never sent")

    assert await silent(house, clock, timedelta(hours=1)) == 0


async def test_who_left_hears_nothing(house: House, clock: SetClock) -> None:
    phone = await enrolling(house)
    heard_of = await silent(house, clock, timedelta(hours=1))
    before = await meet(house, phone.address)
    assert before.participant is not None
    stopped = replace(before, participant=replace(before.participant, status=Status.STOPPED), session=None)
    await write(house, before, Turn(stopped))
    await ticked(house, clock)

    assert (heard_of, await phone.deliver()) == (1, [])


async def test_card_with_nothing_to_miss_is_left_alone(house: House, clock: SetClock) -> None:
    phone = Phone(house)
    await phone.happens(phone.written("hello"))
    card = (await meet(house, phone.address)).chat.card

    assert card.showing in (Showing.NOTHING, Showing.NOTICE)
    assert await silent(house, clock, timedelta(hours=1)) == 0
