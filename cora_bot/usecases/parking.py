"""Updates that could not be handled are set aside, sealed: key, kind and error class are all that can be read."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import msgspec

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
from cora_bot.store.updates import Parked
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.vault.working import Purpose

INPUTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Pressed, Start, Command, Text, Unusable, Blocked, Unblocked, OccurrenceDue, ChoreDue)
}


class _Content(msgspec.Struct):
    key: str
    address: int
    kind: str
    input: msgspec.Raw


async def park(house: House, arrived: Arrived, error: str) -> None:
    key = updates.index(house.keys, arrived.key)
    kind = type(arrived.input).__name__
    now = house.clock.now()
    content = _Content(arrived.key, arrived.address, kind, msgspec.Raw(msgspec.json.encode(arrived.input)))
    sealed = house.keys.seal(Purpose.UPDATE, key, msgspec.json.encode(content), house.chance)
    async with house.database.transaction() as tx:
        await updates.park(tx, Parked(key, kind, error, sealed, now))
        await counters.raise_by(tx, Counter(parked=1))
    log("update_parked", level=logging.ERROR, update=key.hex()[:16], kind=kind, error=error)


def unpark(house: House, parked: Parked) -> Arrived:
    """The update as it arrived. Raises ``NotOpened``."""
    content = msgspec.json.decode(house.keys.open(Purpose.UPDATE, parked.key, parked.sealed), type=_Content)
    happened = msgspec.json.decode(content.input, type=INPUTS[content.kind])
    return Arrived(content.key, content.address, happened)
