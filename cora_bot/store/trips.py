"""Trips and their slots. A seat is a row: to book is to take one that is free, and nobody can make another.

Whoever changes what is booked locks the trip first, after the chats (``lock``): what is free is then as it was loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update

from cora_bot.base.chance import Chance
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.statements import is_flag, upsert
from cora_bot.store.tables import seat, slot, slot_cell, trip
from cora_bot.study.visits.plan import cells
from cora_bot.study.visits.trip import Bookable, Slot, Trip
from cora_bot.vault.working import Purpose, WorkingKeys

_FIELDS = ("interviewer", "place", "starts", "ends", "held_from", "held_until", "interpreter")


async def lock(tx: Tx, ids: Collection[str]) -> None:
    """Nobody else books on these trips until this transaction ends. On SQLite the write lock does that already."""
    if ids and tx.dialect.name != "sqlite":
        await tx.execute(select(trip.c.id).where(trip.c.id.in_(ids)).order_by(trip.c.id).with_for_update())


async def load(tx: Tx, keys: WorkingKeys, ids: Collection[str] | None = None) -> dict[str, Trip]:
    """These trips, or all of them, the latest made last."""
    query = select(trip.c.id, trip.c.sealed).order_by(trip.c.made_at, trip.c.id)
    if ids is not None:
        query = query.where(trip.c.id.in_(ids))
    rows = await tx.execute(query)
    return {row.id: open_value(keys, Purpose.TRIP, row.id.encode(), row.sealed, Trip) for row in rows}


async def write(tx: Tx, new: Trip, ends: datetime, *, keys: WorkingKeys, chance: Chance, now: datetime) -> None:
    sealed = seal_value(keys, Purpose.TRIP, new.id.encode(), new, chance)
    statement = upsert(tx, trip)
    changed = {"sealed": statement.excluded.sealed, "ends": statement.excluded.ends}
    row = {"id": new.id, "sealed": sealed, "ends": ends, "made_at": now}
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), row)


async def ends(tx: Tx) -> dict[str, datetime]:
    """When the last time of each trip is over."""
    return {row.id: row.ends for row in await tx.execute(select(trip.c.id, trip.c.ends))}


async def bookable(tx: Tx, ids: Collection[str], after: datetime) -> dict[str, tuple[Bookable, ...]]:
    """By trip every slot that begins later than ``after`` and takes place, earliest first, with its free seats."""
    if not ids:
        return {}
    wanted = and_(slot.c.trip_id.in_(ids), slot.c.starts > after, is_flag(slot.c.called_off, False))
    rows = (await tx.execute(select(slot).where(wanted).order_by(slot.c.starts, slot.c.id))).all()
    seats = await _seats(tx, [row.id for row in rows])
    found: dict[str, list[Bookable]] = defaultdict(list)
    for row in rows:
        several = seats.get(row.id, [])
        free = tuple(number for number, taken in several if taken is None)
        found[row.trip_id].append(Bookable(_slot(row, len(several)), free))
    return {trip_id: tuple(several) for trip_id, several in found.items()}


async def slots_by_id(tx: Tx, ids: Collection[int]) -> dict[int, Slot]:
    """These slots, past ones and called off ones too."""
    if not ids:
        return {}
    seats = await _seats(tx, ids)
    rows = await tx.execute(select(slot).where(slot.c.id.in_(ids)))
    return {row.id: _slot(row, len(seats.get(row.id, []))) for row in rows}


async def _seats(tx: Tx, ids: Collection[int]) -> dict[int, list[tuple[int, bytes | None]]]:
    query = select(seat).where(seat.c.slot_id.in_(ids)).order_by(seat.c.slot_id, seat.c.number)
    found: dict[int, list[tuple[int, bytes | None]]] = defaultdict(list)
    for row in await tx.execute(query):
        found[row.slot_id].append((row.number, row.visit_id))
    return found


def _slot(row: Row[Any], seats: int) -> Slot:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return Slot(id=row.id, seats=seats, languages=tuple(row.languages.split()), **fields)


async def of_trip(tx: Tx, trip_id: str) -> dict[Slot, dict[int, bytes | None]]:
    """Every slot of a trip that takes place, with who sits where (visit ids)."""
    query = select(slot).where(slot.c.trip_id == trip_id, is_flag(slot.c.called_off, False)).order_by(slot.c.starts)
    rows = (await tx.execute(query)).all()
    seats = await _seats(tx, [row.id for row in rows])
    return {_slot(row, len(seats[row.id])): dict(seats[row.id]) for row in rows}


async def add(tx: Tx, trip_id: str, new: Sequence[Slot]) -> None:
    """New slots with their seats and the interviewers' time. The database refuses what overlaps."""
    for each in new:
        row = {name: getattr(each, name) for name in _FIELDS}
        row |= {"trip_id": trip_id, "languages": " ".join(each.languages), "called_off": False}
        slot_id = (await tx.execute(insert(slot).values(row).returning(slot.c.id))).scalar_one()
        await tx.execute(insert(slot_cell), [_cell(each, slot_id, number) for number in cells(each)])
        await resize(tx, slot_id, had=0, wanted=each.seats)


def _cell(each: Slot, slot_id: int, number: int) -> dict[str, object]:
    return {"interviewer": each.interviewer, "cell": number, "slot_id": slot_id}


async def resize(tx: Tx, slot_id: int, *, had: int, wanted: int) -> None:
    """More or fewer seats. Those that go must be free: the highest numbers are, where people were moved down before."""
    if wanted > had:
        new = [{"slot_id": slot_id, "number": number, "visit_id": None} for number in range(had + 1, wanted + 1)]
        await tx.execute(insert(seat), new)
    elif wanted < had:
        free = and_(seat.c.slot_id == slot_id, seat.c.visit_id.is_(None))
        query = select(seat.c.number).where(free).order_by(seat.c.number.desc()).limit(had - wanted)
        numbers = list((await tx.execute(query)).scalars())
        await tx.execute(delete(seat).where(free, seat.c.number.in_(numbers)))


async def remove(tx: Tx, ids: Collection[int]) -> None:
    """Slots nobody has ever booked."""
    if ids:
        await tx.execute(delete(slot).where(slot.c.id.in_(ids)))


async def sitting(tx: Tx, ids: Collection[int]) -> set[bytes]:
    """The visits that hold a seat in these slots."""
    query = select(seat.c.visit_id).where(seat.c.slot_id.in_(ids), seat.c.visit_id.is_not(None))
    return set((await tx.execute(query)).scalars())


async def call_off(tx: Tx, ids: Collection[int]) -> None:
    """They do not take place: nobody can book them, and the interviewer's time is free."""
    if ids:
        await tx.execute(update(slot).where(slot.c.id.in_(ids)).values(called_off=True))
        await tx.execute(delete(slot_cell).where(slot_cell.c.slot_id.in_(ids)))


async def called_off(tx: Tx, trip_id: str) -> dict[tuple[str, datetime], int]:
    """Slots of a trip that were called off, by interviewer and start."""
    query = select(slot).where(slot.c.trip_id == trip_id, is_flag(slot.c.called_off, True))
    return {(row.interviewer, row.starts): row.id for row in await tx.execute(query)}


async def free(tx: Tx, visits: Collection[bytes]) -> None:
    """The seats of these visits are free again."""
    if visits:
        await tx.execute(update(seat).where(seat.c.visit_id.in_(visits)).values(visit_id=None))


async def take(tx: Tx, taken: Mapping[bytes, tuple[int, int]]) -> None:
    """Each visit takes its seat (slot, number), which is free behind the lock. Raises ``LookupError`` where it is not:
    then this transaction must not commit."""
    for visit_id, (slot_id, number) in taken.items():
        here = and_(seat.c.slot_id == slot_id, seat.c.number == number, seat.c.visit_id.is_(None))
        result = await tx.execute(update(seat).where(here).values(visit_id=visit_id))
        if result.rowcount != 1:
            raise LookupError("a seat was taken behind the lock")


async def free_seats(tx: Tx, trip_id: str, after: datetime) -> int:
    """How many seats are free in slots that begin later than ``after``."""
    query = (
        select(func.count())
        .select_from(slot)
        .join(seat, seat.c.slot_id == slot.c.id)
        .where(
            slot.c.trip_id == trip_id,
            slot.c.starts > after,
            is_flag(slot.c.called_off, False),
            seat.c.visit_id.is_(None),
        )
    )
    return int((await tx.execute(query)).scalar_one())
