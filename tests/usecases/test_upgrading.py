"""UP-01 an older store becomes this program's, and everybody in it can be read · UP-02 a failing migration, whatever it
did before, leaves the store as it was · UP-03 a copy of both stores, for the owner alone, is made before anything is
changed · UP-04 a store of a newer program, and one in order, are left alone · UP-05 a program that could not read the
people afterwards changes nothing.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Connection

from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.script import Script
from cora_bot.store import upgrade as schemas
from cora_bot.store.database import Database, connect
from cora_bot.store.tables import chat_participant, participant
from cora_bot.usecases.readable import Read
from cora_bot.usecases.upgrading import Stores, Upgraded, bring_up_to_date, old_copies
from cora_bot.vault.recipients import Identity
from cora_bot.vault.working import WorkingKeys
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
HEAD = """
import sqlalchemy as sa
from alembic import op
from cora_bot.store import types

revision, down_revision, branch_labels, depends_on = "0001", "0000", None, None
"""
GOOD = """
def upgrade():
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", types.Whole, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
        sqlite_strict=True,
    )
    op.add_column("participant", sa.Column("zone", sa.Text(), nullable=False, server_default="Asia/Kabul"))
    # On SQLite this makes the table anew, under the feet of every table that points to it.
    with op.batch_alter_table("participant", table_kwargs={"sqlite_strict": True}) as table:
        table.alter_column("zone", server_default=None)
"""
BREAKS = (
    GOOD
    + """
    op.execute("UPDATE participant SET language = 'xx'")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
)
HALF = GOOD.replace("def upgrade():", "def upgrade():\n    return\n")
ORPHANS = (
    GOOD
    + """
    op.execute("DELETE FROM chat")
"""
)


@pytest.fixture
def sqlite_ground(tmp_path: Path) -> Ground:
    urls = [f"sqlite+aiosqlite:///{tmp_path / name}.db" for name in ("cora", "keystore")]
    chance = SeededChance("upgrading")
    identities = (Identity.generate(chance), Identity.generate(chance))
    return Ground("sqlite", urls[0], urls[1], SetClock(BEGIN), chance, WorkingKeys.generate(chance), identities)


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this program's history one of two schemas: 0000, made by hand below, and 0001, reached by ``steps``."""

    def of(steps: str) -> None:
        folder = tmp_path / "migrations"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "versions").mkdir(parents=True)
        shutil.copy(schemas.__file__.replace("upgrade.py", "migrations/env.py"), folder)
        first = 'revision, down_revision, branch_labels, depends_on = "0000", None, None, None\ndef upgrade(): pass\n'
        (folder / "versions" / "v0000.py").write_text(first)
        (folder / "versions" / "v0001.py").write_text(HEAD + steps)
        monkeypatch.setattr(schemas, "FOLDER", folder)

    return of


async def older(ground: Ground, script: Script) -> None:
    """A store with two people in it, of the schema before: no counters, and no zone of a participant."""
    async with ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
        await Phone(house, address=701).happens(Phone(house, address=701).started(""))
    database = Database(connect(ground.database_url))
    async with database.transaction() as tx:
        for statement in (
            "DROP TABLE counter",
            "ALTER TABLE participant DROP COLUMN zone",
            "UPDATE alembic_version SET version_num = '0000'",
        ):
            await tx.execute(text(statement))
    await database.close()


def stores(ground: Ground) -> Stores:
    return Stores(ground.database_url, ground.keystore_url, ground.keys)


async def dump(ground: Ground) -> dict[str, list[str]]:
    """Every row of every table of the main store."""
    database = Database(connect(ground.database_url))
    try:
        async with database.read() as tx:
            names = await tx.run_sync(lambda connection: sorted(_tables(connection)))
            return {
                name: sorted(map(repr, (await tx.execute(text(f'SELECT * FROM "{name}"'))).all())) for name in names
            }
    finally:
        await database.close()


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def test_older_store_is_brought_up_to_date(
    bare_ground: Ground, script: Script, migrations: Callable[[str], None], tmp_path: Path
) -> None:
    await older(bare_ground, script)
    before = await dump(bare_ground)
    migrations(GOOD)
    done = await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW)
    copy = tmp_path / "copies" / "2026-12-02T090000Z"
    assert done == Upgraded("0000", "0001", Read(people=1), copy)
    after = await dump(bare_ground)
    kept = set(before) - {"participant", "alembic_version"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (len(after["participant"]), after["counter"]) == (1, [])
    async with bare_ground.opened(script) as house, house.database.read() as tx:
        assert (await tx.execute(select(participant.c.zone))).scalars().all() == ["Asia/Kabul"]
        assert len((await tx.execute(select(chat_participant))).all()) == 1  # nobody was cut off from their chat


async def test_copies_are_whole_and_for_the_owner_alone(
    bare_ground: Ground, script: Script, migrations: Callable[[str], None], tmp_path: Path
) -> None:
    await older(bare_ground, script)
    before = await dump(bare_ground)
    migrations(GOOD)
    done = await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW)
    assert done.copy is not None
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (done.copy, *done.copy.iterdir())}
    assert modes == {"2026-12-02T090000Z": 0o700, "cora.db": 0o600, "keystore.db": 0o600}
    if bare_ground.engine == "sqlite":
        copied = replace(bare_ground, database_url=f"sqlite+aiosqlite:///{done.copy / 'cora.db'}")
        assert await dump(copied) == before
        keys = replace(bare_ground, database_url=f"sqlite+aiosqlite:///{done.copy / 'keystore.db'}")
        assert {name: len(rows) for name, rows in (await dump(keys)).items()} == {
            "erasure": 1,
            "fence": 0,
            "link": 1,
            "mark": 2,
        }
    else:
        assert [path.read_bytes()[:5] for path in sorted(done.copy.iterdir())] == [b"PGDMP", b"PGDMP"]


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (BREAKS, "ProgrammingError|OperationalError"),
        (HALF, "the tables are not those of this program"),
    ],
    ids=["breaks", "half"],
)
async def test_failing_migration_leaves_the_store_as_it_was(
    bare_ground: Ground, script: Script, migrations: Callable[[str], None], tmp_path: Path, *, steps: str, why: str
) -> None:
    await older(bare_ground, script)
    before = await dump(bare_ground)
    migrations(steps)
    with pytest.raises(
        CoraError, match=rf"from schema 0000 to 0001 failed \(({why})\); the store is as it was"
    ) as said:
        await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW)
    assert said.value.__cause__ is None
    assert await dump(bare_ground) == before
    migrations(GOOD)
    done = await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW + timedelta(minutes=1))
    assert done.after == "0001"


async def test_migration_that_leaves_orphans_is_refused(
    script: Script, migrations: Callable[[str], None], sqlite_ground: Ground, tmp_path: Path
) -> None:
    await older(sqlite_ground, script)
    before = await dump(sqlite_ground)
    migrations(ORPHANS)
    with pytest.raises(CoraError, match="rows point to others that are not there"):
        await bring_up_to_date(stores(sqlite_ground), tmp_path / "copies", NOW)
    assert await dump(sqlite_ground) == before


async def test_migration_that_slips_out_of_its_transaction_is_undone_by_the_copy(
    script: Script, migrations: Callable[[str], None], sqlite_ground: Ground, tmp_path: Path
) -> None:
    await older(sqlite_ground, script)
    before = await dump(sqlite_ground)
    slips = GOOD + '\n    op.execute("UPDATE alembic_version SET version_num = \'0001\'")\n    op.execute("COMMIT")\n'
    migrations(slips + '    op.execute("INSERT INTO no_such_table VALUES (1)")\n')
    with pytest.raises(CoraError, match="the store is as it was"):
        await bring_up_to_date(stores(sqlite_ground), tmp_path / "copies", NOW)
    assert await dump(sqlite_ground) == before


async def test_program_that_cannot_read_the_people_changes_nothing(
    bare_ground: Ground, script: Script, migrations: Callable[[str], None], tmp_path: Path
) -> None:
    await older(bare_ground, script)
    before = await dump(bare_ground)
    migrations(GOOD)
    others = replace(stores(bare_ground), keys=WorkingKeys.generate(SeededChance("others")))
    with pytest.raises(CoraError, match=r"failed \(a stored value could not be opened"):
        await bring_up_to_date(others, tmp_path / "copies", NOW)
    assert await dump(bare_ground) == before


async def test_store_in_order_is_read_and_not_copied(bare_ground: Ground, script: Script, tmp_path: Path) -> None:
    async with bare_ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
    before = await dump(bare_ground)
    done = await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW)
    assert (done.before, done.after, done.read, done.copy) == ("0001", "0001", Read(people=1), None)
    assert await dump(bare_ground) == before
    assert not (tmp_path / "copies").exists()


async def test_person_without_case_is_counted(sqlite_ground: Ground, script: Script, tmp_path: Path) -> None:
    async with sqlite_ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
        async with house.database.read() as tx:
            ids = list((await tx.execute(select(participant.c.id))).scalars())
        await house.keystore.delete_link(ids)
    done = await bring_up_to_date(stores(sqlite_ground), tmp_path / "copies", NOW)
    assert done.read == Read(people=1, without_case=1)


async def test_store_of_a_newer_program_is_left_alone(bare_ground: Ground, script: Script, tmp_path: Path) -> None:
    async with bare_ground.opened(script) as house, house.database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CoraError, match="schema 9999, which this program does not know"):
        await bring_up_to_date(stores(bare_ground), tmp_path / "copies", NOW)
    assert not (tmp_path / "copies").exists()


async def test_older_store_is_not_changed_by_a_start(
    bare_ground: Ground, script: Script, migrations: Callable[[str], None]
) -> None:
    await older(bare_ground, script)
    before = await dump(bare_ground)
    migrations(GOOD)
    with pytest.raises(CoraError, match="this program needs 0001") as refused:
        await Database.open(bare_ground.database_url)
    assert refused.value.hint == "Run: cora upgrade"
    assert await dump(bare_ground) == before


async def test_damaged_copy_is_noticed_before_anything_is_changed(
    script: Script,
    migrations: Callable[[str], None],
    sqlite_ground: Ground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await older(sqlite_ground, script)
    before = await dump(sqlite_ground)
    migrations(GOOD)

    async def cut_short(_database: Database, path: Path) -> None:
        path.write_bytes(Path(sqlite_ground.database_url.partition(":///")[2]).read_bytes()[:5000])

    monkeypatch.setattr("cora_bot.store.copies.copy_store", cut_short)
    with pytest.raises(CoraError, match="is damaged"):
        await bring_up_to_date(stores(sqlite_ground), tmp_path / "copies", NOW)
    assert await dump(sqlite_ground) == before


def test_old_copies_are_those_older_than_a_week_and_nothing_else(tmp_path: Path) -> None:
    for name in ("2026-11-20T090000Z", "2026-11-30T090000Z", "mine", "2026-11-20"):
        (tmp_path / name).mkdir()
    assert [path.name for path in old_copies(tmp_path, NOW)] == ["2026-11-20T090000Z"]
    assert old_copies(tmp_path / "none", NOW) == []
