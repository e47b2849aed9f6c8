"""A store belongs to one study and one set of keys: with others every person would look like a stranger.

Of the generations of its keys it remembers the one it seals under.
"""

from __future__ import annotations

from cora_bot.base.errors import CoraError
from cora_bot.store import remembered
from cora_bot.store.database import Database, Tx
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases.house import House
from cora_bot.vault.working import WorkingKeys


async def check_belongs(house: House) -> None:
    """Raises CoraError unless study, keys and key store are those the store was begun with. The first call decides."""
    keystore = await house.keystore.identity(house.chance)
    async with house.database.transaction() as tx:
        for name, values in (_marks(house.script.study.id, house.keys) | {KEYSTORE: (keystore,)}).items():
            known = await remembered.read(tx, name)
            if known is None:
                await remembered.write(tx, name, values[0])
            elif known not in values:
                raise CoraError(f"this store was begun with {WHAT[name]}", "check the settings, or begin a new store")
        if await is_older(tx, house.keystore):
            raise CoraError(
                "the key store is an older copy than the database",
                "It would bring back who was erased since, and lack who came: cora restore --help",
            )


async def note_changes(house: House) -> None:
    """The main store notes how far the key store has come: of a pair put back by hand the older key store is found."""
    changes = await house.keystore.changes()
    async with house.database.transaction() as tx:
        await remembered.write(tx, CHANGES, str(changes))


async def is_older(tx: Tx, keystore: KeyStore) -> bool:
    """Whether this key store lacks changes that the main store knows of."""
    noted = await remembered.read(tx, CHANGES)
    return noted is not None and int(noted) > await keystore.changes()


async def differing(tx: Tx, study: str, keys: WorkingKeys) -> list[str]:
    """In words, what of study and keys is not what the store was begun with. Decides nothing."""
    marks = _marks(study, keys)
    known = {name: await remembered.read(tx, name) for name in marks}
    return [WHAT[name] for name, values in marks.items() if known[name] not in (None, *values)]


async def in_use(database: Database, keys: WorkingKeys) -> WorkingKeys:
    """``keys`` as the store uses them: sealing is the generation that seals there. A new store takes the newest."""
    async with database.read() as tx:
        known = await remembered.read(tx, KEYS)
    sealing = next((one for one in keys.generations if one.mark == known), None)
    return keys.led_by(sealing) if sealing else keys.newest


def _marks(study: str, keys: WorkingKeys) -> dict[str, tuple[str, ...]]:
    """By name, what may stand there; first what a new store notes."""
    return {"study": (study,), KEYS: tuple(one.mark for one in (keys, *keys.others))}


KEYS, KEYSTORE, CHANGES = "keys", "keystore", "keystore_changes"
WHAT = {"study": "another study", KEYS: "other server keys", KEYSTORE: "another key store"}
