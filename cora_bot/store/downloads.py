"""Files that were sent and are still at Telegram. A row goes when the file is sealed, given up, or no longer wanted.

What is to be fetched, and the record it becomes, is locked under the working key. Whoever claims a row has it for a
while: after a kill it is due again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import Value
from cora_bot.dialogue.turn import Fetch
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared
from cora_bot.store.tables import download
from cora_bot.vault.working import Purpose, WorkingKeys


class Download(Value):
    """A claimed row. ``fetch`` is None where it cannot be opened."""

    record: bytes
    chat: bytes
    participant: bytes
    attempts: int
    message: int
    fetch: Fetch | None


_FIRST = prepared(
    select(download)
    .where(download.c.next_at <= bindparam("by_now"))
    .order_by(download.c.next_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_EARLIEST = prepared(select(download.c.next_at).order_by(download.c.next_at).limit(1))


async def write(
    tx: Tx, fetches: Sequence[tuple[bytes, bytes, Fetch]], *, keys: WorkingKeys, chance: Chance, now: datetime
) -> None:
    """(chat, participant, fetch) each."""
    rows = [
        {
            "record_id": fetch.record.id,
            "chat_id": chat,
            "participant_id": participant,
            "next_at": now,
            "attempts": 0,
            "message": fetch.message,
            "sealed": seal_value(keys, Purpose.DOWNLOAD, fetch.record.id, fetch, chance),
        }
        for chat, participant, fetch in fetches
    ]
    if rows:
        await tx.execute(download.insert(), rows)


async def claim(tx: Tx, keys: WorkingKeys, *, now: datetime, until: datetime) -> Download | None:
    """The row that has waited longest; nobody else gets it before ``until``."""
    row = (await tx.execute(_FIRST, {"by_now": now})).first()
    if row is None:
        return None
    await tx.execute(
        update(download)
        .where(download.c.record_id == row.record_id)
        .values(next_at=until, attempts=download.c.attempts + 1)
    )
    try:
        fetch = open_value(keys, Purpose.DOWNLOAD, row.record_id, row.sealed, Fetch)
    except NotOpened:
        fetch = None
    return Download(row.record_id, row.chat_id, row.participant_id, row.attempts + 1, row.message, fetch)


async def put_off(tx: Tx, record: bytes, until: datetime) -> None:
    await tx.execute(update(download).where(download.c.record_id == record).values(next_at=until))


async def remove(tx: Tx, record: bytes) -> bool:
    """Whether it was still wanted."""
    return (await tx.execute(delete(download).where(download.c.record_id == record))).rowcount > 0


async def cancel(tx: Tx, records: Collection[bytes]) -> list[tuple[bytes, int]]:
    """No longer wanted; gives (chat, message) of what stands in chats because of them."""
    if not records:
        return []
    gone = delete(download).where(download.c.record_id.in_(records))
    return [(row.chat_id, row.message) for row in await tx.execute(gone.returning(download))]


async def earliest(tx: Tx) -> datetime | None:
    found: datetime | None = (await tx.execute(_EARLIEST)).scalar()
    return found
