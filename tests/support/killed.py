"""A process that dies right after one of its commits: for tests that look at what the next process finds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from cora_bot.store.database import Database, Tx
from cora_bot.usecases.house import House


class Killed(BaseException):
    """Not an ``Exception``: nothing may catch it, as nothing catches a kill."""


Way = Callable[[], AbstractAsyncContextManager[Tx]]


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
        async with way() as tx:
            yield tx
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return counted
