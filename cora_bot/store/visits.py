"""Visits: who is invited to which trip, and how it stands. One row a person and trip."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Text, and_, bindparam, func, literal_column, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value, replace
from cora_bot.store import trips
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, several
from cora_bot.store.statements import upsert
from cora_bot.store.tables import trip, visit
from cora_bot.study.visits.trip import Way
from cora_bot.study.visits.visit import News, Request, Standing, Visit, Wish
from cora_bot.vault.working import Purpose, WorkingKeys

LASTS = timedelta(days=14)
"""So long after its last slot a trip's visits are still spoken about: for the question of the day after."""

# Written into the statement, not bound: a partial index is used only where the planner can see that it fits.
WAITS = literal_column(f"'{Standing.WAITING}'", Text)
_FIELDS = (
    "standing", "seat", "way", "deadline", "due", "next_at", "told", "sent", "opened", "moves", "misses",
    "sequence", "confirmed", "late", "request", "reason", "since",
)  # fmt: skip
_KINDS = {"standing": Standing, "way": Way, "due": News, "told": News, "request": Request}


class _Inside(Value):
    """What is sealed of a visit."""

    wishes: int = 0
    wished: bool = False
    language: str = ""
    city: str = ""
    word: int = -1
    called_off: datetime | None = None
    put_off: datetime | None = None
    repeats: int = 0


class Due(NamedTuple):
    visit: bytes
    participant: bytes


class Changed(NamedTuple):
    """A visit as it was loaded (None: it is new) and as it is to be."""

    before: Visit | None
    after: Visit


def _visit(row: Row[Any], keys: WorkingKeys) -> Visit:
    inside = open_value(keys, Purpose.VISIT, row.id, row.sealed, _Inside)
    fields: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    fields |= {name: kind(fields[name]) for name, kind in _KINDS.items()}
    known = Visit(id=row.id, trip=row.trip_id, slot=row.slot_id, **fields)
    return replace(
        known,
        wishes=Wish(inside.wishes),
        wished=inside.wished,
        language=inside.language,
        city=inside.city,
        word=inside.word,
        called_off=inside.called_off,
        put_off=inside.put_off,
        repeats=inside.repeats,
    )


def _row(each: Visit, who: bytes, *, keys: WorkingKeys, chance: Chance, now: datetime) -> dict[str, Any]:
    inside = _Inside(
        wishes=int(each.wishes),
        wished=each.wished,
        language=each.language,
        city=each.city,
        word=each.word,
        called_off=each.called_off,
        put_off=each.put_off,
        repeats=each.repeats,
    )
    row = {name: getattr(each, name) for name in _FIELDS}
    sealed = seal_value(keys, Purpose.VISIT, each.id, inside, chance)
    return row | {
        "id": each.id,
        "trip_id": each.trip,
        "participant_id": who,
        "slot_id": each.slot,
        "sealed": sealed,
        "made_at": now,
    }


_MINE = visit.c.participant_id.in_(several("people"))
_ALL = prepared(select(visit).where(_MINE).order_by(visit.c.made_at, visit.c.id))
_UNDER_WAY = prepared(
    select(visit).join(trip).where(_MINE, trip.c.ends > bindparam("ended")).order_by(visit.c.made_at, visit.c.id)
)
_DUE = prepared(
    select(visit.c.id, visit.c.participant_id)
    .where(visit.c.next_at <= bindparam("by_now"))
    .order_by(visit.c.next_at, visit.c.id)
    .limit(bindparam("most"))
)
_EARLIEST = prepared(select(visit.c.next_at).where(visit.c.next_at.is_not(None)).order_by(visit.c.next_at).limit(1))
_WAITING = prepared(
    select(visit.c.trip_id, visit.c.id)
    .where(visit.c.standing == WAITS, visit.c.next_at.is_(None))
    .order_by(visit.c.trip_id, visit.c.since, visit.c.id)
)


async def of_participants(
    tx: Tx, keys: WorkingKeys, ids: Collection[bytes], now: datetime | None = None
) -> dict[bytes, Visit]:
    """The visit of each of these people on the latest trip that is not long over."""
    people = {"people": list(ids)}
    rows = await (tx.execute(_ALL, people) if now is None else tx.execute(_UNDER_WAY, people | {"ended": now - LASTS}))
    return {row.participant_id: _visit(row, keys) for row in rows}


async def of_trip(tx: Tx, keys: WorkingKeys, trip_id: str) -> dict[bytes, Visit]:
    """By participant."""
    query = select(visit).where(visit.c.trip_id == trip_id).order_by(visit.c.made_at, visit.c.id)
    return {row.participant_id: _visit(row, keys) for row in await tx.execute(query)}


async def by_ids(tx: Tx, keys: WorkingKeys, ids: Collection[bytes]) -> dict[bytes, Visit]:
    if not ids:
        return {}
    return {row.id: _visit(row, keys) for row in await tx.execute(select(visit).where(visit.c.id.in_(ids)))}


async def write(tx: Tx, changed: Mapping[bytes, Changed], *, keys: WorkingKeys, chance: Chance, now: datetime) -> None:
    """By participant. First whatever is given up becomes free, then what is taken is taken."""
    if not changed:
        return
    moved = [each for each in changed.values() if _place(each.before) != _place(each.after)]
    await trips.free(tx, [each.before.id for each in moved if each.before is not None])
    insert = upsert(tx, visit)
    new = {name: insert.excluded[name] for name in (*_FIELDS, "slot_id", "sealed")}
    rows = [_row(each.after, who, keys=keys, chance=chance, now=now) for who, each in changed.items()]
    await tx.execute(insert.on_conflict_do_update(index_elements=["id"], set_=new), rows)
    await trips.take(tx, {each.after.id: place for each in moved if (place := _place(each.after)) is not None})


def _place(each: Visit | None) -> tuple[int, int] | None:
    """The seat a visit holds. One that is over keeps its slot as history, and holds it: nobody else sat there."""
    return None if each is None or each.slot is None else (each.slot, each.seat)


async def due(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """What the due loop has to look at, earliest first."""
    rows = await tx.execute(_DUE, {"by_now": now, "most": limit})
    return [Due(row.id, row.participant_id) for row in rows]


async def earliest(tx: Tx) -> datetime | None:
    found: datetime | None = (await tx.execute(_EARLIEST)).scalar()
    return found


async def put_off(tx: Tx, visit_id: bytes, until: datetime | None) -> None:
    await tx.execute(update(visit).where(visit.c.id == visit_id).values(next_at=until))


async def untold(tx: Tx, ids: Collection[bytes]) -> set[bytes]:
    """Those of these visits about which there is nothing to open any more."""
    if not ids:
        return set()
    query = select(visit.c.id).where(visit.c.id.in_(ids), visit.c.told == News.NONE.value)
    return set((await tx.execute(query)).scalars())


async def waiting(tx: Tx) -> dict[str, list[bytes]]:
    """By trip the visits on its waiting list that nothing is planned for, first come first."""
    found: dict[str, list[bytes]] = {}
    for row in await tx.execute(_WAITING):
        found.setdefault(row.trip_id, []).append(row.id)
    return found


async def called(tx: Tx, now: datetime) -> dict[str, int]:
    """By trip how many people were told that a time is free and may still choose one."""
    told = and_(visit.c.standing == Standing.INVITED.value, visit.c.since.is_not(None), visit.c.deadline > now)
    query = select(visit.c.trip_id, func.count().label("people")).where(told).group_by(visit.c.trip_id)
    return {row.trip_id: row.people for row in await tx.execute(query)}


async def wake(tx: Tx, ids: Sequence[bytes], now: datetime) -> None:
    """These are told that a time is free."""
    if ids:
        changed = {"next_at": now, "due": News.FREED.value}
        await tx.execute(update(visit).where(visit.c.id.in_(ids)).values(changed))


async def every_id(tx: Tx) -> list[bytes]:
    return list((await tx.execute(select(visit.c.id))).scalars())


async def invited_already(tx: Tx, trip_id: str) -> set[bytes]:
    return set((await tx.execute(select(visit.c.participant_id).where(visit.c.trip_id == trip_id))).scalars())


async def people_by_visit(tx: Tx, ids: Collection[bytes]) -> dict[bytes, bytes]:
    """Whose visits these are."""
    if not ids:
        return {}
    query = select(visit.c.id, visit.c.participant_id).where(visit.c.id.in_(ids))
    return {row.id: row.participant_id for row in await tx.execute(query)}


async def every_of(tx: Tx, keys: WorkingKeys, ids: Collection[bytes]) -> list[tuple[bytes, Visit]]:
    """Every visit of these people, also of earlier trips, with whose it is."""
    return [(row.participant_id, _visit(row, keys)) for row in await tx.execute(_ALL, {"people": list(ids)})]


async def any_trip(tx: Tx) -> bool:
    return (await tx.execute(select(trip.c.id).limit(1))).first() is not None
