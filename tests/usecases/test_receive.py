"""RC-01 a known update does nothing, in one batch or two · RC-02 a chat's updates are handled in their order
RC-03 one poisoned update is parked, sealed, and the rest goes on · RC-04 trouble of the database acknowledges nothing
RC-05 an update that kills the process is found out and parked · RC-06 what stays below the card buries it.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from cora_bot.dialogue.inputs import Press, Pressed, Text, Unusable, Verb
from cora_bot.store import tables, updates
from cora_bot.usecases import receive as receiving
from cora_bot.usecases.deliver import end, recover
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.parking import unpark
from cora_bot.usecases.receive import receive
from cora_bot.usecases.settling import CAREFUL
from tests.support.phone import Phone
from tests.support.stores import Ground
from tests.support.turns import joined, meet


async def _scalar(house: House, query: str) -> object:
    async with house.database.read() as tx:
        return (await tx.execute(text(query))).scalar()


async def test_same_update_twice_in_a_batch_and_in_two_counts_once(house: House) -> None:
    (code,) = await make_tokens(house, 1, expires_days=7)
    phone = Phone(house)
    stranger = phone.written("hello")
    await receive(house, [stranger, stranger])
    await receive(house, [stranger])
    drawn = await _scalar(house, "SELECT generation FROM chat")
    start = phone.started(code)
    await receive(house, [start])
    again = await receive(house, [start])

    assert (drawn, again) == (1, [])
    assert await _scalar(house, "SELECT count(*) FROM participant") == 1


async def test_duplicate_press_still_stops_its_spinner(house: House) -> None:
    press = Arrived("c:1", 700, Pressed(Press(Verb.MENU, card=1), 9))
    await receive(house, [press])

    assert await receive(house, [press]) == [Reaction("c:1", "")]


async def test_updates_of_a_chat_see_each_others_results(house: House) -> None:
    """Code, language and the first question's answer in one batch: three steps, in order."""
    (code,) = await make_tokens(house, 1, expires_days=7)
    phone = Phone(house)
    await receive(house, [phone.started(code)])
    await phone.deliver()
    language = phone.pressed(Verb.SET_LANGUAGE, 1)
    card = language.input.press.card  # type: ignore[union-attr]
    message = language.input.message  # type: ignore[union-attr]
    go_on = phone.arrived(Pressed(Press(Verb.DONE, card=card + 1, node=0), message))
    await receive(house, [language, go_on])
    after = await meet(house, phone.address)

    assert after.participant is not None
    assert after.participant.language == "de"
    assert after.session is not None
    assert after.chat.card.generation == card + 2


async def test_start_and_language_in_one_batch_go_through_two_loads(house: House) -> None:
    (code,) = await make_tokens(house, 1, expires_days=7)
    phone = Phone(house)
    guessed = phone.arrived(Pressed(Press(Verb.SET_LANGUAGE, card=1, choice=1), 50))
    await receive(house, [phone.started(code), guessed])
    after = await meet(house, phone.address)

    assert after.participant is not None
    assert after.session is not None
    assert after.chat.card.message == 50


async def _spoil(house: House, address: int) -> None:
    """Makes one person's profile unreadable: advance is never reached for that chat."""
    conversation = await joined(house, address)
    assert conversation.participant is not None
    async with house.database.transaction() as tx:
        spoilt = update(tables.participant).where(tables.participant.c.id == conversation.participant.id)
        await tx.execute(spoilt.values(profile=b"spoilt"))


async def test_poisoned_update_is_parked_and_the_rest_goes_on(ground: Ground, house: House) -> None:
    await _spoil(house, 666)
    before, poison, after = (Arrived(f"m:{n}", address, Text("geheim", 1)) for n, address in enumerate((1, 666, 2)))
    await receive(house, [before, poison, after])
    async with ground.opened(house.script) as other:
        async with other.database.read() as tx:
            (parked,) = await updates.parked(tx)
            seen = (await tx.execute(text("SELECT count(*) FROM update_seen"))).scalar()
            drawn = (await tx.execute(text("SELECT sum(generation) FROM chat"))).scalar()
            counted = (await tx.execute(text("SELECT value FROM counter WHERE name = 'parked'"))).scalar()
        back = unpark(other, parked)

    assert (poison, "Text", "NotOpened") == (back, parked.kind, parked.error)
    assert (seen, drawn, counted) == (3, 2, 1)
    assert b"geheim" not in parked.sealed


async def test_parked_update_is_not_tried_again(house: House) -> None:
    await _spoil(house, 666)
    poison = Arrived("m:1", 666, Text("x", 1))
    await receive(house, [poison])
    await receive(house, [poison])

    assert await _scalar(house, "SELECT value FROM counter WHERE name = 'parked'") == 1


async def test_trouble_of_the_database_is_raised_and_nothing_is_known(ground: Ground, house: House) -> None:
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE occurrence RENAME TO hidden"))
    await joined_without_occurrences(house)
    if ground.engine == "sqlite":
        with pytest.raises(DBAPIError):
            await receive(house, [Arrived("m:1", 700, Text("x", 1))])
        assert await _scalar(house, "SELECT count(*) FROM update_seen") == 0
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE hidden RENAME TO occurrence"))
    await receive(house, [Arrived("m:2", 700, Text("x", 1))])

    assert await _scalar(house, "SELECT count(*) FROM update_seen") == 1


async def joined_without_occurrences(house: House) -> None:
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE hidden RENAME TO occurrence"))
    await joined(house, 700)
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE occurrence RENAME TO hidden"))


async def test_update_that_kills_the_process_is_parked_and_its_neighbours_are_not(house: House) -> None:
    killer, neighbour = Arrived("m:1", 700, Text("x", 1)), Arrived("m:2", 701, Text("y", 1))
    key = updates.index(house.keys, killer.key)
    for _ in range(receiving.MOST_ATTEMPTS):  # each time the attempt was committed, and then the process was gone
        await recover(house)
        async with house.database.transaction() as tx:
            await updates.count_attempt(tx, key, house.clock.now())
    await recover(house)
    await receive(house, [killer, neighbour])
    async with house.database.read() as tx:
        (parked,) = await updates.parked(tx)

    assert (key, "ProcessKilled") == (parked.key, parked.error)
    assert await _scalar(house, "SELECT count(*) FROM update_seen") == 2
    assert await _scalar(house, "SELECT count(*) FROM update_attempt") == 0


async def test_first_batch_after_a_kill_is_taken_one_by_one(house: House) -> None:
    await recover(house)
    assert house.database.careful == (CAREFUL if house.database.shared else 0)  # nobody was killed before
    await recover(house)
    phone = Phone(house)
    await receive(house, [phone.written("a"), phone.written("b")])

    assert (house.database.careful, await _scalar(house, "SELECT generation FROM chat")) == (98, 2)


async def test_nobody_need_be_careful_after_a_clean_end(house: House) -> None:
    if house.database.shared:
        pytest.skip("of several processes one may have been killed")
    await recover(house)
    await end(house)
    await recover(house)

    assert house.database.careful == 0


async def test_message_that_is_removed_does_not_bury_the_card(house: House) -> None:
    (code,) = await make_tokens(house, 1, expires_days=7)
    phone = Phone(house)
    await phone.happens(phone.started(code))
    phone.count += 1
    await receive(house, [phone.arrived(Unusable("sticker", phone.count))])

    assert (await meet(house, phone.address)).chat.card.buried is False
    assert await _scalar(house, "SELECT count(*) FROM removal") == 1


async def test_message_that_stays_buries_the_card_and_the_next_one_comes_below_it(house: House) -> None:
    phone = Phone(house)
    await phone.happens(phone.written("hello"))
    first = max(phone.messages)
    await receive(house, [phone.written("anybody?")])
    buried = (await meet(house, phone.address)).chat.card.buried
    await phone.deliver()
    card = (await meet(house, phone.address)).chat.card

    assert (first, buried) == (2, True)
    assert (sorted(phone.messages), card.message, card.buried) == ([4], 4, False)
