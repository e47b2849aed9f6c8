"""What of ours, or of theirs that was to be taken out, still stands in chats: for wiping them while there is time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cora_bot.store.database import Tx
from cora_bot.store.outbox import PENDING
from cora_bot.store.tables import Kind, State, chat, outbox, removal


@dataclass(frozen=True, slots=True)
class Standing:
    """A message in a chat. ``address`` is sealed; ``ours``: it can be emptied where it cannot be deleted."""

    chat: bytes
    address: bytes
    message: int
    sent_at: datetime | None
    ours: bool


async def in_chats(tx: Tx) -> list[Standing]:
    """The newest first: those can still be deleted."""
    cards = select(chat.c.id, chat.c.address, chat.c.message, chat.c.sent_at).where(chat.c.message.is_not(None))
    found = {(row.id, row.message): Standing(row.id, row.address, row.message, row.sent_at, ours=True)
             for row in await tx.execute(cards)}  # fmt: skip
    sounds = (outbox.c.kind == Kind.SPOKEN.value) & (outbox.c.state == State.SENT.value)
    tidying = (outbox.c.state == PENDING) & outbox.c.kind.in_([Kind.RETIRE.value, Kind.EMPTY.value])
    query = (
        select(outbox.c.chat_id, chat.c.address, outbox.c.message, outbox.c.kind, outbox.c.created_at)
        .join(chat, chat.c.id == outbox.c.chat_id)
        .where(sounds | tidying, outbox.c.message.is_not(None))
    )
    for row in await tx.execute(query):
        ours = row.kind != Kind.SPOKEN.value
        new = Standing(row.chat_id, row.address, row.message, row.created_at, ours=ours)
        found.setdefault((row.chat_id, row.message), new)
    theirs = select(removal.c.chat_id, chat.c.address, removal.c.message, removal.c.not_before)
    for row in await tx.execute(theirs.join(chat, chat.c.id == removal.c.chat_id)):
        new = Standing(row.chat_id, row.address, row.message, row.not_before, ours=False)
        found.setdefault((row.chat_id, row.message), new)
    return sorted(found.values(), key=_age, reverse=True)


def _age(one: Standing) -> tuple[bool, float]:
    return one.sent_at is not None, one.sent_at.timestamp() if one.sent_at else 0.0
