"""One database: how it is opened, and the two ways in. A writing transaction holds the write lock before it reads.

SQLite: WAL, synchronous=FULL, secure_delete, foreign keys, BEGIN IMMEDIATE; its log keeps deleted content until it is
emptied (``empty_log``). PostgreSQL: read committed; whoever changes
a conversation first locks its chat row (``chats.lock``), so reads behind that lock see what the last writer left.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cora_bot.base.clock import monotonic
from cora_bot.base.errors import CoraError
from cora_bot.store.sqlite_driver import Driver
from cora_bot.store.tx import BUSY_MILLIS, Line, Tx

__all__ = ["Database", "Tx", "Work", "connect", "is_outage", "make_private", "newest_schema"]

Work = Callable[[Tx], Awaitable[None]]
"""What is done within somebody else's transaction."""

STATEMENTS_KEPT = 512  # by SQLite, parsed
FROZEN_MILLIS = 5_000
LOG_PAGES = 8_000  # 32 MB of SQLite's log are written back together: of many people each has pages of their own

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA wal_autocheckpoint = {LOG_PAGES}",
    "PRAGMA temp_store = MEMORY",  # sorting never writes content to a temporary file
    f"PRAGMA busy_timeout = {BUSY_MILLIS}",
)


class Database:
    """An open database. What a process knows of itself and need not survive it:
    ``careful`` counts the updates to be taken one by one after a crash, ``attempted`` are the keys of those it took so,
    ``maintained_at`` says when it last tidied, ``emptied_at`` (seconds, monotonic) when SQLite's log was last emptied.
    ``fence`` is its right to send, where several could; a ``standby`` could and may not.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.careful = 0
        self.attempted: set[bytes] = set()
        self.maintained_at: datetime | None = None
        self.emptied_at = monotonic()
        self.fence: int | None = None
        self.standby = False
        self._writing = asyncio.Lock()
        self._idle: list[Line] = []

    @classmethod
    async def open(cls, url: str, *, create: bool = True, serving: bool = False) -> Database:
        """Opens ``url`` and brings the schema up to date (``create``), or refuses a schema of another version.

        ``serving``: other processes wait for what this one has locked, so PostgreSQL ends a transaction of ours in
        which nothing happens for ``FROZEN_MILLIS``.
        """
        database = cls(connect(url, serving=serving))
        try:
            if await database.schema_version() == newest_schema():
                return database
            # The schema's history imports alembic, which costs a second: only where there is something to do or to say.
            from cora_bot.store.upgrade import require_current, upgrade  # noqa: PLC0415

            if create:
                await upgrade(database)
            else:
                await require_current(database)
        except (DBAPIError, OSError) as error:
            await database.close()
            raise unusable(error) from error
        except BaseException:
            await database.close()
            raise
        return database

    async def schema_version(self) -> str | None:
        """What the store says of itself; None where there is none."""
        async with self.read() as tx:
            try:
                found: str | None = (await tx.exec_driver_sql("SELECT version_num FROM alembic_version")).scalar()
            except DBAPIError as error:
                if is_outage(error) and "no such table" not in str(error.orig):
                    raise
                return None
            return found

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def shared(self) -> bool:
        """Whether several processes may serve it at once."""
        return not self.is_sqlite

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A writing transaction: commits at the end, rolls back on any exception."""
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                yield Tx(connection)
            return
        # Tasks of one process queue here in order; busy_timeout is for other processes, and sleeps.
        async with self._writing, self._line() as line:
            await line.begin()
            yield Tx(line.connection, line)
            await line.errand("COMMIT")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A reading connection: one consistent view, nothing written."""
        if self.is_sqlite:
            async with self._line() as line:
                line.raw.execute("BEGIN")
                yield Tx(line.connection, line)
                line.raw.execute("ROLLBACK")
            return
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield Tx(connection)
            await connection.rollback()

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[Tx]:
        """A connection without a transaction, for VACUUM and checkpoints alone."""
        if self.is_sqlite:
            async with self._line() as line:
                yield Tx(line.connection, line)
            return
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield Tx(connection)

    async def empty_log(self) -> None:
        """What was written and deleted since leaves SQLite's log. Where somebody is reading it, another time."""
        self.emptied_at = monotonic()
        if self.is_sqlite:
            async with self._writing, self._line() as line:
                await line.empty_log()

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        """A connection to SQLite that nobody else uses meanwhile; whatever was not committed at the end is undone."""
        line = self._idle.pop() if self._idle else await Line.connect(self.engine)
        clean = False
        try:
            yield line
            clean = line.ended()
        finally:
            try:
                if not clean:
                    await line.undo()
            except BaseException:
                await line.drop()  # nobody knows what it stands in
                raise
            self._idle.append(line)

    async def reconnect(self) -> None:
        """Connections are made anew from now on."""
        idle, self._idle = self._idle, []
        for line in idle:
            await line.connection.close()
        await self.engine.dispose()

    async def close(self) -> None:
        await self.reconnect()


def newest_schema() -> str:
    """The revision of the last migration, which its file's name begins with."""
    return max(path.name[1:5] for path in (Path(__file__).parent / "migrations" / "versions").glob("v*.py"))


def connect(url: str, *, serving: bool = False) -> AsyncEngine:
    """An engine for ``sqlite+aiosqlite`` or ``postgresql+asyncpg``; anything else is refused."""
    parsed = make_url(url)
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise CoraError(
            f"the store cannot use {parsed.drivername}",
            "give a URL that starts with sqlite+aiosqlite:/// or postgresql+asyncpg://",
        )
    if parsed.drivername == "postgresql+asyncpg":
        told = {"idle_in_transaction_session_timeout": str(FROZEN_MILLIS), "lock_timeout": str(BUSY_MILLIS)}
        asked = {"server_settings": told} if serving else {}
        return create_async_engine(parsed, hide_parameters=True, connect_args=asked)
    if not parsed.database or parsed.database == ":memory:":
        raise CoraError("the store needs a file", "give a path after sqlite+aiosqlite:///")
    make_private(Path(parsed.database))
    options = {"check_same_thread": False, "cached_statements": STATEMENTS_KEPT}
    engine = create_async_engine(parsed, hide_parameters=True, module=Driver(), connect_args=options)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def make_private(path: Path) -> None:
    """Makes the file, if there is none, for its owner's eyes only; SQLite gives its log the same mode."""
    if path.parent.is_dir():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; a transaction does
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()


def unusable(error: DBAPIError | OSError) -> CoraError:
    """In words, why a database cannot be opened. What the engine says of itself names no row and no value."""
    said = str(error.orig if isinstance(error, DBAPIError) else error.strerror or type(error).__name__)
    return CoraError(f"the database cannot be used: {said}", "Look at the disk, permissions and address; or restore.")


def is_outage(error: BaseException) -> bool:
    """Whether the database itself is in trouble (locked, full, gone, damaged), so that no row is to blame."""
    if isinstance(error, OSError | PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", "") or "")
    return error.connection_invalidated or type(error).__name__ in _TROUBLES or state[:2] in _OUTAGES


_TROUBLES = frozenset({"OperationalError", "DatabaseError", "InternalError"})
# SQLSTATE classes: connection, read-only, conflict, resources, lock, operator, system, damage
_OUTAGES = frozenset({"08", "25", "40", "53", "55", "57", "58", "XX"})
