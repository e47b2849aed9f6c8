"""Where a store lies that tests stop anywhere and copy often: SQLite's files, or databases of a PostgreSQL server."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from cora_bot.base.clock import Clock
from cora_bot.base.values import replace
from tests.support.house import Premises, premises
from tests.support.postgres import copy_database, drop_database, lines_to, new_database
from tests.support.stores import postgres

__all__ = ["FILES", "Site", "postgres", "site"]

PAIR = ("cora", "keystore")


@dataclass(frozen=True, slots=True)
class Site:
    """``server`` is the folder of PostgreSQL's socket; None: files in a folder."""

    server: Path | None = None

    async def premises(self, folder: Path, clock: Clock, *, seed: str) -> Premises:
        """Where no store has ever been."""
        place = premises(folder, clock, seed=seed)
        if self.server is None:
            return place
        urls = [await new_database(self.server, _unique(name)) for name in PAIR]
        return replace(place, database=urls[0], keystore=urls[1])

    async def copied(self, place: Premises, folder: Path) -> Premises:
        """The same store once more; nobody may have ``place`` open."""
        if self.server is None:
            for name in PAIR:
                await asyncio.to_thread(shutil.copy, place.folder / f"{name}.db", folder / f"{name}.db")
            return replace(place, folder=folder)
        sources = zip((place.database, place.keystore), PAIR, strict=True)
        copying = (copy_database(self.server, _name(source), _unique(name)) for source, name in sources)
        urls = await asyncio.gather(*copying)
        return replace(place, folder=folder, database=urls[0], keystore=urls[1])

    async def cleared(self, place: Premises) -> None:
        """Takes the databases away again; files go with their folder."""
        if self.server is not None:
            await asyncio.gather(*(drop_database(self.server, _name(url)) for url in (place.database, place.keystore)))

    async def lines(self, place: Premises) -> list[int]:
        """The server's processes that serve it."""
        assert self.server is not None
        return await lines_to(self.server, [_name(url) for url in (place.database, place.keystore)])


FILES = Site()


def _unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex}"


def _name(url: str) -> str:
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    return FILES if request.param == "sqlite" else Site(request.getfixturevalue("postgres").folder)
