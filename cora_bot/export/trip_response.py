"""Response by trip: how many were offered a visit, opened the offer, booked a time and met; and AAPOR's RR1.

Everything is counted from the visits in the bundle (``visits.csv``); erased persons are not among them. A rate is taken
over visits of trips that were over when the bundle was made, whatever became of them: refusals come early, meetings on
the trip's own days, so a rate over what is settled already would be wrong.

    RR1 = I / ((I + R + NC + O) + (UH + UO))      kept = met / booked at least once

after AAPOR, Standard Definitions (8th edition, 2015), "Response rates"; there is no partial visit. Here I: met,
R: refused, NC: missed and unreachable, O: no_answer, UH: cancelled, UO: what is still under way although the trip is
over. Nobody is not eligible: who is offered a visit agreed to visits before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cora_bot.export.bundle_facts import VisitFact, moment
from cora_bot.export.terminal import table
from cora_bot.export.visits import AAPOR

EVERY_TRIP: Final = "(all)"
"""The row of all trips together. No trip can be called so."""
UNKNOWN: Final = "unknown"
COLUMNS: Final = (
    "trip",
    *(f"visit_{outcome}" for outcome in (*AAPOR, UNKNOWN)),
    "visit_booked_once",
    "visit_moved_once",
    "visit_missed_once",
    "closed_booked_once",
    "closed_met",
    "kept",
)
_ALWAYS_PRINTED: Final = frozenset({"met", "refused", "missed", "unreachable"})


@dataclass(frozen=True, slots=True)
class TripResponse:
    """The visits of one trip, or of all together. One person on two trips is two visits.

    ``invited``: at least one message was sent; ``opened``: its invitation was opened. ``booked``, ``moved`` and
    ``missed``: at least once, whatever came of it. ``outcomes`` add up to ``offered``; ``closed`` are those of trips
    that were over, and ``closed_booked`` of them booked a time at least once.
    """

    trip: str
    offered: int
    invited: int
    opened: int
    booked: int
    moved: int
    missed: int
    outcomes: Counter[str]
    closed: Counter[str]
    closed_booked: int

    @property
    def rr1(self) -> str:
        """With four decimals, "" where it is not defined."""
        return _share(self.closed["met"], self.closed.total())

    @property
    def kept(self) -> str:
        """Of those who booked a time, how many met."""
        return _share(self.closed["met"], self.closed_booked)


def trip_responses(facts: Sequence[VisitFact], *, at: datetime) -> tuple[TripResponse, ...]:
    """By trip, then all together; nothing without visits. ``at`` is when the bundle was made."""
    if not facts:
        return ()
    trips = sorted({fact.trip for fact in facts})
    each = (_response(trip, [fact for fact in facts if fact.trip == trip], at) for trip in trips)
    return (*each, _response(EVERY_TRIP, facts, at))


def _response(trip: str, facts: Sequence[VisitFact], at: datetime) -> TripResponse:
    closed = [fact for fact in facts if moment(fact.closes) <= at]
    return TripResponse(
        trip=trip,
        offered=len(facts),
        invited=sum(fact.sent > 0 for fact in facts),
        opened=sum(fact.opened for fact in facts),
        booked=sum(fact.booked for fact in facts),
        moved=sum(fact.moves > 0 for fact in facts),
        missed=sum(fact.misses > 0 for fact in facts),
        outcomes=_outcomes(facts),
        closed=_outcomes(closed),
        closed_booked=sum(fact.booked for fact in closed),
    )


def _outcomes(facts: Iterable[VisitFact]) -> Counter[str]:
    return Counter(fact.outcome if fact.outcome in AAPOR else UNKNOWN for fact in facts)


def _share(count: int, of: int) -> str:
    return f"{count / of:.4f}" if of else ""


def cells(one: TripResponse) -> Sequence[str]:
    """What ``response.csv`` has under ``COLUMNS``."""
    outcomes = (str(one.outcomes[outcome]) for outcome in (*AAPOR, UNKNOWN))
    once = (one.booked, one.moved, one.missed, one.closed_booked, one.closed["met"])
    return (one.trip, *outcomes, *(str(count) for count in once), one.kept)


def in_a_line(found: Sequence[TripResponse]) -> Iterator[str]:
    """How many of each outcome on all trips, for the account's notes; nothing without visits."""
    for one in found[-1:]:
        known = [f"{one.outcomes[outcome]} {outcome}" for outcome in (*AAPOR, UNKNOWN) if one.outcomes[outcome]]
        yield f"visits: {', '.join(known)}"


def as_text(found: Sequence[TripResponse]) -> str:
    """The short table people read; "" without visits. Outcomes that nobody had are left out."""
    if not found:
        return ""
    named = [name for name in (*AAPOR, UNKNOWN) if name in _ALWAYS_PRINTED or any(one.outcomes[name] for one in found)]
    head = ("trip", "offered", "invited", "opened", "booked once", *named, "RR1", "kept")
    lines = [
        (
            one.trip,
            *(str(count) for count in (one.offered, one.invited, one.opened, one.booked)),
            *(str(one.outcomes[name]) for name in named),
            *(f"{float(rate):.1%}" if rate else "-" for rate in (one.rr1, one.kept)),
        )
        for one in found
    ]
    return table([head, *lines], left=1)
