"""An older store brought up to date: copied, changed and proved readable in one transaction, or left as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.store import copies
from cora_bot.store.database import Database, connect
from cora_bot.store.keystore import KeyStore
from cora_bot.store.upgrade import Schema, migrated, schema
from cora_bot.usecases.readable import Read, read_everyone
from cora_bot.vault.working import WorkingKeys

KEPT: Final = timedelta(days=7)
"""A copy of the key store brings back whoever was erased since, so it must not lie about for longer."""

_NAME: Final = "%Y-%m-%dT%H%M%SZ"
MAIN, KEYS = "cora.db", "keystore.db"


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the two stores are, and the keys they were begun with."""

    database: str
    keystore: str
    keys: WorkingKeys


@dataclass(frozen=True, slots=True)
class Upgraded:
    """``copy`` is the folder with the copies from before; None when there was nothing to change."""

    before: str | None
    after: str | None
    read: Read
    copy: Path | None = None


async def bring_up_to_date(stores: Stores, folder: Path, now: datetime) -> Upgraded:
    """Brings the main store to this program's schema; copies of both stores go to a new folder in ``folder``.

    Nothing else may work on the stores meanwhile. Raises ``CoraError``, and then the store is as it was before.
    """
    database = Database(connect(stores.database))
    try:
        found = await schema(database)
        if found.found is None:
            return Upgraded(None, None, Read())
        if not found.known:
            raise CoraError(
                f"the store has schema {found.found}, which this program does not know", "Install the newer program."
            )
        if found.current:
            return Upgraded(found.found, found.newest, await _read(database, stores))
        copy = folder / now.strftime(_NAME)
        copy.mkdir(mode=0o700, parents=True)
        await _copy(database, stores, copy)
        return Upgraded(found.found, found.newest, await _changed(database, stores, found, copy), copy)
    finally:
        await database.close()


async def _read(database: Database, stores: Stores) -> Read:
    keystore = await KeyStore.open(stores.keystore, stores.keys)
    try:
        async with database.read() as tx:
            return await read_everyone(tx, keystore)
    finally:
        await keystore.close()


async def _copy(database: Database, stores: Stores, folder: Path) -> None:
    """Both stores, the key store last: one that is newer than the records fits them, one that is older does not."""
    keystore = Database(connect(stores.keystore))
    try:
        for each, path in ((database, folder / MAIN), (keystore, folder / KEYS)):
            await copies.copy_store(each, path)
            if each.is_sqlite:
                copies.check_copy(path)
    finally:
        await keystore.close()


async def _changed(database: Database, stores: Stores, found: Schema, copy: Path) -> Read:
    keystore = await KeyStore.open(stores.keystore, stores.keys)
    try:
        async with migrated(database) as tx:
            return await read_everyone(tx, keystore)
    except Exception as error:  # whatever a migration raises
        await _put_back(database, found, copy)
        why = str(error) if isinstance(error, CoraError) else type(error).__name__
        raise CoraError(
            f"the upgrade from schema {found.found} to {found.newest} failed ({why}); the store is as it was",
            f"Install the program of before, and report this. A copy from before lies in {copy}.",
        ) from None
    finally:
        await keystore.close()


async def _put_back(database: Database, found: Schema, copy: Path) -> None:
    """A transaction undoes itself; should a migration have slipped out of it, the copy takes the store's place."""
    path = database.engine.url.database
    if (await schema(database)).found == found.found:
        return
    if not database.is_sqlite or path is None:
        raise CoraError("the upgrade failed and did not undo itself", f"Restore the copy in {copy} with pg_restore.")
    await database.close()
    copies.put_back(copy / MAIN, Path(path))


def old_copies(folder: Path, now: datetime) -> Sequence[Path]:
    """The copies in ``folder`` that have lain there for longer than they may."""
    return sorted(path for path in folder.glob("*") if _is_old(path, now))


def _is_old(path: Path, now: datetime) -> bool:
    try:
        made = datetime.strptime(path.name, _NAME).replace(tzinfo=now.tzinfo)
    except ValueError:
        return False
    return now - made > KEPT
