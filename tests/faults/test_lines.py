"""The line to PostgreSQL breaks while the bot works, and the bot lives on.

X-70 at every single commit of a check-in, before it and behind it (only the answer is lost): every answer is stored
     once, no unsolicited message arrives twice, and nothing stays in flight: nobody waits for a restart
X-71 at random moments while a crowd answers, all lines or, where one of the server's processes is killed, the whole
     server, which then recovers: the same holds, and the bot goes on by itself
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.leading import FREE_AFTER
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.store.tables import State
from tests.faults.test_kill import Stage, check_answers, check_log, records, stage, unsolicited
from tests.faults.test_steps import MOST_ACTS, thanked, wrong_on
from tests.support.grounds import Ground, prepared
from tests.support.hostile import Respondent, Telegram
from tests.support.house import script_of
from tests.support.lines import Break, Working, breaking
from tests.support.sites import Site
from tests.support.stores import Server

BREAKS = int(os.environ.get("CORA_BREAKS", "12"))
PEOPLE = max(20, BREAKS)  # who would be done before the last break shows nothing
THINK = BREAKS / 20  # seconds; the bot answers many at once after each break


async def lived(ground: Ground, line: Break) -> tuple[Telegram, Respondent]:
    """From the invitation to the thanks. A process ends only where it could not start."""
    telegram = Telegram(ground.clock)
    one = Respondent(telegram)
    ground.clock.move(timedelta(hours=2))
    for _ in range(2):
        with suppress(DBAPIError):
            async with ground.open() as house:
                with breaking(house, line):
                    working = Working(house, telegram)
                    await working.start()
                    for _ in range(MOST_ACTS):
                        await working.until_idle()
                        if thanked(one):
                            return telegram, one
                        if not one.act():
                            ground.clock.move(timedelta(days=1))
    raise AssertionError(f"no end: {one.card}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("behind", [False, True], ids=["before", "behind"])
async def test_check_in_survives_a_broken_line_at_every_commit(tmp_path: Path, postgres: Server, behind: bool) -> None:
    ground = await prepared(tmp_path / "begin", site=Site(postgres.folder))
    whole = Break()
    assert await wrong_with(ground, tmp_path / "whole", whole) == []
    assert whole.commits > 30
    wrong: list[str] = []
    for at in range(1, whole.commits + 1):
        line = Break(at, behind)
        wrong += [f"broken at {at}: {each}" for each in await wrong_with(ground, tmp_path / str(at), line)]
        assert line.commits > at
    assert wrong == []
    await ground.clear()


async def wrong_with(ground: Ground, folder: Path, line: Break) -> list[str]:
    here = await ground.copy(folder)
    try:
        return await wrong_on(here, *await lived(here, line))
    except AssertionError as stuck:
        return [str(stuck)]
    finally:
        await here.clear()


@pytest.mark.timeout(300 + 20 * BREAKS)
async def test_crowd_answers_while_lines_break_and_the_server_crashes(tmp_path: Path, postgres: Server) -> None:
    site = Site(postgres.folder)
    async with stage(tmp_path, site, people=PEOPLE) as staged:
        staged.clock.move(timedelta(days=13))
        for one in staged.crowd:
            one.think = THINK
        answering = {one.person.id: asyncio.create_task(one.follow(one.finished)) for one in staged.crowd}
        everybody = asyncio.gather(*answering.values())
        await breaks(staged, site, SeededChance("lines"), over=everybody.done)
        await asyncio.sleep(FREE_AFTER + 2)  # a lease that ran out meanwhile is taken again
        arrived = {who for who, _ in unsolicited(staged.world)}
        await asyncio.gather(*(answering[who] for who in arrived))
        if len(arrived) < PEOPLE:
            staged.clock.move(timedelta(days=3))  # the reminder, in other words
        await everybody
        await staged.bot.stop()
        assert len(staged.bot.started) == 1
        assert set(unsolicited(staged.world).values()) == {1}
        assert (await staged.states())[State.SENDING] == 0
        check_answers(staged.crowd, await records(staged.place), script_of(staged.place.study).forms["arrival"])
        log = (tmp_path / "bot.log").read_text(encoding="utf-8")
        assert sum(log.count(f'"{name}_failed"') for name in ("receive", "deliver", "due", "lease")) >= BREAKS // 2
        check_log(staged, log)


async def breaks(staged: Stage, site: Site, chance: Chance, *, over: Callable[[], bool]) -> None:
    """``BREAKS`` times after from 1 to 13 more messages, or a little later: every third time the server crashes."""
    for number in range(BREAKS):
        moment = staged.bot.shown() + 1 + below(chance, 13)
        while staged.bot.shown() < moment:
            assert not over(), f"the crowd was faster: {BREAKS - number} of {BREAKS} hit nothing"
            await asyncio.sleep(0.001)
        await asyncio.sleep(below(chance, 30) / 1000)
        lines = await site.lines(staged.place)
        crash = number % 3 == 2
        for process in lines[:1] if crash else lines:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL if crash else signal.SIGTERM)
