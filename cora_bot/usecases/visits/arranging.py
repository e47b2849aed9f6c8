"""The team moves, cancels and closes meetings by case code; one interviewer's whole day, where somebody falls ill.

Every change passes through the same dialogue as a press of the person's, behind the same locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Conversation
from cora_bot.dialogue.inputs import TeamAct, VisitArranged
from cora_bot.store import chats, conversations, participants, trips, visits
from cora_bot.store.apply import Step, apply
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.database import Tx
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import OPEN, Standing
from cora_bot.usecases import audit_log
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps
from cora_bot.usecases.visits import notices
from cora_bot.usecases.visits.inviting import find_trip
from cora_bot.usecases.visits.seats import SeatBook


@dataclass(frozen=True, slots=True)
class CalledOff:
    """How many meetings, and of how many of these people the chat is blocked or gone: somebody has to call them."""

    visits: int
    untold: int


async def move(house: House, code: str, slot_id: int) -> bool:
    """Books ``slot_id`` for this person instead of what they had, or for the first time; whether they can be told.

    Raises ``CoraError``.
    """
    before = await _arrange(house, code, VisitArranged(TeamAct.MOVE, slot_id))
    log("visit_arranged", what=TeamAct.MOVE, booked=before.visit is not None and before.visit.slot is not None)
    return not before.chat.blocked


async def cancel(house: House, code: str) -> bool:
    """Calls the meeting off; the person is told kindly and can choose another time. Whether they can be told."""
    return not (await _arrange(house, code, VisitArranged(TeamAct.CALL_OFF))).chat.blocked


async def done(house: House, code: str) -> None:
    """They met."""
    await _arrange(house, code, VisitArranged(TeamAct.DONE))


async def missed(house: House, code: str) -> None:
    """They did not meet: one kind message, with a new offer while times are free."""
    await _arrange(house, code, VisitArranged(TeamAct.MISSED))


async def _arrange(house: House, code: str, event: VisitArranged) -> Conversation:
    who = await find(house, code)
    async with house.database.transaction() as tx:
        loaded = await _loaded(house, tx, [who])
        before = loaded.get(who)
        if before is None or before.visit is None:
            raise CoraError(f"{as_code(code)} is invited to no visit", "cora visits offer invites people.")
        slot = (await trips.slots_by_id(tx, [before.visit.slot])).get(before.visit.slot) if before.visit.slot else None
        _check(house, before, slot, event, code)
        if event.what is TeamAct.CALL_OFF and slot is not None:
            event = VisitArranged(event.what, at=slot.starts)
        await _apply(house, tx, {who: event}, loaded)
        await audit_log.note(
            house, tx, Noted("visit_arranged", Subject(who, as_code(code)), {"what": event.what.value})
        )
    return before


def _check(house: House, before: Conversation, slot: Slot | None, event: VisitArranged, code: str) -> None:
    """Raises ``CoraError`` where this cannot be done to this visit as it stands."""
    visit, now, name = before.visit, house.clock.now(), as_code(code)
    booked = visit is not None and visit.standing is Standing.BOOKED and slot is not None
    match event.what:
        case TeamAct.MOVE:
            free = next((each for each in before.bookable if each.slot.id == event.slot), None)
            if visit is None or (visit.standing not in OPEN and not booked):
                raise CoraError(f"the visit of {name} is over", "cora visits list shows how it stands.")
            if free is None:
                raise CoraError(f"trip {visit.trip} has no time {event.slot}", "cora visits show TRIP lists them.")
            if free.slot.starts <= now:
                raise CoraError(f"time {event.slot} is over", "Choose a later one.")
            if not free.free or free.slot.id == visit.slot:
                raise CoraError(f"time {event.slot} has no free seat", "cora visits show TRIP lists free ones.")
        case TeamAct.CALL_OFF:
            if not booked or (slot is not None and slot.starts <= now):
                raise CoraError(f"{name} has no meeting to come", "cora visits list shows how it stands.")
        case TeamAct.DONE | TeamAct.MISSED:
            asked = visit is not None and visit.standing in (Standing.ASKED, Standing.MET) and slot is not None
            if not (booked or asked) or slot is None or slot.starts > now:
                raise CoraError(f"{name} has had no meeting yet", "It can be closed once its time has begun.")


async def ill(house: House, trip_id: str, interviewer: str, on: date) -> CalledOff:
    """Every time of this interviewer on that day (at its place) is called off; whoever booked one is told and offered
    another. Raises ``CoraError``."""
    async with house.database.transaction() as tx:
        trip = await find_trip(house, tx, trip_id)
        if interviewer not in {each.code for each in trip.interviewers}:
            names = ", ".join(each.code for each in trip.interviewers)
            raise CoraError(f"trip {trip_id} has no interviewer {interviewer}", f"It has: {names}.")
        slots = {
            slot: seats for slot, seats in (await trips.of_trip(tx, trip_id)).items() if slot.interviewer == interviewer
        }
        off = {
            slot: seats
            for slot, seats in slots.items()
            if slot.starts.astimezone(ZoneInfo(trip.place(slot.place).zone)).date() == on
            and slot.starts > house.clock.now()
        }
        if not off:
            raise CoraError(f"{interviewer} has no time to come on {on}", f"cora visits show {trip_id} lists them.")
        booked = {who: slot for slot, seats in off.items() for who in seats.values() if who is not None}
        people = await visits.people_by_visit(tx, list(booked))
        await chats.lock(tx, set((await participants.chats_of(tx, list(people.values()))).values()))
        await trips.lock(tx, [trip_id])
        if await trips.sitting(tx, [slot.id for slot in off]) != booked.keys():
            raise CoraError("somebody chose or gave up one of these times just now", "Type it again.")
        await trips.call_off(tx, [slot.id for slot in off])
        reached = await _loaded(house, tx, list(people.values()))
        events = {who: VisitArranged(TeamAct.CALL_OFF, at=booked[visit_id].starts) for visit_id, who in people.items()}
        await _apply(house, tx, events, reached)
        await audit_log.note(house, tx, Noted("visits_called_off", facts={"trip": trip_id, "visits": str(len(booked))}))
    untold = sum(each.chat.blocked for each in reached.values())
    log("interviewer_ill", slots=len(off), visits=len(booked), unreached=untold)
    return CalledOff(len(booked), untold)


async def _loaded(house: House, tx: Tx, people: list[bytes]) -> dict[bytes, Conversation]:
    """By participant, behind the locks of their chats and of the trip; who is reached in none is there too."""
    reached = await participants.chats_of(tx, people)
    stored = await chats.lock(tx, set(reached.values()))
    about = {chat_id: who for who, chat_id in reached.items()}
    found: dict[bytes, Conversation] = {}
    for who, chat_id in reached.items():
        one = {**about, chat_id: who}
        loaded = await conversations.load(
            tx, [stored[chat_id]], keys=house.keys, keystore=house.keystore, about=one, now=house.clock.now()
        )
        found[who] = loaded.conversations[chat_id]
    lost = [who for who in people if who not in reached]
    return found | await conversations.unreached(
        tx, lost, keys=house.keys, keystore=house.keystore, now=house.clock.now()
    )


async def _apply(
    house: House, tx: Tx, events: Mapping[bytes, VisitArranged], found: Mapping[bytes, Conversation]
) -> None:
    now = house.clock.now()
    book = SeatBook(found.values())
    for who, event in events.items():
        before = book.seen_by(found[who])
        turn = advance(before, event, script=house.script, now=now, chance=house.chance)
        book.note(before, turn.conversation)
        step = Step(before, turn, f"t/{new_id(house.chance).hex()}")
        linked = frozenset({who} if before.participant and before.participant.case else ())
        steps, sealed = await seal_steps(house, [step], linked)
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
        await notices.tell(house, tx, steps)
