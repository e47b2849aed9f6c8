"""A process that dies right after one of its commits, and what becomes of a transaction that was open at a death."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from cora_bot.store.database import Database, Tx
from cora_bot.usecases.house import House
from tests.support.postgres import until_gone


class Killed(BaseException):
    """Not an ``Exception``: nothing may catch it, as nothing catches a kill."""


Way = Callable[[], AbstractAsyncContextManager[Tx]]


@contextmanager
def other_transactions(house: House, other: Callable[[Way], Way]) -> Iterator[None]:
    """Meanwhile every transaction of either store is what ``other`` makes of it."""
    databases: list[Database] = [house.database, house.keystore.database]
    for database in databases:
        database.transaction = other(database.transaction)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for database in databases:
            del database.transaction


@contextmanager
def killed_after(house: House, commits: int) -> Iterator[None]:
    """Whoever works in the block dies after so many commits to either store (a rewriting of a file counts as one)."""
    left = [commits]
    databases: list[Database] = [house.database, house.keystore.database]
    for database in databases:
        database.transaction = _counted(database.transaction, left)  # type: ignore[method-assign]
        database.outside = _counted(database.outside, left)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for database in databases:
            del database.transaction, database.outside


def _counted(way: Way, left: list[int]) -> Way:
    @asynccontextmanager
    async def counted() -> AsyncIterator[Tx]:
        async with way() as tx, cut_off(tx):
            yield tx
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return counted


@asynccontextmanager
async def cut_off(tx: Tx) -> AsyncIterator[None]:
    """A death inside ends the transaction as that of a killed process ends: nobody says ROLLBACK any more.

    PostgreSQL finds the line dead, undoes what was open and lets go of its locks; that is waited for, since a process
    takes longer to start than a server to notice. SQLite's files are given back unfinished, which is the same there.
    """
    try:
        yield
    except Killed:
        if tx.dialect.name == "postgresql":
            await _hung_up(tx)
        raise


async def _hung_up(tx: Tx) -> None:
    process = await hang_up(tx)
    await tx._connection.invalidate()
    await until_gone(tx._connection.engine.url, process)


async def hang_up(tx: Tx) -> int:
    """Closes the line to PostgreSQL without a word; the server's process that was at its other end."""
    driver = (await tx._connection.get_raw_connection()).driver_connection
    assert driver is not None
    process: int = driver.get_server_pid()
    driver.terminate()
    return process
