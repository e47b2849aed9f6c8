"""Chats: found by a keyed index of their address, which itself is sealed under the contact key.

``lock`` comes before anything about a chat is read: on PostgreSQL the chat's row is what two processes meet at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, select, update

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Card, Chat, Showing
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import is_flag
from cora_bot.store.tables import Kind, State, chat, chat_participant, outbox, staff_phone
from cora_bot.vault.working import Purpose, WorkingKeys


class Stored(Value):
    """A chat, and what the dialogue does not see of it."""

    chat: Chat
    address: bytes  # sealed
    last_message: int

    def address_for(self, keys: WorkingKeys) -> int:
        return int(keys.open(Purpose.CONTACT, self.chat.id, self.address))


_KNOWN = prepared(select(chat.c.address_index).where(chat.c.address_index.in_(several("indices"))))
_ADD = prepared_insert(
    chat, lambda insert: insert.on_conflict_do_nothing(index_elements=["address_index"]).returning(chat.c.id)
)
_LOCK = select(chat).order_by(chat.c.id)
_OPEN = prepared(_LOCK.where(chat.c.address_index.in_(several("indices"))).with_for_update())
_LOCK_THESE = _LOCK.where(chat.c.id.in_(several("ids")))
_WAIT_FOR = prepared(_LOCK_THESE.with_for_update())
_SKIP_LOCKED = prepared(_LOCK_THESE.with_for_update(skip_locked=True))


_PURGE = prepared(
    delete(chat).where(
        chat.c.last_seen < bindparam("before"),
        ~exists().where(chat_participant.c.chat_id == chat.c.id),
        ~exists().where(staff_phone.c.chat_id == chat.c.id),
    )
)


def index(keys: WorkingKeys, address: int) -> bytes:
    return keys.index(b"chat", str(address).encode())


def indexes(keys: WorkingKeys, address: int) -> tuple[bytes, ...]:
    """Where a chat may stand while the server's keys are being exchanged."""
    return keys.indexes(b"chat", str(address).encode())


async def open_doors(
    tx: Tx, keys: WorkingKeys, addresses: Collection[int], *, now: datetime, chance: Chance
) -> dict[int, Stored]:
    """The chats of these addresses, locked; those never seen before are made and marked ``new``."""
    by_index = {each: address for address in addresses for each in indexes(keys, address)}
    known = (await tx.execute(_KNOWN, {"indices": list(by_index)})).scalars()
    unknown = {index(keys, address): address for address in set(addresses) - {by_index[key] for key in known}}
    missing = []
    for key in sorted(unknown):
        chat_id = new_id(chance)
        sealed = keys.seal(Purpose.CONTACT, chat_id, str(unknown[key]).encode(), chance)
        missing.append(_first_row(chat_id, now) | {"address_index": key, "address": sealed})
    made: set[bytes] = set()
    if missing:
        made = set((await tx.execute(_ADD, missing)).scalars())
    rows_now = await tx.execute(_OPEN, {"indices": list(by_index)})
    return {by_index[row.address_index]: _stored(row, new=row.id in made) for row in rows_now}


async def lock(tx: Tx, ids: Collection[bytes], *, skip_locked: bool = False) -> dict[bytes, Stored]:
    """These chats, locked in the order of their ids, so that two processes never wait for each other in a ring."""
    if not ids:
        return {}
    rows = await tx.execute(_SKIP_LOCKED if skip_locked else _WAIT_FOR, {"ids": list(ids)})
    return {row.id: _stored(row) for row in rows}


def _first_row(chat_id: bytes, now: datetime) -> dict[str, Any]:
    card = Card()
    return {
        "id": chat_id,
        **_card_columns(card),
        "misses": 0,
        "misses_since": None,
        "blocked": False,
        "last_message": 0,
        "last_seen": now,
    }


def _card_columns(card: Card) -> dict[str, Any]:
    return {
        "generation": card.generation,
        "revision": card.revision,
        "showing": card.showing,
        "message": card.message,
        "sent_at": card.sent_at,
        "buried": card.buried,
        "shown_at": card.shown_at,
    }


def _stored(row: Row[Any], *, new: bool = False) -> Stored:
    card = Card(
        generation=row.generation,
        revision=row.revision,
        showing=Showing(row.showing),
        message=row.message,
        sent_at=row.sent_at,
        buried=row.buried,
        shown_at=row.shown_at,
    )
    seen = Chat(id=row.id, card=card, misses=row.misses, misses_since=row.misses_since, blocked=row.blocked, new=new)
    return Stored(seen, row.address, row.last_message)


_UPDATE = prepared(
    update(chat)
    .where(chat.c.id == bindparam("chat_id"))
    .values(
        {
            column: bindparam(f"new_{column}")
            for column in (
                "generation", "revision", "showing", "message", "sent_at", "buried", "shown_at",
                "misses", "misses_since", "blocked",
            )
        }
    )
)  # fmt: skip


async def write(tx: Tx, chats: Sequence[Chat]) -> None:
    rows = []
    for each in chats:
        counted = {"misses": each.misses, "misses_since": each.misses_since, "blocked": each.blocked}
        columns = _card_columns(each.card) | counted
        rows.append({"chat_id": each.id} | {f"new_{name}": value for name, value in columns.items()})
    if rows:
        await tx.execute(_UPDATE, rows)


_SEEN = prepared(
    update(chat)
    .where(chat.c.id == bindparam("chat_id"))
    .values(last_seen=bindparam("at"), last_message=bindparam("message_seen"))
)


async def note_seen(tx: Tx, seen: Mapping[bytes, int], now: datetime) -> None:
    """When each chat was last heard of, and the highest message id of its own."""
    if seen:
        rows = [{"chat_id": chat_id, "at": now, "message_seen": message} for chat_id, message in seen.items()]
        await tx.execute(_SEEN, rows)


async def last_seen(tx: Tx) -> datetime | None:
    """When any chat was last heard of."""
    newest = select(chat.c.last_seen).order_by(chat.c.last_seen.desc()).limit(1)
    found: datetime | None = (await tx.execute(newest)).scalar_one_or_none()
    return found


async def heard_of(tx: Tx, keys: WorkingKeys, address: int) -> datetime | None:
    """When this chat was last heard of; None for one that is not known."""
    query = select(chat.c.last_seen).where(chat.c.address_index.in_(indexes(keys, address)))
    found: datetime | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def live(tx: Tx, showing: Collection[Showing]) -> list[tuple[bytes, int]]:
    """(chat, generation) of every card that stands in a chat and shows one of these; newest first.

    Where another card waits to be sent, that one changes what is seen, and nothing may take its place.
    """
    waits = exists().where(
        outbox.c.chat_id == chat.c.id, outbox.c.state == State.PENDING.value, outbox.c.kind == Kind.CARD.value
    )
    stands = and_(chat.c.showing.in_([each.value for each in showing]), chat.c.message.is_not(None), ~waits)
    query = select(chat.c.id, chat.c.generation).where(stands, is_flag(chat.c.blocked, False))
    return [(row.id, row.generation) for row in await tx.execute(query.order_by(chat.c.shown_at.desc()))]


async def purge_strangers(tx: Tx, before: datetime) -> int:
    """Deletes chats that belong to nobody, of the team neither, and were last heard of before ``before``."""
    return (await tx.execute(_PURGE, {"before": before})).rowcount
