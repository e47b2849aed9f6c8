"""The power goes while people write: the disk is rebuilt from what was synced, and a random part of what was not.

X-40 whatever was acknowledged is there, the store is whole, and every record has the key that erases it
X-41 without syncing each commit acknowledged updates are lost: the harness sees what it is there for
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from copy import deepcopy
from pathlib import Path

import pytest
from sqlalchemy import select

from cora_bot.base.chance import SeededChance, below
from cora_bot.store import updates
from cora_bot.store.tables import record, update_seen
from cora_bot.usecases.deliver import claim, recover
from cora_bot.usecases.taking_in import handle_left
from tests.support.grounds import Ground, prepared
from tests.support.powercut import Asked, Disk, begun, library, recorded
from tests.support.powercut_life import ground_in
from tests.support.promises import stored_words

CUTS = int(os.environ.get("CORA_CUTS", "25"))
KEY = 32


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library(tmp_path_factory.mktemp("shim"))


async def cuts(folder: Path, shim: Path, *synchronous: str) -> list[Disk]:
    """Disks as they are left by cuts at random moments of one life."""
    await prepared(folder / "life")
    before = begun(folder / "life")
    asked = recorded("tests.support.powercut_life", folder / "life", shim, *synchronous)
    chance = SeededChance("cuts")
    moments = sorted(below(chance, len(asked)) for _ in range(CUTS))
    return list(_disks(before, asked, moments, chance))


def _disks(disk: Disk, asked: Sequence[Asked], moments: Sequence[int], chance: SeededChance) -> list[Disk]:
    left: list[Disk] = []
    done = 0
    for moment in moments:
        for one in asked[done:moment]:
            disk.ask(one)
        done = moment
        cut = deepcopy(disk)
        cut.cut(chance)
        left.append(cut)
    return left


async def lost(ground: Ground, disk: Disk) -> int:
    """How many acknowledged updates the rebuilt store does not know."""
    acknowledged = {disk.acknowledged[at : at + KEY] for at in range(0, len(disk.acknowledged), KEY)}
    async with ground.open() as house:
        await handle_left(house)
        async with house.database.read() as tx:
            known = set((await tx.execute(select(update_seen.c.key))).scalars())
    return len(acknowledged - known)


def whole(folder: Path) -> list[str]:
    found = []
    for name in ("cora.db", "keystore.db"):
        with closing(sqlite3.connect(folder / name)) as store:
            found += [row[0] for row in store.execute("PRAGMA integrity_check")]
    return found


async def test_acknowledged_updates_outlive_a_power_cut(tmp_path: Path, shim: Path) -> None:
    disks = await cuts(tmp_path, shim)
    assert max(len(disk.acknowledged) for disk in disks) > 10 * KEY
    for number, disk in enumerate(disks):
        folder = tmp_path / str(number)
        disk.write(folder)
        ground = ground_in(folder)
        assert (await lost(ground, disk), whole(folder)) == (0, ["ok", "ok"])
        async with ground.open() as house:
            await recover(house)
            async with house.database.read() as tx:
                cases = set((await tx.execute(select(record.c.case_id))).scalars())
            assert set(await house.keystore.erasure_keys(cases)) == cases
            await stored_words(house, ground, [])  # every record opens
            await claim(house)


async def test_without_syncing_each_commit_some_are_lost(tmp_path: Path, shim: Path) -> None:
    disks = await cuts(tmp_path, shim, "NORMAL")
    total = 0
    for number, disk in enumerate(disks):
        disk.write(tmp_path / str(number))
        total += await lost(ground_in(tmp_path / str(number)), disk)
    assert total > 0


def test_rebuilt_disk_holds_what_was_synced_and_parts_of_the_rest() -> None:
    disk = Disk()
    for one in (
        Asked("w", "a", 0, b"one"),
        Asked("s", "a", 0, b""),
        Asked("w", "a", 3, b"two"),
        Asked("t", "b", 4, b""),
    ):
        disk.ask(one)
    seen = set()
    for seed in range(40):
        cut = deepcopy(disk)
        cut.cut(SeededChance(seed))
        seen.add(bytes(cut.files["a"]))
    assert seen == {b"one", b"onetwo"}


def test_key_of_an_update_has_the_length_that_is_counted_with(tmp_path: Path) -> None:
    assert len(updates.index(ground_in(tmp_path).place.keys, "m:1")) == KEY
