"""Housekeeping that was put on for later: emptying a card that nobody touched meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, select

from cora_bot.dialogue.turn import Chore
from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import chore


class Task(NamedTuple):
    chat: bytes
    kind: str
    card: int


async def write(tx: Tx, chores: Sequence[tuple[bytes, Chore]]) -> None:
    if chores:
        rows = [
            {"chat_id": chat_id, "kind": each.kind, "card": each.card, "due_at": each.due_at}
            for chat_id, each in chores
        ]
        insert = upsert(tx, chore)
        moved = {"due_at": insert.excluded.due_at}
        await tx.execute(insert.on_conflict_do_update(index_elements=["chat_id", "kind", "card"], set_=moved), rows)


async def due(tx: Tx, now: datetime, limit: int) -> list[Task]:
    query = select(chore).where(chore.c.due_at <= now).order_by(chore.c.due_at).limit(limit)
    return [Task(row.chat_id, row.kind, row.card) for row in await tx.execute(query)]


async def earliest(tx: Tx) -> datetime | None:
    return (await tx.execute(select(chore.c.due_at).order_by(chore.c.due_at).limit(1))).scalar()


async def remove(tx: Tx, tasks: Sequence[Task]) -> None:
    for each in tasks:
        same = and_(chore.c.chat_id == each.chat, chore.c.kind == each.kind, chore.c.card == each.card)
        await tx.execute(delete(chore).where(same))
