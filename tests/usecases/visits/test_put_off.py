"""V-18 Later is the person's own tap: it eats none of the messages a visit may cause; the limit bounds the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cora_bot.base.clock import SetClock
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.inputs import Blocked, Press, Pressed, Unblocked, Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables
from cora_bot.study.visits.visit import Visit
from cora_bot.usecases.due import next_moment
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.usecases.visits.guests import deliver, everything_due, guest, invite, pressing, there, trip

ONE = 7001
EARLY = datetime(2026, 12, 5, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 21, 8, tzinfo=UTC)  # nine o'clock in Tirana
LIMIT = 4  # the offer and a week, a day and two hours before: exactly what is planned up to the meeting


@pytest.fixture
async def invited(house: House, clock: SetClock) -> House:
    """A trip whose limit is just enough, and one person who is invited."""
    clock.set(EARLY)
    await guest(house, ONE)
    await trip(house, messages=str(LIMIT))
    await invite(house)
    return house


async def visit(house: House) -> Visit:
    found = (await there(house, ONE)).visit
    assert found is not None
    return found


async def put_off(house: House) -> None:
    """Later, on the message that stands in the chat."""
    card = (await there(house, ONE)).chat.card
    later = Press(Verb.LATER, card.generation)
    await receive(house, [Arrived(f"later {card.generation}", ONE, Pressed(later, card.message or 1))])
    await deliver(house)


async def book(house: House) -> None:
    bookable = (await there(house, ONE)).bookable
    slot = next(each.slot for each in bookable if each.free and each.slot.starts == STARTS)
    await receive(house, [await pressing(house, ONE, Act.BOOK, slot.id)])
    await deliver(house)


async def until(house: House, clock: SetClock, end: datetime, *, taps: int = 0) -> None:
    """Lives on from due moment to due moment; the first ``taps`` messages are each put off as they come."""
    while (moment := await next_moment(house)) is not None and moment <= end:
        clock.set(max(moment, clock.now()))
        await everything_due(house)
        if taps and (await there(house, ONE)).chat.card.showing is Showing.INVITATION:
            await put_off(house)
            taps -= 1
    clock.set(end)


async def told(house: House) -> list[tuple[str, datetime]]:
    query = select(tables.outbox).where(tables.outbox.c.visit_id.is_not(None)).order_by(tables.outbox.c.id)
    async with house.database.read() as tx:
        return [(row.reason, row.created_at) for row in await tx.execute(query) if row.state == "sent"]


async def test_reminders_come_however_often_one_was_put_off(invited: House, clock: SetClock) -> None:
    await book(invited)
    await until(invited, clock, STARTS, taps=9)
    found = await told(invited)
    known = await visit(invited)

    assert [each for each in found if each[0] != "visit:week"] == [
        ("visit:offer", EARLY),
        ("visit:day", STARTS - timedelta(days=1)),
        ("visit:hours", datetime(2026, 12, 20, 18, 55, tzinfo=UTC)),  # seven o'clock is night: the evening before
    ]
    assert [reason for reason, _ in found].count("visit:week") == 1 + 9
    assert (known.sent, known.repeats, known.unasked) == (LIMIT + 9, 9, LIMIT)


async def test_limit_still_bounds_what_nobody_asked_for(invited: House, clock: SetClock) -> None:
    """The day after would be the fifth: it is left out, whatever was put off before."""
    await book(invited)
    await until(invited, clock, STARTS + timedelta(days=3), taps=2)

    reasons = [reason for reason, _ in await told(invited)]
    assert ("visit:after" in reasons, (await visit(invited)).unasked) == (False, LIMIT)


async def test_put_off_at_the_limit_comes_all_the_same(invited: House, clock: SetClock) -> None:
    await book(invited)
    await until(invited, clock, STARTS - timedelta(hours=13))
    assert ((await visit(invited)).unasked, (await told(invited))[-1][0]) == (LIMIT, "visit:hours")

    await put_off(invited)
    await until(invited, clock, STARTS)

    assert (await told(invited))[-1] == ("visit:hours", datetime(2026, 12, 21, 7, tzinfo=UTC))


async def test_what_was_put_off_and_held_up_stays_asked_for(invited: House, clock: SetClock) -> None:
    """The chat is blocked for a day, and opened again: the message comes late, and still counts for nobody."""
    await book(invited)
    await until(invited, clock, STARTS - timedelta(days=7))
    await put_off(invited)
    await receive(invited, [Arrived("block", ONE, Blocked())])
    await until(invited, clock, STARTS - timedelta(days=6))
    await receive(invited, [Arrived("unblock", ONE, Unblocked())])
    await until(invited, clock, STARTS - timedelta(days=4))
    known = await visit(invited)

    assert ([reason for reason, _ in await told(invited)].count("visit:week"), known.repeats) == (2, 1)


async def test_booking_after_later_is_planned_by_the_study_again(invited: House, clock: SetClock) -> None:
    """Later on the offer, then a time is booked at once: the reminders of the meeting are the study's own."""
    await put_off(invited)
    await book(invited)
    await until(invited, clock, STARTS - timedelta(days=6))
    known = await visit(invited)

    assert (known.sent, known.repeats) == (2, 0)
