"""Both stores copied while the bot works, each sealed into a file of its own, with a retention of its own.

The records are copied first. What the key store had been through by then is noted in their manifest, and the key store
is copied after it: a pair made together always fits, and so does an older copy of the records with a newer key store.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.store import copies
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Database
from cora_bot.usecases import audit_log, backup_file
from cora_bot.usecases.backup_file import Manifest, Part, Sealing
from cora_bot.usecases.belonging import check_belongs, note_changes
from cora_bot.usecases.house import House
from cora_bot.vault.agefile import WORK

NAME: Final = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the two files go, to whom they are sealed, and how long older ones are kept."""

    records: Path
    keys: Path
    to: Sealing
    keep_records: timedelta
    keep_keys: timedelta
    work: int = WORK


@dataclass(frozen=True, slots=True)
class Made:
    """The two files, and the older ones whose time was over."""

    records: Path
    keys: Path
    deleted: tuple[Path, ...]


async def back_up(house: House, target: Target, scratch: Path) -> Made:
    """Writes both files, then deletes those whose time is over. ``scratch``: where the copies lie meanwhile, private.

    Raises ``CoraError``; then no new file is there, and every older one still is.
    """
    now = _free_moment(target, house.clock.now())
    await check_belongs(house)
    await note_changes(house)
    made: list[Path] = []
    try:
        with _empty(scratch):
            for path, part in _paths(target, now).items():
                made.append(await _one(house, part, path, target, scratch))
    except (CoraError, SQLAlchemyError, OSError) as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, CoraError):
            raise
        raise CoraError(
            f"the stores could not be copied ({type(error).__name__})", "Is the disk full? Older backups are untouched."
        ) from None
    deleted = (
        *_expired(target.records, Part.RECORDS, now - target.keep_records),
        *_expired(target.keys, Part.KEYS, now - target.keep_keys),
    )
    for path in deleted:
        path.unlink()
    async with house.database.transaction() as tx:
        await audit_log.note(house, tx, Noted("backed_up", facts={"deleted": str(len(deleted))}))
    log("backed_up", count=len(deleted))
    return Made(made[0], made[1], deleted)


async def _one(house: House, part: Part, path: Path, target: Target, scratch: Path) -> Path:
    database = house.database if part is Part.RECORDS else house.keystore.database
    copy = scratch / backup_file.STORE[_engine(database)]
    await copies.copy_store(database, copy)
    if database.is_sqlite:
        copies.check_copy(copy)
    manifest = Manifest(
        part=part,
        study=house.script.study.id,
        keystore=await house.keystore.identity(house.chance),
        changes=await house.keystore.changes(),
        generations=tuple(one.id.hex() for one in house.keys.generations),
        engine=_engine(database),
        at=house.clock.now(),
    )
    backup_file.write(path, manifest, {copy.name: copy}, target.to, house.chance, work=target.work)
    copy.unlink()
    return path


def _engine(database: Database) -> str:
    return "sqlite" if database.is_sqlite else "postgresql"


@contextmanager
def _empty(scratch: Path) -> Iterator[None]:
    """A folder for its owner alone, without what a kill has left there; gone afterwards."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700, parents=True)
    try:
        yield
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _free_moment(target: Target, now: datetime) -> datetime:
    """Of two backups within one second the later one is named after the next."""
    while any(path.exists() for path in _paths(target, now)):
        now += timedelta(seconds=1)
    return now


def _paths(target: Target, now: datetime) -> dict[Path, Part]:
    """The two files, in the order in which they are made."""
    folders = {Part.RECORDS: target.records, Part.KEYS: target.keys}
    return {folder / f"{part}-{now.strftime(NAME)}.age": part for part, folder in folders.items()}


def _expired(folder: Path, part: Part, before: datetime) -> list[Path]:
    """Files of this part made before then; the newest of all stays, however old it is."""
    dated = sorted((at, path) for path in folder.glob(f"{part}-*.age") if (at := made_at(path)) is not None)
    return [path for at, path in dated[:-1] if at < before]


def made_at(path: Path) -> datetime | None:
    """When a backup's file says it was made; None for another file."""
    _, _, when = path.stem.partition("-")
    try:
        return datetime.strptime(f"{when}+0000", f"{NAME}%z")
    except ValueError:
        return None
