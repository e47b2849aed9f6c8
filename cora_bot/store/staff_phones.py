"""Who of the team gets notices, and in which chat. The address itself is the chat's, sealed under the contact key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import chat, staff_phone


class StaffPhone(Value):
    """``chat`` is None until the code was sent to the bot; ``blocked``: nothing can be delivered there."""

    name: str
    language: str
    duty: bool
    chat: bytes | None = None
    linked_at: datetime | None = None
    blocked: bool = False


async def write(tx: Tx, name: str, *, language: str, duty: bool) -> None:
    """A new member of staff, or one whose language and duty change; a phone that is linked stays so."""
    insert = upsert(tx, staff_phone)
    changed = {"language": insert.excluded.language, "duty": insert.excluded.duty}
    await tx.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_=changed),
        {"name": name, "language": language, "duty": duty, "chat_id": None, "linked_at": None},
    )


_LINK = (
    update(staff_phone)
    .where(staff_phone.c.name == bindparam("who"))
    .values(chat_id=bindparam("place"), linked_at=bindparam("at"))
)


async def link(tx: Tx, phones: Mapping[str, bytes], now: datetime) -> None:
    """By name, the chat that gets their notices from now on, and no other."""
    if phones:
        await tx.execute(_LINK, [{"who": name, "place": place, "at": now} for name, place in phones.items()])


async def every(tx: Tx) -> list[StaffPhone]:
    """Everybody, by name."""
    query = select(staff_phone, chat.c.blocked).outerjoin(chat, chat.c.id == staff_phone.c.chat_id)
    rows = await tx.execute(query.order_by(staff_phone.c.name))
    return [StaffPhone(row.name, row.language, row.duty, row.chat_id, row.linked_at, bool(row.blocked)) for row in rows]


async def remove(tx: Tx, name: str) -> bool:
    """Whether there was somebody of this name; a code that was not used yet goes with them."""
    gone = await tx.execute(delete(staff_phone).where(staff_phone.c.name == name).returning(staff_phone.c.name))
    return gone.first() is not None
