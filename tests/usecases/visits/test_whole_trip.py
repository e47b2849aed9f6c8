"""V-50 a whole trip across a clock change: five cities, three interviewers, a hundred and twenty people.

Everybody books, and every message comes at the right minute of their own wall clock, never at night, each once.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cora_bot.base.clock import SetClock
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables
from cora_bot.study.visits.workbook import as_workbook
from cora_bot.usecases.due import due, next_moment
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.visits.inviting import offer
from cora_bot.usecases.visits.listing import lines
from tests.support.house import opened, premises
from tests.support.trips import sheets, stored
from tests.usecases.visits.guests import deliver, guest, pressing, there

FIRST = date(2027, 3, 24)  # clocks change on the 28th, everywhere but in Kabul
CITIES = {
    "tirana": ("Europe/Tirane", "AL", 18),
    "skopje": ("Europe/Skopje", "MK", 24),
    "pristina": ("Europe/Belgrade", "XK", 18),
    "belgrade": ("Europe/Belgrade", "RS", 24),
    "kabul": ("Asia/Kabul", "AF", 36),
}
BEGIN = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = 11  # at which these people are written to


def book() -> bytes:
    where = {
        "ANNA": ["tirana"] * 3 + ["skopje"] * 4,
        "BEN": ["pristina"] * 3 + ["belgrade"] * 4,
        "CYRUS": ["kabul"] * 7,
    }
    days = [
        ((FIRST + timedelta(days=number)).isoformat(), city, who, "09:00", "16:30", "", "1")
        for who, cities in where.items()
        for number, city in enumerate(cities)
    ]
    places = (
        ("place", "zone", "country", "city", "exact place"),
        *((city, zone, country, city.title(), f"Street of {city}") for city, (zone, country, _) in CITIES.items()),
    )
    spoken = (("interviewer", "languages", "gender"), *((who, "en", "") for who in where))
    return as_workbook(
        sheets(days) | {"places": places, "interviewers": spoken, "travel": (("from", "to", "minutes"),)}
    )


async def test_every_message_of_a_trip_comes_at_its_local_minute(tmp_path: Path) -> None:
    clock = SetClock(BEGIN)
    async with opened(premises(tmp_path, clock, seed="a whole trip")) as house:
        await stored(house, book())
        city_of = await _people(house)
        found = await offer(house, "spring", most=500, until=date(2027, 3, 15), send=True)
        await _live_until(house, clock, BEGIN + timedelta(minutes=5))
        for address, city in city_of.items():
            bookable = (await there(house, address)).bookable
            slot = next(each.slot for each in bookable if each.free and each.slot.place == city)
            await receive(house, [await pressing(house, address, Act.BOOK, slot.id)])
        await deliver(house)
        await _live_until(house, clock, datetime(2027, 4, 3, tzinfo=UTC))
        told = await _told(house)
        outcomes = await lines(house, "spring")

    assert (len(found.codes), len(outcomes), {line.outcome for line in outcomes}) == (120, 120, {"booked"})
    assert len({line.slot.id for line in outcomes if line.slot}) == 120
    wrong = {
        line.code: (got, wanted)
        for line in outcomes
        if line.slot and (got := told[line.visit.id]) != (wanted := _expected(line.slot.starts, line.slot.place))
    }
    assert wrong == {}


async def _people(house: House) -> dict[int, str]:
    """By address in which city they are."""
    city_of: dict[int, str] = {}
    for city, (zone, country, count) in CITIES.items():
        for _ in range(count):
            address = 9000 + len(city_of)
            await guest(house, address, country=country, zone=zone, hour=HOUR)
            city_of[address] = city
    return city_of


async def _live_until(house: House, clock: SetClock, until: datetime) -> None:
    """From one moment at which something happens to the next."""
    while True:
        while await due(house, limit=200):
            pass
        await deliver(house)
        moment = await next_moment(house)
        if moment is None or moment > until:
            clock.set(until)
            return
        clock.set(max(moment, clock.now()))


async def _told(house: House) -> dict[bytes, list[tuple[str, datetime]]]:
    """By visit what was sent, and when."""
    query = select(tables.outbox).where(tables.outbox.c.visit_id.is_not(None)).order_by(tables.outbox.c.id)
    found: dict[bytes, list[tuple[str, datetime]]] = defaultdict(list)
    async with house.database.read() as tx:
        for row in await tx.execute(query):
            assert row.state == "sent"
            found[row.visit_id].append((row.reason, row.finished_at))
    return found


def _expected(starts: datetime, city: str) -> list[tuple[str, datetime]]:
    """Worked out by hand from the wall clock: 20:00 to 08:00 is night."""
    zone = ZoneInfo(CITIES[city][0])
    local = starts.astimezone(zone).replace(tzinfo=None)
    hours = local - timedelta(hours=2)
    if hours.time() < time(8):
        hours = datetime.combine(local.date() - timedelta(days=1), time(19, 55))
    walls = [
        ("visit:week", local - timedelta(days=7)),
        ("visit:day", local - timedelta(days=1)),
        ("visit:hours", hours),
        ("visit:after", datetime.combine(local.date() + timedelta(days=1), time(HOUR))),
    ]
    moments = [(reason, wall.replace(tzinfo=zone).astimezone(UTC)) for reason, wall in walls]
    return [("visit:offer", BEGIN), *moments]
