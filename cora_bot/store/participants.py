"""Participants: status, language and zone in the open, everything else of a person in one sealed profile.

Case id and code live in the key store's link. Only while a person is enrolling, and has no link yet, are they in the
profile; with the link they leave it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, case, delete, exists, func, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Opening, Participant, Status, Withdrawal
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import is_flag
from cora_bot.store.tables import chat, chat_participant, occurrence, outbox, participant, visit
from cora_bot.study.model import FINAL_STEPS, Return
from cora_bot.vault.working import Purpose, WorkingKeys

_MOMENT = timedelta(milliseconds=1)


_OF_CHATS = prepared(
    select(participant, chat_participant.c.chat_id)
    .join(chat_participant)
    .where(chat_participant.c.chat_id.in_(several("chats")))
    .order_by(chat_participant.c.since, participant.c.id)
)
_BY_IDS = prepared(select(participant).where(participant.c.id.in_(several("ids"))).order_by(participant.c.id))
_CHATS_OF = prepared(
    select(chat_participant.c.participant_id, chat_participant.c.chat_id)
    .where(chat_participant.c.participant_id.in_(several("people")))
    .order_by(chat_participant.c.since, chat_participant.c.chat_id)
)
_WITHDRAWING = prepared(
    select(participant.c.id)
    .where(participant.c.withdraws_at <= bindparam("by_now"))
    .order_by(participant.c.withdraws_at, participant.c.id)
    .limit(bindparam("most"))
)
_RECENT = exists().where(
    chat_participant.c.participant_id == participant.c.id,
    chat.c.id == chat_participant.c.chat_id,
    chat.c.last_seen >= bindparam("before"),
)
_UNFINISHED = prepared(select(participant).where(participant.c.status == Status.ENROLLING.value, ~_RECENT).limit(200))
_WRITTEN = ("status", "language", "zone", "profile", "withdrawal", "withdraws_at")
_WRITE = prepared_insert(
    participant,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["id"], set_={name: insert.excluded[name] for name in _WRITTEN}
    ),
)
_LATEST = prepared(
    select(chat_participant.c.chat_id, func.max(chat_participant.c.since).label("since"))
    .where(chat_participant.c.chat_id.in_(several("chats")))
    .group_by(chat_participant.c.chat_id)
)
_JOIN = prepared_insert(
    chat_participant,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["chat_id", "participant_id"], set_={"since": insert.excluded.since}
    ),
)


class Link(Value):
    """Which case a participant is."""

    case: bytes
    code: str


class Profile(Value):
    """The sealed part of a participant. ``case`` and ``code`` are None once the key store holds the link."""

    hour: int
    enrolled_at: datetime | None
    country: str
    return_state: Return | None
    return_date: date | None
    purposes: tuple[str, ...]
    paused_until: datetime | None
    told_removal: bool
    opening: Opening
    asked_opening: bool
    picture: int
    wrong_person: bool
    draft: str
    letters: tuple[str, ...]
    kept: dict[str, dict[str, str]]
    known: dict[str, str]
    consent_hash: str
    decided: tuple[tuple[str, datetime], ...]
    case: bytes | None = None
    code: str | None = None


class Half(Value):
    """A participant as the main store alone knows them."""

    id: bytes
    status: Status
    language: str
    zone: str
    profile: Profile
    withdrawal: Withdrawal | None = None
    withdraws_at: datetime | None = None

    @property
    def own_link(self) -> Link | None:
        if self.profile.case is None or self.profile.code is None:
            return None
        return Link(self.profile.case, self.profile.code)

    def whole(self, link: Link) -> Participant:
        profile = self.profile
        return Participant(
            id=self.id,
            case=link.case,
            code=link.code,
            status=self.status,
            language=self.language,
            zone=self.zone,
            hour=profile.hour,
            enrolled_at=profile.enrolled_at,
            country=profile.country,
            return_state=profile.return_state,
            return_date=profile.return_date,
            purposes=frozenset(profile.purposes),
            paused_until=profile.paused_until,
            told_removal=profile.told_removal,
            opening=profile.opening,
            asked_opening=profile.asked_opening,
            picture=profile.picture,
            wrong_person=profile.wrong_person,
            draft=profile.draft,
            letters=profile.letters,
            kept=profile.kept,
            known=profile.known,
            consent_hash=profile.consent_hash,
            decided=profile.decided,
            withdrawal=self.withdrawal,
            withdraws_at=self.withdraws_at,
        )


def half(row: Row[Any], keys: WorkingKeys) -> Half:
    profile = open_value(keys, Purpose.PROFILE, row.id, row.profile, Profile)
    withdrawal = Withdrawal(row.withdrawal) if row.withdrawal else None
    return Half(row.id, Status(row.status), row.language, row.zone, profile, withdrawal, row.withdraws_at)


async def of_chats(tx: Tx, keys: WorkingKeys, chat_ids: Collection[bytes]) -> dict[bytes, list[Half]]:
    """Who is reached in each chat; the last one is who it speaks with."""
    found: dict[bytes, list[Half]] = {}
    for row in await tx.execute(_OF_CHATS, {"chats": list(chat_ids)}):
        found.setdefault(row.chat_id, []).append(half(row, keys))
    return found


async def readable(tx: Tx, keys: WorkingKeys, ids: Collection[bytes]) -> tuple[dict[bytes, Half], set[bytes]]:
    """These people by id, and those of them whose profile does not open."""
    found: dict[bytes, Half] = {}
    unreadable: set[bytes] = set()
    for row in await tx.execute(_BY_IDS, {"ids": list(ids)}):
        try:
            found[row.id] = half(row, keys)
        except NotOpened:
            unreadable.add(row.id)
    return found, unreadable


async def enrolling(tx: Tx) -> list[bytes]:
    """The ids of those who have begun to enrol and not yet consented."""
    query = select(participant.c.id).where(participant.c.status == Status.ENROLLING.value)
    return list((await tx.execute(query)).scalars())


async def withdrawn(tx: Tx) -> list[bytes]:
    """The ids of those whose answers are to be deleted, and who may still undo it."""
    query = select(participant.c.id).where(
        participant.c.withdraws_at.is_not(None), participant.c.withdrawal == Withdrawal.ANSWERS.value
    )
    return list((await tx.execute(query)).scalars())


async def withdrawn_until(tx: Tx) -> list[datetime]:
    """When each of those can no longer undo it."""
    query = select(participant.c.withdraws_at).where(
        participant.c.withdraws_at.is_not(None), participant.c.withdrawal == Withdrawal.ANSWERS.value
    )
    return list((await tx.execute(query)).scalars())


async def withdrawing(tx: Tx, now: datetime, limit: int) -> list[bytes]:
    """The ids of those who can no longer undo what they asked for, earliest first."""
    return list((await tx.execute(_WITHDRAWING, {"by_now": now, "most": limit})).scalars())


async def first(tx: Tx, limit: int) -> list[bytes]:
    """Some people, whoever they are."""
    return list((await tx.execute(select(participant.c.id).order_by(participant.c.id).limit(limit))).scalars())


async def count(tx: Tx) -> tuple[int, int]:
    """How many there are, and how many of them take part."""
    active = func.sum(case((participant.c.status == Status.ACTIVE.value, 1), else_=0))
    row = (await tx.execute(select(func.count(), active).select_from(participant))).one()
    return int(row[0]), int(row[1] or 0)


PART = 4_000
"""So many people are looked through at once."""

Part = tuple[bytes, bytes]
_LAST = b"\xff" * 64  # behind every id: none is so long


async def parts(tx: Tx) -> list[Part]:
    """Everybody, in parts of about ``PART``: from the first id to before the second. Ids are random."""
    people = (await tx.execute(select(func.count()).select_from(participant))).scalar_one()
    number = people // PART + 1
    firsts = [((each << 16) // number).to_bytes(2) for each in range(number)]
    return list(zip(firsts, [*firsts[1:], _LAST], strict=True))


async def silent(tx: Tx, before: datetime, part: Part) -> list[bytes]:
    """Of this part of all people the ids of those who joined, for whom nothing is planned any more, and whose last
    contact was before ``before``.

    Contact is what they wrote or pressed in any of their chats, and what was sent to them unasked.
    """
    first, behind = part
    within = and_(participant.c.id >= first, participant.c.id < behind)
    return list((await tx.execute(_silent(before).where(within).order_by(participant.c.id))).scalars())


async def silent_among(tx: Tx, before: datetime, ids: Collection[bytes]) -> list[bytes]:
    """Those of these people, as ``silent``; to be asked for behind the locks of their chats."""
    query = _silent(before).where(participant.c.id.in_(ids)).order_by(participant.c.id)
    return list((await tx.execute(query)).scalars())


def _silent(before: datetime) -> Select[tuple[bytes]]:
    mine = occurrence.c.participant_id == participant.c.id
    planned = exists().where(mine, occurrence.c.step.not_in([step.value for step in FINAL_STEPS]))
    meets = exists().where(visit.c.participant_id == participant.c.id, visit.c.next_at.is_not(None))
    ended_late = exists().where(mine, occurrence.c.finished_at >= before)
    seen = exists().where(
        chat_participant.c.participant_id == participant.c.id,
        chat.c.id == chat_participant.c.chat_id,
        chat.c.last_seen >= before,
    )
    written_to = exists().where(
        outbox.c.participant_id == participant.c.id,
        is_flag(outbox.c.unsolicited, True),
        outbox.c.finished_at >= before,
    )
    # Who withdrew has a date of their own.
    joined = and_(participant.c.status != Status.ENROLLING.value, participant.c.withdrawal.is_(None))
    return select(participant.c.id).where(joined, ~planned, ~meets, ~ended_late, ~seen, ~written_to)


async def by_ids(tx: Tx, keys: WorkingKeys, ids: Collection[bytes]) -> list[Half]:
    """These people as they stand now; to be asked for behind the locks of their chats."""
    return [half(row, keys) for row in await tx.execute(_BY_IDS, {"ids": list(ids)})]


async def chats_of(tx: Tx, participant_ids: Collection[bytes]) -> dict[bytes, bytes]:
    """The chat in which each participant is reached: the one joined last. Who has none is absent."""
    rows = await tx.execute(_CHATS_OF, {"people": list(participant_ids)})
    return {row.participant_id: row.chat_id for row in rows}


async def write(
    tx: Tx, people: Sequence[Participant], *, linked: Collection[bytes], keys: WorkingKeys, chance: Chance
) -> None:
    """Inserts or updates; who is in ``linked`` (participant ids) has a link in the key store."""
    rows = []
    for person in people:
        profile = _profile(person, keep_link=person.id not in linked)
        sealed = seal_value(keys, Purpose.PROFILE, person.id, profile, chance)
        rows.append(
            {
                "id": person.id,
                "status": person.status,
                "language": person.language,
                "zone": person.zone,
                "profile": sealed,
                "withdrawal": person.withdrawal,
                "withdraws_at": person.withdraws_at,
            }
        )
    if rows:
        await tx.execute(_WRITE, rows)


def _profile(person: Participant, *, keep_link: bool) -> Profile:
    return Profile(
        hour=person.hour,
        enrolled_at=person.enrolled_at,
        country=person.country,
        return_state=person.return_state,
        return_date=person.return_date,
        purposes=tuple(sorted(person.purposes)),
        paused_until=person.paused_until,
        told_removal=person.told_removal,
        opening=person.opening,
        asked_opening=person.asked_opening,
        picture=person.picture,
        wrong_person=person.wrong_person,
        draft=person.draft,
        letters=person.letters,
        kept={form: dict(values) for form, values in person.kept.items()},
        known=dict(person.known),
        consent_hash=person.consent_hash,
        decided=person.decided,
        case=person.case if keep_link else None,
        code=person.code if keep_link else None,
    )


async def join(tx: Tx, pairs: Mapping[bytes, bytes], now: datetime) -> None:
    """Lets each chat (key) speak with a participant (value) from now on."""
    if not pairs:
        return
    # Two may come within one millisecond: whoever comes later must also be later.
    last = {row.chat_id: row.since + _MOMENT for row in await tx.execute(_LATEST, {"chats": list(pairs)})}
    rows = [
        {"chat_id": chat_id, "participant_id": who, "since": max(now, last.get(chat_id, now))}
        for chat_id, who in pairs.items()
    ]
    await tx.execute(_JOIN, rows)


async def leave_others(tx: Tx, moved: Mapping[bytes, bytes]) -> set[bytes]:
    """Each participant (key) is reached in this chat (value) alone; gives back the chats they have left.

    The contact ledger goes along: a chat that is left by everybody is forgotten a day later, with all its rows.
    """
    left: set[bytes] = set()
    for who, here in moved.items():
        elsewhere = and_(chat_participant.c.participant_id == who, chat_participant.c.chat_id != here)
        gone = delete(chat_participant).where(elsewhere).returning(chat_participant.c.chat_id)
        left |= set((await tx.execute(gone)).scalars())
        ended = and_(
            outbox.c.participant_id == who, is_flag(outbox.c.unsolicited, True), outbox.c.finished_at.is_not(None)
        )
        await tx.execute(update(outbox).where(ended).values(chat_id=here))
    return left


async def remove(tx: Tx, ids: Collection[bytes]) -> None:
    """Deletes people with their sessions, occurrences and links to chats."""
    if ids:
        await tx.execute(delete(participant).where(participant.c.id.in_(ids)))


async def unfinished(tx: Tx, keys: WorkingKeys, before: datetime) -> list[Half]:
    """People who began to enrol and were last heard of before ``before``."""
    return [half(row, keys) for row in await tx.execute(_UNFINISHED, {"before": before})]


async def page(tx: Tx, keys: WorkingKeys, after: bytes, count: int) -> list[Half]:
    """People in the order of their (random) ids, for walking through all of them in pieces."""
    query = select(participant).where(participant.c.id > after).order_by(participant.c.id).limit(count)
    return [half(row, keys) for row in await tx.execute(query)]
