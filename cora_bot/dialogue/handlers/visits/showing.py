"""A meeting as it stands, on the card. Whatever a button was drawn from, this is what is true now."""

from __future__ import annotations

from cora_bot.base.calendars import day_long
from cora_bot.base.text import isolate
from cora_bot.dialogue import cards as plain_cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits import cards, directions
from cora_bot.dialogue.visits.fitting import around, fitting, own_slot
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import OPEN, News, Standing


def concerns(scene: Scene) -> bool:
    """Whether there is a meeting this person can see something of."""
    visit, person = scene.conversation.visit, scene.conversation.participant
    if visit is None or scene.conversation.trip is None or person is None or person.status is not Status.ACTIVE:
        return False
    if visit.standing is Standing.BOOKED or visit.told is not News.NONE:
        return True
    return visit.standing in OPEN and _goes_on(scene)


def _goes_on(scene: Scene) -> bool:
    """Whether a time of the trip is still to come that could be theirs."""
    return bool(around(scene))


def waits(scene: Scene) -> bool:
    """Whether a message about it has not been opened yet."""
    visit = scene.conversation.visit
    return concerns(scene) and visit is not None and visit.told is not News.NONE


def on_card(scene: Scene, prompt: Prompt, *, anew: bool = False) -> Turn:
    """Every card of a meeting is emptied after a while: nothing of it stays in the chat."""
    return fading(scene, draw(scene, prompt, Showing.VISIT, anew=anew))


def booked(scene: Scene, slot: Slot, lead: str = "") -> Turn:
    """A booked meeting, with what leads there once the exact place is told."""
    return directions.above(scene, slot, on_card(scene, cards.booked(scene, slot, lead)))


def opened(scene: Scene, _event: object) -> Turn:
    """Open: what the message was about."""
    news = scene.visit.told
    scene = scene.with_visit(told=News.NONE, opened=True)
    return _stands(scene, news)


def show(scene: Scene, _event: object) -> Turn:
    if not concerns(scene):
        return fading(scene, draw(scene, plain_cards.notice(scene, scene.say(p.NO_MEETING)), Showing.NOTICE))
    # Looked at from the menu is opened too: whoever saw the offer was reached.
    return _stands(scene.with_visit(opened=True), scene.visit.told)


def again(scene: Scene, notice: str) -> Turn:
    """How it stands, below a sentence that says why it is shown."""
    return _stands(scene, News.NONE, lead=notice)


def _stands(scene: Scene, news: News, lead: str = "") -> Turn:
    visit, slot = scene.visit, own_slot(scene)
    lead = lead or _lead(scene, news)
    if visit.standing is not Standing.BOOKED or slot is None:
        return on_card(scene, _unbooked(scene, news, lead))
    if scene.now >= slot.ends:
        return on_card(scene, cards.did_you_meet(scene))
    return booked(scene, slot, lead)


def _unbooked(scene: Scene, news: News, lead: str) -> Prompt:
    visit = scene.visit
    if visit.standing is Standing.ASKED:
        return cards.note(scene, lead or scene.say(p.CALL_NOTED))
    if visit.standing is Standing.WAITING and not fitting(scene):
        return cards.note(scene, lead or scene.say(p.ON_THE_LIST))
    if visit.standing in OPEN and _goes_on(scene):
        if fitting(scene):
            return cards.offer(scene, lead)
        return cards.full(scene, "" if news is News.FREED else lead)  # somebody was faster
    return cards.note(scene, lead or scene.say(p.CLOSED))


def _lead(scene: Scene, news: News) -> str:
    match news:
        case News.FREED:
            return scene.say(p.TIME_IS_FREE)
        case News.MOVED:
            return scene.say(p.MEETING_MOVED)
        case News.MISSED:
            return scene.say(p.MEETING_MISSED)
        case News.CANCELLED:
            on = scene.visit.called_off
            day = isolate(day_long(scene.local_day(on), scene.language)) if on else "–"
            return scene.say(p.MEETING_CALLED_OFF, day=day)
        case _:
            return ""
