"""A message about a meeting falls due: the neutral sentence, or nothing where it may not or need not be sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cora_bot.base.values import replace
from cora_bot.dialogue import cards, contact_reasons
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.handlers import inviting
from cora_bot.dialogue.handlers.visits import choosing
from cora_bot.dialogue.handlers.visits.later import REMINDERS
from cora_bot.dialogue.handlers.visits.meeting import given_up
from cora_bot.dialogue.scene import Scene, draw, nothing
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.dialogue.visits.fitting import fitting, own_slot
from cora_bot.study.schedule import allowed_at
from cora_bot.study.visits.reminders import AT_LEAST
from cora_bot.study.visits.visit import News, Standing

AGAIN_BEFORE: Final = timedelta(days=2)
"""An invitation is repeated once, so long before its deadline."""

TO_CHOOSE: Final = timedelta(days=2)
"""Whoever is told that a time is free has so long to choose it before others are told."""

CHANGES: Final = frozenset({News.MOVED, News.CANCELLED})
"""What a person has to know before they set out. Who is reached again is told within the hour."""

WORTH: Final = timedelta(days=2)
"""The question of the day after is not asked later than so long after its moment."""


def due(scene: Scene, _event: object) -> Turn:
    """``conversation.visit`` has reached its ``next_at``."""
    if scene.conversation.visit is None or scene.conversation.trip is None:
        return nothing(scene, "visit_due_without_visit")
    if scene.participant.status is not Status.ACTIVE:
        return Turn(given_up(scene, Standing.CANCELLED, reason="stopped").conversation)
    if scene.visit.due is News.CLOSING or _too_late_to_choose(scene):
        return _closed(scene)
    if scene.visit.due is News.FREED and scene.visit.standing is Standing.WAITING and not fitting(scene):
        # What is free does not fit this person: looked at again later, and whoever waits behind is told meanwhile.
        return Turn(scene.with_visit(next_at=scene.now + inviting.OCCUPIED).conversation)
    if _useless(scene):
        return Turn(_next(scene).conversation)
    until = _held(scene)
    if until is not None:
        return replace(_held_until(scene, until), wanted=_untold(scene))
    if scene.visit.unasked >= scene.trip.rules.messages and not scene.visit.is_asked_for:
        return Turn(_next(scene).conversation, notes=("visit_messages_used_up",))
    return _send(scene)


def _too_late_to_choose(scene: Scene) -> bool:
    """The server was down, or the person had a break, until the deadline was over."""
    deadline = scene.visit.deadline
    return scene.visit.due in (News.OFFER, News.OFFER_AGAIN) and deadline is not None and deadline <= scene.now


def _closed(scene: Scene) -> Turn:
    """The deadline is over and no time was chosen."""
    if scene.visit.standing not in (Standing.INVITED, Standing.WAITING):
        return Turn(scene.with_visit(due=News.NONE, next_at=None).conversation)
    return Turn(given_up(scene, Standing.EXPIRED, reason="not_chosen").conversation)


def _useless(scene: Scene) -> bool:
    """What the message would be about is not so any more, or it would come too late."""
    news, slot = scene.visit.due, own_slot(scene)
    if news is News.NONE:
        return True
    if news in REMINDERS or news is News.MOVED:
        booked = scene.visit.standing is Standing.BOOKED and slot is not None
        return not booked or slot is None or scene.now > slot.starts - AT_LEAST
    if news is News.AFTER:
        late = slot is None or scene.now > slot.ends + timedelta(days=1) + WORTH
        return scene.visit.standing is not Standing.BOOKED or late
    if news is News.FREED:
        return scene.visit.standing is not Standing.WAITING
    if news in (News.OFFER, News.OFFER_AGAIN):
        return scene.visit.standing is not Standing.INVITED
    return False


def _held(scene: Scene) -> datetime | None:
    """Until when nothing may be sent to this person; None when it may."""
    person = scene.participant
    if person.paused_until and person.paused_until > scene.now:
        return min(person.paused_until, scene.now + inviting.HOLD)
    if scene.conversation.chat.blocked:
        return scene.now + (inviting.OCCUPIED if scene.visit.due in CHANGES else inviting.HOLD)
    if inviting.in_use(scene):
        return scene.now + inviting.OCCUPIED
    allowed = allowed_at(scene.study, person.zone, scene.now)
    return allowed if allowed > scene.now else None


def _untold(scene: Scene) -> tuple[TaskReason, ...]:
    """The chat was lost between the change and the message about it: somebody has to call."""
    lost = scene.conversation.chat.blocked and scene.visit.due in CHANGES
    return (TaskReason.UNTOLD,) if lost else ()


def _held_until(scene: Scene, until: datetime) -> Turn:
    """Put off; a reminder that would come too late then is left out, an invitation ends with its deadline."""
    slot, deadline = own_slot(scene), scene.visit.deadline
    if scene.visit.due in REMINDERS and slot is not None and until > slot.starts - AT_LEAST:
        return Turn(_next(scene).conversation)
    if scene.visit.due in (News.OFFER, News.OFFER_AGAIN) and deadline is not None and until >= deadline:
        return Turn(scene.with_visit(due=News.CLOSING, next_at=deadline).conversation)
    # Held or not, what the person asked for stays what they asked for.
    kept = until if scene.visit.is_asked_for else None
    return Turn(scene.with_visit(next_at=until, put_off=kept).conversation)


def _send(scene: Scene) -> Turn:
    """A new message, and never more than the neutral sentence: what it is about stands behind Open."""
    news = scene.visit.due
    repeats = scene.visit.repeats + (1 if scene.visit.is_asked_for else 0)
    scene = _next(scene.with_visit(sent=scene.visit.sent + 1, repeats=repeats, told=news))
    # What is about a meeting is about no check-in: the row of the outbox names one or the other.
    scene = replace(scene, conversation=replace(scene.conversation, occurrence=None))
    phrase = p.REMINDER if news is News.OFFER_AGAIN else p.INVITATION
    turn = draw(scene, cards.invitation(scene, phrase), Showing.INVITATION)
    if turn.show is None:
        raise LookupError("an invitation shows itself")
    visit = scene.visit
    show = replace(
        turn.show,
        fresh=True,
        unsolicited=True,
        reason=contact_reasons.of_visit(news),
        key=f"{scene.participant.id.hex()}/visit/{visit.id.hex()}/{visit.sent}",
        valid_until=_valid_until(scene, news),
        visit=visit.id,
    )
    return replace(turn, show=show, notes=("visit_told",))


def _valid_until(scene: Scene, news: News) -> datetime | None:
    slot = own_slot(scene)
    if news in REMINDERS or news is News.MOVED:
        return slot.starts if slot else None
    if news is News.AFTER:
        return slot.ends + timedelta(days=1) + WORTH if slot else None
    return scene.visit.deadline


def _next(scene: Scene) -> Scene:
    """What comes after the message that was due, whether it was sent or not."""
    visit, slot = scene.visit, own_slot(scene)
    if visit.standing is Standing.BOOKED and slot is not None:
        return choosing.planned(scene, slot)
    if visit.due is News.FREED and visit.standing is Standing.WAITING:
        until = scene.now + TO_CHOOSE
        return scene.with_visit(
            standing=Standing.INVITED, since=scene.now, deadline=until, due=News.CLOSING, next_at=until
        )
    if visit.standing is not Standing.INVITED or visit.deadline is None:
        return scene.with_visit(due=News.NONE, next_at=None)
    again = visit.deadline - AGAIN_BEFORE
    if visit.due in (News.OFFER, News.OFFER_AGAIN) and again > scene.now + AGAIN_BEFORE / 2:
        return scene.with_visit(due=News.OFFER_AGAIN, next_at=again)
    return scene.with_visit(due=News.CLOSING, next_at=max(visit.deadline, scene.now + timedelta(minutes=1)))
