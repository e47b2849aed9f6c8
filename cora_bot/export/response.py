"""Response by wave and number: counts of occasions and, once windows have closed, AAPOR's RR1 and RR2.

Everything is counted from the occasions in the bundle; erased persons are not among them.

A rate is taken over occasions whose window had closed when the bundle was made, whatever became of them. Answers come
early and silence is certain only at the end, so a rate over what is settled already would be too high.

    RR1 = I / ((I + P) + (R + NC + O) + (UH + UO))      RR2 = (I + P) / the same

after AAPOR, Standard Definitions (8th edition, 2015), "Response rates". Here I: complete, P: partial, R: refused and
break_off, NC: non_contact, O: lapsed, UO: not_sent and what is still open, UH: not_attempted. Occasions that are
not_eligible are in neither; where nothing is left below the line there is no rate.

Below the waves stand the trips of field visits, in columns of their own (``trip_response.py``). A cell that means
nothing in a row is empty, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cora_bot.export.bundle_facts import OccurrenceFact, moment
from cora_bot.export.dispositions import AAPOR, disposition
from cora_bot.export.terminal import table
from cora_bot.export.trip_response import COLUMNS as TRIP_COLUMNS
from cora_bot.export.trip_response import TripResponse
from cora_bot.export.trip_response import cells as trip_cells
from cora_bot.study.model import Step

# Column by disposition. ``planned`` is every occasion here, so what is planned and nothing else yet is ``not_due``.
OUTCOMES: Final[Mapping[str, str]] = {name: "not_due" if name == Step.PLANNED else name for name in AAPOR}
ENDINGS: Final = (Step.EXPIRED, Step.LAPSED, Step.CANCELLED)
NOT_ELIGIBLE: Final = "not_eligible"
_WAVE_COLUMNS: Final = (
    "wave",
    "number",
    "planned",
    "invited",
    "opened",
    *OUTCOMES.values(),
    *(f"step_{step}" for step in ENDINGS),
    "closed",
    "closed_complete",
    "closed_partial",
    "closed_eligible",
    "rr1",
    "rr2",
)
HEADER: Final = (*_WAVE_COLUMNS, *TRIP_COLUMNS)
_ALWAYS_PRINTED: Final = frozenset({"complete", "partial", "refused", "non_contact"})


@dataclass(frozen=True, slots=True)
class Response:
    """The occasions of one wave and number.

    ``invited``: at least one message was sent; ``opened``: opened at least once. ``outcomes`` (by disposition) add up
    to ``planned``; ``closed`` are the outcomes of those whose window had closed. ``steps`` count server steps.
    """

    wave: str
    number: int
    planned: int
    invited: int
    opened: int
    outcomes: Counter[str]
    steps: Counter[str]
    closed: Counter[str]

    @property
    def eligible(self) -> int:
        """What stands below the line of both rates."""
        return self.closed.total() - self.closed[NOT_ELIGIBLE]

    def rate(self, *counted: str) -> str:
        """The share of ``counted`` outcomes with four decimals, "" where it is not defined."""
        return f"{sum(self.closed[one] for one in counted) / self.eligible:.4f}" if self.eligible else ""

    @property
    def rr1(self) -> str:
        return self.rate("complete")

    @property
    def rr2(self) -> str:
        return self.rate("complete", "partial")


def responses(facts: Iterable[OccurrenceFact], *, waves: Sequence[str], at: datetime) -> tuple[Response, ...]:
    """In the order of ``waves`` (others after them, by name) and number. ``at`` is when the bundle was made."""
    groups: dict[tuple[str, int], list[OccurrenceFact]] = {}
    for fact in facts:
        groups.setdefault((fact.wave, fact.number), []).append(fact)
    place = {wave: position for position, wave in enumerate(waves)}
    order = sorted(groups, key=lambda key: (place.get(key[0], len(place)), key))
    return tuple(_response(groups[key], at) for key in order)


def _response(facts: Sequence[OccurrenceFact], at: datetime) -> Response:
    return Response(
        wave=facts[0].wave,
        number=facts[0].number,
        planned=len(facts),
        invited=sum(fact.sent > 0 for fact in facts),
        opened=sum(bool(fact.opened_at) for fact in facts),
        outcomes=Counter(disposition(fact) for fact in facts),
        steps=Counter(fact.step for fact in facts),
        closed=Counter(disposition(fact) for fact in facts if moment(fact.closes) <= at),
    )


def rows(found: Iterable[Response], trips: Iterable[TripResponse] = ()) -> Iterator[Sequence[str]]:
    """``response.csv``."""
    yield HEADER
    for wave in _wave_rows(found):
        yield (*wave, *("" for _ in TRIP_COLUMNS))
    for trip in trips:
        yield (*_shared(trip), *trip_cells(trip))


def _shared(trip: TripResponse) -> Iterator[str]:
    """What trips have in common with waves."""
    counts = {"planned": trip.offered, "invited": trip.invited, "opened": trip.opened, "closed": trip.closed.total()}
    known = {name: str(count) for name, count in counts.items()} | {"rr1": trip.rr1}
    return (known.get(column, "") for column in _WAVE_COLUMNS)


def _wave_rows(found: Iterable[Response]) -> Iterator[Sequence[str]]:
    for one in found:
        closed = (one.closed.total(), one.closed["complete"], one.closed["partial"], one.eligible)
        yield (
            one.wave,
            *(str(count) for count in (one.number, one.planned, one.invited, one.opened)),
            *(str(one.outcomes[name]) for name in OUTCOMES),
            *(str(one.steps[step]) for step in ENDINGS),
            *(str(count) for count in closed),
            one.rr1,
            one.rr2,
        )


def as_text(found: Sequence[Response]) -> str:
    """The short table people read: outcomes that nobody had are left out, a rate that is not defined is a dash."""
    if not found:
        return "no occasion is planned yet"
    named = [name for name in OUTCOMES if name in _ALWAYS_PRINTED or any(one.outcomes[name] for one in found)]
    head = ("wave", "number", "planned", "invited", "opened", *(OUTCOMES[name] for name in named), "RR1", "RR2")
    lines = [
        (
            one.wave,
            *(str(count) for count in (one.number, one.planned, one.invited, one.opened)),
            *(str(one.outcomes[name]) for name in named),
            _percent(one.rr1),
            _percent(one.rr2),
        )
        for one in found
    ]
    return table([head, *lines], left=1)


def _percent(rate: str) -> str:
    return f"{float(rate):.1%}" if rate else "-"
