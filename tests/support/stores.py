"""Both engines for the same tests: fixtures that give a fresh store, and a house that stands on it.

A conftest takes them up with ``from tests.support.stores import *``.
"""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cora_bot.base.chance import Chance, SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.dialogue.script import Script
from cora_bot.store.database import Database
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases.house import House
from cora_bot.vault.recipients import Identity
from cora_bot.vault.working import WorkingKeys
from tests.support.house import STUDY, script_of
from tests.support.postgres import drop_database, empty_tables, new_database, running_server

__all__ = ["BEGIN", "Ground", "bare_ground", "clock", "ground", "house", "postgres", "script"]

PAIR = ("cora", "keystore")
BEGIN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a store stands, and everything needed to open it again."""

    engine: str
    database_url: str
    keystore_url: str
    clock: SetClock
    chance: Chance
    keys: WorkingKeys
    identities: tuple[Identity, ...]

    @asynccontextmanager
    async def opened(self, script: Script) -> AsyncIterator[House]:
        """A house on this ground; a second one is a second process' view of the same store."""
        database = await Database.open(self.database_url)
        keystore = await KeyStore.open(self.keystore_url, self.keys)
        try:
            recipients = tuple(identity.recipient for identity in self.identities)
            yield House(database, keystore, self.keys, recipients, script, self.clock, self.chance)
        finally:
            await keystore.close()
            await database.close()


@dataclass(slots=True)
class Server:
    """The running PostgreSQL server, and a pair of databases on it that is emptied for each test."""

    folder: Path
    pair: list[str] = field(default_factory=list)

    async def empty_pair(self) -> list[str]:
        if not self.pair:
            self.pair = [await new_database(self.folder, name) for name in PAIR]
        for name in PAIR:
            await empty_tables(self.folder, name)
        return self.pair


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_server() as folder:
        yield Server(folder)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(BEGIN)


@pytest.fixture(scope="session")
def script() -> Script:
    return script_of(STUDY)


@pytest.fixture(params=["sqlite", "postgresql"])
async def ground(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, clock: SetClock
) -> Ground:
    if request.param == "sqlite":
        urls = [f"sqlite+aiosqlite:///{tmp_path / name}.db" for name in PAIR]
        await asyncio.to_thread(shutil.copy, await _empty_store(tmp_path_factory), tmp_path / f"{PAIR[0]}.db")
    else:
        urls = await request.getfixturevalue("postgres").empty_pair()
    return _ground(request, urls, clock)


@pytest.fixture(params=["sqlite", "postgresql"])
async def bare_ground(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Ground]:
    """Where no store has ever been."""
    if request.param == "sqlite":
        yield _ground(request, [f"sqlite+aiosqlite:///{tmp_path / name}.db" for name in PAIR], clock)
        return
    folder = request.getfixturevalue("postgres").folder
    names = [f"{name}-{uuid.uuid4().hex}" for name in PAIR]
    yield _ground(request, [await new_database(folder, name) for name in names], clock)
    for name in names:
        await drop_database(folder, name)


async def _empty_store(folders: pytest.TempPathFactory) -> Path:
    """A store as the migrations leave it, made once: they take longer than most tests."""
    path = folders.getbasetemp() / "empty.db"
    if not await asyncio.to_thread(path.exists):
        await (await Database.open(f"sqlite+aiosqlite:///{path}")).close()
    return path


def _ground(request: pytest.FixtureRequest, urls: list[str], clock: SetClock) -> Ground:
    chance = SeededChance(request.node.name)
    keys = WorkingKeys.generate(chance)
    identities = (Identity.generate(chance), Identity.generate(chance))
    return Ground(request.param, urls[0], urls[1], clock, chance, keys, identities)


@pytest.fixture
async def house(ground: Ground, script: Script) -> AsyncIterator[House]:
    async with ground.opened(script) as opened:
        yield opened


def all_bytes(folder: Path) -> bytes:
    """Everything that was written into a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
