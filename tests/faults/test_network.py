"""The network between the bot and Telegram fails again and again while people answer.

X-05 calls are cut before and after they are done, answered with 5xx, too slowly or with 429: everybody comes to the
     end, no unsolicited message is delivered twice, and what was accepted is what is opened
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App, Connection
from bot.pilot.faults import Fault, Kind
from bot.pilot.limits import Limits
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import TravelClock
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.invite import make_tokens
from tests.faults.test_kill import UNSOLICITED, check_answers, enrolled
from tests.support.crowd import Respondent
from tests.support.house import opened, premises
from tests.support.opening import all_records

PEOPLE = 5
STORM = (
    Fault(Kind.SLOW, count=0, probability=0.04, milliseconds=700),
    Fault(Kind.CUT_BEFORE, count=0, probability=0.04),
    Fault(Kind.CUT_AFTER, count=0, probability=0.04),
    Fault(Kind.ERROR_BEFORE, count=0, probability=0.04),
    Fault(Kind.ERROR_AFTER, count=0, probability=0.04, status=504),
    Fault(Kind.FLOOD, count=0, probability=0.02, retry_after=1),
)


@pytest.mark.timeout(300)  # well under a minute on a quiet machine
async def test_people_answer_over_a_network_that_keeps_failing(tmp_path: Path) -> None:
    clock = TravelClock(tmp_path / "clock")
    clock.move(datetime(2026, 12, 1, 12, tzinfo=UTC) - datetime.now(UTC))
    place = premises(tmp_path, clock)
    world = World(clock=clock, chance=SeededChance("storm"), limits=Limits(enabled=False))
    async with Emulator(world=world) as emulator, opened(place) as house:
        await register_forms(house)
        codes = await make_tokens(house, PEOPLE, expires_days=14)
        crowd = [
            Respondent(world.person(language_code="en"), f"words of {n}", date(2026, 11, 28), lambda: len(world.queue))
            for n in range(PEOPLE)
        ]
        connection = Connection(token=emulator.token, base_url=emulator.base_url, rate=0, long_poll=1, read_timeout=0.5)
        async with App(house, connection) as app:
            for one, code in zip(crowd, codes, strict=True):
                one.person.start(code)
            await asyncio.gather(*(one.follow(enrolled) for one in crowd))
            for one in crowd:
                one.forget()
            emulator.faults.add(Fault(Kind.CUT_BEFORE, "sendMessage"))  # at least one is not invited
            for fault in STORM:
                emulator.faults.add(fault)
            clock.move(timedelta(days=13))
            answering = asyncio.gather(*(one.follow(one.finished) for one in crowd))
            await asyncio.wait((answering,), timeout=15)
            uninvited = PEOPLE - len({chat for chat, _ in _unsolicited(world)})
            assert uninvited > 0
            emulator.faults.clear()
            clock.move(timedelta(days=3))  # what may have been sent is not sent again: a reminder reaches them
            await answering
            emulator.faults.clear()
            await app.settle_all()
        assert emulator.faults.hits > 20
        assert set(_unsolicited(world).values()) == {1}
        check_answers(crowd, await all_records(house, place.identities), house.script.forms["arrival"])


def _unsolicited(world: World) -> Counter[tuple[int, str]]:
    """How often each person has received each unsolicited sentence, as their phones were notified of it."""
    return Counter(
        (person.id, note.text)
        for person in world.people.values()
        for note in person.notifications
        if note.text in UNSOLICITED
    )
