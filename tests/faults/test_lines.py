"""The line to PostgreSQL breaks while the bot works, and the bot lives on.

X-70 at every single commit of a check-in, before it and behind it (only the answer is lost): every answer is stored
     once, no unsolicited message arrives twice, and nothing stays in flight: nobody waits for a restart
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tests.faults.test_steps import MOST_ACTS, thanked, wrong_on
from tests.support.grounds import Ground, prepared
from tests.support.hostile import Respondent, Telegram
from tests.support.lines import Break, Working, breaking
from tests.support.sites import Site
from tests.support.stores import Server


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
