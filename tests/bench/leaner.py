"""What a leaner HTTP client and a second process would add: pairs in one run, ours against ours.

The processes share a PostgreSQL that keeps what it commits; where it is not installed, that part is left out.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.ours import about, place, prepare
from tests.bench.pair import PORT, People, run
from tests.support.house import opened
from tests.support.postgres import PROGRAMS, new_database, running_server

CHATS, ANSWERS, PAIRS = 200, 20, 3
ALONE, TOGETHER = ("all",), ("receive", "send")


def bench() -> Iterator[dict[str, object]]:
    for kind in ("typed", "pressed"):
        yield {"bench": "leaner client", "answers": kind} | _clients(kind)
    if all(shutil.which(program) for program in PROGRAMS):
        with running_server(durable=True) as folder:
            for kind in ("typed", "pressed"):
                yield {"bench": "second process", "answers": kind} | _processes(folder, kind)


def _clients(kind: str) -> dict[str, object]:
    rates: dict[str, list[float]] = {"aiohttp": [], "bare": []}
    for _ in range(PAIRS):
        for client, found in rates.items():
            came = run(People(CHATS, ANSWERS, kind), ("ours", PORT, str(CHATS), kind, "--client", client))
            found.append(came.per_second)
    return _told(rates)


def _processes(folder: Path, kind: str) -> dict[str, object]:
    rates: dict[str, list[float]] = {"one": [], "two": []}
    for number in range(PAIRS):
        for (name, found), roles in zip(rates.items(), (ALONE, TOGETHER), strict=True):
            store = [asyncio.run(new_database(folder, f"{kind}-{name}-{number}-{which}")) for which in ("rows", "keys")]
            asyncio.run(_prepare(store, kind))
            bots = [("ours", PORT, str(CHATS), kind, "--store", *store, "--role", role) for role in roles]
            found.append(run(People(CHATS, ANSWERS, kind), *bots).per_second)
    return _told(rates)


async def _prepare(store: list[str], kind: str) -> None:
    async with opened(place(store)) as house:
        await prepare(about(house, kind), CHATS)


def _told(rates: dict[str, list[float]]) -> dict[str, object]:
    first, second = rates.values()
    ratio = median(other / one for one, other in zip(first, second, strict=True))
    return {f"{name}_per_second": round(median(found)) for name, found in rates.items()} | {"ratio": round(ratio, 2)}
