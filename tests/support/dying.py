"""One process at work that may die at any point: before and after every commit, call and acknowledgement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

from cora_bot.store.database import Tx
from cora_bot.usecases import leading
from cora_bot.usecases.deliver import begin, settle, take_over
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Outcome, Removal, Sending
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.taking_in import handle, handle_left, take_in
from tests.support.hostile import Telegram
from tests.support.killed import Killed, Way, cut_off, other_transactions
from tests.support.outgoing import outgoing

UNACKNOWLEDGED = "before an acknowledgement"
TAKEN_IN = "before what was taken in"


@dataclass
class Steps:
    """Dies at the ``at``-th point (0: never), or at the first ``named`` so. ``points`` are those it came to."""

    at: int = 0
    named: str = ""
    points: list[str] = field(default_factory=list)

    def __call__(self, point: str) -> None:
        self.points.append(point)
        if len(self.points) == self.at or point == self.named:
            raise Killed


def dying(house: House, steps: Steps) -> AbstractContextManager[None]:
    """Every commit of either store is two points: before it, and after."""
    return other_transactions(house, lambda way: _stepped(way, steps))


def _stepped(way: Way, steps: Steps) -> Way:
    @asynccontextmanager
    async def stepped() -> AsyncIterator[Tx]:
        async with way() as tx, cut_off(tx):
            yield tx
            steps("before a commit")
        steps("after a commit")

    return stepped


async def serve(house: House, telegram: Telegram, steps: Steps, *, starting: bool = True) -> None:
    """One process at work, until nothing is left to do at this moment. Raises ``Killed``."""
    with dying(house, steps):
        if starting:
            await start(house)
        while await _received(house, telegram, steps) + await due(house) + await sent(house, telegram, steps):
            pass


async def start(house: House) -> None:
    """As the bot starts. Where several could send it takes the lease, as once the last holder's has run out."""
    await begin(house)
    if house.database.shared:
        leading.stand_by(house)
        assert await leading.take(house, await leading.look(house)) is not None
    else:
        await take_over(house)
    await handle_left(house)


async def _received(house: House, telegram: Telegram, steps: Steps) -> int:
    batch = telegram.pending[:100]
    if not batch:
        return 0
    steps("before a batch")
    if telegram.crowded:
        taken = await take_in(house, batch)
    else:
        await receive(house, batch)
    steps(UNACKNOWLEDGED)
    del telegram.pending[: len(batch)]  # the next offset
    if telegram.crowded:
        steps(TAKEN_IN)
        await handle(house, taken)
    return len(batch)


async def sent(house: House, telegram: Telegram, steps: Steps) -> int:
    going = await outgoing(house)
    results: list[tuple[Sending | Removal, Outcome]] = []
    for sending in going:
        steps("before a call")
        results.append((sending, telegram.call(sending)))
        steps("after a call")
    if results:
        await settle(house, results)
    return len(going)
