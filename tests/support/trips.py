"""Trips for tests, as their workbooks have them, and what the team does with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from cora_bot.study.visits.place_files import beside
from cora_bot.study.visits.workbook import as_workbook
from cora_bot.usecases.house import House
from cora_bot.usecases.people import people
from cora_bot.usecases.visits import arranging
from cora_bot.usecases.visits.inviting import Offered, offer
from cora_bot.usecases.visits.planning import plan, read_workbook

Sheet = tuple[tuple[str, ...], ...]

SETTINGS = {
    "id": "spring", "title": "Spring", "length": "60", "buffer": "15", "exact_place": "24", "notice": "12",
    "messages": "8", "alternatives": "phone video home", "countries": "", "zones": "", "waves": "", "languages": "",
}  # fmt: skip
PLACES: Sheet = (
    ("place", "zone", "country", "city", "city::ar", "exact place", "pin"),
    ("tirana", "Europe/Tirane", "AL", "Tirana", "تيرانا", "Rruga Shembull 1, second floor", "41.3275, 19.8187"),
    ("shkodra", "Europe/Tirane", "AL", "Shkodra", "", "Rruga Tjetër 2, the blue door", ""),
    ("kabul", "Asia/Kabul", "AF", "Kabul", "", "Street 5, house 7", ""),
    ("baghdad", "Asia/Baghdad", "IQ", "Baghdad", "بغداد", "Street 14, house 3", ""),
)
INTERVIEWERS: Sheet = (
    ("interviewer", "languages", "gender"),
    ("ANNA", "sq en de", "woman"),
    ("BEN", "en sq ar", "man"),
    ("CYRUS", "fa-AF ar en", "man"),
)
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\3\x84\0\0\2\x58 the blue door"  # 900 × 600, and nothing to be seen
VOICE = b"OggS" + bytes(24) + b"OpusHead the way, spoken"
FILES = {"door.png": PICTURE, "way.ogg": VOICE, "way-ar.ogg": VOICE + b" in Arabic"}
DAYS = ("day", "place", "interviewer", "from", "to", "interpreter", "capacity")
TRAVEL: Sheet = (("from", "to", "minutes"), ("tirana", "shkodra", "120"))


def sheets(days: list[tuple[str, ...]], **settings: str) -> dict[str, Sheet]:
    """A trip of these days: day, place, interviewer, from, to, interpreter, capacity."""
    trip = SETTINGS | settings
    return {
        "trip": (("setting", "value"), *trip.items()),
        "places": PLACES,
        "interviewers": INTERVIEWERS,
        "days": (DAYS, *days),
        "travel": TRAVEL,
    }


def workbook(days: list[tuple[str, ...]], **settings: str) -> bytes:
    return as_workbook(sheets(days, **settings))


def standard(first: date) -> list[tuple[str, ...]]:
    """Two interviewers, two cities, three days; a third one in Kabul and Baghdad."""
    second, third = (first + timedelta(days=n) for n in (1, 2))
    return [
        (first.isoformat(), "tirana", "ANNA", "09:00", "13:00", "", "1"),
        (second.isoformat(), "tirana", "ANNA", "14:00", "16:15", "", "1"),
        (second.isoformat(), "tirana", "BEN", "14:00", "16:15", "", "1"),
        (third.isoformat(), "shkodra", "BEN", "10:00", "12:15", "", "1"),
        (first.isoformat(), "kabul", "CYRUS", "09:00", "11:15", "", "1"),
        (third.isoformat(), "baghdad", "CYRUS", "15:00", "17:15", "", "1"),
    ]


def shown(days: list[tuple[str, ...]], **settings: str) -> bytes:
    """The same trip, where Tirana has a picture and a voice: one in Arabic, one for all others."""
    (head, tirana, *others) = PLACES
    named: Sheet = (
        (*head, "picture", "voice", "voice::ar"),
        (*tirana, *FILES),
        *others,
    )
    return as_workbook(sheets(days, **settings) | {"places": named})


async def stored(house: House, source: bytes, files: Mapping[str, bytes] | None = None) -> None:
    """The trip of this workbook, planned; ``files`` lie beside it."""
    reading = read_workbook(source, house.script.study, house.clock.now(), file="trip.xlsx", beside=beside(files or {}))
    assert reading.trip is not None, [str(each) for each in reading.problems]
    await plan(house, reading.trip, reading.slots, reading.files)


async def offered(house: House, until: date, *, most: int = 1000) -> Offered:
    return await offer(house, "spring", most=most, until=until, send=True)


async def arrange(house: House, command: str, words: list[str]) -> None:
    """A line of a golden chat."""
    match command, words:
        case "trip", [first]:
            await stored(house, workbook(standard(date.fromisoformat(first))))
        case "trip", [first, "shown"]:
            await stored(house, shown(standard(date.fromisoformat(first))), FILES)
        case "offer", [until]:
            await offered(house, date.fromisoformat(until))
        case "ill", [interviewer, day]:
            await arranging.ill(house, "spring", interviewer, date.fromisoformat(day))
        case "visit", [what, *slot]:
            (person,) = await people(house)
            done = {"cancel": arranging.cancel, "done": arranging.done, "missed": arranging.missed}
            if what == "move":
                await arranging.move(house, person.code, int(slot[0]))
            else:
                await done[what](house, person.code)
        case _:
            raise ValueError(f"the team does not know how to {command} {words}")
