"""An occurrence falls due: the neutral message, its reminders, its end; and the three buttons under it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cora_bot.base.values import replace
from cora_bot.dialogue import cards, contact_reasons
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import INSIDE, Occurrence, Opening, Showing, Status
from cora_bot.dialogue.handlers import asides, asking, finishing, missed, pinging, questions, renewing
from cora_bot.dialogue.handlers.visits import later as visit_later
from cora_bot.dialogue.handlers.visits import showing
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import CONTACT, Anchor, Return, Step
from cora_bot.study.schedule import allowed_at, later

HOLD = timedelta(days=1)
"""How long a due occurrence waits when the person cannot be asked now."""

OCCUPIED = timedelta(hours=1)
"""How long it waits when somebody else who shares the chat has something open there."""

LATER_HOURS = 3
GRACE = timedelta(hours=24)
"""How long after its window a check-in that was opened may still be finished."""


def due(scene: Scene, _event: object) -> Turn:
    """``conversation.occurrence`` has reached its ``next_at``."""
    occurrence = scene.conversation.occurrence
    if occurrence is None or occurrence.step not in (Step.PLANNED, Step.INVITED, Step.OPENED):
        return Turn(scene.conversation, notes=("due_without_occurrence",))
    if scene.now >= occurrence.closes:
        return _over(scene, occurrence)
    if missed.stood_for(scene, occurrence):
        return _only(scene, finishing.ended(occurrence, Step.LAPSED, scene.now, missed.MERGED))
    held = _hold(scene, occurrence)
    if held is not None:
        return _only(scene, held)
    if missed.skipped(scene, occurrence):
        return _only(scene, finishing.ended(occurrence, Step.LAPSED, scene.now, occurrence.reason or missed.MISSED))
    allowed = allowed_at(scene.study, scene.participant.zone, scene.now)
    if allowed > scene.now:
        return _only(scene, replace(occurrence, next_at=min(allowed, occurrence.closes)))
    return _send(scene, occurrence)


def _only(scene: Scene, occurrence: Occurrence) -> Turn:
    return Turn(scene.conversation, occurrences=(occurrence,))


def _hold(scene: Scene, occurrence: Occurrence) -> Occurrence | None:
    """The occurrence put off (or ended) because nothing may be sent to this person now; None when it may."""
    person = scene.participant
    if person.status is not Status.ACTIVE:
        return finishing.ended(occurrence, Step.CANCELLED, scene.now, "stopped")
    until: datetime | None = None
    reason = ""
    if person.paused_until and person.paused_until > scene.now:
        until = min(person.paused_until, scene.now + HOLD)
        reason = "wrong_person" if person.wrong_person else "paused"
    elif (back := missed.back(scene, occurrence, scene.now)) > scene.now:
        until, reason = back, missed.OUTAGE
    elif scene.conversation.chat.blocked:
        until, reason = scene.now + HOLD, "blocked"
    elif _busy(scene, occurrence):
        until, reason = scene.now + HOLD, "another_open"
    elif in_use(scene):
        until, reason = scene.now + OCCUPIED, "chat_in_use"
    if until is None:
        return None
    reason = occurrence.reason if missed.reopened(occurrence) else reason
    return replace(occurrence, next_at=min(until, occurrence.closes), reason=reason)


def in_use(scene: Scene) -> bool:
    """Whether somebody else who shares the chat has something open there, or was written to a moment ago."""
    if not scene.conversation.others_card:
        return False
    card = scene.conversation.chat.card
    fresh = card.shown_at is not None and scene.now - card.shown_at < OCCUPIED
    return fresh and (card.showing in INSIDE or card.showing is Showing.INVITATION)


def _busy(scene: Scene, occurrence: Occurrence) -> bool:
    """Whether something else of this person is open or waiting: one thing at a time."""
    if scene.conversation.session and not _in_session(scene, occurrence):
        return True
    return any(
        other.step in (Step.INVITED, Step.OPENED) and (other.wave, other.number) != (occurrence.wave, occurrence.number)
        for other in scene.conversation.planned
    )


def _send(scene: Scene, occurrence: Occurrence) -> Turn:
    """A new message: the neutral sentence, or the question itself for who chose to see it at once."""
    sent = replace(
        occurrence,
        step=Step.INVITED if occurrence.step is Step.PLANNED else occurrence.step,
        next_at=_next(occurrence, scene.now),
        sent=occurrence.sent + 1,
        reason="",
    )
    inviting = replace(scene, conversation=replace(scene.conversation, occurrence=sent))
    if scene.participant.opening is Opening.AT_ONCE and not renewing.outdated(scene.script, scene.participant):
        turn = again(inviting) if scene.conversation.session else open_it(inviting, None)
        sent = next(iter(turn.occurrences), sent)
    else:
        phrase = {Step.PLANNED: p.INVITATION, Step.INVITED: p.REMINDER, Step.OPENED: p.GO_ON}[occurrence.step]
        turn = draw(inviting, cards.invitation(inviting, phrase), Showing.INVITATION)
    kind = contact_reasons.INVITATION if occurrence.step is Step.PLANNED else contact_reasons.REMINDER
    return replace(unasked(turn, sent, scene, kind), occurrences=(sent, *missed.stands_for(scene, sent)))


def again(scene: Scene) -> Turn:
    """The open question once more, as a card of its own."""
    return questions.ask(scene, questions.pick_up(scene))


def unasked(turn: Turn, sent: Occurrence, scene: Scene, kind: str) -> Turn:
    """``turn``'s card as a message nobody asked for: new, at most once, judged again when it is sent."""
    if turn.show is None:
        raise LookupError("an invitation shows itself")
    show = replace(
        turn.show,
        fresh=True,
        unsolicited=True,
        reason=contact_reasons.of_occasion(kind, sent.wave),
        key=f"{scene.participant.id.hex()}/{sent.wave}/{sent.number}/{sent.sent}",
        valid_until=sent.closes,
    )
    return replace(turn, show=show)


def _next(occurrence: Occurrence, now: datetime) -> datetime:
    return next((each for each in occurrence.reminders if each > now), occurrence.closes)


def _over(scene: Scene, occurrence: Occurrence) -> Turn:
    """The window has closed. Who has begun may finish for a while; then what there is counts as partial."""
    match occurrence.step:
        case Step.PLANNED:
            reason = missed.MERGED if missed.stood_for(scene, occurrence) else occurrence.reason or "late"
            return _only(scene, finishing.ended(occurrence, Step.LAPSED, scene.now, reason))
        case Step.INVITED:
            reason = "put_away" if occurrence.put_away else occurrence.reason or "not_opened"
            turn = _only(scene, finishing.ended(occurrence, Step.EXPIRED, scene.now, reason))
            return _emptied(scene, turn) if _shows(scene, Showing.INVITATION) else turn
        case _:
            if scene.now < occurrence.closes + GRACE and occurrence.wave != CONTACT:
                return _only(scene, replace(occurrence, next_at=occurrence.closes + GRACE))
            if not _in_session(scene, occurrence):
                return _only(scene, finishing.ended(occurrence, Step.EXPIRED, scene.now, "not_finished"))
            return _emptied(scene, finishing.break_off(scene, "not_finished"))


def _in_session(scene: Scene, occurrence: Occurrence) -> bool:
    session = scene.conversation.session
    return session is not None and (session.wave, session.number) == (occurrence.wave, occurrence.number)


def _shows(scene: Scene, showing: Showing) -> bool:
    return scene.conversation.chat.card.showing is showing


def _emptied(scene: Scene, turn: Turn) -> Turn:
    after = replace(scene, conversation=turn.conversation)
    drawn = draw(after, cards.emptied(after), Showing.NOTHING)
    return replace(turn, conversation=drawn.conversation, show=drawn.show)


def open_it(scene: Scene, _event: Pressed | None) -> Turn:
    """Open: the first question (or where it stood). A planned return is confirmed before anything else."""
    occurrence = scene.conversation.occurrence
    if scene.participant.letters:
        return asides.letter(scene, _event)
    if showing.waits(scene):
        return showing.opened(scene, _event)
    if occurrence is None or (occurrence.step is not Step.INVITED and not pinging.opened(scene)):
        return _closed(scene)
    if scene.now >= occurrence.closes:
        over = _over(scene, occurrence)
        told = _closed(replace(scene, conversation=over.conversation))
        return replace(told, occurrences=over.occurrences)
    opened = replace(occurrence, step=Step.OPENED, opened_at=scene.now, next_at=_next(occurrence, scene.now), reason="")
    scene = replace(scene, conversation=replace(scene.conversation, occurrence=opened))
    if opened.wave == CONTACT:
        return replace(pinging.again(scene), occurrences=(opened,))
    scene, walk = questions.begin(scene, _form_for(scene, opened), wave=opened.wave, number=opened.number)
    return replace(questions.ask(scene, walk), occurrences=(opened,))


def _form_for(scene: Scene, occurrence: Occurrence) -> str:
    wave = scene.study.wave(occurrence.wave)
    unconfirmed = wave.anchor is Anchor.RETURN_DATE and scene.participant.return_state is Return.PLANNED
    return scene.study.return_check.form if unconfirmed else wave.form


def _closed(scene: Scene) -> Turn:
    return fading(scene, draw(scene, cards.notice(scene, scene.say(p.CLOSED)), Showing.NOTICE))


def postpone(scene: Scene, _event: Pressed) -> Turn:
    """Later: asked again in a few hours, inside the person's waking day."""
    if showing.waits(scene):
        return _postponed(visit_later.postponed(scene))
    occurrence = scene.conversation.occurrence
    if occurrence is None or occurrence.step not in (Step.INVITED, Step.OPENED):
        return _closed(scene)
    at = later(scene.study, scene.participant.zone, scene.now, LATER_HOURS)
    moved = replace(occurrence, next_at=min(at, occurrence.closes))
    return replace(_postponed(scene), occurrences=(moved,))


def _postponed(scene: Scene) -> Turn:
    return fading(scene, draw(scene, cards.notice(scene, scene.say(p.ASK_LATER)), Showing.NOTICE))


def put_away(scene: Scene, _event: Pressed) -> Turn:
    """Not now: the card is emptied without a word. The reminders stay as they were planned."""
    occurrence = scene.conversation.occurrence
    turn = draw(scene, cards.emptied(scene), Showing.NOTHING)
    if showing.waits(scene):  # it was the message about a meeting that was put away; the menu still leads there
        return turn
    if occurrence is None or occurrence.step not in (Step.INVITED, Step.OPENED):
        return turn
    return replace(turn, occurrences=(replace(occurrence, put_away=occurrence.put_away + 1),))


def go_on(scene: Scene, event: Pressed) -> Turn:
    """Open on a reminder of something begun: where it stood; an answer of the team or a meeting comes before it."""
    if scene.participant.letters:
        return asides.letter(scene, event)
    return showing.opened(scene, event) if showing.waits(scene) else asking.again(scene, event)
