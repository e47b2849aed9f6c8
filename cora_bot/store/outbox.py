"""What is to be sent. Written in the transaction of the turn that wants it; sent later, row by row.

pending → sending (committed before the call) → sent | uncertain | lapsed | superseded | failed, or pending once more.
A chat has one row in flight and one card waiting at most: the database refuses more. A final row keeps no payload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, delete, exists, select, update

from cora_bot.base.chance import Chance
from cora_bot.dialogue.prompt import Prompt
from cora_bot.store.database import Tx
from cora_bot.store.statements import is_flag, upsert
from cora_bot.store.tables import Kind, Means, State, outbox
from cora_bot.vault.working import Purpose, WorkingKeys

LIVE = (State.PENDING.value, State.SENDING.value)
_PROMPT = msgspec.json.Decoder(Prompt)


@dataclass(frozen=True, slots=True)
class Parcel:
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
    valid_until: datetime | None = None
    prompt: Prompt | None = None
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
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


async def put(tx: Tx, parcels: Sequence[Parcel], *, keys: WorkingKeys, chance: Chance, now: datetime) -> int:
    """Adds rows in this order; returns how many were not there yet. A new card supersedes the one still waiting."""
    known = await _known(tx, [each.key for each in parcels])
    new = {each.key: each for each in parcels if each.key not in known}
    if not new:
        return 0
    inherited = await _supersede(tx, [each.chat for each in new.values() if each.kind is Kind.CARD], now)
    rows = [_row(each, keys, chance, now, fresh=each.fresh or each.chat in inherited) for each in new.values()]
    await tx.execute(upsert(tx, outbox).on_conflict_do_nothing(index_elements=["key"]), rows)
    return len(new)


async def _known(tx: Tx, wanted: Sequence[str]) -> set[str]:
    if not wanted:
        return set()
    return set((await tx.execute(select(outbox.c.key).where(outbox.c.key.in_(wanted)))).scalars())


async def _supersede(tx: Tx, chats: Collection[bytes], now: datetime) -> set[bytes]:
    """Ends the cards of these chats that still wait; gives back the chats that were owed a new message."""
    if not chats:
        return set()
    waits = and_(outbox.c.chat_id.in_(chats), outbox.c.state == State.PENDING.value, outbox.c.kind == Kind.CARD.value)
    owed = select(outbox.c.chat_id).where(waits, is_flag(outbox.c.fresh, True), is_flag(outbox.c.unsolicited, False))
    found = set((await tx.execute(owed)).scalars())
    await tx.execute(update(outbox).where(waits).values(_final(State.SUPERSEDED, "superseded", now)))
    return found


def _row(each: Parcel, keys: WorkingKeys, chance: Chance, now: datetime, *, fresh: bool) -> dict[str, Any]:
    payload = None
    if each.prompt is not None:
        payload = keys.seal(Purpose.OUTBOX, each.key.encode(), msgspec.json.encode(each.prompt), chance)
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
        "not_before": now,
        "valid_until": each.valid_until,
        "attempts": 0,
        "doubts": 0,
        "payload": payload,
        "message": each.message,
        "created_at": now,
        "finished_at": None,
    }


def _final(state: State, outcome: str, now: datetime) -> dict[str, Any]:
    return {"state": state.value, "outcome": outcome, "finished_at": now, "payload": None}


# ---- claiming --------------------------------------------------------------------------------------------------------


async def heads(tx: Tx, now: datetime, limit: int, *, unsolicited: bool) -> list[bytes]:
    """Chats with something that may go now and nothing in flight: replies and unsolicited rows are asked for apart.

    A row that has to wait (quiet hours) holds up none behind it; among those that may go the oldest is first.
    """
    other = outbox.alias("other")
    flying = exists().where(other.c.chat_id == outbox.c.chat_id, other.c.state == State.SENDING.value)
    earlier = exists().where(
        other.c.chat_id == outbox.c.chat_id,
        other.c.state == State.PENDING.value,
        other.c.not_before <= now,
        other.c.id < outbox.c.id,
    )
    waiting = and_(
        outbox.c.state == State.PENDING.value, is_flag(outbox.c.unsolicited, unsolicited), outbox.c.not_before <= now
    )
    query = (
        select(outbox.c.chat_id)
        .where(waiting, ~flying, ~earlier)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def first_of(tx: Tx, chats: Collection[bytes], now: datetime) -> list[Waiting]:
    """The row each of these (locked) chats would send now, replies first; a chat with one in flight has none."""
    query = select(outbox).where(outbox.c.chat_id.in_(chats), outbox.c.state.in_(LIVE)).order_by(outbox.c.id)
    rows: dict[bytes, list[Waiting]] = defaultdict(list)
    for row in await tx.execute(query):
        rows[row.chat_id].append(_waiting(row))
    first: list[Waiting] = []
    for several in rows.values():
        if all(each.state is State.PENDING for each in several):
            first += [each for each in several if each.not_before <= now][:1]
    return sorted(first, key=lambda each: (each.unsolicited, each.id))


async def sending(tx: Tx) -> list[Waiting]:
    """What was in flight when the last sender ended."""
    query = select(outbox).where(outbox.c.state == State.SENDING.value).order_by(outbox.c.id)
    return [_waiting(row) for row in await tx.execute(query)]


async def earliest(tx: Tx) -> datetime | None:
    """When the first waiting row may go."""
    first: datetime | None = None
    for unsolicited in (False, True):
        waits = and_(outbox.c.state == State.PENDING.value, is_flag(outbox.c.unsolicited, unsolicited))
        found = (
            await tx.execute(select(outbox.c.not_before).where(waits).order_by(outbox.c.not_before).limit(1))
        ).scalar()
        first = found if first is None or (found is not None and found < first) else first
    return first


async def by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Waiting]:
    return {row.id: _waiting(row) for row in await tx.execute(select(outbox).where(outbox.c.id.in_(ids)))}


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
        not_before=row.not_before,
        valid_until=row.valid_until,
        attempts=row.attempts,
        doubts=row.doubts,
        payload=row.payload,
        message=row.message,
        created_at=row.created_at,
    )


# ---- what becomes of a row ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    means: Means


@dataclass(frozen=True, slots=True)
class Ended:
    id: int
    state: State
    outcome: str = ""
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Back to waiting. ``fresh``: as a new message from now on."""

    id: int
    not_before: datetime
    doubts: int
    fresh: bool
    outcome: str = ""


Change = Claimed | Ended | Again

_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state=State.SENDING.value, means=bindparam("by"), attempts=outbox.c.attempts + 1)
)
_END = (
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
_AGAIN = (
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
        .where(outbox.c.state == State.PENDING.value, outbox.c.id != row.id)
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
        waits = and_(outbox.c.chat_id == chat_id, outbox.c.state == State.PENDING.value, outbox.c.not_before < until)
        await tx.execute(update(outbox).where(waits).values(not_before=until))


async def lapse_chats(tx: Tx, chats: Collection[bytes], outcome: str, now: datetime) -> None:
    """Everything that waits in these chats ends unsent."""
    if chats:
        waits = and_(outbox.c.chat_id.in_(chats), outbox.c.state == State.PENDING.value)
        await tx.execute(update(outbox).where(waits).values(_final(State.LAPSED, outcome, now)))


# ---- ledger and housekeeping ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contact:
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
    result = await tx.execute(delete(outbox).where(is_flag(outbox.c.unsolicited, False), outbox.c.finished_at < before))
    return result.rowcount
