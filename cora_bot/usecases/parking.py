"""Updates that could not be handled are set aside, sealed: key, kind and error class are all that can be read."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import msgspec

from cora_bot.base.errors import NotOpened
from cora_bot.base.logging import log
from cora_bot.dialogue.inputs import (
    Blocked,
    ChoreDue,
    Command,
    OccurrenceDue,
    Pressed,
    Start,
    Text,
    Unblocked,
    Unusable,
)
from cora_bot.store import counters, updates
from cora_bot.store.database import Work
from cora_bot.store.updates import Parked
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.vault.working import Purpose

INPUTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Pressed, Start, Command, Text, Unusable, Blocked, Unblocked, OccurrenceDue, ChoreDue)
}


class Packed(msgspec.Struct):
    """An update as it is sealed. What it holds of ``input`` is read only where it is taken up again."""

    key: str
    address: int
    kind: str
    input: msgspec.Raw


def pack(arrived: Arrived) -> Packed:
    happened = arrived.input
    return Packed(arrived.key, arrived.address, type(happened).__name__, msgspec.Raw(msgspec.json.encode(happened)))


def unpack(packed: Packed) -> Arrived:
    """Raises ``NotOpened`` for an input that this version does not know."""
    try:
        return Arrived(packed.key, packed.address, msgspec.json.decode(packed.input, type=INPUTS[packed.kind]))
    except (KeyError, msgspec.MsgspecError):
        raise NotOpened("an update") from None


async def park(house: House, arrived: Arrived, error: str) -> None:
    await park_packed(house, pack(arrived), error)


async def park_packed(house: House, packed: Packed, error: str) -> None:
    key = updates.index(house.keys, packed.key)
    sealed = house.keys.seal(Purpose.UPDATE, key, msgspec.json.encode(packed), house.chance)
    await set_aside(house, Parked(key, packed.kind, error, sealed, house.clock.now()))


async def set_aside(house: House, parked: Parked, also: Work | None = None) -> None:
    """``also`` is done in the same transaction."""
    async with house.database.transaction() as tx:
        if also is not None:
            await also(tx)
        await updates.park(tx, parked)
        await counters.raise_by(tx, Counter(parked=1))
    log("update_parked", level=logging.ERROR, update=parked.key.hex()[:16], kind=parked.kind, error=parked.error)


def unpark(house: House, parked: Parked) -> Arrived:
    """The update as it arrived. Raises ``NotOpened``."""
    return unpack(msgspec.json.decode(house.keys.open(Purpose.UPDATE, parked.key, parked.sealed), type=Packed))
