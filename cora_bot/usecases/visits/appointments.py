"""Booked visits as day sheets and calendars take them, and as rows of a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cora_bot.dialogue.conversation import Participant
from cora_bot.export.appointments import Appointment, Gone, Mode, Standing
from cora_bot.store import trips, visits
from cora_bot.store.database import Tx
from cora_bot.study.visits.trip import Way
from cora_bot.study.visits.visit import Standing as Stands
from cora_bot.study.visits.visit import disposition, number_of
from cora_bot.usecases.house import House
from cora_bot.usecases.visits.listing import Line

MODES: Mapping[Way, Mode] = {Way.IN_PERSON: Mode.IN_PERSON, Way.PHONE: Mode.PHONE, Way.VIDEO: Mode.VIDEO}


def appointments(lines: Iterable[Line]) -> list[Appointment]:
    """Those that have a time, also past ones."""
    return [_appointment(line) for line in lines if line.slot is not None and line.visit.way in MODES]


def gone(lines: Iterable[Line]) -> list[Gone]:
    """Those that had one once: calendars take them out. When it was is kept nowhere."""
    return [Gone(line.number, line.visit.sequence) for line in lines if line.slot is None and line.visit.sequence]


def _appointment(line: Line) -> Appointment:
    slot, visit = line.slot, line.visit
    if slot is None:
        raise LookupError("a visit without a time is no appointment")
    place = line.trip.place(slot.place)
    takes_place = visit.standing in (Stands.BOOKED, Stands.MET, Stands.ASKED)
    return Appointment(
        id=line.number,
        sequence=visit.sequence,
        standing=Standing.BOOKED if takes_place else Standing.CANCELLED,
        starts=slot.starts,
        zone=place.zone,
        minutes=line.trip.rules.length,
        city=place.city(""),
        interviewer=slot.interviewer,
        mode=MODES[visit.way],
        place=place.address("") if visit.way is Way.IN_PERSON else "",
        interpreter="yes" if slot.interpreter else "",
        languages=(line.language,),
        case=line.code,
        picture=line.word,
    )


async def bundled(house: House, tx: Tx, people: Sequence[Participant]) -> list[tuple[object, ...]]:
    """Rows of a bundle's ``visits.csv``, of these people: every visit they were ever invited to."""
    codes = {person.id: person.code for person in people}
    known = await visits.every_of(tx, house.keys, list(codes))
    slots = await trips.slots_by_id(tx, [each.slot for _, each in known if each.slot is not None])
    over = await trips.ends(tx)
    rows: list[tuple[object, ...]] = []
    for who, each in known:
        slot = slots.get(each.slot) if each.slot is not None else None
        about = (number_of(each.id), codes[who], each.trip, disposition(each), each.way.value)
        starts = _when(slot.starts) if slot else ""
        lived = (each.moves, each.misses, each.sent, int(each.opened), int(each.has_booked))
        rows.append((*about, starts, *lived, _when(over[each.trip])))
    return rows


def _when(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
