"""What goes into the audit log, and whether it is whole.

A log on the server proves nothing against whoever owns the server: it can be written anew. What proves is that each
bundle carries it, and that researchers' exports remember its head: a later log has to go on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from cora_bot.base.clock import from_millis
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import Value
from cora_bot.store import audit_log, remembered
from cora_bot.store.apply import Step
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.database import Tx
from cora_bot.usecases.house import House
from cora_bot.vault.audit_chain import commitment, first_broken

# Notes of turns that are logged for good. Of whoever is gone in that very turn the log does not say who it was.
ABOUT: Final = frozenset(
    {
        "enrolled",
        "consent_given",
        "consent_ended",
        "consent_renewed",
        "stopped",
        "withdrew_link",
        "withdrew_answers",
        "came_back",
        "alert",
        "own_copy_begun",
    }
)
OF_NOBODY: Final = frozenset({"withdrawn_link", "withdrawn_answers", "moved_here", "staff_linked"})
STUDY: Final = "study_logged"


async def note(house: House, tx: Tx, *notes: Noted) -> None:
    """Logs these in the transaction that does them; call it last."""
    await audit_log.append(
        tx, notes, log=house.script.study.id, keys=house.keys, chance=house.chance, now=house.clock.now()
    )


async def note_turns(house: House, tx: Tx, steps: Sequence[Step]) -> None:
    """What these turns did to people's rights."""
    await note(house, tx, *(noted for step in steps for name in step.turn.notes if (noted := _of_turn(name, step))))


def _of_turn(name: str, step: Step) -> Noted | None:
    person = step.turn.conversation.participant
    if name in ABOUT and person is not None:
        return Noted(name, Subject(person.id, person.code))
    if name in OF_NOBODY:
        return Noted(name, facts={"name": step.turn.staff} if step.turn.staff else {})
    return None


async def note_study(house: House) -> None:
    """At start: which study runs and who can open, where that is not what the log said last."""
    openers = [recipient.fingerprint() for recipient in house.recipients]
    facts = {"study": house.script.study.hash, "openers": " ".join(openers)}
    seen = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    async with house.database.transaction() as tx:
        if await remembered.read(tx, STUDY) != seen:
            await remembered.write(tx, STUDY, seen)
            await note(house, tx, Noted("study", facts=facts))


class Line(Value):
    """One entry for people: ``case`` is the code, "" where an entry is of nobody, or of somebody who left for good."""

    seq: int
    at: datetime
    action: str
    case: str
    facts: Mapping[str, str]


async def lines(house: House) -> list[Line]:
    """Everything, oldest first."""
    async with house.database.read() as tx:
        return [
            Line(each.seq, from_millis(each.at), each.action, mark.code if mark else "", each.facts)
            async for row in audit_log.every(tx)
            for each, mark in [(audit_log.entry(row), audit_log.mark(row, house.keys))]
        ]


class Verified(Value):
    """``broken``: where the chain breaks first, or an entry names somebody else than it was made for; None: whole."""

    entries: int
    head: str
    broken: int | None


async def verify(house: House) -> Verified:
    """Reads the whole chain. Changes nothing."""
    found, misnamed = [], []
    async with house.database.read() as tx:
        async for row in audit_log.every(tx):
            found.append(audit_log.entry(row))
            if not _names_whom_it_was_made_for(row, house):
                misnamed.append(len(found))
    broken = first_broken(found, log=house.script.study.id)
    first = min((each for each in (broken, *misnamed) if each is not None), default=None)
    return Verified(len(found), found[-1].hash if found else "", first)


def _names_whom_it_was_made_for(row: Row[Any], house: House) -> bool:
    try:
        mark = audit_log.mark(row, house.keys)
    except NotOpened:
        return False
    return mark is None or row.subject == commitment(bytes.fromhex(mark.salt), mark.code)
