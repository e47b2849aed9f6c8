"""Housekeeping that was put on for later: emptying a card that nobody touched meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, select

from cora_bot.dialogue.turn import Chore
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert
from cora_bot.store.tables import chore


class Task(NamedTuple):
    chat: bytes
    kind: str
    card: int


_WRITE = prepared_insert(
    chore,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["chat_id", "kind", "card"], set_={"due_at": insert.excluded.due_at}
    ),
)
_DUE = prepared(
    select(chore).where(chore.c.due_at <= bindparam("by_now")).order_by(chore.c.due_at).limit(bindparam("most"))
)
_EARLIEST = prepared(select(chore.c.due_at).order_by(chore.c.due_at).limit(1))


async def write(tx: Tx, chores: Sequence[tuple[bytes, Chore]]) -> None:
    if chores:
        rows = [
            {"chat_id": chat_id, "kind": each.kind, "card": each.card, "due_at": each.due_at}
            for chat_id, each in chores
        ]
        await tx.execute(_WRITE, rows)


async def due(tx: Tx, now: datetime, limit: int) -> list[Task]:
    rows = await tx.execute(_DUE, {"by_now": now, "most": limit})
    return [Task(row.chat_id, row.kind, row.card) for row in rows]


async def earliest(tx: Tx) -> datetime | None:
    found: datetime | None = (await tx.execute(_EARLIEST)).scalar()
    return found


async def remove(tx: Tx, tasks: Sequence[Task]) -> None:
    for each in tasks:
        same = and_(chore.c.chat_id == each.chat, chore.c.kind == each.kind, chore.c.card == each.card)
        await tx.execute(delete(chore).where(same))
