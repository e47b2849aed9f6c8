"""Sealed records: two random ids and a blob. No order, no time: both lie inside the seal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import upsert
from cora_bot.store.tables import cutting, erased_case, record


class Blob(Value):
    """A record as stored: an age file inside its case's erasure wrap."""

    id: bytes
    case: bytes
    blob: bytes


_WRITE = prepared_insert(record, lambda insert: insert)
_CUTTINGS = prepared(select(cutting))
_REMOVE = prepared(delete(record).where(record.c.id.in_(several("ids"))))


async def write(tx: Tx, blobs: Sequence[Blob]) -> None:
    if blobs:
        # By id, not by time: on PostgreSQL rows stand in the order they were written.
        rows = [{"id": each.id, "case_id": each.case, "blob": each.blob} for each in blobs]
        await tx.execute(_WRITE, sorted(rows, key=lambda row: row["id"]))


async def remove(tx: Tx, ids: Collection[bytes]) -> None:
    if ids:
        await tx.execute(_REMOVE, {"ids": list(ids)})


async def remove_cases(tx: Tx, cases: Collection[bytes], now: datetime) -> None:
    """Deletes everything of these cases, and remembers those that had anything: the next export deletes it too."""
    if not cases:
        return
    had = set((await tx.execute(select(record.c.case_id).where(record.c.case_id.in_(cases)).distinct())).scalars())
    if had:
        await tx.execute(delete(record).where(record.c.case_id.in_(had)))
        add = upsert(tx, erased_case).on_conflict_do_nothing(index_elements=["case_id"])
        await tx.execute(add, [{"case_id": case, "at": now} for case in sorted(had)])


async def page(tx: Tx, after: bytes, count: int) -> list[Blob]:
    query = select(record).where(record.c.id > after).order_by(record.c.id).limit(count)
    return [Blob(row.id, row.case_id, row.blob) for row in await tx.execute(query)]


async def count(tx: Tx) -> int:
    return int((await tx.execute(select(func.count()).select_from(record))).scalar_one())


async def count_of(tx: Tx, cases: Collection[bytes]) -> dict[bytes, int]:
    """How many records each of these cases has; who has none is absent."""
    query = select(record.c.case_id, func.count()).where(record.c.case_id.in_(cases)).group_by(record.c.case_id)
    return {case: int(number) for case, number in await tx.execute(query)}


async def cases(tx: Tx) -> list[bytes]:
    """Every case that has a record."""
    return list((await tx.execute(select(record.c.case_id).distinct())).scalars())


async def erased(tx: Tx) -> list[bytes]:
    return list((await tx.execute(select(erased_case.c.case_id).order_by(erased_case.c.case_id))).scalars())


async def begin_cutting(tx: Tx, people: Mapping[bytes, bytes | None]) -> None:
    """Remembers whose link and key (participant → case) the key store still has to destroy; None: only the link."""
    if people:
        add = upsert(tx, cutting).on_conflict_do_nothing(index_elements=["participant_id"])
        await tx.execute(add, [{"participant_id": who, "case_id": case} for who, case in people.items()])


async def cuttings(tx: Tx) -> dict[bytes, bytes | None]:
    return {row.participant_id: row.case_id for row in await tx.execute(_CUTTINGS)}


async def end_cutting(tx: Tx, people: Collection[bytes]) -> None:
    if people:
        await tx.execute(delete(cutting).where(cutting.c.participant_id.in_(people)))
