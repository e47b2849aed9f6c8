"""How long somebody who answers waits while a wave of check-ins goes out at Telegram's pace."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bot.pilot.person import Person
from cora_bot.usecases.due import due
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from tests.bench.schedule import add_due
from tests.faults.test_waves import waits_for_replies

WAVES = (0, 2_000, 100_000)
AT_ONCE = 1_000


async def fall_due(house: House, people: Sequence[Person]) -> None:
    """A check-in for everybody falls due, and is put into the outbox."""
    await register_forms(house)
    for begin in range(0, len(people), AT_ONCE):
        await add_due(house, [person.id for person in people[begin : begin + AT_ONCE]])
    while await due(house):
        pass


def bench() -> Iterator[dict[str, object]]:
    for wave in WAVES:
        with tempfile.TemporaryDirectory() as folder:
            waits, waiting = asyncio.run(waits_for_replies(Path(folder), wave, fall_due))
        yield {
            "bench": "reply while a wave goes out",
            "queued": wave,
            "still queued after the last reply": max(waiting, 0),
            "median ms": round(median(waits) * 1000),
            "longest ms": round(max(waits) * 1000),
        }
