"""What is free while a batch is played: what one turn takes, the next one of the same batch finds taken."""

from __future__ import annotations

from collections.abc import Iterable

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation
from cora_bot.study.visits.trip import Bookable
from cora_bot.study.visits.visit import Visit

Place = tuple[int, int]
"""Slot and seat."""


class SeatBook:
    """Begun from what was loaded behind the lock; every turn of the batch passes through it."""

    def __init__(self, loaded: Iterable[Conversation]) -> None:
        self._trips = {each.visit.trip: each.bookable for each in loaded if each.visit is not None}

    def seen_by(self, conversation: Conversation) -> Conversation:
        """``conversation`` with what is free now."""
        visit = conversation.visit
        return conversation if visit is None else replace(conversation, bookable=self._trips.get(visit.trip, ()))

    def note(self, before: Conversation, after: Conversation) -> None:
        """Keeps what a turn took and gave up."""
        for visit, taken in ((before.visit, False), (after.visit, True)):
            if visit is not None and _place(before.visit) != _place(after.visit):
                self._mark(visit, taken=taken)

    def _mark(self, visit: Visit, *, taken: bool) -> None:
        place = _place(visit)
        if place is not None and visit.trip in self._trips:
            self._trips[visit.trip] = tuple(_marked(each, place, taken=taken) for each in self._trips[visit.trip])


def _place(visit: Visit | None) -> Place | None:
    return None if visit is None or visit.slot is None else (visit.slot, visit.seat)


def _marked(each: Bookable, place: Place, *, taken: bool) -> Bookable:
    slot, seat = place
    if each.slot.id != slot:
        return each
    others = [number for number in each.free if number != seat]
    return replace(each, free=tuple(others if taken else sorted([*others, seat])))
