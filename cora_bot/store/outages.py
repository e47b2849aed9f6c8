"""Outages: when people of one country or zone could not be reached. Few rows, read whole; none names a person."""

from __future__ import annotations

from sqlalchemy import and_, delete, select

from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared
from cora_bot.store.statements import upsert
from cora_bot.store.tables import outage
from cora_bot.study.stretch import Outage

_EVERY = prepared(select(outage).order_by(outage.c.begins, outage.c.place, outage.c.id))


async def every(tx: Tx) -> tuple[Outage, ...]:
    """All of them, by when they began."""
    rows = await tx.execute(_EVERY)
    return tuple(Outage(row.place, row.begins, row.ends, row.id) for row in rows)


async def add(tx: Tx, new: Outage) -> int:
    """Its id; that of the same outage where it was entered before."""
    row = {"place": new.place, "begins": new.begins, "ends": new.ends}
    await tx.execute(upsert(tx, outage).on_conflict_do_nothing(index_elements=list(row)), row)
    same = and_(outage.c.place == new.place, outage.c.begins == new.begins, outage.c.ends == new.ends)
    return int((await tx.execute(select(outage.c.id).where(same))).scalar_one())


async def remove(tx: Tx, outage_id: int) -> None:
    await tx.execute(delete(outage).where(outage.c.id == outage_id))
