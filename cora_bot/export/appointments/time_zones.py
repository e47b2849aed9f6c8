"""VTIMEZONE components (RFC 5545, 3.6.5) out of the time zone database this machine has.

Rules of years to come are not guessed as RRULEs: every change of the clock that the events need stands there by its
date, which is also right for zones that no yearly rule describes (Morocco's clocks follow Ramadan). Each onset stands
as DTSTART and as RDATE, because some readers know only one of them, and each RDATE on a line of its own, because some
read only the first of several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOOKED_BACK: Final = timedelta(days=800)
"""Further back than any zone's last change in which clocks still change every year."""
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Observance:
    """Clocks from one change to the next: offsets before and after it, whether it is summer time, the zone's name."""

    before: timedelta
    after: timedelta
    daylight: bool
    name: str


def time_zone(zone: str, first: datetime, last: datetime) -> Iterator[str]:
    """The component's lines for events between ``first`` and ``last`` (instants).

    Whole years, and one more: some calendars keep the first description of a zone they meet, and a moved visit comes
    later.
    """
    first, last = datetime(first.year, 1, 1, tzinfo=UTC), datetime(last.year + 2, 1, 1, tzinfo=UTC)
    onsets: dict[Observance, list[datetime]] = {}
    for at, observance in _changes(ZoneInfo(zone), first, last):
        onsets.setdefault(observance, []).append(at)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    for observance, moments in onsets.items():
        kind = "DAYLIGHT" if observance.daylight else "STANDARD"
        walls = [f"{at + observance.before:%Y%m%dT%H%M%S}" for at in moments]  # wall time just before the change
        yield f"BEGIN:{kind}"
        yield f"DTSTART:{walls[0]}"
        yield from (f"RDATE:{wall}" for wall in walls)
        yield f"TZOFFSETFROM:{_offset(observance.before)}"
        yield f"TZOFFSETTO:{_offset(observance.after)}"
        yield f"TZNAME:{observance.name}"
        yield f"END:{kind}"
    yield "END:VTIMEZONE"


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[tuple[datetime, Observance]]:
    """The change under which ``first`` lies, and all that follow until ``last``."""
    found: list[tuple[datetime, Observance]] = []
    at = first - LOOKED_BACK
    while at < last:
        later = min(at + _DAY, last)
        if _clock(zone, at) != _clock(zone, later):
            moment = _moment(zone, at, later)
            found.append((moment, _observance(zone, moment)))
        at = later
    before = [place for place, (moment, _) in enumerate(found) if moment <= first]
    if before:
        return found[before[-1] :]
    offset, daylight, name = _clock(zone, first)
    return [(_LONG_AGO, Observance(offset, offset, daylight, name)), *found]


def _clock(zone: ZoneInfo, at: datetime) -> tuple[timedelta, bool, str]:
    there = at.astimezone(zone)
    return there.utcoffset() or timedelta(), bool(there.dst()), there.tzname() or zone.key


def _observance(zone: ZoneInfo, at: datetime) -> Observance:
    return Observance(_clock(zone, at - _SECOND)[0], *_clock(zone, at))


def _moment(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first whole second at which the clock shows what it shows at ``late``."""
    early, shown = early.replace(microsecond=0), _clock(zone, late)
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        early, late = (early, middle) if _clock(zone, middle) == shown else (middle, late)
    return late.replace(microsecond=0)


def _offset(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(offset) // _SECOND, 60)
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")
