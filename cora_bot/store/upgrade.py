"""Brings a store to the newest schema by Alembic, from inside the program: there is no alembic.ini to get wrong.

A new store is made by whoever opens it first. An older one is changed by ``migrate`` alone, which ``cora upgrade``
calls once it has a copy: a bot that starts never changes what it finds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from cora_bot.base.errors import CoraError
from cora_bot.store.database import Database, Tx
from cora_bot.store.tables import metadata

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Schema:
    """``found`` is None where there is no store yet; ``known``: this program can bring it to ``newest``."""

    found: str | None
    newest: str | None
    known: bool

    @property
    def current(self) -> bool:
        return self.found == self.newest


async def upgrade(database: Database) -> None:
    """Makes a store where there is none. Raises ``CoraError`` for one of another version."""
    async with database.transaction() as tx:
        await tx.run_sync(_make_or_refuse)


async def require_current(database: Database) -> None:
    """Raises CoraError unless the schema is exactly this program's."""
    found = await schema(database)
    if found.found is None:
        raise CoraError("there is no store yet", "run the server once, or check the store's address")
    _refuse_other(found)


async def schema(database: Database) -> Schema:
    """Which schema the store has, and whether this program knows it. Changes nothing."""
    async with database.read() as tx:
        return await tx.run_sync(_schema)


@asynccontextmanager
async def migrated(database: Database) -> AsyncIterator[Tx]:
    """The store in the newest schema, within one transaction that the block may still refuse by raising.

    On SQLite foreign keys are switched off meanwhile, as changing a table there needs it (it is made anew and takes the
    old one's name), and everything they promise is checked before the commit. Raises ``CoraError``.
    """
    if not database.is_sqlite:
        async with database.transaction() as tx:
            await _change(tx)
            yield tx
        return
    async with database.outside() as tx:
        await tx.exec_driver_sql("PRAGMA foreign_keys = OFF")  # inside a transaction it would do nothing
        try:
            await tx.exec_driver_sql("BEGIN IMMEDIATE")
            await _change(tx)
            if (await tx.exec_driver_sql("PRAGMA foreign_key_check")).first() is not None:
                raise CoraError("rows point to others that are not there", "Report this.")
            yield tx
            await tx.commit()
        finally:
            await tx.rollback()
            await tx.exec_driver_sql("PRAGMA foreign_keys = ON")


async def _change(tx: Tx) -> None:
    await tx.run_sync(_migrate)
    if await tx.run_sync(_differences):
        raise CoraError("the tables are not those of this program", "Report this.")


def _differences(connection: Connection) -> int:
    """In how many places the tables are not those that this program's code uses."""
    return len(compare_metadata(_migration(connection), metadata))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _migration(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection)


def _schema(connection: Connection) -> Schema:
    found, script = _migration(connection).get_current_revision(), ScriptDirectory.from_config(_config())
    known = {each.revision for each in script.walk_revisions()}
    return Schema(found, script.get_current_head(), known=found is None or found in known)


def _make_or_refuse(connection: Connection) -> None:
    found = _schema(connection)
    if found.found is None:
        _migrate(connection)
    else:
        _refuse_other(found)


def _refuse_other(found: Schema) -> None:
    if not found.known:
        raise CoraError(
            f"the store has schema {found.found}, which this program does not know", "install the newer program"
        )
    if not found.current:
        raise CoraError(f"the store has schema {found.found}, this program needs {found.newest}", "Run: cora upgrade")


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
