"""From the days of a trip to slots: length and buffer, travel, capacity, and every clock change seen beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cora_bot.base.problems import Problem
from cora_bot.study.visits.trip import Shift, Slot, Trip

CELL = timedelta(minutes=5)
"""The grain in which the store keeps an interviewer's time: whatever holds it begins and ends on such a mark."""

SAME_JOURNEY = timedelta(hours=12)
"""Two shifts at different places that follow each other more closely need a travel time in the workbook."""


def lay_out(trip: Trip, now: datetime, *, file: str = "") -> tuple[tuple[Slot, ...], list[Problem]]:
    """Every slot of the trip, earliest first, and all that is wrong with its days. With problems there is no plan."""
    problems: list[Problem] = []
    by_shift: dict[int, list[Slot]] = {}
    for shift in trip.shifts:
        wrong = list(_wrong(trip, shift, now, file))
        problems += wrong
        if not wrong:
            by_shift[shift.row] = list(_slots(trip, shift))
    for shift in trip.shifts:
        if shift.row in by_shift and not by_shift[shift.row]:
            problems.append(
                _days(file, shift, "visit.no-slot", "no meeting fits between from and to", "Make it longer.")
            )
    problems += _collisions(trip, by_shift, file)
    slots = [slot for several in by_shift.values() for slot in several]
    return tuple(sorted(slots, key=lambda each: (each.starts, each.interviewer))), problems


def _wrong(trip: Trip, shift: Shift, now: datetime, file: str) -> Iterator[Problem]:
    if shift.begins >= shift.ends:
        yield _days(file, shift, "visit.inverted", "the day ends before it begins", "“to” must be later than “from”.")
        return
    zone = ZoneInfo(trip.place(shift.place).zone)
    for name, moment in (("from", shift.begins), ("to", shift.ends)):
        if (why := _clock_change(moment, zone)) is not None:
            yield _days(file, shift, "visit.clock-change", f"“{name}” {moment:%H:%M} {why}", "Choose another time.")
            return
    if instant(shift.begins, zone) <= now:
        yield _days(file, shift, "visit.past", "this day has begun already or is over", "Look at the date.")
        return
    for slot in _slots(trip, shift):
        for moment in (slot.starts, slot.ends):
            local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
            if (why := _clock_change(local, zone)) is not None:
                hint = "Split the day in two rows, before and after the clocks change."
                yield _days(file, shift, "visit.clock-change", f"a meeting at {local:%H:%M} {why}", hint)
                return


def _clock_change(local: datetime, zone: ZoneInfo) -> str | None:
    """Why this wall time would be misread there; None where it is one moment."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return None
    exists = first.astimezone(zone).replace(tzinfo=None, fold=0) == local
    return "happens twice: the clocks go back" if exists else "does not exist: the clocks go forward"


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _slots(trip: Trip, shift: Shift) -> Iterator[Slot]:
    zone, rules = ZoneInfo(trip.place(shift.place).zone), trip.rules
    starts, last = instant(shift.begins, zone), instant(shift.ends, zone)
    languages = (*trip.interviewer(shift.interviewer).languages, *shift.interpreter)
    held_from = starts - timedelta(minutes=_travel_before(trip, shift))
    while (ends := starts + timedelta(minutes=rules.length)) <= last:
        free_at = ends + timedelta(minutes=rules.buffer)
        yield Slot(
            interviewer=shift.interviewer,
            place=shift.place,
            starts=starts,
            ends=ends,
            seats=shift.capacity,
            languages=tuple(dict.fromkeys(languages)),
            held_from=held_from,
            held_until=free_at,
            interpreter=bool(shift.interpreter),
        )
        starts = held_from = free_at


def _before(trip: Trip, shift: Shift) -> Shift | None:
    """The shift of the same interviewer that comes before, on the clock of UTC."""
    mine = [
        each
        for each in trip.shifts
        if each.interviewer == shift.interviewer and _begins(trip, each) < _begins(trip, shift)
    ]
    return max(mine, key=lambda each: _begins(trip, each), default=None)


def _begins(trip: Trip, shift: Shift) -> datetime:
    return instant(shift.begins, ZoneInfo(trip.place(shift.place).zone))


def _ends(trip: Trip, shift: Shift) -> datetime:
    return instant(shift.ends, ZoneInfo(trip.place(shift.place).zone))


def _travel_before(trip: Trip, shift: Shift) -> int:
    before = _before(trip, shift)
    if before is None or _begins(trip, shift) - _ends(trip, before) > SAME_JOURNEY:
        return 0
    return trip.minutes_between(before.place, shift.place) or 0


def _collisions(trip: Trip, by_shift: dict[int, list[Slot]], file: str) -> Iterator[Problem]:
    """Nobody is at two places, nor on the way and in a meeting, nor without the pause between two meetings."""
    for interviewer in trip.interviewers:
        mine = [each for each in trip.shifts if each.interviewer == interviewer.code and by_shift.get(each.row)]
        for earlier, later in pairwise(sorted(mine, key=lambda each: _begins(trip, each))):
            yield from _collision(trip, earlier, later, by_shift[earlier.row], file)


def _collision(trip: Trip, earlier: Shift, later: Shift, slots: Sequence[Slot], file: str) -> Iterator[Problem]:
    gap = _begins(trip, later) - _ends(trip, earlier)
    if gap < timedelta():
        said = f"{later.interviewer} is in {earlier.place} until {earlier.ends:%H:%M} (row {earlier.row})"
        yield _days(file, later, "visit.overlap", said, "One interviewer can have one row at a time.")
        return
    travel = trip.minutes_between(earlier.place, later.place)
    if travel is None and gap < SAME_JOURNEY:
        said = f"how long is the way from {earlier.place} to {later.place}?"
        yield _days(file, later, "visit.travel", said, "Add a row with the minutes to the sheet “travel”.")
        return
    needed = timedelta(minutes=trip.rules.buffer + (travel or 0))
    rest = _begins(trip, later) - slots[-1].ends
    if rest < needed:
        said = (
            f"after row {earlier.row} {later.interviewer} has {_minutes(rest)} minutes; "
            f"way and pause take {_minutes(needed)}"
        )
        yield _days(file, later, "visit.no-pause", said, "Begin later, or end the row before earlier.")


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def _days(file: str, shift: Shift, code: str, message: str, hint: str) -> Problem:
    return Problem(code, message, hint, file, "days", shift.row)


def cells(slot: Slot) -> range:
    """The numbers of the time cells a slot takes of its interviewer, since 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return range((slot.held_from - epoch) // CELL, -((epoch - slot.held_until) // CELL))
