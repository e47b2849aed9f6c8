"""DU-01 what is due happens once, however often the tick comes · DU-02 what cannot be handled holds up nobody
DU-03 a person without a chat is not asked · DU-04 chores happen unless the card shows something else
DU-05 after downtime nothing is flooded · DU-06 SQLite's log is emptied every minute, not at every tick.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.engine import make_url

from cora_bot.base.clock import monotonic
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Showing
from cora_bot.dialogue.inputs import Text, Verb
from cora_bot.dialogue.turn import Chore, Turn
from cora_bot.store import occurrences, outbox, tables
from cora_bot.study.model import Step
from cora_bot.usecases.due import LOG_KEPT, PUT_OFF, due, next_moment
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground
from tests.support.turns import DAY, HOUR, card, joined, meet, occurrence, write


async def _planned(house: House, address: int, *each: Occurrence) -> bytes:
    before = await joined(house, address)
    await write(house, before, Turn(before, occurrences=each))
    assert before.participant is not None
    return before.participant.id


async def _steps(house: House, who: bytes) -> list[tuple[str, int, Step, str, int]]:
    async with house.database.read() as tx:
        found = (await occurrences.all_of(tx, [who]))[who]
    return [(each.wave, each.number, each.step, each.reason, each.sent) for each in found]


async def test_due_occurrence_invites_once(house: House) -> None:
    who = await _planned(house, 700, occurrence("arrival", 1, BEGIN))
    phone = Phone(house)
    handled = [await due(house), await due(house)]
    sent = await phone.deliver()

    assert handled == [1, 0]
    assert [each.unsolicited for each in sent] == [True]
    assert phone.has(Verb.OPEN)
    assert await _steps(house, who) == [("arrival", 1, Step.INVITED, "", 1)]


async def test_two_ticks_at_the_same_time_invite_once(ground: Ground, house: House) -> None:
    await _planned(house, 700, occurrence("arrival", 1, BEGIN))
    async with ground.opened(house.script) as other:
        await asyncio.gather(due(house), due(other))
        async with other.database.read() as tx:
            count = (await tx.execute(text("SELECT count(*) FROM outbox"))).scalar()

    assert count == 1


async def test_only_what_is_due_is_touched_up_to_the_limit(house: House) -> None:
    people = [await _planned(house, 700 + n, occurrence("arrival", 1, BEGIN - n * HOUR)) for n in range(3)]
    later = await _planned(house, 710, occurrence("arrival", 1, BEGIN + HOUR))
    first = await due(house, limit=2)
    steps = [(await _steps(house, who))[0][2] for who in (*people, later)]

    assert (first, steps) == (2, [Step.PLANNED, Step.INVITED, Step.INVITED, Step.PLANNED])
    assert await due(house, limit=2) == 1


async def test_several_due_ones_of_a_person_ask_for_one_thing_at_a_time(house: House) -> None:
    due_ones = [occurrence("check_in", number, BEGIN - (3 - number) * HOUR) for number in (1, 2)]
    who = await _planned(house, 700, *due_ones)
    while await due(house):
        pass
    sent = await Phone(house).deliver()

    assert len(sent) == 1
    assert [step[2] for step in await _steps(house, who)] == [Step.INVITED, Step.PLANNED]


async def test_weeks_of_downtime_end_in_one_message_at_most(house: House) -> None:
    plan = [occurrence("check_in", number, BEGIN + number * 30 * DAY) for number in (1, 2, 3)]
    who = await _planned(house, 700, *plan)
    house.clock.set(BEGIN + 92 * DAY)  # type: ignore[attr-defined]
    while await due(house):
        pass
    sent = await Phone(house).deliver()

    assert len(sent) == 1
    assert [step[2:4] for step in await _steps(house, who)] == [
        (Step.LAPSED, "late"), (Step.LAPSED, "late"), (Step.INVITED, ""),
    ]  # fmt: skip


async def test_one_that_cannot_be_handled_is_put_off_and_the_others_happen(house: House) -> None:
    spoilt = await _planned(house, 700, occurrence("arrival", 1, BEGIN))
    fine = await _planned(house, 701, occurrence("arrival", 1, BEGIN))
    async with house.database.transaction() as tx:
        await tx.execute(update(tables.participant).where(tables.participant.c.id == spoilt).values(profile=b"x"))
    handled = [await due(house), await due(house)]
    async with house.database.read() as tx:
        again = await occurrences.next_due(tx, [spoilt])

    assert handled == [2, 0]
    assert again == {spoilt: BEGIN + PUT_OFF}
    assert (await _steps(house, fine))[0][2] is Step.INVITED


async def test_person_without_a_chat_is_not_asked(house: House) -> None:
    who = await _planned(house, 700, occurrence("arrival", 1, BEGIN))
    async with house.database.transaction() as tx:
        await tx.execute(delete(tables.chat_participant).where(tables.chat_participant.c.participant_id == who))

    assert await due(house) == 1
    assert await _steps(house, who) == [("arrival", 1, Step.LAPSED, "unreachable", 0)]


async def test_chore_empties_the_card_unless_it_shows_something_else(house: House) -> None:
    for address in (700, 701):
        before = await joined(house, address)
        chat = card(before.chat, 3, message=31, sent_at=BEGIN)
        await write(house, before, Turn(before, chores=(Chore("empty_card", 3, BEGIN + HOUR),)))
        shown = (await meet(house, address)).chat
        assert shown == before.chat
        await write(house, before, Turn(replace(before, chat=chat if address == 700 else card(chat, 4))))
    house.clock.move(HOUR)  # type: ignore[attr-defined]
    handled = [await due(house), await due(house)]
    cards = [(await meet(house, address)).chat.card for address in (700, 701)]

    assert handled == [2, 0]
    assert [(each.generation, each.showing) for each in cards] == [(4, Showing.NOTHING), (4, Showing.QUESTION)]


async def test_next_moment_is_the_earliest_of_everything(house: House) -> None:
    assert await next_moment(house) is None

    await _planned(house, 700, occurrence("arrival", 1, BEGIN + 2 * DAY))
    assert await next_moment(house) == BEGIN + 2 * DAY

    before = await meet(house, 700)
    await write(house, before, Turn(before, chores=(Chore("empty_card", 3, BEGIN + DAY),)))
    assert await next_moment(house) == BEGIN + DAY

    await write(house, before, Turn(before, remove=(5,)))
    assert await next_moment(house) == BEGIN


async def test_empty_tick_writes_nothing(house: House) -> None:
    await _planned(house, 700, occurrence("arrival", 1, BEGIN + DAY))
    async with house.database.read() as tx:
        before = await outbox.earliest(tx)

    assert (await due(house), before) == (0, None)


async def test_tick_tidies_up_once_an_hour(house: House) -> None:
    await due(house)
    await receive(house, [Arrived("m:1", 700, Text("hello", 1))])
    counts = []
    for moved in (DAY - timedelta(minutes=30), timedelta(minutes=20), timedelta(minutes=50)):
        house.clock.move(moved)  # type: ignore[attr-defined]
        await due(house)
        async with house.database.read() as tx:
            counts.append((await tx.execute(text("SELECT count(*) FROM chat"))).scalar())

    assert counts == [1, 1, 0]


async def test_log_is_emptied_every_minute(ground: Ground, house: House) -> None:
    if house.database.shared:
        pytest.skip("only SQLite has a log of its own")
    log = Path(f"{make_url(ground.database_url).database}-wal")
    sizes = []
    for passed in (0, LOG_KEPT):
        await receive(house, [Arrived(f"m:{passed}", 700, Text("hello", 1))])
        house.database.emptied_at = monotonic() - passed
        await due(house)
        sizes.append(log.stat().st_size)
    await _planned(house, 701, occurrence("arrival", 1, BEGIN))
    house.database.emptied_at = monotonic() - LOG_KEPT
    handled = await due(house)

    assert (sizes[0] > 0, sizes[1], handled) == (True, 0, 1)  # and what follows it is committed as ever
