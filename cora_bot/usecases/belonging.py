"""A store belongs to one study and one set of keys: with others every person would look like a stranger."""

from __future__ import annotations

from cora_bot.base.errors import CoraError
from cora_bot.store import remembered
from cora_bot.store.database import Tx
from cora_bot.usecases.house import House
from cora_bot.vault.working import WorkingKeys


async def check_belongs(house: House) -> None:
    """Raises CoraError unless study and keys are those the store was begun with. The first call decides."""
    async with house.database.transaction() as tx:
        for name, value in _marks(house.script.study.id, house.keys).items():
            known = await remembered.read(tx, name)
            if known is None:
                await remembered.write(tx, name, value)
            elif known != value:
                raise CoraError(f"this store was begun with {WHAT[name]}", "check the settings, or begin a new store")


async def differing(tx: Tx, study: str, keys: WorkingKeys) -> list[str]:
    """In words, what of study and keys is not what the store was begun with. Decides nothing."""
    known = {name: await remembered.read(tx, name) for name in WHAT}
    return [WHAT[name] for name, value in _marks(study, keys).items() if known[name] not in (None, value)]


def _marks(study: str, keys: WorkingKeys) -> dict[str, str]:
    return {"study": study, "keys": keys.index(b"store", b"").hex()}


WHAT = {"study": "another study", "keys": "other server keys"}
