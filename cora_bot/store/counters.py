"""Numbers without a person: how many refused, how many tokens were used, how many updates were parked."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import counter


async def raise_by(tx: Tx, counts: Counter[str]) -> None:
    if counts:
        insert = upsert(tx, counter)
        more = {"value": counter.c.value + insert.excluded.value}
        rows = [{"name": name, "value": value} for name, value in sorted(counts.items())]
        await tx.execute(insert.on_conflict_do_update(index_elements=["name"], set_=more), rows)


async def read(tx: Tx) -> dict[str, int]:
    return {row.name: row.value for row in await tx.execute(select(counter).order_by(counter.c.name))}
