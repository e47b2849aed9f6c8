"""Writes what a batch of turns produced: the only function that does. Set by set, in one transaction, all or nothing.

Steps of one chat are folded first: of its cards only the last is sent, everything else adds up. Records come sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value, replace
from cora_bot.dialogue.conversation import Chat, Conversation, Occurrence, Participant, Session, Showing, Status
from cora_bot.dialogue.turn import Chore, Fetch, Show, TaskReason, Turn
from cora_bot.store import (
    above,
    audit_log,
    chats,
    chores,
    counters,
    downloads,
    occurrences,
    outbox,
    participants,
    records,
    removals,
    sessions,
    staff_phones,
    tasks,
    tokens,
    visits,
)
from cora_bot.store.above import Standing
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Parcel
from cora_bot.store.records import Blob
from cora_bot.store.removals import Message
from cora_bot.store.tables import Kind
from cora_bot.store.visits import Changed
from cora_bot.study.model import Planned
from cora_bot.vault.parts import with_parts
from cora_bot.vault.working import WorkingKeys

DELETABLE = timedelta(hours=47)
"""Telegram deletes for 48 hours; an hour is left for the row to wait."""


class Step(Value):
    """One advance. ``key`` is the natural key of what it answers: it makes the reply's row unique."""

    before: Conversation
    turn: Turn
    key: str


class Fold(Value):
    """All steps of one chat together."""

    before: Conversation
    after: Conversation
    show: tuple[Show, str] | None
    unasked: tuple[tuple[Show, Conversation], ...]
    turns: tuple[Turn, ...]

    @property
    def chat(self) -> Chat:
        return self.after.chat

    @property
    def shows(self) -> bool:
        return self.show is not None or bool(self.unasked)


class Sealed(Value):
    """What the vault and the key store made of the batch: sealed records, and who has a link."""

    blobs: tuple[Blob, ...] = ()
    linked: frozenset[bytes] = frozenset()


async def apply(
    tx: Tx, steps: Sequence[Step], sealed: Sealed, *, keys: WorkingKeys, chance: Chance, now: datetime
) -> None:
    folds = fold(steps)
    await chats.write(tx, [each.chat for each in folds if each.chat != each.before.chat])
    # Before the people: whoever is deleted takes along what the same batch has just sealed.
    await records.write(tx, sealed.blobs)
    await _write_people(tx, folds, sealed, keys=keys, chance=chance, now=now)
    await _write_sessions(tx, folds, keys=keys, chance=chance, now=now)
    await _write_occurrences(tx, folds, now)
    await visits.write(tx, _visits(folds), keys=keys, chance=chance, now=now)
    await tasks.open_new(tx, [new for each in folds for new in _tasks(each)], now)
    await downloads.write(tx, _fetches(folds), keys=keys, chance=chance, now=now)
    given_up = await _drop(tx, [record for step in steps for record in step.turn.drop_records])
    hushed = await above.hush(tx, [each.chat.id for each in folds if any(turn.hush for turn in each.turns)], now)
    said = _spoken(folds)
    keyed = {each.chat for each in said if each.reason == above.KEY}
    quiet = [parcel for each in hushed for parcel in silenced(each, now, keyed=each.chat in keyed)]
    await outbox.put(tx, [*said, *parcels(folds, now), *quiet], keys=keys, chance=chance, now=now)
    await removals.owe(tx, [*_removed(folds), *given_up], now)
    await chores.write(tx, _chores(folds))
    await staff_phones.link(tx, {step.turn.staff: step.before.chat.id for step in steps if step.turn.staff}, now)
    await counters.raise_by(tx, Counter(name for step in steps for name in step.turn.counts))


def _visits(folds: Sequence[Fold]) -> dict[bytes, Changed]:
    """By participant, of those who are still there: with whoever goes the visit goes too."""
    return {
        each.after.participant.id: Changed(each.before.visit, each.after.visit)
        for each in folds
        if each.after.participant is not None and each.after.visit is not None and each.after.visit != each.before.visit
    }


def _spoken(folds: Sequence[Fold]) -> list[Parcel]:
    """Before the card, so that it stands below them; of several turns what the last left standing."""
    found: list[Parcel] = []
    for each in folds:
        last: tuple[Parcel, ...] = ()
        for turn in each.turns:
            card = turn.conversation.chat.card
            place = f"{each.chat.id.hex()}/s/{card.generation}.{card.revision}"
            new = tuple(
                above.spoken(each.chat.id, f"{place}/{n}", card.generation, spoken)
                for n, spoken in enumerate(turn.spoken)
            )
            last = new if turn.hush or new else last
        found += last
    return found


def _fetches(folds: Sequence[Fold]) -> list[tuple[bytes, bytes, Fetch]]:
    """Of people who are still there: with the others everything of theirs goes."""
    return [
        (each.chat.id, turn.conversation.participant.id, fetch)
        for each in folds
        if each.after.participant is not None
        for turn in each.turns
        if turn.conversation.participant is not None
        for fetch in turn.fetches
    ]


async def _drop(tx: Tx, dropped: Sequence[bytes]) -> list[Message]:
    """Fragments that no longer count, with the parts of files; those not fetched yet leave the chat unfetched."""
    await records.remove(tx, [each for record in dropped for each in with_parts(record)])
    return await downloads.cancel(tx, dropped)


def fold(steps: Sequence[Step]) -> list[Fold]:
    by_chat: dict[bytes, list[Step]] = {}
    for step in steps:
        by_chat.setdefault(step.before.chat.id, []).append(step)
    return [_fold(several) for several in by_chat.values()]


def _fold(steps: Sequence[Step]) -> Fold:
    show: tuple[Show, str] | None = None
    unasked: list[tuple[Show, Conversation]] = []
    for step in steps:
        new = step.turn.show
        if new is None:
            continue
        if new.unsolicited:
            unasked.append((new, step.turn.conversation))
        else:
            # A reply that had to be a new message stays one, whatever is drawn over it before it is sent.
            fresh = new.fresh or (show is not None and show[0].fresh)
            show = (replace(new, fresh=fresh), step.key)
    return Fold(
        before=steps[0].before,
        after=steps[-1].turn.conversation,
        show=show,
        unasked=tuple(unasked),
        turns=tuple(step.turn for step in steps),
    )


async def _write_people(
    tx: Tx, folds: Sequence[Fold], sealed: Sealed, *, keys: WorkingKeys, chance: Chance, now: datetime
) -> None:
    changed: list[Participant] = []
    joined: dict[bytes, bytes] = {}
    gone: dict[bytes, bytes | None] = {}
    for each in folds:
        before, after = each.before.participant, each.after.participant
        if after is None:
            met = (before, *(turn.conversation.participant for turn in each.turns))
            kept = any(turn.keep_records for turn in each.turns)
            gone |= {person.id: None if kept else person.case for person in met if person is not None}
        if after is not None and after != before:
            changed.append(after)
        if after is not None and (before is None or before.id != after.id):
            joined[each.chat.id] = after.id
    await participants.write(tx, changed, linked=sealed.linked, keys=keys, chance=chance)
    await participants.join(tx, joined | _switched(folds), now)
    await _move(tx, folds, now=now, keys=keys, chance=chance)
    await forget_people(tx, gone, linked=sealed.linked, keys=keys, now=now)


def _switched(folds: Sequence[Fold]) -> dict[bytes, bytes]:
    """Who a chat speaks with from now on, where a turn said so, or drew somebody's card over another's."""
    drawn = {
        each.chat.id: each.after.participant.id
        for each in folds
        if each.before.others_card and each.shows and each.after.participant is not None
    }
    return drawn | {each.chat.id: turn.switch for each in folds for turn in each.turns if turn.switch is not None}


async def _move(tx: Tx, folds: Sequence[Fold], *, now: datetime, keys: WorkingKeys, chance: Chance) -> None:
    """Whoever is reached here alone from now on leaves the old chats, and what stands there goes with them."""
    moved = {
        turn.switch: each.chat.id
        for each in folds
        for turn in each.turns
        if turn.moved_here and turn.switch is not None
    }
    left = await participants.leave_others(tx, moved)
    old = [stored.chat for stored in (await chats.lock(tx, left)).values()]
    hushed = await above.hush(tx, left, now)
    await outbox.supersede(tx, left, now)
    tidied = [parcel for each in hushed for parcel in silenced(each, now)]
    tidied += [
        retired(each.id, each.card.message, sent_at=each.card.sent_at, now=now) for each in old if each.card.message
    ]
    await outbox.put(tx, tidied, keys=keys, chance=chance, now=now)
    blank = [replace(each.card, generation=each.card.generation + 1, showing=Showing.NOTHING) for each in old]
    await chats.write(tx, [replace(each, card=card) for each, card in zip(old, blank, strict=True)])


async def forget_people(
    tx: Tx, gone: Mapping[bytes, bytes | None], *, linked: frozenset[bytes], keys: WorkingKeys, now: datetime
) -> None:
    """Deletes people (participant → case) with all they said, or (None) without it.

    Who has a link is noted for the key store to follow: this transaction is the fence, the keys die after it. The audit
    log keeps that something happened, and not with whom.
    """
    await audit_log.cut(tx, keys, gone)
    await records.remove_cases(tx, [case for case in gone.values() if case is not None], now)
    await records.begin_cutting(tx, {who: case for who, case in gone.items() if who in linked})
    await tokens.forget_relinks(tx, gone)
    await participants.remove(tx, gone)


async def _write_sessions(tx: Tx, folds: Sequence[Fold], *, keys: WorkingKeys, chance: Chance, now: datetime) -> None:
    written: dict[bytes, Session] = {}
    ended: list[bytes] = []
    for each in folds:
        person, before, after = each.after.participant, each.before.session, each.after.session
        if person is None:
            continue  # deleted with all they had
        if after is None and before is not None:
            ended.append(person.id)
        elif after is not None and after != before:
            written[person.id] = after
    await sessions.remove(tx, ended)
    await sessions.write(tx, written, keys=keys, chance=chance, now=now)


async def _write_occurrences(tx: Tx, folds: Sequence[Fold], now: datetime) -> None:
    """Step by step inside a chat, so that what one turn changed wins over its plan, and the next plan over that."""
    together: dict[bytes, list[Occurrence]] = {}
    for each in folds:
        for turn in each.turns:
            person = turn.conversation.participant
            if person is None or each.after.participant is None:
                continue
            if turn.plan is not None:
                await occurrences.write(tx, {person.id: together.pop(person.id, [])})
                plan: tuple[Planned, ...] = turn.plan
                await occurrences.replan(tx, person.id, plan, status=person.status, now=now)
            for changed in turn.occurrences:
                several = together.setdefault(person.id, [])
                several[:] = [one for one in several if occurrences.place(one) != occurrences.place(changed)]
                several.append(changed)
    await occurrences.write(tx, together)


def _tasks(each: Fold) -> Iterator[tasks.New]:
    """What somebody of the team has to know: an occasion was missed, words were passed on, a chat is lost."""
    if each.after.participant is None:
        return  # deleted with all they had
    for turn in each.turns:
        person = turn.conversation.participant
        if person is None or person.status is not Status.ACTIVE:
            continue
        yield from (tasks.New(person.id, reason) for reason in turn.wanted)
        if TaskReason.CONTACT not in turn.wanted:  # one task says it all
            for over in filter(tasks.is_missed, turn.occurrences):
                yield tasks.New(person.id, TaskReason.MISSED, over.wave, over.number)
    if each.after.chat.blocked and not each.before.chat.blocked:
        here = (each.after.participant, *each.after.others)
        yield from (tasks.New(one.id, TaskReason.UNREACHABLE) for one in here if one.status is Status.ACTIVE)


def _chores(folds: Sequence[Fold]) -> list[tuple[bytes, Chore]]:
    return [(each.chat.id, chore) for each in folds for turn in each.turns for chore in turn.chores]


def parcels(folds: Sequence[Fold], now: datetime) -> list[Parcel]:
    """The outbox rows of a batch: cards first, so that nobody waits for a tidy chat."""
    cards = [parcel for each in folds for parcel in _cards(each)]
    stale = [
        retired(each.chat.id, turn.stale, sent_at=now, now=now)
        for each in folds
        for turn in each.turns
        # A press that overtook its own card's edit names the live card: that one stays.
        if turn.stale is not None and turn.stale != each.chat.card.message
    ]
    cleared = [
        retired(each.chat.id, each.chat.card.message, sent_at=each.chat.card.sent_at, now=now)
        for each in folds
        if any(turn.clear for turn in each.turns) and each.chat.card.message is not None
    ]
    return [*cards, *stale, *cleared]


def _removed(folds: Sequence[Fold]) -> list[Message]:
    """People's own messages, which go."""
    return [(each.chat.id, message) for each in folds for turn in each.turns for message in turn.remove]


def retired(chat_id: bytes, message: int | None, *, sent_at: datetime | None, now: datetime) -> Parcel:
    """An old card of ours: deleted while that works, else emptied."""
    young = sent_at is not None and now - sent_at < DELETABLE
    kind = Kind.RETIRE if young else Kind.EMPTY
    return Parcel(chat_id, f"{chat_id.hex()}/{kind}/{message}", kind, message=message, reason="tidy")


def silenced(each: Standing, now: datetime, *, keyed: bool = False) -> list[Parcel]:
    """A message above a card goes, and the key that it put there; ``keyed``: another key takes that one's place."""
    gone = retired(each.chat, each.message, sent_at=each.at, now=now)
    return [above.key_away(each.chat, each.message), gone] if each.key and not keyed else [gone]


def _cards(each: Fold) -> list[Parcel]:
    person = each.after.participant
    found = []
    for show, conversation in each.unasked:
        about = conversation.occurrence
        found.append(
            Parcel(
                each.chat.id,
                f"u/{show.key}",
                Kind.CARD,
                participant=person.id if person else None,
                generation=conversation.chat.card.generation,
                revision=conversation.chat.card.revision,
                unsolicited=True,
                fresh=True,
                reason=show.reason,
                wave=about.wave if about else None,
                number=about.number if about else None,
                visit=show.visit,
                valid_until=show.valid_until,
                prompt=show.prompt,
            )
        )
    if each.show is not None:
        show, key = each.show
        found.append(
            Parcel(
                each.chat.id,
                key,
                Kind.CARD,
                participant=person.id if person else None,
                generation=each.chat.card.generation,
                revision=each.chat.card.revision,
                fresh=show.fresh,
                reason=show.reason,
                prompt=show.prompt,
            )
        )
    return found
