"""Who takes part, as the team may see it on the server: codes and open facts, no content, no address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from cora_bot.dialogue.conversation import Status
from cora_bot.store import ledger, occurrences, participants
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.tables import State
from cora_bot.usecases.house import House

PAGE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """One line. ``last_contact``: when something was last sent unasked; ``next_due``: when the schedule looks again."""

    code: str
    language: str
    zone: str
    status: Status
    last_contact: datetime | None
    next_due: datetime | None


async def people(house: House) -> list[Person]:
    """Everyone who has joined, by code. Who is still enrolling has no code to be known by, and is left out."""
    async with house.database.read() as tx:
        found = [person async for person in _everyone(house, tx)]
    return sorted(found, key=lambda person: person.code)


async def _everyone(house: House, tx: Tx) -> AsyncIterator[Person]:
    after = b""
    while halves := await participants.page(tx, house.keys, after, PAGE):
        after = halves[-1].id
        joined = [half for half in halves if half.status is not Status.ENROLLING]
        ids = [half.id for half in joined]
        known = await whole(joined, house.keystore)
        due = await occurrences.next_due(tx, ids)
        contacts = await ledger.contacts(tx, ids)
        for person in known.values():
            sent = [
                each.finished_at
                for each in contacts.get(person.id, [])
                if each.state in (State.SENT, State.UNCERTAIN) and each.finished_at
            ]
            yield Person(
                code=person.code,
                language=person.language,
                zone=person.zone,
                status=person.status,
                last_contact=max(sent, default=None),
                next_due=due.get(person.id),
            )
