"""Cutting the whole study off from its people, for good. Nobody does it alone, and nobody in a hurry.

One operator prepares it and gets a code; another types the code, a day later at the earliest. The program cannot know
that they are two: whoever keeps the code to hand it over is asked to be another person than whoever types it.

The end is written first, with the codes that would still let people in gone; then people leave set by set, and the key
store's links are dropped. Killed in between, ``maintain`` goes on with it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from cora_bot.base.clock import from_millis, to_millis
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.store import participants, records, remembered, tokens
from cora_bot.store.audit_log import Noted
from cora_bot.store.participants import Half
from cora_bot.usecases import audit_log, cutting
from cora_bot.usecases.codes import new_code, secret
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import AT_ONCE, leave
from cora_bot.usecases.retention import SEVERED

EARLIEST = timedelta(days=1)
LATEST = timedelta(days=14)
PREPARED = "severing_prepared"


class Plan(Value):
    """What severing would do. ``active``: how many of the ``people`` still take part."""

    people: int
    active: int
    records: int


class Prepared(Value):
    """A code that is shown once, and when it is good."""

    code: str
    earliest: datetime
    latest: datetime


async def dry_run(house: House) -> Plan:
    """Changes nothing."""
    async with house.database.read() as tx:
        return Plan(*await participants.count(tx), await records.count(tx))


async def prepare(house: House) -> Prepared:
    """The first of the two steps. A code made before is no longer good. Raises ``CoraError`` when it was done."""
    await check_not_severed(house)
    now, code = house.clock.now(), new_code(house.chance)
    note = {"code": tokens.index(house.keys, secret(code)).hex(), "at": to_millis(now)}
    async with house.database.transaction() as tx:
        await remembered.write(tx, PREPARED, json.dumps(note))
        await audit_log.note(house, tx, Noted("severing_prepared"))
    log("severing_prepared")
    return Prepared(code, now + EARLIEST, now + LATEST)


async def cancel(house: House) -> None:
    """No code is good any more."""
    async with house.database.transaction() as tx:
        await remembered.forget(tx, PREPARED)
        await audit_log.note(house, tx, Noted("severing_cancelled"))
    log("severing_cancelled")


async def approve(house: House, typed: str) -> Plan:
    """The second step: done, and what it was. Raises ``CoraError`` unless the code is good now."""
    await check_not_severed(house)
    plan, now = await dry_run(house), house.clock.now()
    async with house.database.transaction() as tx:
        await _check_code(house, await remembered.read(tx, PREPARED), typed)
        await remembered.forget(tx, PREPARED)
        await remembered.write(tx, SEVERED, str(to_millis(now)))
        await tokens.forget_all(tx)
        facts = {"people": str(plan.people), "records": str(plan.records)}
        await audit_log.note(house, tx, Noted("severed", facts=facts))
    await go_on(house)
    log("severed", people=plan.people, records=plan.records)
    return plan


async def _check_code(house: House, noted: str | None, typed: str) -> None:
    if noted is None:
        raise CoraError("nothing was prepared", "First: cora sever --prepare")
    note = json.loads(noted)
    if note["code"] not in {each.hex() for each in tokens.indexes(house.keys, secret(typed))}:
        raise CoraError(
            "this is not the code that was prepared", "Ask whoever prepared it, and compare letter by letter."
        )
    age = house.clock.now() - from_millis(note["at"])
    if age < EARLIEST:
        raise CoraError("the code is not a day old yet", "This cannot be undone: sleep on it, then type it again.")
    if age > LATEST:
        raise CoraError("the code is too old", "Prepare it anew: cora sever --prepare")


async def go_on(house: House) -> None:
    """Everybody leaves and every link goes, if the study was severed. Repeatable; called hourly."""
    async with house.database.read() as tx:
        if await remembered.read(tx, SEVERED) is None:
            return
        left = sum(await participants.count(tx))
    if not left and not await house.keystore.has_links():
        return
    while await _some(house):
        pass
    await cutting.follow(house)
    await house.keystore.drop_links()


async def _some(house: House) -> int:
    async with house.database.transaction() as tx:
        found = await participants.first(tx, AT_ONCE)
        return await leave(house, tx, found, still=_anybody) if found else 0


def _anybody(_half: Half) -> bool:
    return True


async def check_not_severed(house: House) -> None:
    """Raises ``CoraError`` once the study was cut off from its people: nobody comes in any more."""
    async with house.database.read() as tx:
        if await remembered.read(tx, SEVERED) is not None:
            raise CoraError("this study was cut off from its people", "Begin a new study with a new store.")
