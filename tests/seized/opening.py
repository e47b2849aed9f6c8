"""Everything that whoever has the disk and the server's key file can open: each sealed value, and each outer lock."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import select

from cora_bot.store import records
from cora_bot.store.database import Database, connect
from cora_bot.store.keystore import KeyStore
from cora_bot.store.resealing import KEYS, MAIN, Place
from cora_bot.store.tables import parked_update
from cora_bot.vault.erasure import unwrap
from cora_bot.vault.server_keys import load_keys
from cora_bot.vault.working import Purpose, WorkingKeys

EVERYWHERE = (*MAIN, Place(parked_update, "key", "sealed", Purpose.UPDATE))


async def opened(server: Path, key: Path, scratch: Path) -> list[bytes]:
    """What the stores in ``server`` hold under the keys of the file ``key``. They may be in use: copies are opened."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(server, scratch)
    keys = load_keys(key)
    database = Database(connect(f"sqlite+aiosqlite:///{scratch / 'cora.db'}"))
    keystore = KeyStore(Database(connect(f"sqlite+aiosqlite:///{scratch / 'keystore.db'}")), keys)
    try:
        found = [each async for each in _values(database, keys, EVERYWHERE)]
        found += [each async for each in _values(keystore.database, keys, KEYS)]
        return [*found, *await _records(database, keystore)]
    finally:
        await keystore.close()
        await database.close()
        shutil.rmtree(scratch)


async def _values(database: Database, keys: WorkingKeys, places: tuple[Place, ...]) -> AsyncIterator[bytes]:
    async with database.read() as tx:
        for place in places:
            key, column = place.table.c[place.key], place.table.c[place.column]
            for row in await tx.execute(select(key, column).where(column.is_not(None))):
                yield keys.open(place.purpose, place.context(row[0]), row[1])


async def _records(database: Database, keystore: KeyStore) -> list[bytes]:
    """Records without their outer lock: age files of the researchers."""
    async with database.read() as tx:
        page = await records.page(tx, b"", 10_000)
    keys = await keystore.erasure_keys({each.case for each in page})
    return [unwrap(keys[each.case], each.blob, case=each.case, record=each.id) for each in page if each.case in keys]
