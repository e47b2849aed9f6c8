"""Open sessions: one a person at most, sealed under the working key, gone the moment the form is finished."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from cora_bot.base.chance import Chance
from cora_bot.dialogue.conversation import Session, Status
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.tables import participant, session
from cora_bot.vault.working import Purpose, WorkingKeys

_OF = prepared(
    select(session.c.participant_id, session.c.sealed).where(session.c.participant_id.in_(several("people")))
)
_WRITE = prepared_insert(
    session,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["participant_id"],
        set_={name: insert.excluded[name] for name in ("id", "form_hash", "sealed", "touched_at")},
    ),
)
_REMOVE = prepared(delete(session).where(session.c.participant_id.in_(several("people"))))


_PURGE = prepared(
    delete(session).where(
        session.c.touched_at < bindparam("before"),
        session.c.participant_id.in_(select(participant.c.id).where(participant.c.status == Status.ENROLLING.value)),
    )
)


async def of_participants(tx: Tx, keys: WorkingKeys, ids: Collection[bytes]) -> dict[bytes, Session]:
    return {
        row.participant_id: open_value(keys, Purpose.SESSION, row.participant_id, row.sealed, Session)
        for row in await tx.execute(_OF, {"people": list(ids)})
    }


async def write(tx: Tx, sessions: Mapping[bytes, Session], *, keys: WorkingKeys, chance: Chance, now: datetime) -> None:
    """By participant; a session begun after another takes its place."""
    if not sessions:
        return
    rows = [
        {
            "id": each.id,
            "participant_id": who,
            "form_hash": each.form_hash,
            "sealed": seal_value(keys, Purpose.SESSION, who, each, chance),
            "touched_at": now,
        }
        for who, each in sessions.items()
    ]
    await tx.execute(_WRITE, rows)


async def remove(tx: Tx, participant_ids: Collection[bytes]) -> None:
    if participant_ids:
        await tx.execute(_REMOVE, {"people": list(participant_ids)})


async def purge_enrolling(tx: Tx, before: datetime) -> int:
    """Deletes what people said who began to enrol and have said nothing more since ``before``."""
    return (await tx.execute(_PURGE, {"before": before})).rowcount


async def versions_in_use(tx: Tx) -> list[str]:
    return sorted((await tx.execute(select(session.c.form_hash).distinct())).scalars())
