"""aiosqlite as SQLAlchemy drives it, but a whole statement is one errand to the connection's thread, not four.

As it comes, making the cursor, executing, fetching and closing wake that thread once each, and the waking costs several
times what SQLite itself does for our short statements. Nothing else differs: one thread a connection, order kept,
errors as they are.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from typing import Any, NamedTuple

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_


def _nothing(_value: None) -> None:
    return None


# Asked of each such value on its way in, at a high price: whether it has a form that SQLite would like better.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), _nothing)


class _Told(NamedTuple):
    """What a statement gave back."""

    rows: list[Any]
    description: Any = None
    rowcount: int = -1
    lastrowid: int = 0


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Holds what a statement gave back; in the thread nothing stays open."""

    __slots__ = ("_told",)

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        # Not super's, which makes a cursor in the thread.
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._told = _Told([])

    @property
    def description(self) -> Any:
        return self._told.description

    @property
    def rowcount(self) -> int:
        return self._told.rowcount

    @property
    def lastrowid(self) -> int:
        return self._told.lastrowid

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._run(operation, parameters or (), many=False)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        self._run(operation, seq_of_parameters, many=True)

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """There is nothing open."""

    def _run(self, operation: str, parameters: Any, *, many: bool) -> None:
        driver = self._connection
        try:
            self._told = await_(driver._execute(_statement, driver._conn, operation, parameters, many))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows = deque(self._told.rows)


def _statement(connection: sqlite3.Connection, operation: str, parameters: Any, many: bool) -> _Told:
    """In the connection's thread."""
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return _Told(rows, cursor.description, cursor.rowcount, cursor.lastrowid or 0)
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """For ``create_async_engine(..., module=Driver())``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> _Connection:
        return _Connection(self, super().connect(*arguments, **options)._connection)
