"""Both engines for the same tests: fixtures that give a fresh store, and a house that stands on it.

A conftest takes them up with ``from tests.support.stores import *``.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
from tests.support.postgres import drop_database, new_database, running_server

__all__ = ["BEGIN", "Ground", "clock", "ground", "house", "postgres", "script"]

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    with running_server() as folder:
        yield folder


@pytest.fixture
def clock() -> SetClock:
    return SetClock(BEGIN)


@pytest.fixture(scope="session")
def script() -> Script:
    return script_of(STUDY)


@pytest.fixture(params=["sqlite", "postgresql"])
async def ground(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Ground]:
    chance = SeededChance(request.node.name)
    keys = WorkingKeys.generate(chance)
    identities = (Identity.generate(chance), Identity.generate(chance))
    if request.param == "sqlite":
        urls = [f"sqlite+aiosqlite:///{tmp_path / name}.db" for name in ("cora", "keystore")]
        yield Ground("sqlite", urls[0], urls[1], clock, chance, keys, identities)
        return
    folder = request.getfixturevalue("postgres")
    names = [f"{name}-{uuid.uuid4().hex}" for name in ("cora", "keystore")]
    urls = [await new_database(folder, name) for name in names]
    yield Ground("postgresql", urls[0], urls[1], clock, chance, keys, identities)
    for name in names:
        await drop_database(folder, name)


@pytest.fixture
async def house(ground: Ground, script: Script) -> AsyncIterator[House]:
    async with ground.opened(script) as opened:
        yield opened
