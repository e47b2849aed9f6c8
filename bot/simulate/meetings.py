"""What somebody remembers of a meeting: which times were theirs and from when to when, and what they said at last.

Rules: a time is theirs once the card has said so. When messages are expected is worked out here from the wall clock
where the person lives, and not by what the bot plans with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.study.model import QuietHours
from cora_bot.study.visits.trip import Slot, Trip
from cora_bot.study.visits.visit import News

USELESS: Final = timedelta(minutes=30)  # what came so late before a meeting would help nobody
TOGETHER: Final = timedelta(hours=1)  # of two messages so near one is enough


class Manner(StrEnum):
    """How somebody deals with a meeting."""

    COMES = "comes"
    MOVES = "moves"  # once, to another time
    LATE = "late"
    CANCELS = "cancels"
    MISSES = "misses"  # the first time; then comes
    REFUSES = "refuses"
    PHONE = "phone"  # cannot travel, and talks by phone


MANNERS: Final = (
    Manner.COMES,
    Manner.MOVES,
    Manner.MISSES,
    Manner.LATE,
    Manner.CANCELS,
    Manner.COMES,
    Manner.REFUSES,
    Manner.PHONE,
    Manner.COMES,
    Manner.MOVES,
    Manner.COMES,
)
"""Each person's by their number, as with habits."""


class End(StrEnum):
    """How a time stopped being somebody's."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"
    STOPPED = "stopped"


@dataclass(slots=True, eq=False)
class Held:
    """A time that was somebody's: ``until`` is None while it is, and stays so for a meeting that took place."""

    slot: Slot
    since: datetime
    until: datetime | None = None
    end: End | None = None


@dataclass(slots=True)
class Guest:
    """One person and the trip. ``away``: when they had a break, had blocked the bot, or had pressed Later a day ago.
    ``put_off`` counts the last; ``met`` is when they, or the team, said that they met.
    """

    trip: Trip
    slots: Mapping[int, Slot]
    manner: Manner
    held: list[Held] = field(default_factory=list)
    refused: bool = False
    stopped: bool = False  # wants no more messages; the meeting goes with them
    late: bool = False
    put_off: int = 0
    met: datetime | None = None
    away: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def current(self) -> Held | None:
        return self.held[-1] if self.held and self.held[-1].until is None else None

    @property
    def is_missing(self) -> bool:
        """Whether they do not come to the time they have now."""
        return self.manner is Manner.MISSES and all(each.end is not End.MISSED for each in self.held)

    def take(self, slot: Slot, at: datetime) -> None:
        self.give_up(at, End.MOVED)
        self.refused = False
        self.held.append(Held(slot, at))

    def give_up(self, at: datetime, end: End) -> None:
        held = self.current
        if held is not None:
            held.until, held.end = at, end

    def is_away(self, at: datetime) -> bool:
        return any(since <= at < until for since, until in self.away)


def expected(slot: Slot, quiet: QuietHours, *, zone: str, hour: int) -> list[tuple[str, datetime]]:
    """When somebody in ``zone`` is to be written to about this meeting: three times before it, once the day after."""
    place = ZoneInfo(zone)
    wall = slot.starts.astimezone(place).replace(tzinfo=None)
    week, day = ((wall - timedelta(days=days)).replace(tzinfo=place).astimezone(UTC) for days in (7, 1))
    named = {News.WEEK: week, News.DAY: day, News.HOURS: slot.starts - timedelta(hours=2)}
    moved = {news: _outside(at, quiet, place) for news, at in named.items()}
    useful = {news: at for news, at in moved.items() if at <= slot.starts - USELESS}
    apart = {news: at for news, at in useful.items() if not _is_followed(at, list(useful.values()))}
    day_after = slot.ends.astimezone(place).date() + timedelta(days=1)
    after = datetime.combine(day_after, time(hour), place).astimezone(UTC)
    return [(f"visit:{news}", at) for news, at in (*apart.items(), (News.AFTER, after))]


def _is_followed(at: datetime, others: list[datetime]) -> bool:
    return any(timedelta(0) < other - at < TOGETHER for other in others)


def is_night(quiet: QuietHours, at: time) -> bool:
    if quiet.start > quiet.end:
        return at >= quiet.start or at < quiet.end
    return quiet.start <= at < quiet.end


def _outside(at: datetime, quiet: QuietHours, place: ZoneInfo) -> datetime:
    """What would come at night comes five minutes before it."""
    wall = at.astimezone(place).replace(tzinfo=None)
    if not is_night(quiet, wall.time()):
        return at
    evening = datetime.combine(wall.date(), quiet.start)
    evening -= timedelta(days=1 if evening > wall else 0, minutes=5)
    return evening.replace(tzinfo=place).astimezone(UTC)
