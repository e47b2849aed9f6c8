"""One visit as the interviewer's side needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cora_bot.study.visits.on_paper import on_paper


class Standing(StrEnum):
    """Whether it takes place."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How the two meet."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Gone:
    """A visit that had a time once, and has none any more: when that was is not kept. As in ``Appointment``."""

    id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """One visit. It has no field for wishes (access, childcare, company): they are sealed like any answer.

    ``id`` is the visit's number (``V-7Q2K``) and stays through every change; ``sequence`` counts the changes from 0.
    ``starts`` is an instant in UTC, ``zone`` the IANA zone of the place. ``place`` is the exact one, ``city`` may be
    known to more people. ``interviewer`` and ``interpreter`` are codes of staff, ``case`` the person's code,
    ``picture`` the word by which both sides recognise each other.
    """

    id: str
    sequence: int
    standing: Standing
    starts: datetime
    zone: str
    minutes: int
    city: str
    interviewer: str
    mode: Mode = Mode.IN_PERSON
    place: str = ""
    interpreter: str = ""
    languages: tuple[str, ...] = ()
    case: str = ""
    picture: str = ""

    def __post_init__(self) -> None:
        if self.starts.utcoffset() != timedelta(0):
            raise ValueError(f"{self.id}: a visit starts at an instant in UTC")
        if self.minutes < 1 or self.sequence < 0:
            raise ValueError(f"{self.id}: a visit lasts at least a minute, and its changes count from 0")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{self.id}: there is no time zone {self.zone!r}") from None

    @property
    def on_paper(self) -> str:
        """Its number with the letters by which whoever seals something of it sees that number and case fit."""
        return on_paper(self.id, self.case)

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)

    def local(self, instant: datetime) -> datetime:
        """``instant`` at the place, aware."""
        return instant.astimezone(UTC).astimezone(ZoneInfo(self.zone))
