"""aiosqlite as SQLAlchemy drives it, but a whole statement is one errand to the connection's thread, not four.

As it comes, making the cursor, executing, fetching and closing wake that thread once each, and the waking costs several
times what SQLite itself does for our short statements. Nothing else differs: one thread a connection, order kept,
errors as they are.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from typing import Any

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util.concurrency import await_

_Told = tuple[deque[Any], Any, int, int | None]


class _Cursor(AsyncAdapt_dbapi_cursor):
    """Holds what a statement gave back; in the thread nothing stays open."""

    __slots__ = ("description", "lastrowid", "rowcount")

    def __init__(self, connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = connection
        self._connection = connection._connection
        self._rows, self.description, self.rowcount, self.lastrowid = deque(), None, -1, None

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._run(operation, parameters or (), many=False)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        self._run(operation, seq_of_parameters, many=True)

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """There is nothing open."""

    def _run(self, operation: str, parameters: Any, *, many: bool) -> None:
        try:
            told: _Told = await_(self._connection._execute(_statement, self._connection._conn, operation, parameters, many))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows, self.description, self.rowcount, self.lastrowid = told


def _statement(connection: sqlite3.Connection, operation: str, parameters: Any, many: bool) -> _Told:
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(operation, parameters)
        rows = deque(cursor.fetchall() if cursor.description else ())
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
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
        made = super().connect(*arguments, **options)
        return _Connection(self, made._connection)
