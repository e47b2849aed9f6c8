"""Pictures and voices that say where a meeting is: sealed, each a row of its trip's, read only when one is sent.

A trip itself names them by id: it is loaded with every press about a meeting, and must stay small.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.tables import place_file, trip
from cora_bot.vault.working import Purpose, WorkingKeys


class Stored(Value):
    """``known``: Telegram's id of it, "" while Telegram has not got it; then ``content`` is there, else it is empty."""

    content: bytes
    known: str


def known_context(file_id: bytes) -> bytes:
    """What Telegram's id of a file is bound to: another column of the same row."""
    return file_id + b"known"


async def replace(
    tx: Tx, trip_id: str, files: Mapping[bytes, bytes], *, kept: Collection[bytes], keys: WorkingKeys, chance: Chance
) -> None:
    """From now on the trip has these (content by id) and those it had that are ``kept``."""
    await tx.execute(delete(place_file).where(place_file.c.trip_id == trip_id, place_file.c.id.not_in(kept)))
    rows = [
        {"id": file_id, "trip_id": trip_id, "content": keys.seal(Purpose.TRIP, file_id, content, chance), "known": None}
        for file_id, content in files.items()
    ]
    if rows:
        await tx.execute(insert(place_file), rows)


async def ids(tx: Tx, trip_id: str) -> set[bytes]:
    return set((await tx.execute(select(place_file.c.id).where(place_file.c.trip_id == trip_id))).scalars())


async def find(tx: Tx, keys: WorkingKeys, file_id: bytes) -> Stored | None:
    """One that is to be sent; None when it is gone. Raises ``NotOpened``."""
    row = (await tx.execute(select(place_file.c.known).where(place_file.c.id == file_id))).first()
    if row is None:
        return None
    if row.known is not None:
        return Stored(b"", keys.open(Purpose.TRIP, known_context(file_id), row.known).decode())
    sealed = (await tx.execute(select(place_file.c.content).where(place_file.c.id == file_id))).scalar_one()
    return Stored(keys.open(Purpose.TRIP, file_id, sealed), "")


async def remember(tx: Tx, known: Mapping[bytes, str], *, keys: WorkingKeys, chance: Chance) -> None:
    """Telegram has these. Its id of one fetches it for whoever has the bot's token too: sealed like the file."""
    for file_id, file in known.items():
        sealed = keys.seal(Purpose.TRIP, known_context(file_id), file.encode(), chance)
        await tx.execute(update(place_file).where(place_file.c.id == file_id).values(known=sealed))


async def forget(tx: Tx, gone: Collection[bytes]) -> None:
    """Telegram no longer knows them: they are sent up once more."""
    if gone:
        await tx.execute(update(place_file).where(place_file.c.id.in_(gone)).values(known=None))


async def purge(tx: Tx, before: datetime) -> int:
    """Those of trips that ended ``before``: nobody is led there any more. How many."""
    over = select(trip.c.id).where(trip.c.ends < before)
    return int((await tx.execute(delete(place_file).where(place_file.c.trip_id.in_(over)))).rowcount)
