"""What became of each field visit: one row per person and trip, with a code after AAPOR's definitions.

``response.csv`` counts these rows by trip (``trip_response.py``).

1.1 interview, 2.11 refusal, 2.2 non-contact, 2.3 other, 3.11 not attempted. What is still under way has no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cora_bot.export.bundle_facts import VisitFact

HEADER: Final = (
    "case",
    "visit",
    "trip",
    "outcome",
    "aapor",
    "way",
    "starts",
    "moves",
    "misses",
    "messages_sent",
    "opened",
    "booked",
    "closes",
)
AAPOR: Final[Mapping[str, str]] = {
    "met": "1.1",
    "refused": "2.11",
    "missed": "2.2",
    "unreachable": "2.2",
    "no_answer": "2.3",
    "cancelled": "3.11",
    "moved": "",
    "booked": "",
    "asked": "",
    "waiting": "",
    "invited": "",
}
MEANINGS: Final[Mapping[str, str]] = {
    "met": "they met, or spoke by phone or video",
    "refused": "the person did not want to meet this time, or wanted no messages or no visits any more",
    "missed": "a time was booked and the person did not come, and no later one is booked",
    "unreachable": "the invitation was never opened before its deadline",
    "no_answer": "the invitation was opened, and no time was chosen before its deadline",
    "cancelled": "the team called it off, and no other time is booked",
    "moved": "booked, at another time than the first",
    "booked": "a time is booked",
    "asked": "the person wants something that only the team can arrange",
    "waiting": "no time was free: on the waiting list",
    "invited": "invited, nothing chosen yet",
}
UPCOMING: Final = frozenset({"booked", "moved"})


def rows(facts: Iterable[VisitFact]) -> Iterator[Sequence[str]]:
    """``visits.csv``, by case and trip. An outcome newer than this program has no code."""
    yield HEADER
    for fact in sorted(facts, key=lambda one: (one.code, one.trip, one.visit)):
        aapor = AAPOR.get(fact.outcome, "")
        about = (fact.code, fact.visit, fact.trip, fact.outcome, aapor, fact.way, fact.starts)
        lived = (fact.moves, fact.misses, fact.sent, int(fact.opened), int(fact.booked))
        yield (*about, *(str(count) for count in lived), fact.closes)
