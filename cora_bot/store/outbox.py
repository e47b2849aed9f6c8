"""What is to be sent. Written in the transaction of the turn that wants it; sent later, row by row.

pending → sending (committed before the call) → sent | uncertain | lapsed | superseded | failed, or pending once more.
A chat has one row in flight and one card waiting at most: the database refuses more. A final row keeps no payload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Integer, Row, Select, Text, and_, bindparam, exists, func, literal_column, or_, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value
from cora_bot.dialogue.prompt import Prompt, Spoken
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import is_flag
from cora_bot.store.tables import Kind, Means, State, outbox
from cora_bot.vault.working import Purpose, WorkingKeys

# Written into the statement, not bound: a partial index is used only where the planner can see that it fits.
PENDING = literal_column(f"'{State.PENDING}'", Text)
SENDING = literal_column(f"'{State.SENDING}'", Text)
_PROMPT = msgspec.json.Decoder(Prompt)
_SPOKEN = msgspec.json.Decoder(Spoken)


_KNOWN = prepared(select(outbox.c.key).where(outbox.c.key.in_(several("keys"))))
_CARDS = and_(outbox.c.chat_id.in_(several("chats")), outbox.c.state == PENDING, outbox.c.kind == Kind.CARD.value)
_WAITING_CARDS = prepared(select(outbox.c.id, outbox.c.chat_id, outbox.c.fresh, outbox.c.unsolicited).where(_CARDS))
_SUPERSEDE = prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state=State.SUPERSEDED.value, outcome="superseded", finished_at=bindparam("at"), payload=None)
)
_PUT = prepared_insert(outbox, lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]))
_FIRST = prepared(
    select(outbox)
    .where(outbox.c.chat_id.in_(several("chats")), or_(outbox.c.state == PENDING, outbox.c.state == SENDING))
    .order_by(outbox.c.id)
)
_BY_IDS = prepared(select(outbox).where(outbox.c.id.in_(several("ids"))))


def _heads(unsolicited: bool) -> Select[Any]:
    other = outbox.alias("other")
    by_now, most = bindparam("by_now", type_=outbox.c.not_before.type), bindparam("most", type_=Integer)
    flying = exists().where(other.c.chat_id == outbox.c.chat_id, other.c.state == SENDING)
    earlier = exists().where(
        other.c.chat_id == outbox.c.chat_id,
        other.c.state == PENDING,
        other.c.not_before <= by_now,
        other.c.id < outbox.c.id,
    )
    waiting = and_(outbox.c.state == PENDING, is_flag(outbox.c.unsolicited, unsolicited), outbox.c.not_before <= by_now)
    return (
        select(outbox.c.chat_id)
        .where(waiting, ~flying, ~earlier)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(most)
    )


def _earliest(unsolicited: bool) -> Select[Any]:
    waits = and_(outbox.c.state == PENDING, is_flag(outbox.c.unsolicited, unsolicited))
    return select(outbox.c.not_before).where(waits).order_by(outbox.c.not_before).limit(1)


_HEADS = {unsolicited: prepared(_heads(unsolicited)) for unsolicited in (False, True)}
_EARLIEST = [prepared(_earliest(unsolicited)) for unsolicited in (False, True)]


class Parcel(Value):
    """A row to be put in. ``key`` is its natural key: a second row of that key is not put in."""

    chat: bytes
    key: str
    kind: Kind
    participant: bytes | None = None
    generation: int = 0
    revision: int = 0
    unsolicited: bool = False
    fresh: bool = False
    reason: str = "reply"
    wave: str | None = None
    number: int | None = None
    visit: bytes | None = None
    valid_until: datetime | None = None
    prompt: Prompt | None = None
    message: int | None = None
    spoken: Spoken | None = None


class Waiting(Value):
    """A row as it stands in the outbox. ``payload`` is sealed; ``prompt_of`` opens it."""

    id: int
    chat: bytes
    key: str
    kind: Kind
    participant: bytes | None
    generation: int
    revision: int
    state: State
    means: Means
    unsolicited: bool
    fresh: bool
    reason: str
    wave: str | None
    number: int | None
    visit: bytes | None
    not_before: datetime
    valid_until: datetime | None
    attempts: int
    doubts: int
    payload: bytes | None
    message: int | None
    created_at: datetime


def prompt_of(keys: WorkingKeys, row: Waiting) -> Prompt:
    if row.payload is None:
        raise LookupError(f"outbox row {row.id} has no payload")
    return _PROMPT.decode(keys.open(Purpose.OUTBOX, row.key.encode(), row.payload))


def spoken_of(keys: WorkingKeys, row: Waiting) -> Spoken:
    if row.payload is None:
        raise LookupError(f"outbox row {row.id} has no payload")
    return _SPOKEN.decode(keys.open(Purpose.OUTBOX, row.key.encode(), row.payload))


async def put(tx: Tx, parcels: Sequence[Parcel], *, keys: WorkingKeys, chance: Chance, now: datetime) -> int:
    """Adds rows in this order; returns how many were not there yet. A new card supersedes the one still waiting."""
    known = await _known(tx, [each.key for each in parcels])
    new = {each.key: each for each in parcels if each.key not in known}
    if not new:
        return 0
    inherited = await supersede(tx, [each.chat for each in new.values() if each.kind is Kind.CARD], now)
    rows = [_row(each, keys, chance, now, fresh=each.fresh or each.chat in inherited) for each in new.values()]
    await tx.execute(_PUT, rows)
    return len(new)


async def _known(tx: Tx, wanted: Sequence[str]) -> set[str]:
    if not wanted:
        return set()
    return set((await tx.execute(_KNOWN, {"keys": list(wanted)})).scalars())


async def supersede(tx: Tx, chats: Collection[bytes], now: datetime) -> set[bytes]:
    """Ends the cards of these chats that still wait; gives back the chats that were owed a new message."""
    if not chats:
        return set()
    found = (await tx.execute(_WAITING_CARDS, {"chats": list(chats)})).all()
    if found:
        await tx.execute(_SUPERSEDE, [{"row": row.id, "at": now} for row in found])
    return {row.chat_id for row in found if row.fresh and not row.unsolicited}


def _row(each: Parcel, keys: WorkingKeys, chance: Chance, now: datetime, *, fresh: bool) -> dict[str, Any]:
    payload = None
    content = each.prompt or each.spoken
    if content is not None:
        payload = keys.seal(Purpose.OUTBOX, each.key.encode(), msgspec.json.encode(content), chance)
    return {
        "chat_id": each.chat,
        "participant_id": each.participant,
        "key": each.key,
        "kind": each.kind,
        "generation": each.generation,
        "revision": each.revision,
        "state": State.PENDING,
        "means": Means.NONE,
        "unsolicited": each.unsolicited,
        "fresh": fresh,
        "reason": each.reason,
        "outcome": "",
        "wave": each.wave,
        "number": each.number,
        "visit_id": each.visit,
        "not_before": now,
        "valid_until": each.valid_until,
        "attempts": 0,
        "doubts": 0,
        "payload": payload,
        "message": each.message,
        "created_at": now,
        "finished_at": None,
    }


def final(state: State, outcome: str, now: datetime) -> dict[str, Any]:
    return {"state": state.value, "outcome": outcome, "finished_at": now, "payload": None}


# ---- claiming --------------------------------------------------------------------------------------------------------


async def heads(tx: Tx, now: datetime, limit: int, *, unsolicited: bool) -> list[bytes]:
    """Chats with something that may go now and nothing in flight: replies and unsolicited rows are asked for apart.

    A row that has to wait (quiet hours) holds up none behind it; among those that may go the oldest is first.
    """
    return list((await tx.execute(_HEADS[unsolicited], {"by_now": now, "most": limit})).scalars())


async def first_of(tx: Tx, chats: Collection[bytes], now: datetime) -> list[Waiting]:
    """What each of these (locked) chats would send now, replies first; a chat with a row in flight has none."""
    rows: dict[bytes, list[Row[Any]]] = defaultdict(list)
    for row in await tx.execute(_FIRST, {"chats": list(chats)}):
        rows[row.chat_id].append(row)
    found = [first for of_chat in rows.values() if (first := _first(of_chat, now))]
    return sorted(found, key=lambda each: (each.unsolicited, each.id))


def _first(of_chat: Sequence[Row[Any]], now: datetime) -> Waiting | None:
    if any(row.state != State.PENDING.value for row in of_chat):
        return None
    return next((_waiting(row) for row in of_chat if row.not_before <= now), None)


async def sending(tx: Tx) -> list[Waiting]:
    """What was in flight when the last sender ended."""
    rows = await tx.execute(select(outbox).where(outbox.c.state == SENDING))
    return sorted((_waiting(row) for row in rows), key=lambda each: each.id)


class Standing(Value):
    """How many rows wait and may go now, since when the first of them, and how many are in each other state."""

    replies: int
    unsolicited: int
    since: datetime | None
    states: dict[State, int]


async def standing(tx: Tx, now: datetime) -> Standing:
    """Pending rows by what the index over them knows; the others by what is kept of them."""
    found = {}
    for unsolicited in (False, True):
        waits = and_(outbox.c.state == PENDING, is_flag(outbox.c.unsolicited, unsolicited), outbox.c.not_before <= now)
        found[unsolicited] = (await tx.execute(select(func.count(), func.min(outbox.c.not_before)).where(waits))).one()
    others = select(outbox.c.state, func.count()).where(outbox.c.state != PENDING).group_by(outbox.c.state)
    states = {State(state): count for state, count in await tx.execute(others)}
    firsts = [first for _, first in found.values() if first is not None]
    return Standing(found[False][0], found[True][0], min(firsts, default=None), states)


async def earliest(tx: Tx) -> datetime | None:
    """When the first waiting row may go."""
    found: list[datetime | None] = [(await tx.execute(each)).scalar() for each in _EARLIEST]
    return min((each for each in found if each is not None), default=None)


async def by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Waiting]:
    return {row.id: _waiting(row) for row in await tx.execute(_BY_IDS, {"ids": list(ids)})}


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        chat=row.chat_id,
        key=row.key,
        kind=Kind(row.kind),
        participant=row.participant_id,
        generation=row.generation,
        revision=row.revision,
        state=State(row.state),
        means=Means(row.means),
        unsolicited=row.unsolicited,
        fresh=row.fresh,
        reason=row.reason,
        wave=row.wave,
        number=row.number,
        visit=row.visit_id,
        not_before=row.not_before,
        valid_until=row.valid_until,
        attempts=row.attempts,
        doubts=row.doubts,
        payload=row.payload,
        message=row.message,
        created_at=row.created_at,
    )
