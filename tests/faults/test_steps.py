"""The bot is stopped at every single point of a person's check-in, once each, and goes on as a new process.

X-30 before and after every commit of either store, every call and every acknowledgement: what was shown as stored is
     opened once, the check-in is complete, no unsolicited message arrives twice, every call is in the books
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.turn import RecordKind
from cora_bot.store.database import Tx
from tests.support.hostile import (
    Ground,
    Respondent,
    Steps,
    Telegram,
    doubled,
    prepared,
    rows,
    serve,
    stored_words,
    unaccounted,
)
from tests.support.killed import Killed
from tests.support.opening import all_records

MOST_ACTS = 30


async def lived(ground: Ground, steps: Steps) -> tuple[Telegram, Respondent]:
    """From the invitation to the thanks; the process dies where ``steps`` says, and another goes on."""
    telegram = Telegram(ground.clock)
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


@pytest.mark.timeout(600)
async def test_check_in_survives_a_death_at_every_point(tmp_path: Path) -> None:
    ground = await prepared(tmp_path / "begin")
    whole = Steps()
    await lived(ground.copy(tmp_path / "whole"), whole)
    assert whole.count > 80
    wrong: list[str] = []
    for at in range(1, whole.count + 1):
        here = ground.copy(tmp_path / str(at))
        telegram, one = await lived(here, Steps(at))
        wrong += [f"died at {at}: {each}" for each in await found_wrong(here, telegram, one)]
    assert wrong == []


async def found_wrong(ground: Ground, telegram: Telegram, one: Respondent) -> list[str]:
    async with ground.open() as house:
        words = await stored_words(house, ground, one.written)
        records = await all_records(house, ground.place.identities)
        wrong = unaccounted(telegram.made, await rows(house))
    complete = sum(head.kind == RecordKind.COMPLETE for head, _ in records)
    wrong += [f"{word} is stored {words[word]} times" for word in one.written if words[word] != 1]
    wrong += [f"row {row} arrived twice" for row in doubled(telegram.made)]
    return wrong + ([] if complete == 1 else [f"{complete} complete records"])


async def test_harness_finds_what_a_forgetful_bot_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was handled is not remembered: whoever dies before the acknowledgement stores a word twice."""

    async def all_new(_tx: Tx, hashes: Sequence[bytes], _now: datetime) -> set[bytes]:
        return set(hashes)

    ground = await prepared(tmp_path / "begin")
    monkeypatch.setattr("cora_bot.store.updates.claim", all_new)
    wrong: list[str] = []
    for at in range(1, 150):
        here = ground.copy(tmp_path / str(at))
        telegram, one = await lived(here, Steps(at))
        wrong += await found_wrong(here, telegram, one)
        if wrong:
            break
    assert wrong != []
