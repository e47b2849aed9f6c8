"""Occurrences: who is asked what, when. One row a person, wave and number; ``next_at`` is when the due loop looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, update

from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import upsert
from cora_bot.store.tables import occurrence
from cora_bot.study.model import FINAL_STEPS, Planned, Step

Place = tuple[str, int]
"""Wave and number."""

OPEN_STEPS = sorted(step.value for step in Step if step not in FINAL_STEPS)
_FIELDS = (
    "local", "opens", "closes", "reminders", "step", "next_at", "sent", "put_away", "reason",
    "opened_at", "finished_at",
)  # fmt: skip
_KEY = ["participant_id", "wave", "number"]


class Due(NamedTuple):
    participant: bytes
    wave: str
    number: int


def place(each: Occurrence) -> Place:
    return each.wave, each.number


def _occurrence(row: Row[Any]) -> Occurrence:
    return Occurrence(
        row.wave, row.number, row.local, row.opens, row.closes, row.reminders, Step(row.step), row.next_at,
        row.sent, row.put_away, row.reason, row.opened_at, row.finished_at,
    )  # fmt: skip


def _open(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        select(occurrence)
        .where(occurrence.c.participant_id.in_(several("people")), wanted)
        .order_by(occurrence.c.opens, occurrence.c.wave, occurrence.c.number)
    )


_IS_OPEN = occurrence.c.step.in_(OPEN_STEPS)
_AGAIN = and_(occurrence.c.step == Step.COMPLETE.value, occurrence.c.closes > bindparam("until"))
_OPEN = prepared(_open(_IS_OPEN))
_OPEN_OR_AGAIN = prepared(_open(or_(_IS_OPEN, _AGAIN)))
_DUE = prepared(
    select(occurrence.c.participant_id, occurrence.c.wave, occurrence.c.number)
    .where(occurrence.c.next_at <= bindparam("by_now"))
    .order_by(occurrence.c.next_at)
    .limit(bindparam("most"))
)
_STANDING = prepared(
    select(*(occurrence.c[name] for name in (*_KEY, "step", "closes"))).where(
        occurrence.c.participant_id.in_(several("people"))
    )
)
_EARLIEST = prepared(
    select(occurrence.c.next_at).where(occurrence.c.next_at.is_not(None)).order_by(occurrence.c.next_at).limit(1)
)


def _upsert(insert: Any) -> Any:
    new: dict[str, Any] = {name: insert.excluded[name] for name in _FIELDS}
    new["sent"] = case((new["sent"] < occurrence.c.sent, occurrence.c.sent), else_=new["sent"])
    return insert.on_conflict_do_update(index_elements=_KEY, set_=new)


_WRITE = prepared_insert(occurrence, _upsert)


async def open_of(
    tx: Tx, participant_ids: Collection[bytes], answered_until: datetime | None = None
) -> dict[bytes, list[Occurrence]]:
    """What is not final yet, earliest first; and what is complete and closes after ``answered_until``, where given."""
    people = {"people": list(participant_ids)}
    if answered_until is None:
        rows = await tx.execute(_OPEN, people)
    else:
        rows = await tx.execute(_OPEN_OR_AGAIN, people | {"until": answered_until})
    found: dict[bytes, list[Occurrence]] = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(_occurrence(row))
    return found


async def due(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """What the due loop has to look at, earliest first."""
    rows = await tx.execute(_DUE, {"by_now": now, "most": limit})
    return [Due(row.participant_id, row.wave, row.number) for row in rows]


class Standing(NamedTuple):
    """Where an occurrence stands now, and until when it can be opened as things are now."""

    step: Step
    closes: datetime


async def standing(tx: Tx, places: Collection[Due]) -> dict[Due, Standing]:
    """Those of ``places`` that are there."""
    # By person: SQLite goes through everybody's occurrences to find a triple in a list.
    rows = await tx.execute(_STANDING, {"people": list({each.participant for each in places})})
    found = {Due(row.participant_id, row.wave, row.number): row for row in rows}
    return {each: Standing(Step(found[each].step), found[each].closes) for each in places if each in found}


async def write(tx: Tx, changed: Mapping[bytes, Sequence[Occurrence]]) -> None:
    """Inserts or updates, by participant. ``sent`` never falls: the keys of unsolicited messages count on it."""
    rows = [
        {"participant_id": who, "wave": each.wave, "number": each.number}
        | {name: getattr(each, name) for name in _FIELDS}
        for who, several in changed.items()
        for each in several
    ]
    if rows:
        await tx.execute(_WRITE, rows)


async def replan(tx: Tx, who: bytes, plan: Sequence[Planned], *, status: Status, now: datetime) -> None:
    """Moves everything that still waits to where ``plan`` wants it; what the plan no longer names is cancelled.

    What was sent, opened or finished stays as it was. What was cancelled and is still to come lives again.
    """
    waits = and_(occurrence.c.participant_id == who, occurrence.c.step == Step.PLANNED.value)
    reason = "stopped" if status is Status.STOPPED else "replanned"
    cancelled = {"step": Step.CANCELLED.value, "reason": reason, "next_at": None, "finished_at": now}
    await tx.execute(update(occurrence).where(waits).values(cancelled))
    if not plan:
        return
    insert = upsert(tx, occurrence)
    moved = {name: insert.excluded[name] for name in _FIELDS if name not in ("sent", "put_away")}
    # Those cancelled a line above come back wherever the plan puts them; older ones only if they are still to come.
    back = and_(
        occurrence.c.step == Step.CANCELLED.value,
        or_(insert.excluded.closes > now, occurrence.c.finished_at == now),
    )
    statement = insert.on_conflict_do_update(index_elements=_KEY, set_=moved, where=back)
    await tx.execute(statement, [_planned_row(who, each) for each in plan])


def _planned_row(who: bytes, planned: Planned) -> dict[str, Any]:
    return {
        "participant_id": who,
        "wave": planned.wave,
        "number": planned.number,
        "local": planned.local,
        "opens": planned.opens,
        "closes": planned.closes,
        "reminders": planned.reminders,
        "step": Step.PLANNED,
        "next_at": planned.opens,
        "sent": 0,
        "put_away": 0,
        "reason": "",
        "opened_at": None,
        "finished_at": None,
    }


async def put_off(tx: Tx, each: Due, until: datetime) -> None:
    """Looks at it again later."""
    await tx.execute(update(occurrence).where(_here(each)).values(next_at=until))


async def lapse(tx: Tx, each: Due, reason: str, now: datetime) -> None:
    final = {"step": Step.LAPSED.value, "reason": reason, "next_at": None, "finished_at": now}
    await tx.execute(update(occurrence).where(_here(each)).values(final))


def _here(each: Due) -> ColumnElement[bool]:
    return and_(
        occurrence.c.participant_id == each.participant,
        occurrence.c.wave == each.wave,
        occurrence.c.number == each.number,
    )


async def overdue(tx: Tx, now: datetime) -> tuple[int, datetime | None]:
    """How many are due and have not been looked at, and since when the first of them."""
    query = select(func.count(), func.min(occurrence.c.next_at)).where(occurrence.c.next_at <= now)
    count, first = (await tx.execute(query)).one()
    return int(count), first


async def earliest(tx: Tx) -> datetime | None:
    found: datetime | None = (await tx.execute(_EARLIEST)).scalar()
    return found


async def next_due(tx: Tx, people: Collection[bytes]) -> dict[bytes, datetime]:
    """When the due loop looks at each of these people again; who has nothing to come is absent."""
    query = (
        select(occurrence.c.participant_id, func.min(occurrence.c.next_at).label("next_at"))
        .where(occurrence.c.participant_id.in_(people), occurrence.c.next_at.is_not(None))
        .group_by(occurrence.c.participant_id)
    )
    return {row.participant_id: row.next_at for row in await tx.execute(query)}


async def all_of(tx: Tx, people: Collection[bytes]) -> dict[bytes, list[Occurrence]]:
    """Every occurrence of these people, final ones too."""
    query = (
        select(occurrence)
        .where(occurrence.c.participant_id.in_(people))
        .order_by(occurrence.c.participant_id, occurrence.c.opens, occurrence.c.wave, occurrence.c.number)
    )
    found: dict[bytes, list[Occurrence]] = defaultdict(list)
    for row in await tx.execute(query):
        found[row.participant_id].append(_occurrence(row))
    return found
