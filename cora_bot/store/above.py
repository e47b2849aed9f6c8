"""What stands above a card: sounds, pictures and films, and the message that put a key in the keyboard's place.

A key does not go with its message: Telegram shows it until another message takes it away.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, select, update

from cora_bot.base.values import Value
from cora_bot.dialogue.prompt import NO_KEY, PLACE_KEY, Spoken
from cora_bot.store.database import Tx
from cora_bot.store.outbox import PENDING, Parcel
from cora_bot.store.prepared import prepared, several
from cora_bot.store.statements import is_flag
from cora_bot.store.tables import Kind, State, outbox

KEY: Final = "key"  # why a row was written: to put a key there
KEY_AWAY: Final = "key_away"


_OF_CHATS = and_(
    outbox.c.chat_id.in_(several("chats")), outbox.c.kind == Kind.SPOKEN.value, outbox.c.reason != KEY_AWAY
)
_HUSH = prepared(
    update(outbox)
    .where(_OF_CHATS, outbox.c.state == PENDING)
    .values(state=State.SUPERSEDED.value, outcome="superseded", finished_at=bindparam("at"), payload=None)
)
_SENT = prepared(select(outbox).where(_OF_CHATS, outbox.c.state == State.SENT.value, outbox.c.message.is_not(None)))


_OLD = prepared(
    select(outbox).where(
        outbox.c.kind == Kind.SPOKEN.value,
        outbox.c.reason != KEY_AWAY,
        outbox.c.state == State.SENT.value,
        is_flag(outbox.c.unsolicited, False),
        outbox.c.finished_at < bindparam("before"),
    )
)


class Standing(Value):
    """A message above a card. ``key``: it put a key there."""

    chat: bytes
    message: int
    at: datetime
    key: bool


def spoken(chat: bytes, key: str, generation: int, what: Spoken) -> Parcel:
    """One message above the card of this generation."""
    reason = KEY if what.sort == PLACE_KEY else "reply"
    return Parcel(chat, key, Kind.SPOKEN, generation=generation, spoken=what, reason=reason)


def key_away(chat: bytes, message: int) -> Parcel:
    """Takes away the key that ``message`` put there. It belongs to no card, so that it goes once it was sent itself."""
    return Parcel(
        chat, f"{chat.hex()}/k/{message}", Kind.SPOKEN, generation=-1, spoken=Spoken(NO_KEY, "", ""), reason=KEY_AWAY
    )


async def hush(tx: Tx, chats: Collection[bytes], now: datetime) -> list[Standing]:
    """What waits to be shown above the cards of these chats is not sent; gives what stands there."""
    if not chats:
        return []
    await tx.execute(_HUSH, {"chats": list(chats), "at": now})
    return [_standing(row) for row in await tx.execute(_SENT, {"chats": list(chats)})]


async def spoken_before(tx: Tx, at: datetime) -> list[Standing]:
    """What was sent before ``at``."""
    return [_standing(row) for row in await tx.execute(_OLD, {"before": at})]


def _standing(row: Row[Any]) -> Standing:
    return Standing(row.chat_id, row.message, row.finished_at, row.reason == KEY)
