"""V-26 who can be reached in no chat loses the meeting that is called off like everybody, and somebody is to call them;
who is reached again is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from cora_bot.base.clock import SetClock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Blocked, Unblocked
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables, visits
from cora_bot.study.visits.visit import News, Standing, Visit
from cora_bot.usecases import tasks
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from cora_bot.usecases.visits import arranging
from cora_bot.usecases.visits.arranging import CalledOff
from cora_bot.usecases.visits.listing import lines
from tests.usecases.visits.guests import FIRST, NOW, deliver, everything_due, guest, invite, pressing, there, trip

ONE, TWO = 7001, 7002


@pytest.fixture
async def booked(house: House, clock: SetClock) -> House:
    """Two people with a meeting on Anna's first day."""
    clock.set(NOW)
    await trip(house)
    for address in (ONE, TWO):
        await guest(house, address)
    await invite(house)
    for address in (ONE, TWO):
        bookable = (await there(house, address)).bookable
        slot = next(each.slot for each in bookable if each.free and each.slot.interviewer == "ANNA")
        await receive(house, [await pressing(house, address, Act.BOOK, slot.id)])
    await deliver(house)
    return house


async def who(house: House, address: int = ONE) -> tuple[bytes, str]:
    person = (await there(house, address)).participant
    assert person is not None
    return person.id, person.code


async def lose(house: House, how: str) -> tuple[bytes, str]:
    """ONE can be reached no more: by a block, or because no chat is left at all."""
    known = await who(house)
    if how == "blocked":
        await receive(house, [Arrived("block", ONE, Blocked())])
    else:
        async with house.database.transaction() as tx:
            here = tables.chat_participant.c.participant_id == known[0]
            await tx.execute(delete(tables.chat_participant).where(here))
    return known


async def visit(house: House, person: bytes) -> Visit:
    async with house.database.read() as tx:
        ((_, found),) = await visits.every_of(tx, house.keys, [person])
    return found


async def seats_of(house: House, visit_id: bytes) -> int:
    async with house.database.read() as tx:
        query = select(func.count()).select_from(tables.seat).where(tables.seat.c.visit_id == visit_id)
        return int((await tx.execute(query)).scalar_one())


async def untold(house: House) -> list[str]:
    return [duty.code for duty in await tasks.duties(house) if duty.reason == "untold"]


@pytest.mark.parametrize("how", ["blocked", "no chat"])
async def test_interviewer_falls_ill_and_one_cannot_be_told(booked: House, how: str) -> None:
    person, code = await lose(booked, how)
    off = await arranging.ill(booked, "spring", "ANNA", FIRST)
    found = await visit(booked, person)
    said = await everything_due(booked)
    listed = {line.code: (line.outcome, line.slot) for line in await lines(booked, "spring")}

    assert off == CalledOff(visits=2, untold=1)
    assert (found.standing, found.slot, found.seat, found.due) == (Standing.INVITED, None, 0, News.CANCELLED)
    assert (await seats_of(booked, found.id), listed[code]) == (0, ("cancelled", None))
    assert (await untold(booked), said) == ([code], [p.INVITATION])  # the other one is told


@pytest.mark.parametrize("how", ["blocked", "no chat"])
async def test_meeting_cancelled_or_moved_for_who_cannot_be_told_is_a_task(booked: House, how: str) -> None:
    free = [each.slot for each in (await there(booked, ONE)).bookable if each.free]
    person, code = await lose(booked, how)
    moved = await arranging.move(booked, code, free[-1].id)
    first = (await visit(booked, person)).slot
    cancelled = await arranging.cancel(booked, code)

    assert (moved, cancelled, first) == (False, False, free[-1].id)
    assert ((await visit(booked, person)).slot, await untold(booked)) == (None, [code])


async def test_who_can_be_told_is_no_task(booked: House) -> None:
    _, code = await who(booked)

    assert (await arranging.cancel(booked, code), await untold(booked)) == (True, [])


async def test_chat_that_is_lost_before_the_message_is_a_task(booked: House, clock: SetClock) -> None:
    """Called off at night; by the morning the bot is blocked."""
    clock.set(datetime(2026, 12, 19, 23, tzinfo=NOW.tzinfo))
    person, code = await who(booked)
    await arranging.cancel(booked, code)
    sent = (await visit(booked, person)).sent
    before = p.INVITATION in await everything_due(booked), await untold(booked)
    await lose(booked, "blocked")
    clock.set(datetime(2026, 12, 20, 9, tzinfo=NOW.tzinfo))

    await everything_due(booked)

    assert (before, await untold(booked)) == ((False, []), [code])
    assert (await visit(booked, person)).sent == sent


async def test_who_is_reached_again_is_told_within_the_hour_and_the_task_closes(booked: House, clock: SetClock) -> None:
    _, code = await lose(booked, "blocked")
    await arranging.cancel(booked, code)
    assert await everything_due(booked) == []
    await receive(booked, [Arrived("unblock", ONE, Unblocked())])
    clock.move(timedelta(minutes=61))
    said = await everything_due(booked)
    await maintain(booked)

    assert (said.count(p.INVITATION), await untold(booked)) == (1, [])


async def test_visit_of_who_is_reached_nowhere_ends_with_its_deadline(house: House, clock: SetClock) -> None:
    """Nobody sees it, and nothing waits for ever: it ends like every invitation that nobody opened."""
    clock.set(NOW)
    await trip(house)
    await guest(house, ONE)
    await invite(house)
    person, _ = await lose(house, "no chat")
    clock.set(datetime.combine(date(2026, 12, 20), NOW.time(), NOW.tzinfo))
    while await due(house):
        pass
    found = await visit(house, person)

    assert (found.standing, found.reason, found.next_at) == (Standing.EXPIRED, "not_chosen", None)
