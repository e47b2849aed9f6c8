"""A trip as its workbook says it: places, interviewers, their days, the rules of booking, and who is invited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from cora_bot.base.values import Value, replace

PURPOSE: Final = "visits"
"""The consent purpose a visit needs."""


class Way(StrEnum):
    """How two people talk. ``HOME`` has no slot: the team sees to it."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home"


class Gender(StrEnum):
    WOMAN = "woman"
    MAN = "man"
    UNSAID = ""


class PlaceFile(Value):
    """A picture or voice that says where a place is: its name beside the workbook, and the ``row`` that names it.

    ``digest`` is the SHA-256 of its content; ``id`` (hex) is the store's, "" before.
    """

    name: str
    row: int
    digest: str = ""
    id: str = ""

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Place:
    """``cities`` and ``addresses`` by language code, "" for all others; the address is told late and only when booked.

    ``pictures`` and ``voices``, where there are some, are told like the address. ``country`` may be "": then whoever is
    invited may come there. ``zone`` is IANA's.
    """

    code: str
    zone: str
    country: str
    cities: Mapping[str, str]
    addresses: Mapping[str, str]
    pin: tuple[float, float] | None = None
    pictures: Mapping[str, PlaceFile] = field(default_factory=dict)
    voices: Mapping[str, PlaceFile] = field(default_factory=dict)

    def city(self, language: str) -> str:
        return self.cities.get(language) or self.cities[""]

    def address(self, language: str) -> str:
        return self.addresses.get(language) or self.addresses[""]

    def picture(self, language: str) -> PlaceFile | None:
        return self.pictures.get(language) or self.pictures.get("")

    def voice(self, language: str) -> PlaceFile | None:
        return self.voices.get(language) or self.voices.get("")

    @property
    def files(self) -> tuple[PlaceFile, ...]:
        return (*self.pictures.values(), *self.voices.values())

    def with_files(self, change: Callable[[PlaceFile], PlaceFile]) -> Place:
        pictures = {language: change(each) for language, each in self.pictures.items()}
        return replace(
            self, pictures=pictures, voices={language: change(each) for language, each in self.voices.items()}
        )


class Interviewer(Value):
    """``code`` is what the team calls the person, the same on every trip: two trips never book one person twice."""

    code: str
    languages: tuple[str, ...]
    gender: Gender


class Shift(Value):
    """One interviewer at one place from ``begins`` to ``ends``, naive wall time there. ``row`` is the workbook's."""

    place: str
    interviewer: str
    begins: datetime
    ends: datetime
    interpreter: tuple[str, ...]  # languages somebody beside the interviewer speaks that day
    capacity: int
    row: int


class Rules(Value):
    """Minutes, but ``exact_place`` and ``notice``: hours before the meeting from which, and until which.

    ``messages`` is how many messages one visit may cause at most that nobody asked for; ``ways`` what is offered
    instead.
    """

    length: int
    buffer: int
    exact_place: int = 24
    notice: int = 12
    messages: int = 8
    ways: tuple[Way, ...] = ()


class Who(Value):
    """Who is invited: empty means all. ``waves``: one of them must have been reached."""

    countries: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip. ``travel``: minutes between two places, both ways."""

    id: str
    title: str
    rules: Rules
    places: tuple[Place, ...]
    interviewers: tuple[Interviewer, ...]
    shifts: tuple[Shift, ...]
    travel: tuple[tuple[str, str, int], ...] = ()
    who: Who = field(default_factory=Who)

    def place(self, code: str) -> Place:
        return next(each for each in self.places if each.code == code)

    @property
    def files(self) -> tuple[PlaceFile, ...]:
        """Of all its places."""
        return tuple(each for place in self.places for each in place.files)

    def with_files(self, change: Callable[[PlaceFile], PlaceFile]) -> Trip:
        return replace(self, places=tuple(place.with_files(change) for place in self.places))

    def interviewer(self, code: str) -> Interviewer:
        return next(each for each in self.interviewers if each.code == code)

    def minutes_between(self, one: str, other: str) -> int | None:
        """Minutes of travel; None where the workbook does not say."""
        if one == other:
            return 0
        return next((minutes for a, b, minutes in self.travel if {a, b} == {one, other}), None)


class Slot(Value):
    """A time that can be booked: instants in UTC. ``id`` is the store's (0 before).

    ``languages`` are the interviewer's and the interpreter's.
    ``held_from`` and ``held_until`` are when the interviewer can do nothing else: travel before, buffer after.
    """

    interviewer: str
    place: str
    starts: datetime
    ends: datetime
    seats: int
    languages: tuple[str, ...]
    held_from: datetime
    held_until: datetime
    interpreter: bool = False
    id: int = 0


class Bookable(Value):
    """A slot as it can be booked now: the numbers of its seats that are free, from 1."""

    slot: Slot
    free: tuple[int, ...]
