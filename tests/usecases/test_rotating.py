"""KR-01 new keys seal from the moment they are taken up; what lies under the earlier ones still opens and is found
KR-02 everything is sealed anew, in bounded rounds; then the earlier keys are of no use to anybody, and not needed
KR-03 an update is handled once and a code is good once, whatever keys their index was made under
KR-04 commands that know the newer keys seal under the older until the bot takes them up
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cora_bot.base.errors import NotOpened
from cora_bot.base.values import replace
from cora_bot.dialogue.inputs import Start, Text
from cora_bot.dialogue.turn import Turn
from cora_bot.store import tokens, updates
from cora_bot.store.keystore import KeyStore, link
from cora_bot.store.participants import by_ids
from cora_bot.store.tables import chat
from cora_bot.usecases import rotating
from cora_bot.usecases.belonging import check_belongs, in_use
from cora_bot.usecases.codes import secret
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.parking import park, unpark
from cora_bot.usecases.receive import receive
from cora_bot.vault.working import WorkingKeys
from tests.support.turns import invited, joined, meet, record, session, write


def with_newer(house: House, made: int = 1) -> House:
    """The house of a process that was started with newer keys in the file."""
    new = replace(WorkingKeys.generate(house.chance), made=made, others=house.keys.generations)
    keys = new.led_by(house.keys.generations[0])
    return replace(house, keys=keys, keystore=KeyStore(house.keystore.database, keys))


def with_keys(house: House, keys: WorkingKeys) -> House:
    return replace(house, keys=keys, keystore=KeyStore(house.keystore.database, keys))


async def everything(house: House) -> None:
    """Something in every place that lies under the keys."""
    await check_belongs(house)
    for address in (700, 701, 702):
        before = await joined(house, address)
        open_one = session(house.chance)
        fold = replace(before, session=open_one)
        await write(house, before, Turn(fold, records=(record(house.chance, open_one, "answer"),)))
        await invited(house, await meet(house, address))
    await park(house, Arrived("m/9/9", 9, Text("hello", 9, "en")), "ValueError")


async def readable(house: House) -> bool:
    """Whether these keys open all of it."""
    try:
        for address in (700, 701, 702):
            found = await meet(house, address)
            assert found.participant is not None
            assert found.session is not None
            assert await house.keystore.erasure_keys([found.participant.case])
            assert await house.keystore.find_code(found.participant.code) == found.participant.id
        async with house.database.read() as tx:
            (parked,) = await updates.parked(tx)
        assert unpark(house, parked).input == Text("hello", 9, "en")
    except NotOpened:
        return False
    return True


async def test_what_lies_under_earlier_keys_opens_and_is_found(house: House) -> None:
    await everything(house)
    taken = await rotating.take_up(with_newer(house))

    assert taken.keys.id != house.keys.id
    assert await readable(taken)
    async with taken.database.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM chat"))).scalar_one() == 3  # nobody became a stranger


async def test_everything_is_sealed_anew_and_earlier_keys_open_nothing(house: House) -> None:
    await everything(house)
    taken = await rotating.take_up(with_newer(house))
    before = await rotating.left(taken)
    await maintain(taken)
    after = await rotating.left(taken)

    # Three each of chats, profiles, sessions, links, erasure keys and waiting messages, and a parked update.
    assert (before.values, after.values) == (19, 0)
    assert await readable(with_keys(taken, taken.keys.generations[0]))
    async with taken.database.read() as tx:
        stored = (await tx.execute(select(chat.c.address).limit(1))).scalar_one()
        people = list((await tx.execute(text("SELECT id FROM participant"))).scalars())
        assert stored.startswith(taken.keys.prefix)
        with pytest.raises(NotOpened):
            await by_ids(tx, house.keys, people)
    with pytest.raises(NotOpened):
        await house.keystore.links(people)


async def test_round_is_bounded_and_the_next_goes_on(house: House) -> None:
    await everything(house)
    taken = await rotating.take_up(with_newer(house))

    assert await rotating.go_on(taken, most=1) == 7  # one of each place
    assert (await rotating.left(taken)).values == 12
    assert await readable(taken)
    assert await rotating.go_on(taken) == 12


async def test_nothing_is_looked_for_where_there_is_one_generation(house: House) -> None:
    await everything(house)
    assert await rotating.go_on(house) == 0
    assert await rotating.left(house) == rotating.Left(0, None)
    assert (await rotating.take_up(house)) is house


async def test_what_opens_under_no_key_is_left_and_said(house: House) -> None:
    await everything(house)
    async with house.keystore.database.transaction() as tx:
        row = (await tx.execute(select(link).limit(1))).one()
        await tx.execute(
            link.update().where(link.c.participant_id == row.participant_id).values(sealed=row.sealed[:-1])
        )
    taken = await rotating.take_up(with_newer(house))
    await maintain(taken)

    assert (await rotating.left(taken)).values == 1


async def test_update_known_under_earlier_keys_is_not_handled_again(house: House) -> None:
    await check_belongs(house)
    first = Arrived("m/5/1", 5, Text("hello", 1, "en"))
    await receive(house, [first])
    taken = await rotating.take_up(with_newer(house))
    await receive(taken, [first, Arrived("m/5/2", 5, Text("again", 2, "en"))])
    async with taken.database.read() as tx:
        known = (await tx.execute(text("SELECT count(*) FROM update_seen"))).scalar_one()

    assert known == 2


async def test_code_made_before_is_good_once_and_keeps_the_earlier_keys(house: House) -> None:
    await check_belongs(house)
    (code,) = await make_tokens(house, 1, expires_days=30)
    taken = await rotating.take_up(with_newer(house))
    await receive(taken, [Arrived("m/5/1", 5, Start(code, 1))])
    await receive(taken, [Arrived("m/6/1", 6, Start(code, 1))])
    async with taken.database.transaction() as tx:
        people = (await tx.execute(text("SELECT count(*) FROM participant"))).scalar_one()
        found = await tokens.look_up(tx, tokens.indexes(taken.keys, secret(code)), taken.clock.now())
    until = (await rotating.left(taken)).found_until

    assert (people, [one.state for one in found.values()]) == (1, ["unknown", "used"])
    assert until == taken.clock.now() + timedelta(days=30)
    taken.clock.move(timedelta(days=30))  # type: ignore[attr-defined]
    await maintain(taken)
    assert (await rotating.left(taken)).needed(taken.clock.now()) is False


async def test_earlier_keys_are_needed_as_long_as_an_update_may_come_again(house: House) -> None:
    await check_belongs(house)
    taken = await rotating.take_up(with_newer(house))

    assert (await rotating.left(taken)).needed(taken.clock.now()) is True
    taken.clock.move(rotating.UPDATES_KNOWN)  # type: ignore[attr-defined]
    assert (await rotating.left(taken)).needed(taken.clock.now()) is False


async def test_commands_seal_under_the_older_until_the_bot_takes_the_newer_up(house: House) -> None:
    await everything(house)
    newer = with_newer(house)
    assert (await in_use(house.database, newer.keys.newest)).id == house.keys.id
    await joined(newer, 703)
    assert (await meet(house, 703)).participant is not None  # the bot that knows the older keys alone

    taken = await rotating.take_up(newer)
    assert (await in_use(house.database, newer.keys)).id == taken.keys.id
