"""What may wait for the disk is done in the connection's own thread, and mostly waited for on the spot.

ST-41 where it is quick nothing else comes between; where it is slow nothing else is held up, until it is quick again
ST-42 what is refused is told, however it was waited for, and so is a closed connection
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from cora_bot.store import tx
from cora_bot.store.database import Database, connect
from cora_bot.store.tx import Line

QUICK, SLOW = "SELECT 1", "SELECT rest()"


@pytest.fixture
async def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setattr(tx, "ON_THE_SPOT", 0.4)  # so long that no busy machine takes a quick one for slow
    database = Database(connect(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"))
    line = await Line.connect(database.engine)
    line.raw.create_function("rest", 0, lambda: time.sleep(0.8))
    yield line
    if not line.connection.closed:
        await line.drop()
    await database.close()


async def _lets_others_go_first(line: Line, order: str) -> bool:
    others: list[bool] = []
    asyncio.get_running_loop().call_soon(others.append, True)
    await line.errand(order)
    return bool(others)


async def test_others_go_first_only_while_it_is_slow(line: Line) -> None:
    orders = [QUICK, QUICK, SLOW, QUICK, QUICK]
    assert [await _lets_others_go_first(line, order) for order in orders] == [False, False, True, True, False]


async def test_closed_connection_says_so(line: Line) -> None:
    await line.drop()
    with pytest.raises(ProgrammingError):
        await asyncio.wait_for(line.errand(QUICK), 5)


@pytest.mark.parametrize("before", [QUICK, SLOW])
async def test_refusal_is_told(line: Line, before: str) -> None:
    await line.errand(before)
    with pytest.raises(OperationalError):
        await line.errand("SELECT nothing FROM nowhere")
    await line.errand(QUICK)
