"""Numbers without a person: how many refused, how many tokens were used, how many updates were parked."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared_insert
from cora_bot.store.tables import counter

_RAISE = prepared_insert(
    counter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["name"], set_={"value": counter.c.value + insert.excluded.value}
    ),
)


async def raise_by(tx: Tx, counts: Counter[str]) -> None:
    if counts:
        rows = [{"name": name, "value": value} for name, value in sorted(counts.items())]
        await tx.execute(_RAISE, rows)


async def read(tx: Tx) -> dict[str, int]:
    return {row.name: row.value for row in await tx.execute(select(counter).order_by(counter.c.name))}
