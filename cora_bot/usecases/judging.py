"""Whether an unsolicited message may still go, judged at the moment of sending and not when it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from cora_bot.dialogue.conversation import Status
from cora_bot.store import occurrences, outages, participants, visits
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx
from cora_bot.store.occurrences import Due
from cora_bot.store.outbox import Waiting
from cora_bot.store.outbox_changes import Again, Ended
from cora_bot.store.participants import Half
from cora_bot.store.tables import State
from cora_bot.study.model import FINAL_STEPS, Step
from cora_bot.study.schedule import allowed_at
from cora_bot.study.stretch import Outage, back_at, spans
from cora_bot.usecases.house import House

Verdict = Ended | Again
UNREADABLE = "unreadable"


async def judge(
    house: House, tx: Tx, rows: Sequence[Waiting], doors: Mapping[bytes, Stored], now: datetime
) -> dict[int, Verdict]:
    """By row id, what becomes of those that may not be sent now. Replies are never judged: somebody waits for them.

    ``doors``: the chats they go to.
    """
    unsolicited = [row for row in rows if row.unsolicited]
    if not unsolicited:
        return {}
    wanted = {row.participant for row in unsolicited if row.participant}
    people, unreadable = await participants.readable(tx, house.keys, wanted)
    places = [place for row in unsolicited if (place := _place(row))]
    standing = await occurrences.standing(tx, places) if places else {}
    known = await outages.every(tx)
    about_visits = await visits.untold(tx, {row.visit for row in unsolicited if row.visit})
    verdicts: dict[int, Verdict] = {}
    for row in unsolicited:
        person = people.get(row.participant) if row.participant else None
        place = _place(row)
        if row.participant in unreadable:
            verdicts[row.id] = Ended(row.id, State.FAILED, UNREADABLE)
            continue
        about = standing.get(place) if place else None
        # As it is now: an outage may have stretched the window since the row was written, a corrected day moved it.
        closes = about.closes if about else row.valid_until
        blocked = doors[row.chat].chat.blocked
        why = "blocked" if blocked else _why_not(row, person, about.step if about else None, now=now, closes=closes)
        if row.visit in about_visits and not why:
            why = "no_longer_due"
        if why:
            verdicts[row.id] = Ended(row.id, State.LAPSED, why)
        elif person and (verdict := _not_yet(row, _allowed(house, person, known, now=now, closes=closes), now, closes)):
            verdicts[row.id] = verdict
    return verdicts


def _place(row: Waiting) -> Due | None:
    if row.participant is None or row.wave is None or row.number is None:
        return None
    return Due(row.participant, row.wave, row.number)


def _why_not(row: Waiting, person: Half | None, step: Step | None, *, now: datetime, closes: datetime | None) -> str:
    """The reason for the contact ledger, "" when it may go as far as the person is concerned."""
    if person is None:
        return "gone"
    if person.status is not Status.ACTIVE:
        return "stopped"
    if person.profile.paused_until is not None and person.profile.paused_until > now:
        return "wrong_person" if person.profile.wrong_person else "paused"
    if closes is not None and closes <= now:
        return "late"
    if _place(row) is not None and (step is None or step in FINAL_STEPS or step is Step.PLANNED):
        return "answered" if step in (Step.COMPLETE, Step.PARTIAL) else "no_longer_due"
    return ""


def _allowed(
    house: House, person: Half, known: Sequence[Outage], *, now: datetime, closes: datetime | None
) -> tuple[datetime, str]:
    """When it may go as far as the hour and the place are concerned, and what it waits for until then."""
    cut_off = spans(known, country=person.profile.country, zone=person.zone)
    hour, before = time(person.profile.hour), closes or datetime.max.replace(tzinfo=UTC)
    back = back_at(cut_off, now, hour, ZoneInfo(person.zone), before=before)
    return allowed_at(house.script.study, person.zone, back), "outage" if back > now else "quiet_hours"


def _not_yet(row: Waiting, allowed: tuple[datetime, str], now: datetime, closes: datetime | None) -> Verdict | None:
    at, outcome = allowed
    if at <= now:
        return None
    if closes is not None and closes <= at:
        return Ended(row.id, State.LAPSED, outcome)
    return Again(row.id, at, doubts=row.doubts, fresh=row.fresh, outcome=outcome)
