"""What the schedule costs with few and with very many people: JSON lines. ``python -m tests.bench schedule``.

Each size is a store of its own, with 12 occasions a person; a process of its own opens it. ``due_ms``: one check-in
from due to queued, commit included. ``empty_tick_ms``: a look that finds nothing. ``plan_ms``: one person's whole
schedule made anew. ``start_s``: from the first line of the program to the house open and the schema checked, the
program's own imports aside. ``rss_mb``: the most memory the process ever held. ``retention_s``: everybody is looked
through for whose time is over, as once a day; ``held_up_ms``: the longest anybody waited to write meanwhile. The last
line is a wave for everybody.

CORA_BENCH_PEOPLE sets the large size (1000000 needs some minutes and 5 GB of disk).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from cora_bot.base.clock import SetClock, monotonic, to_millis
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Chat, Conversation, Occurrence, Status
from cora_bot.dialogue.handlers.planning import plan_for
from cora_bot.dialogue.scene import Scene
from cora_bot.store import chats, occurrences, participants
from cora_bot.store.codec import seal_value
from cora_bot.store.participants import Link
from cora_bot.store.upgrade import require_current
from cora_bot.usecases.due import due
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.retention import carry_out
from cora_bot.vault.working import Purpose
from tests.support.house import Premises, opened, premises
from tests.support.talk import person

NOW = datetime(2027, 1, 14, 11, 0, tzinfo=UTC)
LATER = timedelta(days=40)
SMALL, LARGE, WAVE = 10_000, int(os.environ.get("CORA_BENCH_PEOPLE", "100000")), 100_000
DUE = 2_000
OCCASIONS = 12
TICKS = 50


def bench() -> Iterator[dict[str, object]]:
    for people, due_now in ((SMALL, DUE), (LARGE, DUE), (WAVE, WAVE)):
        with tempfile.TemporaryDirectory() as folder:
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.schedule", folder, str(people), str(due_now)],
                check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
            subprocess_line = subprocess.run(
                [sys.executable, "-m", "tests.bench.schedule", folder],
                check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
        yield {"bench": "schedule", "people": people} | json.loads(told) | json.loads(subprocess_line)


def _place(folder: Path) -> Premises:
    return premises(folder, SetClock(NOW), seed="schedule")


# ---- a store full of people ------------------------------------------------------------------------------------------


async def _fill(folder: Path, people: int, due_now: int) -> None:
    async with opened(_place(folder)) as house:
        await register_forms(house)
        for begin in range(0, due_now, 1000):
            await add_due(house, range(begin, min(begin + 1000, due_now)))
    add_others(folder, range(due_now, people))


def add_others(folder: Path, numbers: range) -> None:
    """People who are only there, in the two stores of ``folder``: nothing of theirs is due, and nothing is read."""
    with sqlite3.connect(folder / "cora.db") as store, sqlite3.connect(folder / "keystore.db") as links:
        for connection in (store, links):
            connection.execute("PRAGMA synchronous = OFF")
        draw = random.Random(1)
        for begin in range(numbers.start, numbers.stop, 10_000):
            _add_padding(store, links, range(begin, min(begin + 10_000, numbers.stop)), draw)
        store.execute("ANALYZE")


async def add_due(house: House, numbers: Sequence[int]) -> None:
    """People (the numbers are their chats at Telegram) whose first check-in is due now, whole and readable."""
    keys, chance, now = house.keys, house.chance, house.clock.now()
    who = [replace(person(), id=_id(b"p", n), case=_id(b"c", n), code=f"{n:06d}") for n in numbers]
    async with house.keystore.database.transaction() as tx:
        rows = [(one.id, keys.index(b"code", one.code.encode()),
                 seal_value(keys, Purpose.LINK, one.id, Link(one.case, one.code), chance)) for one in who]  # fmt: skip
        for row in rows:
            await tx.exec_driver_sql("INSERT INTO link VALUES (?, ?, ?)", row)
    async with house.database.transaction() as tx:
        doors = await chats.open_doors(tx, keys, list(numbers), now=now, chance=chance)
        await participants.write(tx, who, linked={one.id for one in who}, keys=keys, chance=chance)
        await participants.join(tx, {doors[n].chat.id: one.id for n, one in zip(numbers, who, strict=True)}, now)
        await occurrences.write(tx, {one.id: _occasions(now) for one in who})


def _occasions(now: datetime) -> list[Occurrence]:
    """The first is due now; one later than the other."""
    found = []
    for number in range(1, OCCASIONS + 1):
        opens = now + timedelta(days=30) * (number - 1)
        closes, local = opens + timedelta(days=12), opens.replace(tzinfo=None)
        found.append(Occurrence("check_in", number, local, opens, closes, (opens + timedelta(days=3),), next_at=opens))
    return found


def _add_padding(store: sqlite3.Connection, links: sqlite3.Connection, numbers: range, draw: random.Random) -> None:
    at = to_millis(NOW)
    rows = [(n, _id(b"p", n), _id(b"h", n)) for n in numbers]
    store.executemany(
        "INSERT INTO chat VALUES (?, ?, ?, 1, 0, 'nothing', NULL, NULL, 0, NULL, 0, NULL, 0, 0, ?)",
        [(chat, _id(b"i", n), draw.randbytes(45), at) for n, _, chat in rows],
    )
    store.executemany(
        "INSERT INTO participant VALUES (?, 'active', 'en', 'Europe/Tirane', ?, NULL, NULL)",
        [(who, draw.randbytes(420)) for _, who, _ in rows],
    )
    store.executemany("INSERT INTO chat_participant VALUES (?, ?, ?)", [(chat, who, at) for _, who, chat in rows])
    opens = [at + to_millis(datetime.fromtimestamp(0, UTC) + LATER + timedelta(days=30 * k)) for k in range(OCCASIONS)]
    occasion = "INSERT INTO occurrence VALUES (?, 'check_in', ?, ?, ?, ?, ?, 'planned', ?, 0, 0, '', NULL, NULL)"
    day, local = 86_400_000, NOW.replace(tzinfo=None).isoformat()
    store.executemany(
        occasion,
        [
            (who, number, local, when + n % 1000, when + 12 * day, str(when + 3 * day), when + n % 1000)
            for n, who, _ in rows
            for number, when in enumerate(opens, 1)
        ],
    )
    links.executemany(
        "INSERT INTO link VALUES (?, ?, ?)", [(who, _id(b"k", n), draw.randbytes(60)) for n, who, _ in rows]
    )


def _id(kind: bytes, number: int) -> bytes:
    """Spread over the whole range, as random ids are."""
    return random.Random(f"{kind.decode()} {number}").randbytes(16)


# ---- what is measured ------------------------------------------------------------------------------------------------


async def _measure(folder: Path, began: float) -> dict[str, Any]:
    async with opened(_place(folder)) as house:
        await require_current(house.database)
        await register_forms(house)
        start = monotonic() - began
        house.database.maintained_at = house.clock.now()
        waiting = 0
        at = monotonic()
        while handled := await due(house):
            waiting += handled
        spent = monotonic() - at
        ticks = []
        for _ in range(TICKS):
            at = monotonic()
            await due(house)
            ticks.append(monotonic() - at)
        return {
            "due": waiting,
            "due_seconds": round(spent, 2),
            "due_ms": round(1000 * spent / waiting, 3),
            "empty_tick_ms": round(1000 * median(ticks), 3),
            "plan_ms": round(1000 * await _planning(house), 3),
            **await _retention(house),
            "start_s": round(start, 2),
            "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


async def _retention(house: House) -> dict[str, float]:
    waits = [0.0]

    async def others() -> None:
        while True:
            at = monotonic()
            async with house.database.transaction():
                waits.append(monotonic() - at)
            await asyncio.sleep(0.01)

    writing, at = asyncio.create_task(others()), monotonic()
    await carry_out(house)
    spent = monotonic() - at
    writing.cancel()
    return {"retention_s": round(spent, 2), "held_up_ms": round(1000 * max(waits), 1)}


async def _planning(house: House) -> float:
    """Seconds for one person's schedule, worked out and written."""
    conversation = Conversation(Chat(b"t" * 16), person())
    spent = []
    for number in range(TICKS):
        at = monotonic()
        planned = plan_for(Scene(conversation, house.script, NOW, house.chance))
        async with house.database.transaction() as tx:
            await occurrences.replan(tx, _id(b"p", number), planned, status=Status.ACTIVE, now=NOW)
        spent.append(monotonic() - at)
    return median(spent)


if __name__ == "__main__":
    process_began = monotonic()
    if len(sys.argv) > 2:
        filling = monotonic()
        asyncio.run(_fill(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
        print(json.dumps({"filled_seconds": round(monotonic() - filling)}))
    else:
        print(json.dumps(asyncio.run(_measure(Path(sys.argv[1]), process_began))))
