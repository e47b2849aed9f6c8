"""The open facts of a bundle, a row of its tables each: who takes part, what was planned, what was sent unasked.

Cells stay the text the server wrote, but numbers and instants are checked here: later steps may rely on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value
from cora_bot.export import bundle_format as fmt

AGAIN = "Carry the bundle over again, or make a new one on the server with 'cora bundle'."


class Case(Value):
    """One person as researchers know them: ``code`` (K7F-2QX) and the random id (hex) their records carry."""

    code: str
    case: str
    language: str
    zone: str
    status: str


class OccurrenceFact(Value):
    """One row of ``occurrences.csv``; instants as text, ``opened_at`` and ``finished_at`` may be empty.

    ``outage_hours``: how much of the window outages of the person's place took, rounded up.
    """

    code: str
    wave: str
    number: int
    opens: str
    closes: str
    step: str
    sent: int
    put_away: int
    reason: str
    opened_at: str
    finished_at: str
    outage_hours: int = 0


class OutageFact(Value):
    """One row of ``outages.csv``: wall time at a country or zone, ``until`` not included."""

    place: str
    begins: str
    until: str


class ContactFact(Value):
    """One row of ``contacts.csv``: a message that was to be sent unasked. ``wave`` and ``number`` may be empty."""

    code: str
    reason: str
    state: str
    wave: str
    number: str
    created_at: str
    finished_at: str
    outcome: str


class VisitFact(Value):
    """One row of ``visits.csv``: a person's visit on one trip. ``starts`` may be empty.

    ``booked``: a time was booked at least once, whatever came of it. ``closes``: when the trip is over.
    """

    visit: str
    code: str
    trip: str
    outcome: str
    way: str
    starts: str
    moves: int
    misses: int
    sent: int
    opened: bool
    booked: bool
    closes: str


def visit(row: Mapping[str, str]) -> VisitFact:
    """Raises ``CoraError`` when a number or an instant is none."""
    table = fmt.VISITS
    return VisitFact(
        visit=row["visit"],
        code=row["code"],
        trip=row["trip"],
        outcome=row["outcome"],
        way=row["way"],
        starts=row["starts"] and _checked(row["starts"], table),
        moves=_number(row["moves"], table),
        misses=_number(row["misses"], table),
        sent=_number(row["sent"], table),
        opened=bool(_number(row["opened"], table)),
        booked=bool(_number(row["booked"], table)),
        closes=_checked(row["closes"], table),
    )


def occurrence(row: Mapping[str, str]) -> OccurrenceFact:
    """Raises ``CoraError`` when a number or an instant is none."""
    table = fmt.OCCURRENCES
    return OccurrenceFact(
        code=row["code"],
        wave=row["wave"],
        number=_number(row["number"], table),
        opens=_checked(row["opens"], table),
        closes=_checked(row["closes"], table),
        step=row["step"],
        sent=_number(row["sent"], table),
        put_away=_number(row["put_away"], table),
        reason=row["reason"],
        opened_at=row["opened_at"] and _checked(row["opened_at"], table),
        finished_at=row["finished_at"] and _checked(row["finished_at"], table),
        outage_hours=_number(row["outage_hours"], table),
    )


def outage(row: Mapping[str, str]) -> OutageFact:
    return OutageFact(row["place"], row["from"], row["until"])


def contact(row: Mapping[str, str]) -> ContactFact:
    """Raises ``CoraError`` when a number or an instant is none."""
    table = fmt.CONTACTS
    return ContactFact(
        code=row["code"],
        reason=row["reason"],
        state=row["state"],
        wave=row["wave"],
        number=row["number"] and str(_number(row["number"], table)),
        created_at=_checked(row["created_at"], table),
        finished_at=row["finished_at"] and _checked(row["finished_at"], table),
        outcome=row["outcome"],
    )


def moment(text: str) -> datetime:
    """The instant ``text`` names, in UTC. Raises ``ValueError`` (``OverflowError`` at the end of all days)."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant names its zone")
    return instant.astimezone(UTC)


def _checked(text: str, table: str) -> str:
    try:
        moment(text)
    except (ValueError, OverflowError):
        raise CoraError(f"the bundle's {table} holds something that is not an instant", AGAIN) from None
    return text


def _number(text: str, table: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CoraError(f"the bundle's {table} holds something that is not a number", AGAIN) from None
