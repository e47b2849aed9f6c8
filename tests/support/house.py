"""A whole house in a temporary folder: real SQLite files, real keys, the shipped study with its draft catalogs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cora_bot.base.chance import Chance, SeededChance
from cora_bot.base.clock import Clock
from cora_bot.dialogue.script import Script
from cora_bot.store.database import Database
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases.house import House
from cora_bot.usecases.load_study import load_script
from cora_bot.vault.recipients import Identity
from cora_bot.vault.working import WorkingKeys

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "surveys" / "returnee_follow_up"


@dataclass(frozen=True, slots=True)
class Premises:
    """Where a house stands and the keys it uses: enough to close it and open it again."""

    folder: Path
    clock: Clock
    chance: Chance
    keys: WorkingKeys
    identities: tuple[Identity, ...]
    study: Path = STUDY
    database: str = ""
    keystore: str = ""
    """Addresses on another server; "" for files in the folder."""

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.folder / 'cora.db'}"

    @property
    def keystore_url(self) -> str:
        return self.keystore or f"sqlite+aiosqlite:///{self.folder / 'keystore.db'}"


def premises(folder: Path, clock: Clock, *, seed: int | str = 1, study: Path = STUDY) -> Premises:
    chance = SeededChance(seed)
    keys = WorkingKeys.generate(chance)
    return Premises(folder, clock, chance, keys, (Identity.generate(chance), Identity.generate(chance)), study)


@cache
def script_of(folder: Path) -> Script:
    """The study's script, compiled once per test process."""
    return load_script(folder)


@asynccontextmanager
async def opened(place: Premises, *, serving: bool = False) -> AsyncIterator[House]:
    """The house, open; closed again on leaving."""
    database = await Database.open(place.database_url, serving=serving)
    keystore = await KeyStore.open(place.keystore_url, place.keys, serving=serving)
    try:
        yield House(
            database=database,
            keystore=keystore,
            keys=place.keys,
            recipients=tuple(identity.recipient for identity in place.identities),
            script=script_of(place.study),
            clock=place.clock,
            chance=place.chance,
        )
    finally:
        await keystore.close()
        await database.close()
