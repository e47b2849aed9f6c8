"""Whether this program, with these keys, can read what a store holds of people: the proof after every change to it."""

from __future__ import annotations

from dataclasses import dataclass

from cora_bot.dialogue.conversation import Status
from cora_bot.store import occurrences, participants, sessions
from cora_bot.store.database import Tx
from cora_bot.store.keystore import KeyStore

PAGE = 500


@dataclass(frozen=True, slots=True)
class Read:
    """How many people were read, and how many of those who have joined have no case in the key store."""

    people: int = 0
    without_case: int = 0


async def read_everyone(tx: Tx, keystore: KeyStore) -> Read:
    """Every profile, open form, plan and link, read once and forgotten. Raises ``NotOpened``, ``ValueError``."""
    people = without = 0
    after = b""
    while halves := await participants.page(tx, keystore.keys, after, PAGE):
        after = halves[-1].id
        ids = [half.id for half in halves]
        await sessions.of_participants(tx, keystore.keys, ids)
        await occurrences.open_of(tx, ids)
        links = await keystore.links(ids)
        joined = [half for half in halves if half.status is not Status.ENROLLING and half.own_link is None]
        people += len(halves)
        without += sum(half.id not in links for half in joined)
    return Read(people, without)
