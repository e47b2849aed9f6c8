"""Each planned message of one person, sent or not, and why: from their occasions and the contact ledger.

What was sent, withheld or still waits stands in the ledger. What never came so far, a first message or reminder whose
moment is ahead or passed, is told from the occasion it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from cora_bot.base.errors import CoraError
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.export.reasons import of_message, of_occasion
from cora_bot.store import ledger, occurrences, participants
from cora_bot.store.database import Tx
from cora_bot.store.ledger import Contact
from cora_bot.store.participants import Half
from cora_bot.store.tables import State
from cora_bot.study.model import FINAL_STEPS, Step
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House

INVITATION, REMINDER, END = "invitation", "reminder", "end"
SENT, PERHAPS, NOT_SENT, WAITS, TO_COME = "sent", "perhaps sent", "not sent", "waits", "to come"
STATES: Mapping[State, str] = {
    State.SENT: SENT,
    State.UNCERTAIN: PERHAPS,
    State.PENDING: WAITS,
    State.SENDING: WAITS,
    State.LAPSED: NOT_SENT,
    State.SUPERSEDED: NOT_SENT,
    State.FAILED: NOT_SENT,
}
ANSWERED = "it had been answered"
FIRST_CAME_LATER = "the first message had not been sent by then"
PASSED_OVER = "its moment passed without it: the person had asked for another hour, or the server was off"


@dataclass(frozen=True, slots=True)
class Line:
    """``message`` is invitation, reminder, letter, or the end of an occasion, whose ``state`` is then its step."""

    at: datetime
    wave: str
    number: int | None
    message: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """``lines`` in order of time; ``zone`` is the person's, for showing it."""

    code: str
    zone: str
    status: Status
    lines: tuple[Line, ...]

    def local(self, line: Line) -> datetime:
        return line.at.astimezone(ZoneInfo(self.zone))


async def why(house: House, code: str) -> Told:
    """Raises ``CoraError`` where nobody who has joined is known by this code."""
    who = await find(house, code)
    async with house.database.read() as tx:
        person = await _joined(house, tx, who)
        if person is None:
            raise CoraError(f"{as_code(code)} has not joined yet", "Nothing is planned before the consent.")
        planned = (await occurrences.all_of(tx, [person.id])).get(person.id, [])
        contacts = (await ledger.contacts(tx, [person.id])).get(person.id, [])
    return Told(as_code(code), person.zone, person.status, explained(planned, contacts, house.clock.now()))


async def _joined(house: House, tx: Tx, who: bytes) -> Half | None:
    found, unreadable = await participants.readable(tx, house.keys, [who])
    if unreadable:
        raise CoraError("this person's entry cannot be opened", "Is CORA_SERVER_KEY the key this store was begun with?")
    person = found.get(who)
    return None if person is None or person.status is Status.ENROLLING else person


def explained(planned: Sequence[Occurrence], contacts: Sequence[Contact], now: datetime) -> tuple[Line, ...]:
    lines = [_contact(each) for each in contacts]
    for each in planned:
        own = [one for one in contacts if (one.wave, one.number) == (each.wave, each.number)]
        lines += [*_first(each, own), *_reminders(each, own, now), *_end(each)]
    return tuple(sorted(lines, key=lambda line: (line.at, line.wave, line.number or 0, line.message == END)))


def _contact(each: Contact) -> Line:
    at, said = each.finished_at or each.created_at, of_message(each.outcome)
    return Line(at, each.wave or "", each.number, _kind(each), STATES[each.state], said)


def _kind(each: Contact) -> str:
    return each.reason.partition(":")[0]


def _first(each: Occurrence, own: Sequence[Contact]) -> Iterator[Line]:
    """The first message, where the ledger has none."""
    if any(_kind(one) == INVITATION for one in own):
        if each.step is Step.PLANNED and each.sent and each.next_at:  # opened again, and asked again
            yield Line(each.next_at, each.wave, each.number, INVITATION, TO_COME, of_occasion(each.reason))
    elif each.step not in FINAL_STEPS:
        at = each.next_at or each.opens
        yield Line(at, each.wave, each.number, INVITATION, TO_COME, of_occasion(each.reason))
    else:
        yield Line(each.opens, each.wave, each.number, INVITATION, NOT_SENT, _ended(each))


def _reminders(each: Occurrence, own: Sequence[Contact], now: datetime) -> Iterator[Line]:
    """Those the ledger knows nothing of: a reminder is the one sent between its moment and the next one's."""
    if each.step in FINAL_STEPS and not own:
        return  # nothing was ever sent, and the first message says why
    for begins, ends in pairwise((*each.reminders, each.closes)):
        if not any(_kind(one) == REMINDER and begins <= one.created_at < ends for one in own):
            yield Line(begins, each.wave, each.number, REMINDER, *_without(each, own, begins, now))


def _without(each: Occurrence, own: Sequence[Contact], moment: datetime, now: datetime) -> tuple[str, str]:
    if each.finished_at is not None and each.finished_at <= moment:
        return NOT_SENT, _ended(each)
    if moment > now:
        return TO_COME, ""
    if not any(one.created_at <= moment for one in own):
        return NOT_SENT, FIRST_CAME_LATER
    return NOT_SENT, of_occasion(each.reason) if each.reason and each.step not in FINAL_STEPS else PASSED_OVER


def _end(each: Occurrence) -> Iterator[Line]:
    """How it ended, where it had begun: else the first message says why there was nothing."""
    if each.finished_at is not None and (each.sent or each.opened_at):
        yield Line(each.finished_at, each.wave, each.number, END, each.step.value, of_occasion(each.reason))


def _ended(each: Occurrence) -> str:
    return ANSWERED if each.step is Step.COMPLETE else of_occasion(each.reason)
