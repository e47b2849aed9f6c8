"""Updates are taken in: sealed and committed as they came, so that Telegram may be told before they are handled.

Where many wait and Telegram is far, the next ones can then be on their way meanwhile. A batch is no longer taken in
once it is handled, in one transaction; what a process left behind when it died is handled by the next.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial

import msgspec

from cora_bot.base.errors import NotOpened
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.store import taken_in
from cora_bot.store.taken_in import Row
from cora_bot.store.updates import Parked
from cora_bot.usecases import parking
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.house import House
from cora_bot.usecases.parking import Packed
from cora_bot.usecases.receive import receive
from cora_bot.vault.working import Purpose

ID_SIZE = 16
UNREAD = "Batch"
"""As what kind it is parked where it opens with no key."""


class TakenIn(Value):
    id: bytes
    batch: tuple[Arrived, ...]


async def take_in(house: House, batch: Sequence[Arrived]) -> TakenIn:
    """Once this has come back, Telegram may be told."""
    row_id = house.chance.bytes(ID_SIZE)
    content = msgspec.json.encode([parking.pack(each) for each in batch])
    row = Row(row_id, house.keys.seal(Purpose.BATCH, row_id, content, house.chance))
    async with house.database.transaction() as tx:
        await taken_in.put(tx, row, house.clock.now())
    return TakenIn(row_id, tuple(batch))


async def handle(house: House, taken: TakenIn) -> list[Reaction]:
    """As ``receive``; handled twice is the same as once."""
    return await receive(house, taken.batch, partial(taken_in.go, row_id=taken.id))


async def handle_left(house: House, until: datetime | None = None) -> int:
    """Handles what was taken in (until then) by somebody who did not come to handle it; how many updates."""
    handled = 0
    async for taken in _left(house, until):
        await handle(house, taken)
        handled += len(taken.batch)
    if handled:
        log("left_handled", level=logging.WARNING, updates=handled)
    return handled


async def set_left_aside(house: House, error: str) -> None:
    """Parks all that was taken in."""
    async for taken in _left(house):
        for arrived in taken.batch:
            await parking.park(house, arrived, error)
        await _gone(house, taken.id)


async def _left(house: House, until: datetime | None = None) -> AsyncIterator[TakenIn]:
    """What can be read of it; the rest is parked."""
    async with house.database.read() as tx:
        rows = await taken_in.until(tx, until)
    for row in rows:
        try:
            content = msgspec.json.decode(house.keys.open(Purpose.BATCH, row.id, row.sealed), type=list[Packed])
        except (NotOpened, msgspec.MsgspecError) as error:
            unread = Parked(row.id, UNREAD, type(error).__name__, row.sealed, house.clock.now())
            await parking.set_aside(house, unread, partial(taken_in.go, row_id=row.id))
            continue
        yield TakenIn(row.id, tuple([each async for each in _unpacked(house, content)]))


async def _unpacked(house: House, content: Sequence[Packed]) -> AsyncIterator[Arrived]:
    for packed in content:
        try:
            arrived = parking.unpack(packed)
        except NotOpened as error:  # taken in by another version
            await parking.park_packed(house, packed, type(error).__name__)
        else:
            yield arrived


async def _gone(house: House, row_id: bytes) -> None:
    async with house.database.transaction() as tx:
        await taken_in.go(tx, row_id)
