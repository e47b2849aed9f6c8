"""Batches that Telegram was told of before they were handled, sealed. A row goes when it is handled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert
from cora_bot.store.tables import taken_in


class Row(Value):
    id: bytes
    sealed: bytes


_PUT = prepared_insert(taken_in, lambda insert: insert)
_GO = prepared(delete(taken_in).where(taken_in.c.id == bindparam("of")))


async def put(tx: Tx, row: Row, now: datetime) -> None:
    await tx.execute(_PUT, {"id": row.id, "sealed": row.sealed, "at": now})


async def go(tx: Tx, row_id: bytes) -> None:
    await tx.execute(_GO, {"of": row_id})


async def until(tx: Tx, then: datetime | None) -> list[Row]:
    """Those taken in by then (None: all), in the order in which they were."""
    query = select(taken_in.c.id, taken_in.c.sealed).order_by(taken_in.c.number)
    query = query if then is None else query.where(taken_in.c.at <= then)
    return [Row(row.id, row.sealed) for row in await tx.execute(query)]
