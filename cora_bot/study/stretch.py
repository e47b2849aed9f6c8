"""Outages: times in which people of one place could not be reached. Silence then is no refusal. Pure.

An outage is kept as wall time at a place, which is a country of the study or an IANA zone: both are known of a person,
so either says who is meant, and each person's own zone says when it was. A country is not turned into its zones: two
countries may share one (``Europe/Belgrade``), and only one of them be cut off.

While an outage lasts, the clock of a window that is open stands still: what lies ahead in it, its reminders and its
end, comes later by the time the outage has taken. So the same window under the same outages is always the same,
whatever was entered first, and entering an outage twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cora_bot.base.values import Value, replace
from cora_bot.study.model import Planned
from cora_bot.study.schedule import instant

Span = tuple[datetime, datetime]
"""From the first instant of an outage to the first after it, in UTC."""


class Outage(Value):
    """``begins`` (included) and ``ends`` (not included) are naive wall time at ``place``; ``id`` is 0 until stored."""

    place: str
    begins: datetime
    ends: datetime
    id: int = 0


def spans(outages: Iterable[Outage], *, country: str, zone: str) -> tuple[Span, ...]:
    """When somebody of this country and zone was cut off, earliest first; what touches or overlaps is one span."""
    place = ZoneInfo(zone)
    found: list[Span] = []
    for begins, ends in sorted(span(each, place) for each in outages if each.place in (country, zone)):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif begins < ends:
            found.append((begins, ends))
    return tuple(found)


def span(outage: Outage, zone: ZoneInfo) -> Span:
    """The outage in ``zone``. Where clocks go back, its end is the second of two: rather too long than too short."""
    ends = instant(outage.ends, zone)
    return instant(outage.begins, zone), max(ends, outage.ends.replace(tzinfo=zone, fold=1).astimezone(UTC))


def out_until(cut_off: Iterable[Span], at: datetime) -> datetime | None:
    """When the outage that lasts at ``at`` ends; None when there is none."""
    return next((ends for begins, ends in cut_off if begins <= at < ends), None)


def overlap(cut_off: Iterable[Span], opens: datetime, closes: datetime) -> timedelta:
    """How much of this window the outages took."""
    taken = (min(ends, closes) - max(begins, opens) for begins, ends in cut_off if begins < closes and ends > opens)
    return sum(taken, timedelta())


def stretched(planned: Planned, cut_off: Sequence[Span], zone: str) -> Planned:
    """``planned`` (as the study's rules place it) under these outages. The moment it was planned for stays."""
    closes = _pushed(planned, planned.closes, cut_off, at_begin=False)
    if closes == planned.closes:
        return planned
    moved = (_reminder(planned, each, cut_off, ZoneInfo(zone), closes) for each in planned.reminders)
    return replace(planned, closes=closes, reminders=tuple(sorted(set(moved))))


def _pushed(planned: Planned, moment: datetime, cut_off: Iterable[Span], *, at_begin: bool) -> datetime:
    """``moment`` later by whatever outage lies between the window's opening and it.

    ``at_begin``: an outage that begins at that very moment hides it, which matters to a reminder and not to an end.
    """
    for begins, ends in cut_off:
        if ends > planned.opens and (begins < moment or (at_begin and begins == moment)):
            moment += ends - max(begins, planned.opens)
    return moment


def _reminder(
    planned: Planned, reminder: datetime, cut_off: Sequence[Span], zone: ZoneInfo, closes: datetime
) -> datetime:
    """Moved, a reminder keeps the person's hour, as long as the window lasts until then."""
    pushed = _pushed(planned, reminder, cut_off, at_begin=True)
    if pushed == reminder:
        return reminder
    hour = reminder.astimezone(zone).time()
    return back_at(cut_off, _at_hour(pushed, hour, zone, before=closes), hour, zone, before=closes)


def back_at(cut_off: Sequence[Span], at: datetime, hour: time, zone: ZoneInfo, *, before: datetime) -> datetime:
    """``at``, or where it lies in an outage, the first time afterwards that clocks show ``hour``.

    Where that would not be ``before`` the window's end, the end of the outage.
    """
    while (over := out_until(cut_off, at)) is not None:
        at = _at_hour(over, hour, zone, before=before)
    return at


def _at_hour(moment: datetime, hour: time, zone: ZoneInfo, *, before: datetime) -> datetime:
    """The first instant from ``moment`` on at which clocks show ``hour``; ``moment`` where that is too late."""
    day = moment.astimezone(zone).date()
    days = (instant(datetime.combine(each, hour), zone) for each in (day, day + timedelta(days=1)))
    return next((each for each in days if moment <= each < before), moment)
