"""ST-45 what was deleted is in no file any more once SQLite's log was emptied; whoever reads meanwhile stops nobody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import text

from cora_bot.base.clock import monotonic
from cora_bot.store.database import BUSY_MILLIS, Database
from tests.support.stores import all_bytes

SAID = b"seventeen quiet rivers"


async def _said_and_deleted(folder: Path) -> Database:
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'cora.db'}")
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO meta (name, value) VALUES ('said', :said)"), {"said": SAID.decode()})
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM meta WHERE name = 'said'"))
    return database


async def test_what_was_deleted_has_left_the_log_too(tmp_path: Path) -> None:
    database = await _said_and_deleted(tmp_path)
    before = SAID in all_bytes(tmp_path)
    await database.empty_log()
    after = SAID in all_bytes(tmp_path)
    await database.close()

    assert (before, after) == (True, False)


async def test_log_that_somebody_reads_is_emptied_another_time(tmp_path: Path) -> None:
    database = await _said_and_deleted(tmp_path)
    reader = sqlite3.connect(tmp_path / "cora.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM meta").fetchall()
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO meta (name, value) VALUES ('more', '')"))
    began = monotonic()
    await database.empty_log()
    waited = monotonic() - began
    kept = SAID in all_bytes(tmp_path)
    reader.close()
    async with database.transaction() as tx:
        patience = (await tx.execute(text("PRAGMA busy_timeout"))).scalar_one()
    await database.empty_log()
    gone = SAID not in all_bytes(tmp_path)
    await database.close()

    assert waited < BUSY_MILLIS / 2000
    assert (kept, gone, patience) == (True, True, BUSY_MILLIS)
