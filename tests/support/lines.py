"""The line to a PostgreSQL server breaks at one commit, and the process lives on, as the bot's loops do.

Before the commit the server never hears of it. Behind it everything is stored and only the answer is lost: the process
hears of a failure that was none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError

from cora_bot.store.database import Tx, is_outage
from cora_bot.usecases.deliver import ClaimInDoubt, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Outcome, Removal, Retry, Sending
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.dying import start
from tests.support.hostile import Telegram
from tests.support.killed import Way, hang_up, other_transactions
from tests.support.outgoing import outgoing


@dataclass
class Break:
    """Of the commits to either store the ``at``-th, before it or ``behind`` it; 0: none."""

    at: int = 0
    behind: bool = False
    commits: int = 0

    def comes(self) -> bool:
        self.commits += 1
        return self.commits == self.at


def breaking(house: House, line: Break) -> AbstractContextManager[None]:
    return other_transactions(house, lambda way: _broken(way, line))


def _broken(way: Way, line: Break) -> Way:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Tx]:
        now = False
        async with way() as tx:
            yield tx
            now = line.comes()
            if now and not line.behind:
                await _cut(tx)
        if now and line.behind:
            raise lost()

    return broken


async def _cut(tx: Tx) -> None:
    if tx.dialect.name != "postgresql":
        raise lost()  # there is no line to a file; an error before the commit is the same
    await hang_up(tx)


def lost() -> InterfaceError:
    """As SQLAlchemy says it."""
    return InterfaceError("COMMIT", None, asyncpg.InterfaceError("connection is closed"), connection_invalidated=True)


@dataclass
class Working:
    """The loops of one process, in turn. Each tries again what failed, as the bot's own do."""

    house: House
    telegram: Telegram
    outcomes: list[tuple[Sending | Removal, Outcome]] = field(default_factory=list)

    async def start(self) -> None:
        """Raises what the store raises: the process ends, and is started again."""
        await start(self.house)

    async def until_idle(self) -> None:
        while await self._tried():
            pass

    async def _tried(self) -> int:
        done = 0
        for work in (self._receive, self._due, self._settle, self._claim):
            try:
                done += await work()
            except DBAPIError as error:
                assert is_outage(error)
                done += 1
        return done

    async def _receive(self) -> int:
        batch = self.telegram.pending[:100]
        if batch:
            await receive(self.house, batch)
            del self.telegram.pending[: len(batch)]
        return len(batch)

    async def _due(self) -> int:
        return await due(self.house)

    async def _settle(self) -> int:
        done = len(self.outcomes)
        if done:
            await settle(self.house, self.outcomes)
            self.outcomes.clear()
        return done

    async def _claim(self) -> int:
        try:
            going = await outgoing(self.house)
        except ClaimInDoubt as doubt:
            self.outcomes += [(each, Retry(self.house.clock.now(), "claim_in_doubt")) for each in doubt.sendings]
            return 1
        self.outcomes += [(each, self.telegram.call(each)) for each in going]
        return len(going)
