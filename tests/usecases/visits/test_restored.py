"""V-40 after a restore no message about a meeting is sent late: the next comes as planned, and the team asks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from cora_bot.store import tables
from cora_bot.study.visits.visit import News
from cora_bot.usecases import restoring
from cora_bot.usecases.house import House
from tests.support.stores import Ground
from tests.usecases.visits.guests import deliver, everything_due, there
from tests.usecases.visits.test_booking import ONE, booked, invited, visit  # noqa: F401 - a fixture


async def test_reminder_that_fell_due_since_is_not_sent_and_the_next_one_is(invited: House, ground: Ground) -> None:  # noqa: F811
    await booked(invited)
    await deliver(invited)
    before = await visit(invited)
    assert before.next_at is not None
    ground.clock.set(before.next_at + timedelta(minutes=1))
    await restoring.apply(invited)
    after = await visit(invited)
    assert (after.slot, after.seat) == (before.slot, before.seat)
    assert after.due is not News.NONE and after.next_at is not None and after.next_at > ground.clock.now()
    async with invited.database.read() as tx:
        assert list((await tx.execute(select(tables.task.c.reason))).scalars()) == ["visit"]
    person = (await there(invited, ONE)).participant
    assert person is not None
    assert await everything_due(invited) == []
    ground.clock.set(after.next_at)
    assert (await everything_due(invited))[0].startswith("You have a short message")
