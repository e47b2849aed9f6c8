"""The interviewer hears at once of whoever is late, has another time or does not come: a case code, a day and a time.

The interviewer's code in the workbook is the name under which their phone was linked (``cora staff``). Whoever has
linked none is told by nobody and looks at the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Conversation
from cora_bot.store.apply import Step
from cora_bot.store.database import Tx
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import Standing, Visit, number_of
from cora_bot.usecases.house import House
from cora_bot.usecases.staff_phones import Notice, tell_staff


async def tell(house: House, tx: Tx, steps: Sequence[Step]) -> None:
    """What these turns changed about meetings, to those who would have waited."""
    for step in steps:
        for interviewer, notice in _changes(step.before, step.turn.conversation):
            await tell_staff(house, tx, notice, names=[interviewer])


def _changes(before: Conversation, after: Conversation) -> Iterator[tuple[str, Notice]]:
    was, now, person = before.visit, after.visit, before.participant
    if was is None or person is None or was.standing is not Standing.BOOKED:
        return
    old = _slot(before, was)
    new = _slot(before, now) if now is not None and now.standing is Standing.BOOKED else None
    if old is None:
        return  # called off: the interviewer knows best
    if new is not None and now is not None and new.id == old.id:
        if now.late and now.late != was.late:
            yield _notice(before, now, new, p.VISIT_LATE, minutes=now.late)
        return
    if now is None or now.standing is not Standing.MET:
        moved_on = new is not None and new.interviewer == old.interviewer
        if not moved_on and (now is None or now.misses == was.misses):
            yield _notice(before, was, old, p.VISIT_OFF)
    if new is not None and now is not None:
        yield _notice(before, now, new, p.VISIT_MOVED)


def _slot(known: Conversation, visit: Visit) -> Slot | None:
    return next((each.slot for each in known.bookable if each.slot.id == visit.slot), None)


def _notice(known: Conversation, visit: Visit, slot: Slot, phrase: str, minutes: int = 0) -> tuple[str, Notice]:
    trip, person = known.trip, known.participant
    if trip is None or person is None:
        raise LookupError("a meeting has a trip and a person")
    local = slot.starts.astimezone(ZoneInfo(trip.place(slot.place).zone))
    number = number_of(visit.id)
    codes = {"case": person.code, "number": number, "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
    if minutes:
        codes["minutes"] = str(minutes)
    word = {p.VISIT_LATE: "late", p.VISIT_MOVED: "moved", p.VISIT_OFF: "off"}[phrase]
    return slot.interviewer, Notice(f"visit/{number}/{visit.sequence}/{word}/{minutes}/{slot.id}", phrase, codes)
