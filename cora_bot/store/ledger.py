"""The contact ledger: every message that was to be sent unasked, why, and what became of it. Replies are no part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared
from cora_bot.store.statements import is_flag
from cora_bot.store.tables import State, outbox

_PURGE = prepared(
    delete(outbox).where(is_flag(outbox.c.unsolicited, False), outbox.c.finished_at < bindparam("before"))
)


class Contact(Value):
    """One line of the contact ledger: why a message was to be sent unasked, and what became of it."""

    participant: bytes
    reason: str
    state: State
    outcome: str
    wave: str | None
    number: int | None
    created_at: datetime
    finished_at: datetime | None


async def contacts(tx: Tx, people: Collection[bytes]) -> dict[bytes, list[Contact]]:
    query = (
        select(outbox)
        .where(outbox.c.participant_id.in_(people), is_flag(outbox.c.unsolicited, True))
        .order_by(outbox.c.participant_id, outbox.c.id)
    )
    found: dict[bytes, list[Contact]] = defaultdict(list)
    for row in await tx.execute(query):
        found[row.participant_id].append(
            Contact(
                row.participant_id, row.reason, State(row.state), row.outcome, row.wave, row.number,
                row.created_at, row.finished_at,
            )
        )  # fmt: skip
    return found


async def purge_replies(tx: Tx, before: datetime) -> int:
    """Deletes ended replies: only unsolicited rows are a ledger."""
    return (await tx.execute(_PURGE, {"before": before})).rowcount
