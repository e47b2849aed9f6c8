"""What the server holds, exactly as it holds it: for a demonstration that it is sealed. Nothing is opened here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, select

from cora_bot.store import keystore, tables
from cora_bot.store.database import Database
from cora_bot.usecases.house import House

ROWS = 6
"""As many rows of a table are shown."""
BYTES = 24
"""As many bytes of a sealed value are shown, in hex."""

Holding = tuple[str, int, list[dict[str, str]]]
"""Table, number of its rows, some of them as text by column."""


async def holdings(house: House) -> list[Holding]:
    """Every table that has rows, of the main store and of the key store."""
    held = await _held(house.database, tables.metadata.sorted_tables)
    kept = await _held(house.keystore.database, keystore.metadata.sorted_tables)
    return [*held, *((f"key store: {name}", count, rows) for name, count, rows in kept)]


async def _held(database: Database, found: Sequence[Table]) -> list[Holding]:
    holdings: list[Holding] = []
    async with database.read() as tx:
        for table in found:
            count = (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            if not count:
                continue
            rows = (await tx.execute(select(table).limit(ROWS))).all()
            shown = [{name: _text(value) for name, value in row._asdict().items()} for row in rows]
            holdings.append((table.name, count, shown))
    return holdings


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        shown = value[:BYTES].hex()
        return f"{shown}… ({len(value)} bytes)" if len(value) > BYTES else shown
    return "" if value is None else str(value)
