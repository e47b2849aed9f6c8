"""Participants' own copies: sealed records that they alone can open, and their key, sealed under a code of theirs.

A copy has an id of its own, and its record is found by a keyed index: otherwise this table would tell, without any key,
which case a participant is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import own_copy, own_key
from cora_bot.vault.own_copy import OwnKey
from cora_bot.vault.recipients import Recipient
from cora_bot.vault.working import WorkingKeys

_INDEX = b"own copy"
"""Not made anew when the server's keys are exchanged: the record's id stands nowhere. It is needed while a form is
open, and the earlier keys are kept longer than that."""


class Copy(Value):
    """``record`` is the id of the record this is a copy of."""

    participant: bytes
    record: bytes
    blob: bytes


async def write_key(tx: Tx, participant: bytes, key: OwnKey) -> None:
    """From now on this key; what was sealed to an earlier one goes with it."""
    await tx.execute(delete(own_copy).where(own_copy.c.participant_id == participant))
    change = upsert(tx, own_key)
    changed = {"recipient": change.excluded.recipient, "sealed": change.excluded.sealed}
    await tx.execute(
        change.on_conflict_do_update(index_elements=["participant_id"], set_=changed),
        {"participant_id": participant, "recipient": key.recipient.encode(), "sealed": key.sealed},
    )


async def keys_of(tx: Tx, participants: Collection[bytes]) -> dict[bytes, OwnKey]:
    """By participant; who keeps no copy is absent."""
    if not participants:
        return {}
    rows = await tx.execute(select(own_key).where(own_key.c.participant_id.in_(participants)))
    return {row.participant_id: OwnKey(Recipient.parse(row.recipient), row.sealed) for row in rows}


async def write(tx: Tx, copies: Sequence[Copy], *, keys: WorkingKeys, chance: Chance) -> None:
    if copies:
        rows = [
            {
                "id": new_id(chance),
                "participant_id": each.participant,
                "record_index": keys.index(_INDEX, each.record),
                "blob": each.blob,
            }
            for each in copies
        ]
        await tx.execute(insert(own_copy), rows)


async def drop(tx: Tx, records: Collection[bytes], keys: WorkingKeys) -> None:
    """Copies of records that no longer count."""
    if records:
        dropped = [one for each in records for one in keys.indexes(_INDEX, each)]
        await tx.execute(delete(own_copy).where(own_copy.c.record_index.in_(dropped)))


async def of(tx: Tx, participant: bytes) -> list[bytes]:
    """The sealed copies of this person, in no order."""
    query = select(own_copy.c.blob).where(own_copy.c.participant_id == participant)
    return list((await tx.execute(query)).scalars())
