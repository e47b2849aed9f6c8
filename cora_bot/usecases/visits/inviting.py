"""Who is invited to a trip: by country or zone, language, wave and consent; batch by batch, each with its deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.store import occurrences, participants, trips, visits
from cora_bot.store.audit_log import Noted
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.participants import Half
from cora_bot.store.visits import Changed
from cora_bot.study.schedule import instant
from cora_bot.study.visits.trip import PURPOSE, Bookable, Trip
from cora_bot.study.visits.visit import News, Visit, number_of
from cora_bot.usecases import audit_log
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.house import House

PAGE = 500
LAST_MINUTE: Final = time(21, 59)


@dataclass(frozen=True, slots=True)
class Offered:
    """``codes`` are invited (or would be), by case code; ``left_out`` counts the others by why."""

    codes: tuple[str, ...]
    left_out: Counter[str] = field(default_factory=Counter)
    free: int = 0


async def offer(house: House, trip_id: str, *, most: int, until: date, send: bool) -> Offered:
    """Invites ``most`` more people, who can choose until the evening of ``until``. Without ``send`` nothing is written.

    Raises ``CoraError``.
    """
    now = house.clock.now()
    await check_belongs(house)
    async with house.database.transaction() as tx:
        await trips.lock(tx, [trip_id])
        trip = await find_trip(house, tx, trip_id)
        bookable = (await trips.bookable(tx, [trip_id], now)).get(trip_id, ())
        _check(until, now, bookable)
        people, left_out = await _eligible(house, tx, trip, bookable)
        left_out["in a later batch"] += max(0, len(people) - most)
        chosen = people[:most]
        codes = tuple(sorted(person.code for person in (await whole(chosen, house.keystore)).values()))
        if send:
            ids = await _new_ids(house, tx, len(chosen))
            new = {
                half.id: Changed(
                    None, Visit(visit_id, trip_id, deadline=_evening(until, half), due=News.OFFER, next_at=now)
                )
                for half, visit_id in zip(chosen, ids, strict=True)
            }
            await visits.write(tx, new, keys=house.keys, chance=house.chance, now=now)
            await audit_log.note(house, tx, Noted("visits_offered", facts={"trip": trip_id, "visits": str(len(new))}))
            log("visits_offered", visits=len(new))
    return Offered(codes, +left_out, sum(len(each.free) for each in bookable))


async def _new_ids(house: House, tx: Tx, count: int) -> list[bytes]:
    """Random ids whose short numbers, which stand on paper, are nobody else's."""
    known = {number_of(visit_id) for visit_id in await visits.every_id(tx)}
    found: list[bytes] = []
    while len(found) < count:
        drawn = new_id(house.chance)
        if number_of(drawn) not in known:
            known.add(number_of(drawn))
            found.append(drawn)
    return found


async def find_trip(house: House, tx: Tx, trip_id: str) -> Trip:
    known = await trips.load(tx, house.keys, [trip_id])
    if trip_id not in known:
        raise CoraError(
            f"there is no trip {trip_id}", "cora visits plan TRIP.xlsx stores one; cora visits list names them."
        )
    return known[trip_id]


def _evening(until: date, half: Half) -> datetime:
    """The end of that day where the person is."""
    return instant(datetime.combine(until, LAST_MINUTE), ZoneInfo(half.zone))


def _check(until: date, now: datetime, bookable: Sequence[Bookable]) -> None:
    if not bookable:
        raise CoraError("no time of this trip is still to come", "Plan more days first.")
    if until <= now.date():
        raise CoraError("the deadline is over, or today", "--until is the last day on which people can choose.")
    if until > bookable[-1].slot.starts.date():
        raise CoraError("the deadline is later than the last meeting", "Give an earlier day with --until.")


async def _eligible(house: House, tx: Tx, trip: Trip, bookable: Sequence[Bookable]) -> tuple[list[Half], Counter[str]]:
    """Those to be invited, in the order of their random ids, and how many were left out for which reason."""
    found: list[Half] = []
    left_out: Counter[str] = Counter()
    invited = await visits.invited_already(tx, trip.id)
    after = b""
    while halves := await participants.page(tx, house.keys, after, PAGE):
        after = halves[-1].id
        lived = await occurrences.all_of(tx, [half.id for half in halves]) if trip.who.waves else {}
        reached = await participants.chats_of(tx, [half.id for half in halves])
        for half in halves:
            cause = _left_out(house, trip, half, bookable, lived=lived.get(half.id, []))
            cause = cause or ("invited already" if half.id in invited else "")
            cause = cause or ("no chat" if half.id not in reached else "")
            if cause:
                left_out[cause] += 1
            else:
                found.append(half)
    return found, left_out


def _left_out(
    house: House, trip: Trip, half: Half, bookable: Sequence[Bookable], *, lived: Collection[Occurrence]
) -> str:
    who, country = trip.who, half.profile.country
    if half.status is not Status.ACTIVE:
        return "takes no part (any more)"
    if PURPOSE not in half.profile.purposes:
        return "did not agree to visits"
    if (who.countries or who.zones) and country not in who.countries and half.zone not in who.zones:
        return "another country or zone"
    if who.languages and half.language not in who.languages:
        return "another language"
    if all(half.language not in each.slot.languages for each in bookable):
        return "nobody speaks the language"
    if all(trip.place(each.slot.place).country not in ("", country) for each in bookable) and not trip.rules.ways:
        return "no place in the country"
    now = house.clock.now()
    if who.waves and not any(each.wave in who.waves and each.opens <= now for each in lived):
        return "wave not reached"
    return ""
