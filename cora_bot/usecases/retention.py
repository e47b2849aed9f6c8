"""What the study promised to keep only so long goes by itself, class by class; the same rule counts it beforehand.

``contacts``: how somebody is reached, with the link to their case, so long after the last contact, once nothing more is
planned for them. ``records``: answers and consents, so long after the study was cut off from its people
(``severing``), which is its end here. Looked at once a day: everybody has to be asked after, a part at a time, and not
while anybody waits to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cora_bot.base.clock import from_millis, to_millis
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Status
from cora_bot.store import chats, participants, records, remembered
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Tx
from cora_bot.store.participants import Half
from cora_bot.study.durations import calendar_offset
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import AT_ONCE, leave

EVERY = timedelta(days=1)
LOOKED_AT = "retention_looked_at"
SEVERED = "severed_at"
"""Milliseconds at which the study was cut off from its people: from then on nobody comes in."""


class Expired(Value):
    """What has run out. ``records_until``: when the records go; None while the study goes on."""

    contacts: int
    contacts_before: datetime
    records: int
    records_until: datetime | None


async def preview(house: House) -> Expired:
    """What would go now. Changes nothing."""
    before = contacts_before(house)
    async with house.database.read() as tx:
        contacts = sum([len(await participants.silent(tx, before, part)) for part in await participants.parts(tx)])
        until = await _records_until(house, tx)
        over = until is not None and until <= house.clock.now()
        return Expired(contacts, before, await records.count(tx) if over else 0, until)


def contacts_before(house: House) -> datetime:
    """Whoever had the last contact before this instant is forgotten."""
    return house.clock.now() - calendar_offset(house.script.study.retention.contacts)


async def _records_until(house: House, tx: Tx) -> datetime | None:
    severed = await remembered.read(tx, SEVERED)
    return from_millis(int(severed)) + calendar_offset(house.script.study.retention.records) if severed else None


async def keep_promises(house: House) -> None:
    """Carries it out where a day has passed since the last time; the key store follows after."""
    now = house.clock.now()
    async with house.database.read() as tx:
        last = await remembered.read(tx, LOOKED_AT)
    if last is None or now - from_millis(int(last)) >= EVERY:
        await carry_out(house)
        async with house.database.transaction() as tx:
            await remembered.write(tx, LOOKED_AT, str(to_millis(now)))


async def carry_out(house: House) -> Expired:
    """Forgets what has run out, whatever was looked at when; what it was. Repeatable."""
    contacts, before = 0, contacts_before(house)
    async with house.database.read() as tx:
        parts = await participants.parts(tx)
    for part in parts:
        async with house.database.read() as tx:
            found = await participants.silent(tx, before, part)
        for begin in range(0, len(found), AT_ONCE):
            contacts += await _forget(house, found[begin : begin + AT_ONCE], before)
    async with house.database.transaction() as tx:
        until = await _records_until(house, tx)
        over = until is not None and until <= house.clock.now()
        gone = await records.count(tx) if over else 0
        if over:
            await records.remove_cases(tx, await records.cases(tx), house.clock.now())
        if contacts or gone:
            facts = {"people": str(contacts), "records": str(gone)}
            await audit_log.note(house, tx, Noted("retention", facts=facts))
    if over:
        # Whatever a crash left: no key of an erased case stays.
        async with house.database.read() as tx:
            erased = await records.erased(tx)
        await house.keystore.destroy_key(erased)
    if contacts or gone:
        log("retention", people=contacts, records=gone)
    return Expired(contacts, before, gone, until)


async def _forget(house: House, ids: Sequence[bytes], before: datetime) -> int:
    """Whoever was heard of since they were found stays."""
    async with house.database.transaction() as tx:
        await chats.lock(tx, set((await participants.chats_of(tx, ids)).values()))
        found = await participants.silent_among(tx, before, ids)
        return await leave(house, tx, found, still=_has_joined) if found else 0


def _has_joined(half: Half) -> bool:
    return half.status is not Status.ENROLLING
