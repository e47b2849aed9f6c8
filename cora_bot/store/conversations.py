"""Whole conversations, loaded set by set: a batch of a hundred chats costs seven statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from cora_bot.base.values import Value, replace
from cora_bot.dialogue.conversation import Chat, Conversation, Occurrence, Participant, Session
from cora_bot.store import occurrences, outages, participants, sessions, trips, visits
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx
from cora_bot.store.keystore import KeyStore
from cora_bot.store.participants import Half, Link
from cora_bot.study.model import FINAL_STEPS, Step
from cora_bot.study.visits.trip import Bookable, Trip
from cora_bot.study.visits.visit import Visit
from cora_bot.vault.working import WorkingKeys


class Loaded(Value):
    """Conversations by chat id; ``linked`` are the participants (ids) whose case the key store holds."""

    conversations: dict[bytes, Conversation]
    linked: frozenset[bytes]


async def load(
    tx: Tx,
    chats: Collection[Stored],
    *,
    keys: WorkingKeys,
    keystore: KeyStore,
    about: Mapping[bytes, bytes] | None = None,
    now: datetime | None = None,
) -> Loaded:
    """The conversations of these (locked) chats: with whom each speaks, or (``about``, by chat) with this participant.

    With ``now`` each knows also what was answered and may be answered again, and the visit on the trip under way, whose
    trip is locked.
    Somebody of ``about`` who is no longer reached in the chat is not spoken with: the conversation has no participant.
    """
    reached = await participants.of_chats(tx, keys, [each.chat.id for each in chats])
    halves = {half.id: half for several in reached.values() for half in several}
    people = await whole(list(halves.values()), keystore)
    spoken = {chat_id: several[-1].id for chat_id, several in reached.items()} | dict(about or {})
    open_sessions = await sessions.of_participants(tx, keys, spoken.values()) if people else {}
    planned = await occurrences.open_of(tx, spoken.values(), now) if people else {}
    cut_off = await outages.every(tx)
    visiting = await visits.of_participants(tx, keys, spoken.values(), now) if people and now else {}
    journeys = await _journeys(tx, keys, {each.trip for each in visiting.values()}, now)
    found: dict[bytes, Conversation] = {}
    for each in chats:
        here = {half.id: people[half.id] for half in reached.get(each.chat.id, [])}
        person = here.pop(spoken[each.chat.id], None) if each.chat.id in spoken else None
        known = _conversation(
            each,
            person,
            session=open_sessions.get(person.id) if person else None,
            planned=planned.get(person.id, []) if person else [],
        )
        elsewhere = person is not None and reached[each.chat.id][-1].id != person.id
        known = _visiting(known, visiting.get(person.id) if person else None, journeys)
        found[each.chat.id] = replace(known, others=tuple(here.values()), others_card=elsewhere, outages=cut_off)
    return Loaded(found, frozenset(half.id for half in halves.values() if half.own_link is None))


async def unreached(
    tx: Tx, ids: Collection[bytes], *, keys: WorkingKeys, keystore: KeyStore, now: datetime
) -> dict[bytes, Conversation]:
    """Of people who are reached in no chat, by participant: as if each had one that is blocked, which is never written.

    What happens to their visits is then what happens to everybody's, and nothing is sent.
    """
    people = await whole(await participants.by_ids(tx, keys, ids), keystore) if ids else {}
    visiting = await visits.of_participants(tx, keys, list(people), now) if people else {}
    journeys = await _journeys(tx, keys, {each.trip for each in visiting.values()}, now)
    return {
        who: _visiting(Conversation(Chat(who, blocked=True), person), visiting.get(who), journeys)
        for who, person in people.items()
    }


Journey = tuple[Trip, tuple[Bookable, ...]]


async def _journeys(tx: Tx, keys: WorkingKeys, ids: Collection[str], now: datetime | None) -> dict[str, Journey]:
    """Trips with what can be booked on them; locked, so that it is still so when this transaction writes."""
    if not ids or now is None:
        return {}
    await trips.lock(tx, ids)
    known = await trips.load(tx, keys, ids)
    slots = await trips.bookable(tx, ids, now - visits.LASTS)
    return {trip_id: (each, slots.get(trip_id, ())) for trip_id, each in known.items()}


def _visiting(known: Conversation, visit: Visit | None, journeys: Mapping[str, Journey]) -> Conversation:
    if visit is None:
        return known
    trip, bookable = journeys[visit.trip]
    return replace(known, visit=visit, trip=trip, bookable=bookable)


async def whole(halves: Sequence[Half], keystore: KeyStore) -> dict[bytes, Participant]:
    """Participants with their cases. A person without case (severed) stays a person, with an empty one."""
    links: Mapping[bytes, Link] = await keystore.links([half.id for half in halves if half.own_link is None])
    return {half.id: half.whole(half.own_link or links.get(half.id, NO_LINK)) for half in halves}


NO_LINK = Link(b"", "")


def _conversation(
    stored: Stored, person: Participant | None, *, session: Session | None, planned: Sequence[Occurrence]
) -> Conversation:
    still_open = [each for each in planned if each.step not in FINAL_STEPS]
    return Conversation(
        chat=stored.chat,
        participant=person,
        session=session,
        occurrence=current(session, still_open),
        planned=tuple(still_open),
        answered=tuple(each for each in planned if each.step in FINAL_STEPS),
    )


def current(session: Session | None, planned: Sequence[Occurrence]) -> Occurrence | None:
    """The occurrence the open session belongs to, else the one that was offered or opened last."""
    if session and session.wave:
        return next((each for each in planned if (each.wave, each.number) == (session.wave, session.number)), None)
    offered = [each for each in planned if each.step in (Step.INVITED, Step.OPENED)]
    return max(offered, key=lambda each: each.opens, default=None)


def carried_on(after: Conversation, changed: Sequence[Occurrence]) -> Conversation:
    """The conversation as the next input of the same batch meets it: what ``load`` would find once this is written."""
    places = {occurrences.place(each): each for each in changed}
    kept = [places.pop(occurrences.place(each), each) for each in after.planned] + list(places.values())
    planned = tuple(each for each in kept if each.step.value in occurrences.OPEN_STEPS)
    was = {occurrences.place(each): each for each in (*after.answered, *changed)}
    answered = tuple(each for each in was.values() if each.step is Step.COMPLETE)
    chat = replace(after.chat, new=False)
    if after.participant is None:
        return Conversation(chat=chat, outages=after.outages)
    return replace(
        after, chat=chat, planned=planned, answered=answered, occurrence=current(after.session, planned), token=None
    )
