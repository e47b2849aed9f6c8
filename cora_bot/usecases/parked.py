"""Parked updates as the operator sees them: since when and why, never their content. Taken up again, or dropped."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.logging import log
from cora_bot.dialogue.inputs import Blocked, Unblocked
from cora_bot.store import chats, updates
from cora_bot.store.database import Tx, is_outage
from cora_bot.store.updates import Parked
from cora_bot.usecases import parking, receive
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House

ALL = "all"
SHORTEST = 6
SHOWN = 16
"""So many hexadecimal digits name a parked update, here and in the log."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line. ``went_on``: the chat was heard of since, so what it said then may no longer fit; None: unreadable."""

    id: str
    at: datetime
    kind: str
    error: str
    went_on: bool | None


async def waiting(house: House) -> list[Waiting]:
    """Every parked update, the oldest first."""
    async with house.database.read() as tx:
        return [await _line(house, tx, each) for each in await updates.parked(tx)]


async def _line(house: House, tx: Tx, each: Parked) -> Waiting:
    try:
        arrived = parking.unpark(house, each)
    except NotOpened:
        return Waiting(_name(each), each.at, each.kind, each.error, None)
    seen = await chats.heard_of(tx, house.keys, arrived.address)
    return Waiting(_name(each), each.at, each.kind, each.error, seen is not None and seen > each.at)


async def replay(house: House, wanted: str, *, anyway: bool = False) -> dict[str, str]:
    """Takes up the update of this id, or all in their order; by id "" or the class of the error it ended with anew.

    ``anyway``: also where the person has gone on since: a text would count as an answer to what is asked now.
    Raises ``CoraError`` for an id nobody knows, and for one person that went on.
    """
    done: dict[str, str] = {}
    for each in await _wanted(house, wanted):
        async with house.database.read() as tx:
            line = await _line(house, tx, each)
        if line.went_on and not anyway and each.kind not in (Blocked.__name__, Unblocked.__name__):
            if wanted != ALL:
                raise CoraError(
                    f"the person of {line.id} has gone on since",
                    "What was said then would count for what is asked now. To do it all the same: --anyway",
                )
            done[line.id] = "WentOn"
            continue
        done[line.id] = await _replay_one(house, each)
        log("update_replayed", update=line.id, kind=each.kind, error=done[line.id])
    return done


async def _replay_one(house: House, each: Parked) -> str:
    try:
        arrived: Arrived = parking.unpark(house, each)
        await receive.replay(house, arrived)
    except Exception as error:
        if is_outage(error):
            raise
        return type(error).__name__
    return ""


async def drop(house: House, wanted: str) -> int:
    """Forgets the update of this id, or all, for good; how many. Raises ``CoraError``."""
    found = await _wanted(house, wanted)
    async with house.database.transaction() as tx:
        for each in found:
            await updates.drop(tx, each.key)
    for each in found:
        log("update_dropped", level=logging.WARNING, update=_name(each), kind=each.kind)
    return len(found)


async def _wanted(house: House, wanted: str) -> Sequence[Parked]:
    async with house.database.read() as tx:
        parked = await updates.parked(tx)
    if wanted == ALL:
        return parked
    found = [each for each in parked if each.key.hex().startswith(wanted.lower()) and len(wanted) >= SHORTEST]
    if len(found) != 1:
        raise CoraError(f"no parked update is {wanted}", "'cora parked' lists them.")
    return found


def _name(each: Parked) -> str:
    return each.key.hex()[:SHOWN]
