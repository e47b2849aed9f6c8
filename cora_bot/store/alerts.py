"""Alerts: that somebody must look at a person's answers. Whose they are is sealed under the working key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.values import Value
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.tables import alert
from cora_bot.vault.working import Purpose, WorkingKeys


class Alert(Value):
    """``code`` is the case code, ``told`` how many of those on duty were told. ``next_at``: when the next one is."""

    number: int
    id: bytes
    at: datetime
    code: str
    told: int = 0
    next_at: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    done_at: datetime | None = None


async def add(tx: Tx, code: str, *, keys: WorkingKeys, chance: Chance, now: datetime) -> Alert:
    """A new one, of which nobody was told yet."""
    made = new_id(chance)
    row = {
        "id": made,
        "at": now,
        "sealed": seal_value(keys, Purpose.ALERT, made, code, chance),
        "told": 0,
        "next_at": now,
        "taken_by": None,
        "taken_at": None,
        "done_at": None,
    }
    number = (await tx.execute(insert(alert).returning(alert.c.number), row)).scalar_one()
    return Alert(number, made, now, code, next_at=now)


async def due(tx: Tx, keys: WorkingKeys, now: datetime) -> list[Alert]:
    """Those of which somebody else is to be told now, oldest first; locked."""
    return await _found(tx, keys, select(alert).where(alert.c.next_at <= now).with_for_update(skip_locked=True))


async def earliest(tx: Tx) -> datetime | None:
    query = select(alert.c.next_at).where(alert.c.next_at.is_not(None)).order_by(alert.c.next_at).limit(1)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def every(tx: Tx, keys: WorkingKeys) -> list[Alert]:
    """Those that are not done, oldest first."""
    return await _found(tx, keys, select(alert).where(alert.c.done_at.is_(None)))


async def find(tx: Tx, keys: WorkingKeys, number: int) -> Alert | None:
    """This one, locked."""
    found = await _found(tx, keys, select(alert).where(alert.c.number == number).with_for_update())
    return found[0] if found else None


async def _found(tx: Tx, keys: WorkingKeys, query: Select[Any]) -> list[Alert]:
    return [_alert(keys, row) for row in await tx.execute(query.order_by(alert.c.number))]


def _alert(keys: WorkingKeys, row: Row[Any]) -> Alert:
    code = open_value(keys, Purpose.ALERT, row.id, row.sealed, str)
    return Alert(row.number, row.id, row.at, code, row.told, row.next_at, row.taken_by, row.taken_at, row.done_at)


async def escalated(tx: Tx, number: int, *, told: int, next_at: datetime) -> None:
    await tx.execute(update(alert).where(alert.c.number == number).values(told=told, next_at=next_at))


async def take(tx: Tx, number: int, *, by: str, now: datetime) -> None:
    """Somebody looks after it: nobody else is told."""
    await tx.execute(update(alert).where(alert.c.number == number).values(taken_by=by, taken_at=now, next_at=None))


async def end(tx: Tx, number: int, now: datetime) -> None:
    await tx.execute(update(alert).where(alert.c.number == number).values(done_at=now, next_at=None))


async def remove(tx: Tx, number: int) -> None:
    await tx.execute(delete(alert).where(alert.c.number == number))


async def purge_done(tx: Tx, before: datetime) -> None:
    await tx.execute(delete(alert).where(alert.c.done_at < before))
