"""What the team of a simulated trip does: plans it, offers it a fortnight before, and closes each meeting.

Rules: as at the server, through the same usecases and beside the running bot. Whoever did not come is marked as missed
an hour later; everybody else as met two days later, so that the question of the day after is theirs to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot.simulate.meetings import MANNERS, End, Guest, Held
from bot.simulate.respondent import HOUR, Respondent
from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem
from cora_bot.store import trips
from cora_bot.study.visits.reader import read_trip
from cora_bot.study.visits.trip import Trip
from cora_bot.study.visits.workbook import read_rows
from cora_bot.usecases.house import House
from cora_bot.usecases.visits import arranging, listing
from cora_bot.usecases.visits.inviting import offer
from cora_bot.usecases.visits.listing import Time
from cora_bot.usecases.visits.planning import beside_workbook, plan, read_workbook

OFFERED: Final = timedelta(days=14)  # so long before the first day
CHOOSE_UNTIL: Final = timedelta(days=4)
CLOSED: Final = timedelta(days=2)  # so long after a meeting
AFTERWARDS: Final = 5  # days that people live on
HOUR_OF_DAY: Final = time(9)

Opened = Callable[[], AbstractAsyncContextManager[House]]


class TripError(CoraError):
    """``problems`` of the workbook."""

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        super().__init__(f"{file} cannot be simulated", "\n".join(str(each) for each in problems))


def days_of(file: Path) -> tuple[date, date]:
    """The first and the last day. Raises ``TripError``."""
    rows, problems = read_rows(file.read_bytes(), file=file.name)
    trip, found = read_trip(rows, file=file.name) if not problems else (None, [])
    if trip is None:
        raise TripError(file, [*problems, *found])
    begins = [each.begins.date() for each in trip.shifts]
    return min(begins), max(begins)


@dataclass
class Team:
    """One trip, and who is invited to it. ``invited`` are their case codes once it was offered."""

    file: Path
    opened: Opened
    people: Sequence[Respondent]
    trip: Trip | None = None
    invited: tuple[str, ...] = ()
    _offer_at: datetime | None = None
    _closed: set[Held] = field(default_factory=set)

    async def plan(self) -> None:
        """Stores the trip; from now on people can have a meeting in mind. Raises ``TripError``."""
        async with self.opened() as house:
            source, now = self.file.read_bytes(), house.clock.now()
            found = beside_workbook(self.file)
            reading = read_workbook(source, house.script.study, now, file=self.file.name, beside=found)
            if reading.trip is None:
                raise TripError(self.file, reading.problems)
            await plan(house, reading.trip, reading.slots, reading.files)
            async with house.database.read() as tx:
                slots = {slot.id: slot for slot in await trips.of_trip(tx, reading.trip.id)}
        self.trip = reading.trip
        first = min(slot.starts for slot in slots.values()).date()
        self._offer_at = datetime.combine(first - OFFERED, HOUR_OF_DAY, UTC)
        if self._offer_at <= max(one.persona.arrives for one in self.people):
            raise CoraError("the trip begins before everybody has joined", "Give an earlier day with --begin, or none.")
        for one in self.people:
            one.guest = Guest(reading.trip, slots, MANNERS[one.persona.number % len(MANNERS)])

    def next(self) -> datetime | None:
        """When there is something to do."""
        moments = [_to_close(one, held) for one, held in self._open()]
        return min((at for at in (*moments, self._offer_at) if at is not None), default=None)

    @property
    def has_offered(self) -> bool:
        return self.trip is not None and self._offer_at is None

    async def times(self) -> list[Time]:
        """Every time with who took it."""
        if self.trip is None:
            raise RuntimeError("the trip has not been planned")
        async with self.opened() as house:
            return await listing.times(house, self.trip.id)

    async def act(self, now: datetime) -> None:
        """What is to be done by now. Raises ``CoraError`` where it is refused."""
        if self.trip is not None and self._offer_at is not None and self._offer_at <= now:
            until = (self._offer_at + OFFERED - CHOOSE_UNTIL).date()
            self._offer_at = None
            async with self.opened() as house:
                self.invited = (await offer(house, self.trip.id, most=5000, until=until, send=True)).codes
        over = [(one, held) for one, held in self._open() if _to_close(one, held) <= now]
        if over:
            async with self.opened() as house:
                for one, held in over:
                    await self._close(house, one, held)

    async def _close(self, house: House, one: Respondent, held: Held) -> None:
        self._closed.add(held)
        if one.guest is not None and one.guest.is_missing:
            await arranging.missed(house, one.diary.code)
            one.guest.give_up(house.clock.now(), End.MISSED)
        else:
            await arranging.done(house, one.diary.code)
            if one.guest is not None:
                one.guest.met = one.guest.met or house.clock.now()

    def _open(self) -> list[tuple[Respondent, Held]]:
        known = [(one, one.guest.current) for one in self.people if one.guest is not None]
        return [(one, held) for one, held in known if held is not None and held not in self._closed]


def _to_close(one: Respondent, held: Held) -> datetime:
    missing = one.guest is not None and one.guest.is_missing
    return held.slot.ends + (HOUR if missing else CLOSED)
