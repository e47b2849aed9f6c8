"""The audit log: what was done with people's data and with the keys, hash-chained. Content never stands in it.

Of whom an entry is lies sealed in ``mark``, found by a keyed index of the participant; when somebody leaves for good
both are destroyed, and the chain, which covers only a commitment, still holds.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, insert, select, text, update

from cora_bot.base.chance import Chance
from cora_bot.base.clock import to_millis
from cora_bot.base.values import Value
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.tables import audit
from cora_bot.vault.audit_chain import SALT_SIZE, Entry, beginning, commitment, following
from cora_bot.vault.working import Purpose, WorkingKeys

PAGE: Final = 1000
_ONE_AT_A_TIME: Final = 7_301_965  # of PostgreSQL's advisory locks: any number nobody else uses


class Subject(Value):
    """Whom something is about."""

    participant: bytes
    code: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something to be logged. ``facts``: ids, counts, names of the team."""

    action: str
    subject: Subject | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class Mark(Value):
    """What ties an entry to a person: the salt (hex) of its commitment, the case code, the participant's id (hex).

    The id is there so that ``person_index`` can be made anew when the server's keys are exchanged.
    """

    salt: str
    code: str
    participant: str


async def append(tx: Tx, notes: Sequence[Noted], *, log: str, keys: WorkingKeys, chance: Chance, now: datetime) -> None:
    """Behind the last entry of ``log`` (the study's id). To be called last in a transaction: others wait here."""
    if not notes:
        return
    newest = await _newest(tx)
    previous = newest.hash if newest else beginning(log)
    rows = []
    for seq, each in enumerate(notes, start=newest.seq + 1 if newest else 1):
        row = _row(each, seq, keys=keys, chance=chance)
        made = following(previous, seq, at=to_millis(now), action=each.action, subject=row["subject"], facts=each.facts)
        rows.append(row | {"at": now, "hash": made.hash})
        previous = made.hash
    await tx.execute(insert(audit), rows)


async def append_of_nobody(tx: Tx, each: Noted, now: datetime) -> bool:
    """As ``append``, of something that is about no person: it needs no key. Whether it was logged.

    Behind an earlier entry alone: the log's name, which the first follows, is the study's, and is not at hand where
    there are no keys. A log without entries is that of a server on which nothing was ever done.
    """
    newest = await _newest(tx)
    if newest is None or each.subject is not None:
        return False
    made = following(newest.hash, newest.seq + 1, at=to_millis(now), action=each.action, facts=each.facts)
    await tx.execute(insert(audit), [_of_nobody(each, made.seq) | {"at": now, "hash": made.hash}])
    return True


async def _newest(tx: Tx) -> Row[Any] | None:
    """The last entry, behind the lock that whoever adds one takes."""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("SELECT pg_advisory_xact_lock(:of)"), {"of": _ONE_AT_A_TIME})
    query = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    found: Row[Any] | None = (await tx.execute(query)).first()
    return found


def _of_nobody(each: Noted, seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "action": each.action,
        "facts": json.dumps(dict(each.facts), ensure_ascii=False, sort_keys=True),
        "subject": "",
        "mark": None,
        "person_index": None,
    }


def _row(each: Noted, seq: int, *, keys: WorkingKeys, chance: Chance) -> dict[str, Any]:
    row = _of_nobody(each, seq)
    if each.subject is None:
        return row
    salt = chance.bytes(SALT_SIZE)
    mark = Mark(salt.hex(), each.subject.code, each.subject.participant.hex())
    return row | {
        "subject": commitment(salt, each.subject.code),
        "mark": seal_value(keys, Purpose.AUDIT, context(seq), mark, chance),
        "person_index": index(keys, each.subject.participant),
    }


def context(seq: int) -> bytes:
    """What a mark is bound to."""
    return str(seq).encode()


def index(keys: WorkingKeys, participant: bytes) -> bytes:
    return keys.index(b"audit", participant)


def index_of(keys: WorkingKeys, opened: bytes) -> bytes:
    """The index that belongs beside an opened mark."""
    return index(keys, bytes.fromhex(msgspec.json.decode(opened, type=Mark).participant))


async def every(tx: Tx) -> AsyncIterator[Row[Any]]:
    """All rows, oldest first."""
    after = 0
    while page := (await tx.execute(select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(PAGE))).all():
        for row in page:
            yield row
        after = page[-1].seq


def entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, to_millis(row.at), row.action, row.subject, json.loads(row.facts), row.hash)


def mark(row: Row[Any], keys: WorkingKeys) -> Mark | None:
    """Of whom an entry is; None where it is of nobody, or no longer known. Raises ``NotOpened``."""
    return open_value(keys, Purpose.AUDIT, context(row.seq), row.mark, Mark) if row.mark is not None else None


async def cut(tx: Tx, keys: WorkingKeys, participants: Collection[bytes]) -> None:
    """Nothing in the log leads to these people any more; that something happened stays."""
    if participants:
        theirs = audit.c.person_index.in_([one for each in participants for one in keys.indexes(b"audit", each)])
        await tx.execute(update(audit).where(theirs).values(mark=None, person_index=None))
