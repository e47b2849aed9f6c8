"""People's own messages that are to leave their chats. A row goes once Telegram has deleted the message, or never will.

Nothing is claimed here: deleted twice is the same as once, so what is not known to be done is simply done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, func, select, update

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.tables import chat, removal
from cora_bot.vault.working import Purpose, WorkingKeys

ROWS = 10_000
"""Looked at together, the longest waiting first."""

_OWE = prepared_insert(removal, lambda insert: insert.on_conflict_do_nothing(index_elements=["chat_id", "message"]))
_OWED = prepared(
    select(removal.c.chat_id, removal.c.message, removal.c.attempts, chat.c.address)
    .join(chat, chat.c.id == removal.c.chat_id)
    .where(removal.c.not_before <= bindparam("by_now", type_=removal.c.not_before.type))
    .order_by(removal.c.not_before)
    .limit(bindparam("most", type_=Integer))
)
_THIS = (removal.c.chat_id == bindparam("of_chat"), removal.c.message == bindparam("this"))
_DONE = prepared(delete(removal).where(*_THIS))
_AGAIN = prepared(update(removal).where(*_THIS).values(not_before=bindparam("from_then"), attempts=bindparam("tried")))
_FORGET = prepared(delete(removal).where(removal.c.chat_id.in_(several("chats"))))

Message = tuple[bytes, int]
"""Its chat, and its id there."""


class Owed(Value):
    """Messages of one chat. ``address`` is sealed; ``attempts``: how often it was not known whether they are gone."""

    chat: bytes
    address: bytes
    messages: tuple[int, ...]
    attempts: int

    def address_for(self, keys: WorkingKeys) -> int:
        return int(keys.open(Purpose.CONTACT, self.chat, self.address))


class Later(Value):
    """Messages of one chat that are tried again."""

    chat: bytes
    messages: tuple[int, ...]
    at: datetime
    attempts: int


async def owe(tx: Tx, messages: Iterable[Message], now: datetime) -> None:
    rows = [{"chat_id": of, "message": each, "not_before": now, "attempts": 0} for of, each in messages]
    if rows:
        await tx.execute(_OWE, rows)


async def owed(tx: Tx, now: datetime) -> list[Owed]:
    """What may go now, by chat; ``ROWS`` messages at most."""
    chats: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    addresses = {}
    for row in await tx.execute(_OWED, {"by_now": now, "most": ROWS}):
        chats[row.chat_id].append((row.message, row.attempts))
        addresses[row.chat_id] = row.address
    return [
        Owed(each, addresses[each], tuple(message for message, _ in found), max(tried for _, tried in found))
        for each, found in chats.items()
    ]


async def done(tx: Tx, messages: Sequence[Message]) -> None:
    if messages:
        await tx.execute(_DONE, [{"of_chat": of, "this": each} for of, each in messages])


async def again(tx: Tx, later: Sequence[Later]) -> None:
    rows = [
        {"of_chat": each.chat, "this": message, "from_then": each.at, "tried": each.attempts}
        for each in later
        for message in each.messages
    ]
    if rows:
        await tx.execute(_AGAIN, rows)


async def forget(tx: Tx, chats: Collection[bytes]) -> None:
    """Nobody can delete anything in these chats any more."""
    if chats:
        await tx.execute(_FORGET, {"chats": list(chats)})


async def waiting(tx: Tx) -> tuple[int, datetime | None]:
    """How many messages there are, and when the first of them may go."""
    count, first = (await tx.execute(select(func.count(), func.min(removal.c.not_before)))).one()
    return int(count), first
