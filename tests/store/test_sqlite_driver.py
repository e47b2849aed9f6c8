"""ST-40 a statement is one errand to SQLite's thread; rows, counts and refusals come back as from the plain driver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from cora_bot.store.database import Database, connect

TABLE = "CREATE TABLE number (value INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"
ADD = text("INSERT INTO number (value, name) VALUES (:value, :name)")
ALL = text("SELECT value, name FROM number ORDER BY value")
ROWS = [{"value": value, "name": f"n{value}"} for value in range(5)]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(connect(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}"))
    async with database.transaction() as tx:
        await tx.execute(text(TABLE))
        await tx.execute(ADD, ROWS)
    yield database
    await database.close()


async def test_statement_is_one_errand(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    errands = []
    plain: Any = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, function: Any, *arguments: Any, **named: Any) -> Any:
        errands.append(function)
        return await plain(self, function, *arguments, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with database.transaction() as tx:
        begun = len(errands)
        for _ in range(10):
            await tx.execute(ALL)
        assert len(errands) - begun == 10
        await tx.execute(ADD, [{"value": 10 + value, "name": ""} for value in range(10)])
        assert len(errands) - begun == 11


async def test_rows_and_counts_come_back(database: Database) -> None:
    async with database.transaction() as tx:
        assert [tuple(row) for row in await tx.execute(ALL)] == [(row["value"], row["name"]) for row in ROWS]
        assert (await tx.execute(text("UPDATE number SET name = '' WHERE value > 2"))).rowcount == 2
        added = await tx.execute(text("INSERT INTO number (value, name) VALUES (9, 'nine') RETURNING name"))
        assert added.scalar_one() == "nine"
        assert (await tx.execute(text("SELECT name FROM number WHERE value = 77"))).first() is None


async def test_refused_statement_raises_and_rolls_back_what_came_before(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(text("DELETE FROM number WHERE value = 4"))
            await tx.execute(ADD, ROWS[:1])
    with pytest.raises(OperationalError):
        async with database.read() as tx:
            await tx.execute(text("SELECT nothing FROM nowhere"))
    async with database.read() as tx:
        assert len((await tx.execute(ALL)).all()) == len(ROWS)
