"""When a person is asked: the study's waves placed in that person's own time. Pure: days and zones in, instants out.

A plan holds every occurrence, past ones too; what to do with those is the dialogue's business. Windows and reminders
are counted in local wall time, so a clock change inside a window moves nothing a person would notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cora_bot.study.durations import calendar_offset, occurrence_days
from cora_bot.study.model import Anchor, Anchors, Planned, QuietHours, Return, Study, Wave

_MINUTE = timedelta(minutes=1)


def plan(study: Study, anchors: Anchors) -> tuple[Planned, ...]:
    """Every occurrence this person's purposes and return allow, earliest first; numbers count from 1 in each wave.

    A planned return is planned for like a done one: holding its waves until it is confirmed is the dialogue's part.
    """
    found = (
        planned
        for wave in study.occasions
        if wave.purpose in anchors.purposes
        for planned in _occurrences(wave, anchors)
    )
    return tuple(sorted(found, key=lambda planned: (planned.opens, planned.wave, planned.number)))


def _occurrences(wave: Wave, anchors: Anchors) -> Iterator[Planned]:
    anchor = _anchor_day(wave, anchors)
    if anchor is None:
        return
    zone = ZoneInfo(anchors.zone)
    first = anchor + calendar_offset(wave.offset)
    for number, day in enumerate(occurrence_days(first, wave.recurrence), start=1):
        local = _existing(datetime.combine(day, time(anchors.hour)), zone)
        yield placed(wave, number, local, zone)


def placed(wave: Wave, number: int, local: datetime, zone: ZoneInfo) -> Planned:
    """The occasion of ``wave`` that opens at ``local``, with its window and reminders as the wave has them."""
    return Planned(
        wave=wave.id,
        number=number,
        local=local,
        opens=instant(local, zone),
        closes=instant(local + wave.window, zone),
        reminders=tuple(instant(local + after, zone) for after in wave.reminders),
    )


def _anchor_day(wave: Wave, anchors: Anchors) -> date | None:
    """The day ``wave`` is counted from, or None: this person is not offered it."""
    if wave.planned_return_only and anchors.return_state is not Return.PLANNED:
        return None
    match wave.anchor:
        case Anchor.ENROLMENT:
            return anchors.enrolled
        case Anchor.RETURN_DATE:
            going = anchors.return_state in {Return.PLANNED, Return.DONE}
            return anchors.return_date if going else None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of naive wall time: the first of two when clocks go back, the first valid later minute when a
    clock change skips it."""
    return _existing(local, zone).replace(tzinfo=zone, fold=0).astimezone(UTC)


def _existing(local: datetime, zone: ZoneInfo) -> datetime:
    while not _exists(local, zone):
        local = local.replace(second=0, microsecond=0) + _MINUTE
    return local


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    there = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return there.astimezone(zone).replace(tzinfo=None) == local


def allowed_at(study: Study, zone: str, at: datetime) -> datetime:
    """``at`` itself where it lies outside the quiet hours of a person in ``zone``, else the moment they end."""
    place = ZoneInfo(zone)
    while is_quiet(study.quiet, at.astimezone(place).time()):
        at = _quiet_end(study.quiet, place, at)
    return at


def _quiet_end(quiet: QuietHours, zone: ZoneInfo, at: datetime) -> datetime:
    """The next end of quiet hours after ``at``. Where a clock change skips it, the next minute may be quiet again."""
    local = at.astimezone(zone).replace(tzinfo=None)
    end = datetime.combine(local.date(), quiet.end)
    if end <= local:
        end += timedelta(days=1)
    first = instant(end, zone)
    # Clocks gone back between the two passes of an hour: the quiet hours' end was already passed once.
    return first if first > at else end.replace(tzinfo=zone, fold=1).astimezone(UTC)


def is_quiet(quiet: QuietHours, at: time) -> bool:
    """Whether a local time of day lies in the quiet hours: the start does, the end does not."""
    if quiet.start <= quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def later(study: Study, zone: str, now: datetime, hours: int) -> datetime:
    """When to ask again somebody who said "later": ``hours`` on, or the end of the quiet hours after that."""
    return allowed_at(study, zone, now + timedelta(hours=hours))


def remaining_reminders(reminders: Iterable[datetime], *, after: datetime, closes: datetime) -> tuple[datetime, ...]:
    """The reminders still ahead of ``after`` and before the window closes, earliest first."""
    return tuple(sorted(moment for moment in reminders if after < moment < closes))
