"""What the store itself has to remember: which study and keys it belongs to, until when all sending rests,
and when Telegram was last heard."""

from __future__ import annotations

from sqlalchemy import delete, select

from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import meta

RESTING = "sending_rests_until"
"""Milliseconds until which nothing is sent: Telegram's limit was the whole bot's. Survives a restart."""


HEARD = "telegram_heard_at"
"""Milliseconds at which Telegram had last handed over what it had."""


async def read(tx: Tx, name: str) -> str | None:
    return (await tx.execute(select(meta.c.value).where(meta.c.name == name))).scalar_one_or_none()


async def write(tx: Tx, name: str, value: str) -> None:
    insert = upsert(tx, meta)
    changed = {"value": insert.excluded.value}
    await tx.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_=changed), {"name": name, "value": value}
    )


async def forget(tx: Tx, name: str) -> None:
    await tx.execute(delete(meta).where(meta.c.name == name))
