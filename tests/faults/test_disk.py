"""The disk or the clock is not what it should be: clear errors, and nothing that was acknowledged is lost.

X-50 disk full, read-only, locked, damaged: the batch is refused as a whole, nothing of it is acknowledged, and it is
     taken once the trouble is over; what was stored before is still there
X-51 a store of another version, a damaged file: the bot says so and does not start
X-52 a clock that went back sends nothing twice and loses nothing
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cora_bot.base.errors import CoraError
from cora_bot.dialogue.inputs import Text
from cora_bot.store import database as stores
from cora_bot.store import tx as lines
from cora_bot.store.database import Database, is_outage
from cora_bot.store.tables import update_seen
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.dying import Steps, serve
from tests.support.grounds import Ground, prepared
from tests.support.hostile import Respondent, Telegram
from tests.support.promises import doubled, stored_words
from tests.support.sites import Site

ROOT = Path(__file__).parents[2]


def arrived(number: int) -> Arrived:
    return Arrived(f"m:{number}", 9000 + number, Text("hello " * 50, number, "en"))


async def known(house: House) -> int:
    async with house.database.read() as tx:
        return len((await tx.execute(select(update_seen.c.key))).all())


@asynccontextmanager
async def begun(tmp_path: Path) -> AsyncIterator[tuple[Ground, House]]:
    ground = await prepared(tmp_path / "store")
    async with ground.open() as house:
        await receive(house, [arrived(1)])
        yield ground, house


async def refused(house: House, number: int) -> BaseException:
    with pytest.raises(DBAPIError) as caught:
        await receive(house, [arrived(number), arrived(number + 1)])
    return caught.value


async def test_full_disk_refuses_the_batch_and_takes_it_later(tmp_path: Path) -> None:
    async with begun(tmp_path) as (_, house):
        async with house.database.outside() as plain:
            pages = (await plain.execute(text("PRAGMA page_count"))).scalar_one()
        # SQLite's own way to meet a full disk: no page more than there are.
        await _everywhere(house, f"PRAGMA max_page_count = {pages}")
        error = await _filled(house)
        assert (is_outage(error), "disk is full" in str(error)) == (True, True)
        before = await known(house)
        await _everywhere(house, "PRAGMA max_page_count = 1000000")
        await receive(house, [arrived(5000), arrived(5001)])
        assert await known(house) == before + 2


async def _filled(house: House) -> BaseException:
    for number in range(10, 3000, 2):
        before = await known(house)
        try:
            await receive(house, [arrived(number), arrived(number + 1)])
        except DBAPIError as error:
            assert await known(house) == before
            return error
    raise AssertionError("the disk was not full")


async def _everywhere(house: House, pragma: str) -> None:
    """On the pool's connection, which is one at a time here."""
    async with house.database.outside() as plain:
        await plain.execute(text(pragma))


async def test_read_only_disk_refuses_and_recovers(tmp_path: Path) -> None:
    async with begun(tmp_path) as (_, house):
        await _everywhere(house, "PRAGMA query_only = 1")
        error = await refused(house, 10)
        assert is_outage(error)
        assert await known(house) == 1
        await _everywhere(house, "PRAGMA query_only = 0")
        await receive(house, [arrived(10)])
        assert await known(house) == 2


async def test_locked_database_refuses_and_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pragmas = tuple(each.replace(str(lines.BUSY_MILLIS), "50") for each in stores._PRAGMAS)
    monkeypatch.setattr(stores, "_PRAGMAS", pragmas)
    monkeypatch.setattr(lines, "BUSY_MILLIS", 50)
    async with begun(tmp_path) as (ground, house):
        with closing(sqlite3.connect(ground.place.folder / "cora.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            error = await refused(house, 10)
            other.execute("ROLLBACK")
        assert (is_outage(error), "locked" in str(error)) == (True, True)
        await receive(house, [arrived(10)])
        assert await known(house) == 2


async def test_damaged_page_is_an_outage_and_never_an_updates_fault(tmp_path: Path) -> None:
    """Nothing is parked for it: whoever wrote is not to blame."""
    ground = await prepared(tmp_path / "store")
    path = ground.place.folder / "cora.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises((DBAPIError, CoraError)) as caught:
        async with ground.open() as house:
            await receive(house, [arrived(1)])
    assert isinstance(caught.value, CoraError) or is_outage(caught.value)


async def test_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    ground = await prepared(tmp_path / "store")
    (ground.place.folder / "cora.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(CoraError, match="the database cannot be used: file is not a database"):
        await Database.open(ground.place.database_url)


async def test_database_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="the database cannot be used"):
        await Database.open("postgresql+asyncpg://cora@127.0.0.1:9/cora")


async def test_store_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    ground = await prepared(tmp_path / "store")
    with closing(sqlite3.connect(ground.place.folder / "cora.db")) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()
    with pytest.raises(CoraError, match="schema 9999") as caught:
        await Database.open(ground.place.database_url)
    assert caught.value.hint == "install the newer program"


async def test_clock_that_went_back_sends_nothing_twice_and_loses_nothing(tmp_path: Path, site: Site) -> None:
    ground = await prepared(tmp_path / "store", occasions=2, site=site)
    telegram = Telegram(ground.clock)
    one = Respondent(telegram)
    async with ground.open() as house:
        for hours in (2, -26, 30, -1, 0, 0, 0, -3, 0, 0, 240, -240, 250, 0, 0, 0, 0, 0):
            ground.clock.move(timedelta(hours=hours))
            await serve(house, telegram, Steps(), starting=False)
            one.act()
        await serve(house, telegram, Steps(), starting=False)
        words = await stored_words(house, ground, one.written)
    assert len(one.written) >= 4
    assert (doubled(telegram.made), set(words.values()), set(words)) == ([], {1}, set(one.written))
    await ground.clear()


FILL = """
import asyncio, resource, signal, sys
from pathlib import Path
from tests.faults.test_disk import arrived, receive, is_outage
from tests.support.powercut_life import ground_in

async def main():
    async with ground_in(Path(sys.argv[1])).open() as house:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
        for number in range(1, 3000):
            try:
                await receive(house, [arrived(number)])
            except Exception as error:
                print(number - 1, is_outage(error), flush=True)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                await receive(house, [arrived(number)])
                return

asyncio.run(main())
"""


async def test_write_the_system_refuses_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A true failed write: the process may write no file beyond a size, as where a disk or a quota is full."""
    ground = await prepared(tmp_path / "store")
    size = (ground.place.folder / "cora.db").stat().st_size
    script = tmp_path / "fill.py"
    script.write_text(FILL)
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(script), str(ground.place.folder), str(size + 300_000)],
        env=told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    acknowledged, outage = ran.stdout.split()
    async with ground.open() as house:
        assert (await known(house), outage) == (int(acknowledged) + 1, "True")
