"""What the store itself has to remember: which study and keys it belongs to, until when all sending rests,
and when Telegram was last heard."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared
from cora_bot.store.statements import upsert
from cora_bot.store.tables import meta

RESTING = "sending_rests_until"
"""Milliseconds until which nothing is sent: Telegram's limit was the whole bot's. Survives a restart."""

HALTED = "halted_at"
"""Milliseconds at which all sending was stopped by hand, until somebody takes that back. Survives a restart."""


_READ = prepared(select(meta.c.value).where(meta.c.name == bindparam("of")))


HEARD = "telegram_heard_at"
"""Milliseconds at which Telegram had last handed over what it had."""


AT_WORK = "at_work_since"
"""Milliseconds at which the process began that serves now, or that never came to its end. A clean end takes it away."""


async def read(tx: Tx, name: str) -> str | None:
    found: str | None = (await tx.execute(_READ, {"of": name})).scalar_one_or_none()
    return found


async def write(tx: Tx, name: str, value: str) -> None:
    insert = upsert(tx, meta)
    changed = {"value": insert.excluded.value}
    await tx.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_=changed), {"name": name, "value": value}
    )


async def forget(tx: Tx, name: str) -> None:
    await tx.execute(delete(meta).where(meta.c.name == name))
