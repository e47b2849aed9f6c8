"""The bot is stopped at every single point of a person's check-in, once each, and goes on as a new process.

X-30 before and after every commit of either store, every call and every acknowledgement: what was shown as stored is
     opened once, the check-in is complete, no unsolicited message arrives twice, every call is in the books. On both
     engines; on PostgreSQL a death also cuts the lines, and the next process takes the lease of the dead one
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.turn import RecordKind
from cora_bot.store.tables import chat
from tests.support.dying import TAKEN_IN, UNACKNOWLEDGED, Steps, dying, serve
from tests.support.grounds import Ground, prepared
from tests.support.hostile import Respondent, Telegram
from tests.support.killed import Killed
from tests.support.opening import all_records
from tests.support.promises import wrong_in_records, wrong_in_sending
from tests.support.sites import Site
from tests.support.switched_off import forgetful

MOST_ACTS = 30


async def lived(ground: Ground, steps: Steps, *, crowded: bool = False) -> tuple[Telegram, Respondent]:
    """From the invitation to the thanks; the process dies where ``steps`` says, and another goes on."""
    telegram = Telegram(ground.clock, crowded=crowded)
    one = Respondent(telegram)
    ground.clock.move(timedelta(hours=2))
    acts = 0
    while acts < MOST_ACTS:
        with suppress(Killed):
            async with ground.open() as house:
                starting = True
                while acts < MOST_ACTS:
                    await serve(house, telegram, steps, starting=starting)
                    if thanked(one):
                        return telegram, one
                    acts, starting = acts + 1, False
                    if not one.act():
                        ground.clock.move(timedelta(days=1))  # whatever was uncertain: the reminder comes
    raise AssertionError(f"no end after {MOST_ACTS} acts: {one.card}")


def thanked(one: Respondent) -> bool:
    return one.card is not None and p.THANK_YOU in one.card[1].text


async def wrong_after(ground: Ground, folder: Path, steps: Steps, *, crowded: bool = False) -> list[str]:
    """What is wrong after a check-in on a copy of ``ground``, with one death."""
    here = await ground.copy(folder)
    wrong = await wrong_on(here, *await lived(here, steps, crowded=crowded))
    await here.clear()
    return wrong


async def wrong_on(ground: Ground, telegram: Telegram, one: Respondent) -> list[str]:
    """What is wrong where a check-in has come to its end."""
    async with ground.open() as house:
        wrong = await wrong_in_sending(house, telegram.made)
        wrong += await wrong_in_records(house, ground, one.written, one.written)
        records = await all_records(house, ground.place.identities)
    complete = sum(head.kind == RecordKind.COMPLETE for head, _ in records)
    return wrong + ([] if complete == 1 else [f"{complete} complete records"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("crowded", [False, True], ids=["handled", "taken in"])
async def test_check_in_survives_a_death_at_every_point(tmp_path: Path, site: Site, crowded: bool) -> None:
    ground = await prepared(tmp_path / "begin", site=site)
    whole = Steps()
    assert await wrong_after(ground, tmp_path / "whole", whole, crowded=crowded) == []
    assert len(whole.points) > 80
    assert (TAKEN_IN in whole.points) == crowded
    wrong: list[str] = []
    for at, point in enumerate(whole.points, start=1):
        steps = Steps(at)
        found = await wrong_after(ground, tmp_path / str(at), steps, crowded=crowded)
        wrong += [f"died at {at}, {point}: {each}" for each in found]
        assert steps.points[:at] == whole.points[:at]
    assert wrong == []
    await ground.clear()


@pytest.mark.timeout(300)
async def test_harness_finds_what_a_forgetful_bot_does(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was handled is not remembered: whoever dies before the acknowledgement stores a word twice."""
    ground = await prepared(tmp_path / "begin", site=site)
    forgetful(monkeypatch)
    whole = Steps()
    assert await wrong_after(ground, tmp_path / "whole", whole) == []
    wrong: list[str] = []
    for at, point in enumerate(whole.points, start=1):
        if point == UNACKNOWLEDGED:
            wrong += await wrong_after(ground, tmp_path / str(at), Steps(at))
    assert [each for each in wrong if "is stored 2 times" in each] != []
    await ground.clear()


async def test_death_inside_a_transaction_leaves_neither_its_writing_nor_its_lock(tmp_path: Path, site: Site) -> None:
    ground = await prepared(tmp_path / "begin", site=site)
    async with ground.open() as dead, ground.open() as other:
        with pytest.raises(Killed), dying(dead, Steps(1)):
            async with dead.database.transaction() as tx:
                await tx.execute(update(chat).values(misses=7))
        async with other.database.transaction() as tx:
            found = await tx.execute(select(chat.c.misses).with_for_update(nowait=True))
            assert list(found.scalars()) == [0]
    await ground.clear()
