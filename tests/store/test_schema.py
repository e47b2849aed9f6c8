"""ST-01 the migrations make exactly the tables the code uses · ST-02 an unknown or missing schema is refused
ST-03 SQLite is opened durable and clean · ST-04 the database itself refuses impossible rows
ST-05 no column may hold what a person said in plain text.
"""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, LargeBinary, Text, create_engine, insert, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from cora_bot.base.errors import CoraError
from cora_bot.store import tables
from cora_bot.store.database import Database, connect, newest_schema
from cora_bot.store.upgrade import _config
from tests.support.stores import BEGIN, Ground


async def test_migrations_agree_with_the_tables(bare_ground: Ground) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    database = await Database.open(bare_ground.database_url)
    async with database.read() as tx:
        found = await tx.run_sync(differences)
    await database.close()

    assert not found


async def test_migrations_write_the_same_sqlite_schema_as_the_tables(tmp_path: Path) -> None:
    migrated = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'migrated.db'}")
    await migrated.close()
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    tables.metadata.create_all(made)
    there = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")

    assert _schema(made) == _schema(there)


def _schema(engine: Engine) -> dict[str, list[str]]:
    """Each table's parts, whatever their order."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
    with engine.connect() as connection:
        found = {
            name: sorted(re.sub(r" \)( WITHOUT ROWID,)? STRICT", r",\1 STRICT", " ".join(sql.split())).split(","))
            for name, sql in connection.execute(text(query))
        }
    engine.dispose()
    return found


async def test_store_of_a_newer_program_is_refused(bare_ground: Ground) -> None:
    database = await Database.open(bare_ground.database_url)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()

    for create in (True, False):
        with pytest.raises(CoraError, match="9999"):
            await Database.open(bare_ground.database_url, create=create)


async def test_store_that_is_not_there_is_refused_unless_it_may_be_made(bare_ground: Ground) -> None:
    with pytest.raises(CoraError, match="no store"):
        await Database.open(bare_ground.database_url, create=False)
    await (await Database.open(bare_ground.database_url)).close()

    reopened = await Database.open(bare_ground.database_url, create=False)
    await reopened.close()


@pytest.mark.parametrize("url", ["mysql://localhost/cora", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite://"])
def test_store_anywhere_else_is_refused(url: str) -> None:
    with pytest.raises(CoraError):
        connect(url)


async def test_sqlite_is_durable_clean_and_strict(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")
    pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
    async with database.transaction() as tx:
        found = [(await tx.execute(text(f"PRAGMA {name}"))).scalar() for name in pragmas]
        listed = await tx.execute(text("PRAGMA table_list"))
        strict = {row.name: row.strict for row in listed if row.name in tables.metadata.tables}
        withouts = (await tx.execute(text("SELECT sql FROM sqlite_master WHERE name = 'record'"))).scalar_one()
    await database.close()

    expected = ["wal", 2, 1, 1, 10_000]
    assert expected == found
    assert dict.fromkeys(tables.metadata.tables, 1) == strict
    assert " ".join(withouts.split()).endswith(") WITHOUT ROWID, STRICT")


async def test_sqlite_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")
    async with database.transaction() as tx:
        await tx.execute(insert(tables.chat), CHAT)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    await database.close()

    assert modes == {"cora.db": 0o600, "cora.db-wal": 0o600, "cora.db-shm": 0o600}


async def test_writing_transaction_holds_the_lock_before_it_reads(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}"
    first = await Database.open(url)
    async with first.transaction():
        engine = create_engine(f"sqlite:///{tmp_path / 'cora.db'}", connect_args={"timeout": 0})
        with engine.connect() as other, pytest.raises(Exception, match="locked"):
            other.exec_driver_sql("BEGIN IMMEDIATE")
        engine.dispose()
    await first.close()


CHAT = {
    "id": b"c" * 16, "address_index": b"i", "address": b"a", "generation": 0, "revision": 0, "showing": "nothing",
    "buried": False, "misses": 0, "blocked": False, "last_message": 0, "last_seen": BEGIN,
}  # fmt: skip
ROW = {
    "chat_id": b"c" * 16, "key": "k", "kind": "card", "generation": 1, "revision": 0, "state": "pending", "means": "",
    "unsolicited": False, "fresh": False, "reason": "reply", "outcome": "", "not_before": BEGIN, "attempts": 0,
    "doubts": 0, "created_at": BEGIN,
}  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [{"state": "lost"}],
        [{"kind": "poem"}],
        [{"state": "sent"}],
        [{"finished_at": BEGIN}],
        [{"state": "sent", "finished_at": BEGIN, "payload": b"x"}],
        [{"unsolicited": True, "doubts": 1}],
        [{"chat_id": b"d" * 16}],
        [{}, {"key": "k", "kind": "empty"}],
        [{}, {"key": "l"}],
        [{"state": "sending"}, {"state": "sending", "key": "l", "kind": "remove"}],
    ],
)
async def test_outbox_refuses_impossible_rows(ground: Ground, rows: list[dict[str, object]]) -> None:
    database = await Database.open(ground.database_url)
    async with database.transaction() as tx:
        await tx.execute(insert(tables.chat), CHAT)
    async with database.transaction() as tx:
        for row in rows[:-1]:
            await tx.execute(insert(tables.outbox), ROW | row)
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(insert(tables.outbox), ROW | rows[-1])
    await database.close()


open_texts = {
    "alert.taken_by", "audit.action", "audit.facts", "audit.hash", "audit.subject",
    "chat.showing", "chore.kind", "counter.name", "form_version.form_id", "form_version.hash", "form_version.version",
    "form_version.xform", "lease.name", "media_file.digest", "media_file.file", "meta.name", "meta.value",
    "occurrence.local",
    "occurrence.reason", "occurrence.reminders", "occurrence.step", "occurrence.wave", "outage.begins", "outage.ends",
    "outage.place", "outbox.key", "outbox.kind", "place_file.trip_id",
    "outbox.means", "outbox.outcome", "outbox.reason", "outbox.state", "outbox.wave", "parked_update.error",
    "parked_update.kind", "participant.language", "handed_out.holder",
    "participant.status", "participant.withdrawal",
    "participant.zone", "session.form_hash",
    "slot.interviewer", "slot.languages", "slot.place", "slot.trip_id", "slot_cell.interviewer", "trip.id",
    "visit.due", "visit.reason", "visit.request", "visit.standing", "visit.told", "visit.trip_id",
    "visit.way",
    "task.done_by", "task.passed_to", "task.reason", "task.wave",
    "own_key.recipient", "token.staff", "token.state", "staff_phone.language", "staff_phone.name",
}  # fmt: skip
keyed_or_sealed = {
    "alert.sealed", "audit.mark", "audit.person_index", "own_copy.blob", "own_copy.record_index", "own_key.sealed",
    "chat.address", "chat.address_index", "download.sealed", "outbox.payload", "parked_update.key",
    "parked_update.sealed", "participant.profile", "place_file.content", "place_file.known",
    "record.blob", "session.sealed", "token.hash",
    "taken_in.sealed", "trip.sealed", "update_attempt.key", "update_seen.key", "visit.sealed",
}  # fmt: skip


def test_columns_that_could_hold_words_are_all_named_here() -> None:
    """A new text or blob column is looked at by somebody before it passes."""
    texts, blobs = set(), set()
    for table in tables.metadata.tables.values():
        for column in table.columns:
            kind = getattr(column.type, "impl_instance", column.type)
            name = f"{table.name}.{column.name}"
            if isinstance(kind, Text):
                texts.add(name)
            elif isinstance(kind, LargeBinary) and not (column.name.endswith("id") or column.name == "relink"):
                blobs.add(name)

    assert (open_texts, keyed_or_sealed) == (texts, blobs)


async def test_newest_schema_is_the_end_of_the_history(tmp_path: Path) -> None:
    assert newest_schema() == ScriptDirectory.from_config(_config()).get_current_head()
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")
    assert await database.schema_version() == newest_schema()
    await database.close()


def test_opening_a_current_store_does_without_its_history(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}"
    code = (
        "import asyncio, sys; from cora_bot.store.database import Database\n"
        f"asyncio.run(Database.open({url!r})); sys.exit('alembic' in sys.modules)"
    )
    opened = [subprocess.run([sys.executable, "-c", code], check=False).returncode for _ in range(2)]
    assert opened == [1, 0]
