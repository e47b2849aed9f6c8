"""DU-06 after downtime a wave's ``missed`` decides, over the store and with time that jumps · DU-07 nobody gets more
than one message at once, whatever was missed and however long the server was off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Turn
from cora_bot.store import occurrences
from cora_bot.study.model import Anchors, Missed, Return, Step, Study
from cora_bot.study.schedule import plan
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground
from tests.support.turns import DAY, joined, write

ZONE = "Asia/Kabul"
FIRST = datetime(2026, 12, 5, 11)
WEEKS = 6


def weekly(study: Study, missed: Missed) -> Study:
    """The shipped study with one wave, weekly, each open for twelve days: two are open at a time."""
    wave = replace(
        study.wave("check_in"),
        offset="P7D",
        recurrence=f"FREQ=WEEKLY;COUNT={WEEKS}",
        window=timedelta(days=12),
        missed=missed,
    )
    return replace(study, waves=(wave,))


@pytest.fixture(params=list(Missed))
async def missing(request: pytest.FixtureRequest, ground: Ground, script: Script) -> AsyncIterator[House]:
    """A house whose study says this of what was missed."""
    async with ground.opened(replace(script, study=weekly(script.study, request.param))) as house:
        yield house


def said(house: House) -> Missed:
    return house.script.study.waves[0].missed


async def somebody(house: House) -> bytes:
    """A person who returned a week before the first check-in, with their whole schedule."""
    returned = FIRST.date() - timedelta(days=7)
    before = await joined(
        house, 700, zone=ZONE, country="AF", hour=11, enrolled_at=BEGIN, return_date=returned,
        return_state=Return.DONE, purposes=frozenset({"check_ins"}),
    )  # fmt: skip
    anchors = Anchors(returned, returned, Return.DONE, ZONE, 11, frozenset({"check_ins"}))
    await write(house, before, Turn(before, plan=plan(house.script.study, anchors)))
    assert before.participant is not None
    return before.participant.id


def at(day: int, hour: int = 11) -> datetime:
    """So many days after the first check-in, on the person's clock."""
    return (FIRST.replace(hour=hour) + day * DAY).replace(tzinfo=ZoneInfo(ZONE))


async def ticked(house: House, moment: datetime) -> int:
    """The server is there at ``moment``; how many messages arrive unasked."""
    house.clock.set(moment)  # type: ignore[attr-defined]
    while await due(house):
        pass
    return sum(each.unsolicited for each in await Phone(house).deliver())


async def standing(house: House, who: bytes) -> list[tuple[Step, str]]:
    async with house.database.read() as tx:
        found: list[Occurrence] = (await occurrences.all_of(tx, [who]))[who]
    return [(each.step, each.reason) for each in found]


async def test_month_without_a_server(missing: House) -> None:
    """Off from before the first check-in until the day after the fifth: three windows are over, two are open."""
    who = await somebody(missing)

    arrived = await ticked(missing, at(29))

    waits, over = (Step.PLANNED, ""), (Step.LAPSED, "late")
    merged, missed = (Step.LAPSED, "merged"), (Step.LAPSED, "missed")
    expected = {
        Missed.SKIP: [over, over, over, missed, missed, waits],
        Missed.LATE: [over, over, over, (Step.INVITED, ""), (Step.PLANNED, "another_open"), waits],
        Missed.MERGE: [merged, merged, merged, merged, (Step.INVITED, ""), waits],
    }
    assert await standing(missing, who) == expected[said(missing)]
    assert arrived == (0 if said(missing) is Missed.SKIP else 1)


async def test_server_that_was_there_misses_nothing(missing: House) -> None:
    who = await somebody(missing)

    arrived = [await ticked(missing, at(day)) for day in (0, 3, 7)]

    assert arrived == [1, 1, 1]  # the first, its reminders; the second waits until it is answered or over
    assert (await standing(missing, who))[:2] == [(Step.INVITED, ""), (Step.PLANNED, "another_open")]


async def test_however_long_it_was_off_one_message_is_the_most_at_once(missing: House) -> None:
    await somebody(missing)

    arrived = [await ticked(missing, at(day, hour)) for day in (2, 25, 28, 33, 50, 90) for hour in (7, 11, 12)]

    assert max(arrived) <= 1
    assert sum(arrived) >= 1


async def test_study_that_says_nothing_sends_late(house: House) -> None:
    assert {wave.missed for wave in house.script.study.waves} == {Missed.LATE}
