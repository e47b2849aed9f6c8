"""The copies that are out, and what is to be done about each: a task follows from the stores, it is written nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.handlers.withdrawing import REPENT
from cora_bot.store import handed_out, participants
from cora_bot.store.audit_log import Noted
from cora_bot.store.handed_out import HandedOut
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House

OVERLAP = timedelta(minutes=10)
"""Who was erased so shortly before a bundle may still be in it. One person too many in a task does no harm."""

SHORTEST = 4
"""As much of a bundle's id names it at least."""


class Task(StrEnum):
    """What somebody has to do about a copy."""

    NONE = ""
    ERASED = "erased"  # holds answers that were erased since: a newer bundle is to take its place
    OVERDUE = "overdue"  # its time has run out


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. ``erased``: so many people were erased since; ``withdrawn``: so many more may still undo it."""

    out: HandedOut
    erased: int
    withdrawn: int
    task: Task

    @property
    def name(self) -> str:
        return self.out.bundle.hex()


async def copies(house: House) -> list[Copy]:
    """Every copy that was handed out, oldest first."""
    now = house.clock.now()
    async with house.database.read() as tx:
        found = await handed_out.every(tx)
        erased = await handed_out.erasures(tx)
        leaving = [ends - REPENT for ends in await participants.withdrawn_until(tx)]
    return [_copy(each, erased, leaving, now) for each in found]


def _copy(out: HandedOut, erased: Sequence[datetime], leaving: Sequence[datetime], now: datetime) -> Copy:
    since = out.at - OVERLAP
    gone, going = sum(at > since for at in erased), sum(at > since for at in leaving)
    return Copy(out, gone, going, _task(out, gone + going, now))


def _task(out: HandedOut, people: int, now: datetime) -> Task:
    if out.gone_at is not None:
        return Task.NONE
    if out.expires <= now:
        return Task.OVERDUE
    return Task.ERASED if people else Task.NONE


async def close(house: House, typed: str) -> Copy:
    """Notes that a copy was deleted; ``typed`` is the beginning of its bundle's id. Raises ``CoraError``."""
    beginning = typed.strip().lower()
    matching = [each for each in await copies(house) if each.name.startswith(beginning)]
    if len(beginning) < SHORTEST or not matching:
        raise CoraError(f"no bundle {typed!r} was handed out", "`cora bundles` lists them.")
    if len(matching) > 1:
        raise CoraError(f"several bundles begin with {typed!r}", "Type more of its id.")
    (found,) = matching
    async with house.database.transaction() as tx:
        await handed_out.close(tx, found.out.bundle, house.clock.now())
        facts = {"bundle": found.name, "holder": found.out.holder}
        await audit_log.note(house, tx, Noted("copy_gone", facts=facts))
    log("copy_gone", bundle=found.name)
    return found
