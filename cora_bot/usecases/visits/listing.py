"""Trips and visits as the team may see them: case codes, times and how it stands. No name, no address, no wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cora_bot.dialogue import phrases as p
from cora_bot.store import participants, trips, visits
from cora_bot.store.conversations import whole
from cora_bot.study.visits.on_paper import on_paper
from cora_bot.study.visits.trip import Slot, Trip
from cora_bot.study.visits.visit import Standing, Visit, disposition, number_of
from cora_bot.usecases.house import House
from cora_bot.usecases.visits.inviting import find_trip


@dataclass(frozen=True, slots=True)
class Line:
    """One visit. ``outcome`` is its disposition; ``slot`` is None while nothing is booked."""

    code: str
    language: str
    visit: Visit
    slot: Slot | None
    trip: Trip
    outcome: str

    @property
    def local(self) -> datetime | None:
        """When it begins, naive wall time at its place."""
        return at_place(self.trip, self.slot) if self.slot else None

    @property
    def number(self) -> str:
        """How the visit is called in calendars and exports: ``V-7Q2K``."""
        return number_of(self.visit.id)

    @property
    def on_paper(self) -> str:
        """What is typed to seal something of it: ``V-7Q2K-3J``."""
        return on_paper(self.number, self.code)

    @property
    def word(self) -> str:
        """The picture word in English, "" before there is one."""
        known = 0 <= self.visit.word < len(p.PICTURE_WORDS)
        return " ".join(p.PICTURE_WORDS[self.visit.word]) if known else ""


@dataclass(frozen=True, slots=True)
class Time:
    """One slot: how many seats it has, and who took them by case code."""

    slot: Slot
    local: datetime
    taken: tuple[str, ...]


def at_place(trip: Trip, slot: Slot) -> datetime:
    return slot.starts.astimezone(ZoneInfo(trip.place(slot.place).zone)).replace(tzinfo=None)


async def every(house: House) -> list[tuple[Trip, int, int]]:
    """Each trip with how many were invited and how many have a meeting."""
    async with house.database.read() as tx:
        found = []
        for trip in (await trips.load(tx, house.keys)).values():
            known = (await visits.of_trip(tx, house.keys, trip.id)).values()
            booked = sum(each.standing in (Standing.BOOKED, Standing.MET) for each in known)
            found.append((trip, len(known), booked))
        return found


async def lines(house: House, trip_id: str) -> list[Line]:
    """Everybody who was invited, those with a time first and by it. Raises ``CoraError``."""
    async with house.database.read() as tx:
        trip = await find_trip(house, tx, trip_id)
        known = await visits.of_trip(tx, house.keys, trip_id)
        slots = await trips.slots_by_id(tx, [each.slot for each in known.values() if each.slot is not None])
        halves = await participants.by_ids(tx, house.keys, list(known))
        people = await whole(halves, house.keystore)
    found = [
        Line(
            code=people[who].code,
            language=each.language or people[who].language,
            visit=each,
            slot=slots.get(each.slot) if each.slot is not None else None,
            trip=trip,
            outcome=disposition(each),
        )
        for who, each in known.items()
        if who in people
    ]
    return sorted(found, key=_order)


def _order(line: Line) -> tuple[bool, float, str]:
    return line.slot is None, line.slot.starts.timestamp() if line.slot else 0.0, line.code


async def times(house: House, trip_id: str) -> list[Time]:
    """Every time of a trip that takes place. Raises ``CoraError``."""
    async with house.database.read() as tx:
        trip = await find_trip(house, tx, trip_id)
        slots = await trips.of_trip(tx, trip_id)
        taken = [who for seats in slots.values() for who in seats.values() if who is not None]
        codes = await _codes(house, taken)
    return [Time(slot, at_place(trip, slot), _of(seats, codes)) for slot, seats in slots.items()]


def _of(seats: Mapping[int, bytes | None], codes: Mapping[bytes, str]) -> tuple[str, ...]:
    return tuple(codes.get(who, "?") for who in seats.values() if who is not None)


async def _codes(house: House, taken: Sequence[bytes]) -> dict[bytes, str]:
    """By visit."""
    async with house.database.read() as tx:
        people = await visits.people_by_visit(tx, taken)
        halves = await participants.by_ids(tx, house.keys, list(people.values()))
    known = await whole(halves, house.keystore)
    return {visit_id: known[who].code for visit_id, who in people.items() if who in known}
