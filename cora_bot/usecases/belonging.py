"""A store belongs to one study and one set of keys: with others every person would look like a stranger."""

from __future__ import annotations

from cora_bot.base.errors import CoraError
from cora_bot.store import remembered
from cora_bot.usecases.house import House


async def check_belongs(house: House) -> None:
    """Raises CoraError unless study and keys are those the store was begun with. The first call decides."""
    mine = {"study": house.script.study.id, "keys": house.keys.index(b"store", b"").hex()}
    async with house.database.transaction() as tx:
        for name, value in mine.items():
            known = await remembered.read(tx, name)
            if known is None:
                await remembered.write(tx, name, value)
            elif known != value:
                raise CoraError(f"this store was begun with {WHAT[name]}", "check the settings, or begin a new store")


WHAT = {"study": "another study", "keys": "other server keys"}
