"""What is written once, into a store that was put back from a backup (``usecases/restoring.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, delete, func, or_, select, update

from cora_bot.base.chance import Chance
from cora_bot.dialogue.contact_reasons import INVITATION, REMINDER, of_occasion
from cora_bot.store.codec import seal_value
from cora_bot.store.database import Tx
from cora_bot.store.outbox import PENDING, SENDING, final
from cora_bot.store.participants import Half
from cora_bot.store.statements import is_flag, upsert
from cora_bot.store.tables import Kind, Means, State, chat, chat_participant, outbox, participant
from cora_bot.vault.working import Purpose, WorkingKeys

GENERATIONS: Final = 1000
"""So many cards may have been drawn in a chat since the copy was made, at most."""


class Moment(NamedTuple):
    """A message that may have been sent: of which occasion, the how manieth, when it fell due."""

    wave: str
    number: int
    sent: int
    at: datetime
    first: bool


async def doubt_messages(tx: Tx, outcome: str, now: datetime) -> int:
    """Whatever waited may have been sent: unsolicited messages are uncertain, replies are not sent late.

    What takes something out of a chat stays: done twice it harms nobody.
    """
    waits = and_(
        or_(outbox.c.state == PENDING, outbox.c.state == SENDING),
        outbox.c.kind.in_([Kind.CARD.value, Kind.SPOKEN.value]),
    )
    unasked = is_flag(outbox.c.unsolicited, True)
    count = int((await tx.execute(select(func.count()).select_from(outbox).where(waits))).scalar_one())
    await tx.execute(update(outbox).where(waits, unasked).values(final(State.UNCERTAIN, outcome, now)))
    await tx.execute(update(outbox).where(waits).values(final(State.LAPSED, outcome, now)))
    return count


async def move_generations_on(tx: Tx) -> None:
    """No button of a card that was drawn since the copy was made may mean a card that is drawn from now on."""
    await tx.execute(update(chat).values(generation=chat.c.generation + GENERATIONS))


async def leave_chats(tx: Tx, reached: Mapping[bytes, bytes]) -> None:
    """Participants (key) who are reached in another chat (value) by now are not reached in those the copy knows."""
    for who, where in reached.items():
        elsewhere = and_(chat_participant.c.participant_id == who, chat_participant.c.chat_id != where)
        await tx.execute(delete(chat_participant).where(elsewhere))


async def write_halves(tx: Tx, halves: Sequence[Half], *, keys: WorkingKeys, chance: Chance) -> None:
    """People as they are, whose link lies where it lies."""
    for half in halves:
        changed = {
            "status": half.status.value,
            "withdrawal": half.withdrawal.value if half.withdrawal else None,
            "withdraws_at": half.withdraws_at,
            "profile": seal_value(keys, Purpose.PROFILE, half.id, half.profile, chance),
        }
        await tx.execute(update(participant).where(participant.c.id == half.id).values(changed))


async def note_doubts(tx: Tx, who: bytes, where: bytes, moments: Sequence[Moment], now: datetime) -> None:
    """Lines of the contact ledger for messages that may have been sent, each under its natural key."""
    rows = [
        {
            "chat_id": where,
            "participant_id": who,
            "key": f"u/{who.hex()}/{each.wave}/{each.number}/{each.sent}",
            "kind": Kind.CARD.value,
            "generation": 0,
            "revision": 0,
            "state": State.UNCERTAIN.value,
            "means": Means.SEND.value,
            "unsolicited": True,
            "fresh": True,
            "reason": of_occasion(INVITATION if each.first else REMINDER, each.wave),
            "outcome": "restored",
            "wave": each.wave,
            "number": each.number,
            "not_before": each.at,
            "valid_until": None,
            "attempts": 0,
            "doubts": 1,
            "payload": None,
            "message": None,
            "created_at": each.at,
            "finished_at": now,
        }
        for each in moments
    ]
    if rows:
        await tx.execute(upsert(tx, outbox).on_conflict_do_nothing(index_elements=["key"]), rows)
