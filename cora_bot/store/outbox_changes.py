"""What becomes of outbox rows: claimed, ended, or waiting again. A row that ends loses its payload by that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.outbox import PENDING, by_ids, final
from cora_bot.store.prepared import prepared
from cora_bot.store.tables import Kind, Means, State, outbox


class Claimed(Value):
    id: int
    means: Means


class Ended(Value):
    id: int
    state: State
    outcome: str = ""
    message: int | None = None


class Again(Value):
    """Back to waiting. ``fresh``: as a new message from now on."""

    id: int
    not_before: datetime
    doubts: int
    fresh: bool
    outcome: str = ""


Change = Claimed | Ended | Again

_CLAIM = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state=State.SENDING.value, means=bindparam("by"), attempts=outbox.c.attempts + 1)
)
_END = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=bindparam("to"),
        outcome=bindparam("how"),
        message=bindparam("sent_as"),
        finished_at=bindparam("at"),
        payload=None,
    )
)
_AGAIN = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=State.PENDING.value,
        not_before=bindparam("from_then"),
        doubts=bindparam("doubted"),
        fresh=bindparam("anew"),
        outcome=bindparam("how"),
    )
)


async def change(tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    claims = [{"row": each.id, "by": each.means} for each in changes if isinstance(each, Claimed)]
    ends = [
        {"row": each.id, "to": each.state, "how": each.outcome, "sent_as": each.message, "at": now}
        for each in changes
        if isinstance(each, Ended)
    ]
    if claims:
        await tx.execute(_CLAIM, claims)
    if ends:
        await tx.execute(_END, ends)
    for each in changes:
        if isinstance(each, Again):
            await _back(tx, each, now)


async def _back(tx: Tx, each: Again, now: datetime) -> None:
    """Back to waiting; a card that was overtaken meanwhile ends instead, and the newer one inherits its newness."""
    row = (await by_ids(tx, [each.id]))[each.id]
    newer = (
        select(outbox.c.id)
        .where(outbox.c.chat_id == row.chat, outbox.c.kind == Kind.CARD.value)
        .where(outbox.c.state == PENDING, outbox.c.id != row.id)
    )
    overtaker = (await tx.execute(newer)).scalar() if row.kind is Kind.CARD else None
    if overtaker is None:
        values = {"row": each.id, "from_then": each.not_before, "doubted": each.doubts, "anew": each.fresh}
        await tx.execute(_AGAIN, values | {"how": each.outcome})
        return
    await change(tx, [Ended(each.id, State.SUPERSEDED, "superseded", row.message)], now)
    if each.fresh and not row.unsolicited:
        await tx.execute(update(outbox).where(outbox.c.id == overtaker).values(fresh=True))


async def hold_chat(tx: Tx, chats: dict[bytes, datetime]) -> None:
    """Nothing of these chats goes before the given instants: order is kept when the first has to wait."""
    for chat_id, until in chats.items():
        waits = and_(outbox.c.chat_id == chat_id, outbox.c.state == PENDING, outbox.c.not_before < until)
        await tx.execute(update(outbox).where(waits).values(not_before=until))


async def release(tx: Tx, outcome: str, now: datetime) -> None:
    """What waits only because of ``outcome`` is judged anew."""
    waits = and_(outbox.c.state == PENDING, outbox.c.outcome == outcome, outbox.c.not_before > now)
    await tx.execute(update(outbox).where(waits).values(not_before=now))


async def lapse_chats(tx: Tx, chats: Collection[bytes], outcome: str, now: datetime) -> None:
    """Everything that waits in these chats ends unsent."""
    if chats:
        waits = and_(outbox.c.chat_id.in_(chats), outbox.c.state == PENDING)
        await tx.execute(update(outbox).where(waits).values(final(State.LAPSED, outcome, now)))
