"""A simulated trip held against the phones and the export: times, outcomes, and every message at its minute.

Rules: what people remember and what their phones show is one side, the export and the seats of the server the other.
A message is not looked for while somebody had a break or had blocked the bot, nor where the ledger says that it may
not have been sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.simulate.comparing import read_csv
from bot.simulate.meetings import End, Guest, Held, expected, is_night
from bot.simulate.respondent import Respondent
from cora_bot.usecases.visits.listing import Time

OUTCOMES: Final[Mapping[End, tuple[str, ...]]] = {
    End.CANCELLED: ("refused",),
    End.MISSED: ("missed",),
    End.STOPPED: ("refused",),
}
UNBOOKED: Final = ("no_answer", "unreachable", "waiting", "invited", "refused")
REMINDERS: Final = frozenset({"visit:week", "visit:day", "visit:hours", "visit:after"})


@dataclass(frozen=True, slots=True)
class TripLived:
    """What came of a trip. ``reminders``: messages about a booked time that came at their minute; ``withheld``: those
    of people who could not be reached then or had put it off. ``differences`` are sentences, empty if all fits.
    """

    invited: int
    bookings: int
    outcomes: Mapping[str, int]
    reminders: int
    withheld: int
    differences: tuple[str, ...]


class _Told(NamedTuple):
    """A message about a meeting: when it was written, to the minute, and what became of it."""

    reason: str
    at: datetime
    state: str


def held_against(people: Sequence[Respondent], times: Sequence[Time], export: Path, *, invited: int) -> TripLived:
    """The people's memories and phones against ``times`` (the seats of the server) and the export."""
    guests = [(one, one.guest) for one in people if one.guest is not None]
    rows = {row["case"]: row for row in read_csv(export / "visits.csv")}
    told = _told(export)
    differences = [*_seats(guests, times)]
    reminders = withheld = 0
    for one, guest in guests:
        differences += _outcome(one, guest, rows.get(one.diary.code))
        differences += _at_night(one)
        at_its_minute, left_out, found = _reminders(one, guest, told[one.diary.code])
        reminders, withheld = reminders + at_its_minute, withheld + left_out
        differences += found
    outcomes = Counter(row["outcome"] for row in rows.values())
    bookings = sum(len(guest.held) for _, guest in guests)
    if len(rows) != invited:
        differences.append(f"{invited} people were invited, and visits.csv has {len(rows)} rows")
    return TripLived(invited, bookings, dict(sorted(outcomes.items())), reminders, withheld, tuple(differences))


def _told(export: Path) -> Mapping[str, list[_Told]]:
    """By case every message about a meeting."""
    found: dict[str, list[_Told]] = defaultdict(list)
    for row in read_csv(export / "contacts.csv"):
        if row["reason"].startswith("visit:"):
            at = _minute(datetime.fromisoformat(row["created_at"]))
            found[row["case"]].append(_Told(row["reason"], at, row["state"]))
    return found


def _seats(guests: Sequence[tuple[Respondent, Guest]], times: Sequence[Time]) -> Iterator[str]:
    """Nobody shares a seat, at no moment; at the end each time has those who remember it, and no interviewer two."""
    seats: Counter[tuple[datetime, str]] = Counter()
    taken: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for each in times:
        seats[each.slot.starts, each.slot.place] += each.slot.seats
        taken[each.slot.starts, each.slot.place] += each.taken
        if len(each.taken) > each.slot.seats:
            yield f"{each.slot.seats} seats with {each.slot.interviewer} at {each.local}, and {len(each.taken)} people"
    by_time: dict[tuple[datetime, str], list[tuple[Respondent, Held]]] = defaultdict(list)
    for one, guest in guests:
        for held in guest.held:
            by_time[held.slot.starts, held.slot.place].append((one, held))
    for key, holders in by_time.items():
        for _, begun in holders:
            side_by_side = [one for one, held in holders if held.since <= begun.since < (held.until or held.slot.ends)]
            if len(side_by_side) > seats[key]:
                names = ", ".join(one.persona.name for one in side_by_side)
                yield f"{key[1]}, {key[0]:%Y-%m-%d %H:%M} UTC: {names} have {seats[key]} seats"
        remembered, there = sorted(one.diary.code for one, held in holders if held.until is None), sorted(taken[key])
        if remembered != there:
            yield f"{key[1]}, {key[0]:%Y-%m-%d %H:%M} UTC: {remembered} remember it, the server has {there}"
    busy = Counter((each.slot.interviewer, each.slot.starts) for each in times if each.taken)
    yield from (f"{who} is at two places at {at:%Y-%m-%d %H:%M} UTC" for (who, at), count in busy.items() if count > 1)


def _outcome(one: Respondent, guest: Guest, row: Mapping[str, str] | None) -> Iterator[str]:
    """What became of it by ``visits.csv``, and by their own memory."""
    who = _named(one)
    if row is None:
        if guest.held or guest.refused:
            yield f"{who} was invited, and has no row in visits.csv"
        return
    wanted: tuple[str, ...] = ("met",)
    if guest.current is not None:
        starts = guest.current.slot.starts
        if row["starts"] and datetime.fromisoformat(row["starts"]) != starts:
            yield f"{who} met at {starts:%Y-%m-%d %H:%M} UTC; visits.csv says {row['starts']}"
    elif guest.stopped or guest.refused:
        wanted = ("refused",)
    else:
        end = guest.held[-1].end if guest.held else None
        wanted = UNBOOKED if end is None else OUTCOMES.get(end, UNBOOKED)
    if row["outcome"] not in wanted:
        yield f"{who}: {row['outcome']} in visits.csv, and by their own memory {' or '.join(wanted)}"


def _at_night(one: Respondent) -> Iterator[str]:
    zone = ZoneInfo(one.persona.zone)
    for at in _rang(one):
        if is_night(one.script.study.quiet, at.astimezone(zone).time()):
            yield f"{_named(one)} was written to at {_local(one, at)}, in the quiet hours"


def _rang(one: Respondent) -> list[datetime]:
    """When the phone got a message that nobody had asked for."""
    messages = one.person.chat.messages.values()
    return [_minute(datetime.fromtimestamp(each.date, UTC)) for each in messages if each.from_bot and not each.silent]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _reminders(one: Respondent, guest: Guest, told: Sequence[_Told]) -> tuple[int, int, list[str]]:
    """How many came at their minute, how many could not, and what is wrong."""
    due = _due(one, guest)
    rang = Counter(_rang(one))
    sent = Counter((each.reason, each.at) for each in told if each.state == "sent")
    unsure = any(each.state != "sent" for each in told) or len(told) >= guest.trip.rules.messages
    missing = [each for each in due if (sent[each], bool(rang[each[1]])) != (1, True)]
    excused = [each for each in missing if sent[each] == 0 and (unsure or guest.is_away(each[1]))]
    differences = [
        f"{_named(one)} was to be written to at {_local(one, at)} ({reason}): sent {sent[reason, at]} times, "
        f"the phone got {rang[at]}"
        for reason, at in missing
        if (reason, at) not in excused
    ]
    others = [each for each in sent if each[0] in REMINDERS and each not in due]
    if len(others) > guest.put_off + len(excused):
        differences += [f"{_named(one)} was written to at {_local(one, at)} ({reason})" for reason, at in others]
    return len(due) - len(missing), len(excused), differences


def _due(one: Respondent, guest: Guest) -> list[tuple[str, datetime]]:
    """What falls due about each time while it is theirs; nothing any more once they have said that they met."""
    return [
        (reason, at)
        for held in guest.held
        for reason, at in expected(held.slot, one.script.study.quiet, zone=one.persona.zone, hour=_hour(one))
        if held.since < at and (held.until is None or at < held.until) and (guest.met is None or at < guest.met)
    ]


def _named(one: Respondent) -> str:
    return f"{one.persona.name} ({one.diary.code or 'no code'})"


def _local(one: Respondent, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(one.persona.zone)):%Y-%m-%d %H:%M}"


def _hour(one: Respondent) -> int:
    """At which hour they said they wanted to be written to."""
    study = one.script.study
    said = [
        answer.value
        for sitting in one.diary.sittings
        for answer in sitting.given()
        if answer.question.name == study.enrolment.hour and study.enrolment.form in sitting.forms
    ]
    return int(said[-1]) if said else study.default_hour


def lines(lived: TripLived) -> Iterator[str]:
    """For people at a terminal."""
    yield f"{lived.invited} people were invited and booked {lived.bookings} times"
    yield "visits: " + ", ".join(f"{count} {outcome}" for outcome, count in lived.outcomes.items())
    yield (
        f"{lived.reminders} reminders came once, at their minute where the person lives; {lived.withheld} fell due "
        "while somebody could not be reached, or had pressed Later"
    )
