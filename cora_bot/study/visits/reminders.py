"""When a person is written to about a booked meeting: a week, a day and two hours before, and the day after.

All of it in wall time, so that a clock change moves nothing, and outside the person's quiet hours: what would fall
into them comes before they begin, so that a reminder never comes too late to be of use.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.study.model import QuietHours
from cora_bot.study.schedule import instant, is_quiet
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import News

BEFORE: Final = ((News.WEEK, timedelta(days=7)), (News.DAY, timedelta(days=1)), (News.HOURS, timedelta(hours=2)))
AT_LEAST: Final = timedelta(minutes=30)
"""A reminder that could only come later than so long before the meeting is left out."""

EARLY: Final = timedelta(minutes=5)
"""What quiet hours push forward comes so long before they begin."""


def moments(slot: Slot, quiet: QuietHours, *, zone: str, hour: int) -> tuple[tuple[News, datetime], ...]:
    """Every moment of this meeting for somebody in ``zone`` who is written to at ``hour``, earliest first."""
    place = ZoneInfo(zone)
    starts = slot.starts.astimezone(place).replace(tzinfo=None)
    before = [(news, awake(_earlier(slot, starts, span, place), quiet, place)) for news, span in BEFORE]
    after = instant(datetime.combine(slot.ends.astimezone(place).date() + timedelta(days=1), time(hour)), place)
    useful = [(news, at) for news, at in before if at <= slot.starts - AT_LEAST]
    return (*_apart(useful), (News.AFTER, after))


def _earlier(slot: Slot, starts: datetime, span: timedelta, place: ZoneInfo) -> datetime:
    """Days are days of the calendar there, hours are hours."""
    return instant(starts - span, place) if span >= timedelta(days=1) else slot.starts - span


def awake(at: datetime, quiet: QuietHours, place: ZoneInfo) -> datetime:
    """``at`` itself, or the last moment before the quiet hours it lies in."""
    local = at.astimezone(place).replace(tzinfo=None)
    if not is_quiet(quiet, local.time()):
        return at
    begins = datetime.combine(local.date(), quiet.start)
    if begins > local:
        begins -= timedelta(days=1)
    return instant(begins - EARLY, place)


def _apart(found: list[tuple[News, datetime]]) -> list[tuple[News, datetime]]:
    """Of two that quiet hours pushed together the later one is enough."""
    return [each for each, following in zip(found, [*found[1:], None], strict=True) if not _close(each, following)]


def _close(one: tuple[News, datetime], other: tuple[News, datetime] | None) -> bool:
    return other is not None and other[1] - one[1] < timedelta(hours=1)


def following(slot: Slot, quiet: QuietHours, *, zone: str, hour: int, after: datetime) -> tuple[News, datetime] | None:
    """The next one later than ``after``."""
    return next((each for each in moments(slot, quiet, zone=zone, hour=hour) if each[1] > after), None)
