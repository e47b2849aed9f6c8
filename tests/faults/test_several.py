"""Two receivers and two senders on PostgreSQL are killed and frozen while a crowd answers.

X-10 every answer whose tick a person saw is opened by the researchers as it was given, each once
X-11 … no unsolicited message is delivered twice, though a sender that was frozen wakes up after another took over
X-12 a sender that is gone is replaced within ten seconds
X-13 a process that stands still in the middle of a transaction holds nobody up for long
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.pilot.limits import Limits
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import TravelClock, monotonic
from cora_bot.store.tables import State, chat, outbox
from cora_bot.usecases.invite import make_tokens
from tests.faults.test_kill import check_answers, enrolled, invited, unsolicited
from tests.support.crowd import Respondent
from tests.support.fleet import Fleet, fleet
from tests.support.house import Premises, opened, script_of
from tests.support.opening import all_records
from tests.support.sites import Site
from tests.support.stores import Server

DISTURBANCES = int(os.environ.get("CORA_DISTURBANCES", "8"))
PEOPLE = 6
SEED = "several"


@dataclass
class Stage:
    place: Premises
    clock: TravelClock
    world: World
    crowd: list[Respondent]
    fleet: Fleet


@asynccontextmanager
async def stage(folder: Path, server: Server, people: int = PEOPLE) -> AsyncIterator[Stage]:
    clock = TravelClock(folder / "clock")
    clock.move(datetime(2026, 12, 1, 12, tzinfo=UTC) - datetime.now(UTC))
    site = Site(server.folder)
    place = await site.premises(folder, clock, seed=SEED)
    world = World(clock=clock, chance=SeededChance("telegram"), limits=Limits(enabled=False), local=True)
    async with Emulator(world=world) as emulator:
        emulator.courier._soon = 0.2
        async with opened(place) as house:
            codes = await make_tokens(house, people, expires_days=14)
        crowd = [
            Respondent(world.person(language_code="en"), f"words of {n}", date(2026, 11, 28), lambda: len(world.queue))
            for n in range(people)
        ]
        async with fleet(place, emulator, seed=SEED, clock_file=folder / "clock") as running:
            for one, code in zip(crowd, codes, strict=True):
                one.person.start(code)
            await asyncio.gather(*(one.follow(enrolled) for one in crowd))
            for one in crowd:
                one.forget()
            yield Stage(place, clock, world, crowd, running)
    await site.cleared(place)


@pytest.mark.timeout(900)
async def test_several_processes_lose_and_double_nothing(tmp_path: Path, postgres: Server) -> None:
    async with stage(tmp_path, postgres) as staged:
        staged.clock.move(timedelta(days=13))
        disturbing = asyncio.create_task(staged.fleet.disturb(SeededChance(SEED), times=DISTURBANCES))
        answering = {one.person.id: asyncio.create_task(one.follow(one.finished)) for one in staged.crowd}
        await disturbing
        await asyncio.sleep(15)  # a lease that ran out is taken meanwhile
        arrived = {who for who, _ in unsolicited(staged.world)}
        await asyncio.gather(*(answering[who] for who in arrived))
        if len(arrived) < PEOPLE:  # one that may have been sent is not repeated: the reminder reaches them
            staged.clock.move(timedelta(days=3))
        await asyncio.gather(*answering.values())
        await staged.fleet.stop()
        async with opened(staged.place) as house:
            found = await all_records(house, staged.place.identities)
            async with house.database.read() as tx:
                states = Counter(State(state) for state in (await tx.execute(select(outbox.c.state))).scalars())
        assert set(unsolicited(staged.world).values()) == {1}
        assert states[State.SENDING] == 0
        check_answers(staged.crowd, found, script_of(staged.place.study).forms["arrival"])
        assert sum(staged.fleet.done.values()) == DISTURBANCES


@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_sender_that_is_gone_is_replaced_within_ten_seconds(
    tmp_path: Path, postgres: Server, how: signal.Signals
) -> None:
    async with stage(tmp_path, postgres, people=2) as staged:
        log = tmp_path / "bot.log"
        senders = [member for member in staged.fleet.members if member.share.role == "send"]
        assert log.read_text(encoding="utf-8").count('"leading"') == 1
        os.kill(senders[0].process, how)  # the first leads
        began = monotonic()
        while log.read_text(encoding="utf-8").count('"leading"') < 2:
            await asyncio.sleep(0.05)
        took = monotonic() - began
        staged.clock.move(timedelta(days=13))
        await asyncio.gather(*(one.follow(invited) for one in staged.crowd))
        assert took < 10
        assert set(unsolicited(staged.world).values()) == {1}


@pytest.mark.timeout(120)
async def test_frozen_transaction_holds_nobody_up_for_long(tmp_path: Path, postgres: Server) -> None:
    async with stage(tmp_path, postgres, people=1) as staged, opened(staged.place, serving=True) as frozen:
        began = monotonic()
        async with frozen.database.engine.connect() as holding:
            await holding.execute(select(chat).with_for_update())
            staged.clock.move(timedelta(days=13))
            await staged.crowd[0].follow(invited)
            await holding.invalidate()
        assert monotonic() - began < 15
