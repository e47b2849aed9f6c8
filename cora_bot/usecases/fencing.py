"""The key store learns what somebody no longer wants, before the main store says so: a restore must not undo it.

Whoever stops, takes a consent back, asks for a break or moves to another chat does so in the main store. A copy of it
made before knows nothing of that; the key store is the newer of the two whenever something is restored. Should the
main transaction fail after this, the fence is stricter than what stands, which only a restore would ever notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cora_bot.dialogue.conversation import Conversation, Participant, Status
from cora_bot.store import participants
from cora_bot.store.apply import Step
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.keystore import Fence
from cora_bot.usecases.house import House


async def note(house: House, steps: Sequence[Step]) -> None:
    """Fences whoever changed something of it in these steps; costs nothing where nobody did."""
    found = {}
    for step in steps:
        person = step.turn.conversation.participant
        if person and person.status is not Status.ENROLLING and _changed(step.before, step.turn.conversation):
            found[person.id] = fence_of(person, step.turn.conversation.chat.id)
    await house.keystore.put_fences(found, house.chance)


async def note_moved(house: House, tx: Tx, moved: Mapping[bytes, bytes]) -> None:
    """Fences people (participant → chat) who are reached in another chat from now on."""
    halves = await participants.by_ids(tx, house.keys, moved.keys()) if moved else []
    people = await whole(halves, house.keystore)
    await house.keystore.put_fences({who: fence_of(one, moved[who]) for who, one in people.items()}, house.chance)


def fence_of(person: Participant, chat: bytes) -> Fence:
    return Fence(
        status=person.status,
        withdrawal=person.withdrawal,
        withdraws_at=person.withdraws_at,
        purposes=tuple(sorted(person.purposes)),
        paused_until=person.paused_until,
        chat=chat,
    )


def _changed(before: Conversation, after: Conversation) -> bool:
    """Not the first consent: an older copy does not know who gave it later."""
    was, now = before.participant, after.participant
    if now is None or was is None or was.id != now.id or was.status is Status.ENROLLING:
        return False
    return (was.status, was.withdrawal, was.withdraws_at, was.purposes, was.paused_until) != (
        now.status, now.withdrawal, now.withdraws_at, now.purposes, now.paused_until
    )  # fmt: skip
