"""BK-10 both engines: each store whole in a sealed file of its own, the key store's never the older one
BK-11 what people change while the copies are made is in the later one · BK-12 a failure leaves no file
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.turn import Turn
from cora_bot.store import copies
from cora_bot.store.database import Database
from cora_bot.usecases import backup_file
from cora_bot.usecases.backing_up import Target, back_up
from cora_bot.usecases.backup_file import Part
from cora_bot.usecases.house import House
from cora_bot.vault.recipients import Identity
from tests.support.stores import Ground
from tests.support.turns import joined, record, session, write

HEADS = {"sqlite": b"SQLite format 3\0", "postgresql": b"PGDMP"}


@pytest.fixture
def operator(ground: Ground) -> Identity:
    if ground.engine == "postgresql" and shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed here")
    return Identity.generate(ground.chance)


def target(folder: Path, operator: Identity) -> Target:
    (folder / "keys").mkdir(exist_ok=True, parents=True)
    kept = timedelta(days=30)
    return Target(folder, folder / "keys", (operator.recipient,), kept, kept)


async def test_both_stores_are_whole(house: House, ground: Ground, operator: Identity, tmp_path: Path) -> None:
    before = await joined(house, 700)
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
    made = await back_up(house, target(tmp_path / "to", operator), tmp_path / "scratch")
    found = {}
    for part, path in ((Part.RECORDS, made.records), (Part.KEYS, made.keys)):
        folder = tmp_path / part
        folder.mkdir()
        found[part] = backup_file.read(path, folder, (operator,))
        name = backup_file.STORE[ground.engine]
        assert (folder / name).read_bytes().startswith(HEADS[ground.engine])
        assert [each.name for each in folder.iterdir()] == [name]
    records, keys = found[Part.RECORDS], found[Part.KEYS]
    assert (records.part, keys.part, records.engine) == (Part.RECORDS, Part.KEYS, ground.engine)
    assert (records.study, records.keystore, records.generations) == (keys.study, keys.keystore, keys.generations)
    assert records.changes == keys.changes == await house.keystore.changes() > 0
    assert not (tmp_path / "scratch").exists()


async def test_key_store_is_copied_after_the_records(
    house: House, operator: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, copied = copies.copy_store, []

    async def copy_store(database: Database, path: Path) -> None:
        await real(database, path)
        copied.append(database)
        if len(copied) == 1:
            await joined(house, 700)  # somebody joins in between

    monkeypatch.setattr("cora_bot.store.copies.copy_store", copy_store)
    await joined(house, 699)
    made = await back_up(house, target(tmp_path / "to", operator), tmp_path / "scratch")
    (tmp_path / "r").mkdir()
    (tmp_path / "k").mkdir()
    records = backup_file.read(made.records, tmp_path / "r", (operator,))
    keys = backup_file.read(made.keys, tmp_path / "k", (operator,))
    assert copied == [house.database, house.keystore.database]
    assert keys.changes >= records.changes


async def test_failure_of_the_second_copy_leaves_no_file(
    house: House, operator: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = copies.copy_store

    async def copy_store(database: Database, path: Path) -> None:
        if database is house.keystore.database:
            raise OSError(28, "No space left on device")
        await real(database, path)

    monkeypatch.setattr("cora_bot.store.copies.copy_store", copy_store)
    with pytest.raises(CoraError, match="could not be copied"):
        await back_up(house, target(tmp_path / "to", operator), tmp_path / "scratch")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix == ".age"] == []


async def test_nobody_to_open_it_makes_no_file(house: House, operator: Identity, tmp_path: Path) -> None:
    nobody = replace(target(tmp_path / "to", operator), to=())
    with pytest.raises(CoraError, match="without a recipient"):
        await back_up(house, nobody, tmp_path / "scratch")
    assert list((tmp_path / "to").rglob("*.age*")) == []


async def test_two_backups_within_a_second_are_both_kept(house: House, operator: Identity, tmp_path: Path) -> None:
    to = target(tmp_path / "to", operator)
    made = [await back_up(house, to, tmp_path / "scratch") for _ in range(2)]
    assert len({path for each in made for path in (each.records, each.keys)}) == 4
    assert all(path.exists() for each in made for path in (each.records, each.keys))
