"""Brings a store to the newest schema by Alembic, from inside the program: there is no alembic.ini to get wrong."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from cora_bot.base.errors import CoraError
from cora_bot.store.database import Database

FOLDER = Path(__file__).parent / "migrations"


async def upgrade(database: Database) -> None:
    """Applies what is missing, in one transaction. Refuses a store that a newer program has written."""
    async with database.transaction() as tx:
        await tx.run_sync(_upgrade)


async def require_current(database: Database) -> None:
    """Raises CoraError unless the schema is exactly this program's."""
    async with database.read() as tx:
        found = await tx.run_sync(_revision)
    if found is None:
        raise CoraError("there is no store yet", "run the server once, or check the store's address")
    if found != _newest():
        raise CoraError(f"the store has schema {found}, this program needs {_newest()}", "start the server once")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    found, script = _revision(connection), ScriptDirectory.from_config(_config())
    known = {each.revision for each in script.walk_revisions()}
    if found is not None and found not in known:
        raise CoraError(f"the store has schema {found}, which this program does not know", "install the newer program")
    if found != script.get_current_head():
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
