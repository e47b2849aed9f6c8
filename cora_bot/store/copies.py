"""Copies of a store, made while it is in use: whole, of one moment, for their owner's eyes only.

SQLite writes them itself (VACUUM INTO): a copy holds what was committed and nothing of what was deleted. Copying the
file would tear it from its log. PostgreSQL's are made by its own ``pg_dump``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from cora_bot.base.errors import CoraError
from cora_bot.store.database import Database


async def copy_store(database: Database, path: Path) -> None:
    """``path`` becomes a copy. Raises ``CoraError`` when there is something already, or it could not be written."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # VACUUM INTO takes an empty file
    except OSError as error:
        raise CoraError(f"{path} could not be written: {error.strerror}") from None
    if not database.is_sqlite:
        await _dump(database.engine.url, path)
        return
    async with database.outside() as plain:
        await plain.exec_driver_sql("VACUUM INTO ?", (str(path),))
    with path.open("rb") as copy:
        os.fsync(copy.fileno())


def check_copy(path: Path) -> None:
    """Raises ``CoraError`` unless SQLite finds the copy whole."""
    copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError:
        found = "damaged"
    finally:
        copy.close()
    if found != "ok":
        raise CoraError(f"the copy {path} is damaged", "Is the disk full, or failing? Nothing was changed.")


def put_back(copy: Path, store: Path) -> None:
    """The SQLite file ``store`` as it was when ``copy`` was made, in one transaction of its own."""
    source, target = sqlite3.connect(f"file:{copy}?mode=ro", uri=True), sqlite3.connect(store)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


async def _dump(url: URL, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise CoraError("pg_dump is not installed, so there is no copy of the database", "Install postgresql-client.")
    asked = make_url(url)
    where = {"PGHOST": asked.host or asked.query.get("host"), "PGPORT": asked.port, "PGUSER": asked.username}
    where |= {"PGDATABASE": asked.database, "PGPASSWORD": asked.password}  # arguments are seen by every process list
    told = {name: str(value) for name, value in where.items() if value}
    process = await asyncio.create_subprocess_exec(
        program, "--format=custom", "--no-password", f"--file={path}", env=os.environ | told
    )
    if await process.wait():
        raise CoraError("pg_dump could not copy the database", "It said why above. Nothing was changed.")
