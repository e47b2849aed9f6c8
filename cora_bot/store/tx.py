"""A transaction as the store uses it; and what one stands on with SQLite: a connection that is ours for that time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

import aiosqlite
from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cora_bot.store.prepared import Found, Prepared, told

Values = Mapping[str, Any]
T = TypeVar("T")
BEGIN: Final = "BEGIN IMMEDIATE"
BUSY_MILLIS: Final = 10_000  # so long another process may keep us waiting


class Line:
    """A connection to SQLite. It lives longer than its transactions, which are begun and ended here.

    ``connection`` is SQLAlchemy's view of it: to that no transaction ever begins or ends.
    """

    def __init__(self, connection: AsyncConnection, driver: aiosqlite.Connection) -> None:
        self.connection = connection
        self._driver = driver
        self.raw = driver._conn

    @classmethod
    async def connect(cls, engine: AsyncEngine) -> Line:
        connection = await engine.connect()
        raw = await connection.get_raw_connection()
        return cls(connection, cast(aiosqlite.Connection, raw.driver_connection))

    async def begin(self) -> None:
        """Begins to write: at once where nobody else does, else in the connection's own thread, where it may wait."""
        with self._impatient():
            try:
                self.raw.execute(BEGIN)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise told(error, BEGIN) from error
        if not self.raw.in_transaction:
            await self.errand(BEGIN)

    async def errand(self, order: str) -> None:
        """Something that may wait, for the disk or for another process: done in the connection's own thread."""
        try:
            await self._driver._execute(_done, self.raw, order)  # type: ignore[no-untyped-call]
        except sqlite3.Error as error:
            raise told(error, order) from error

    async def empty_log(self) -> None:
        """Writes the log back and cuts it off, as far as nobody else is reading it."""
        with self._impatient():
            await self.errand("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Meanwhile it waits for no other process."""
        self.raw.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.raw.execute(f"PRAGMA busy_timeout = {BUSY_MILLIS}")

    def ended(self) -> bool:
        """Whether nothing is open; to be asked only where every order was waited for to its end."""
        return not self.raw.in_transaction

    async def undo(self) -> None:
        """Whatever was not committed. What was begun by an order nobody waits for any more is undone as well."""
        await self._driver._execute(_undo, self.raw)  # type: ignore[no-untyped-call]

    async def drop(self) -> None:
        """It is used no more; SQLite itself undoes what was open."""
        await self.connection.invalidate()
        await self.connection.close()


def _done(raw: sqlite3.Connection, order: str) -> None:
    """To its end, whatever it has to tell: what is still telling keeps the next transaction from being committed."""
    raw.execute(order).fetchall()


def _undo(raw: sqlite3.Connection) -> None:
    if raw.in_transaction:
        raw.execute("ROLLBACK")


class Tx:
    """Inside a transaction. Statements are SQLAlchemy's, or ``Prepared`` where every update needs them."""

    __slots__ = ("_connection", "_line")

    def __init__(self, connection: AsyncConnection, line: Line | None = None) -> None:
        self._connection = connection
        self._line = line

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def execute(self, statement: Executable | Prepared, values: Values | Sequence[Values] | None = None) -> Found:
        """With several ``values`` once for each. Raises SQLAlchemy's errors, which show no value."""
        if not isinstance(statement, Prepared):
            return await self._connection.execute(statement, values)
        if self._line is None:
            return await self._connection.execute(statement.on_postgresql, values)
        return statement.run(self._line.raw, values)

    async def exec_driver_sql(self, statement: str, values: Any = None) -> Found:
        """The engine's own words."""
        return await self._connection.exec_driver_sql(statement, values)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """For what knows only SQLAlchemy's own connection."""
        return await self._connection.run_sync(work)

    async def commit(self) -> None:
        """Before the end: only for whoever began it themselves."""
        await (self._line.errand("COMMIT") if self._line else self._connection.commit())

    async def rollback(self) -> None:
        await (self._line.undo() if self._line else self._connection.rollback())
