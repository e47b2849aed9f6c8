"""A time is chosen: wishes, city, day, time, and the booking itself. What is free is what the lock shows."""

from __future__ import annotations

from datetime import date

from cora_bot.base.chance import below
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.handlers.visits import showing
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits import cards
from cora_bot.dialogue.visits.fitting import days, fitting, local, own_slot, times
from cora_bot.study.visits.reminders import following
from cora_bot.study.visits.trip import Bookable, Slot, Way
from cora_bot.study.visits.visit import CHOOSING, NO_WISH, News, Request, Standing, Wish

NAMES = {
    Wish.WOMAN: "talks with a woman",
    Wish.MAN: "talks with a man",
    Wish.COMPANY: "somebody comes along",
    Wish.NO_STAIRS: "needs a way without stairs",
    Wish.CHILDREN: "children come along",
}
"""Wishes as the researchers read them."""


def choose(scene: Scene, _event: object) -> Turn:
    """Begins, or begins anew: wishes once, then the city where there are several."""
    slot = own_slot(scene)
    if scene.visit.standing is Standing.BOOKED and (slot is None or scene.now >= slot.starts):
        return showing.again(scene, scene.say(p.TOO_LATE_NOW))
    if not scene.visit.wished:
        return showing.on_card(scene, cards.wishes(scene))
    return _city_or_days(scene.with_visit(city=""))


def wish(scene: Scene, event: Pressed) -> Turn:
    if scene.visit.wished or event.press.choice not in {int(each) for each in Wish}:
        return choose(scene, event)
    scene = scene.with_visit(wishes=scene.visit.wishes ^ Wish(event.press.choice))
    return showing.on_card(scene, cards.wishes(scene), anew=True)


def speak(scene: Scene, event: Pressed) -> Turn:
    known = scene.study.languages
    if scene.visit.wished or not 0 <= event.press.choice < len(known):
        return choose(scene, event)
    scene = scene.with_visit(language=known[event.press.choice].code)
    return showing.on_card(scene, cards.wishes(scene), anew=True)


def wished(scene: Scene, event: Pressed) -> Turn:
    """The wishes are sealed. What chooses among the times is kept for choosing again, the rest is not."""
    if scene.visit.wished:
        return choose(scene, event)
    told = [NAMES[each] for each in Wish if each in scene.visit.wishes]
    if scene.visit.language and scene.visit.language != scene.participant.language:
        told.append(f"speaks {scene.visit.language}")
    scene = scene.with_visit(wished=True, wishes=scene.visit.wishes & CHOOSING)
    turn = _city_or_days(scene.with_visit(city=""))
    if not told:
        return turn
    made = questions.message(scene, {"text": f"Wishes for the meeting ({scene.trip.id}): {'; '.join(told)}"})
    return replace(turn, records=(made,), notes=("visit_wishes",))


def _city_or_days(scene: Scene) -> Turn:
    found = fitting(scene)
    if not found:
        return _nothing_free(scene)
    if scene.visit.way is Way.IN_PERSON and len({each.slot.place for each in found}) > 1:
        return showing.on_card(scene, cards.cities(scene, found))
    return _days(scene, 0)


def _nothing_free(scene: Scene) -> Turn:
    if own_slot(scene) is not None:
        return showing.again(scene, scene.say(p.TOO_LATE_NOW))
    if scene.visit.wishes and fitting(scene.with_visit(wishes=NO_WISH)):
        # Better somebody else than nobody: the wish is sealed, the choice is the person's.
        return _city_or_days(scene.with_visit(wishes=NO_WISH))
    return showing.on_card(scene, cards.full(scene))


def city(scene: Scene, event: Pressed) -> Turn:
    places = scene.trip.places
    if not 0 <= event.press.choice < len(places):
        return choose(scene, event)
    return _days(scene.with_visit(city=places[event.press.choice].code), 0)


def pages(scene: Scene, event: Pressed) -> Turn:
    return _days(scene, event.press.choice)


def _days(scene: Scene, page: int, notice: str = "") -> Turn:
    found = fitting(scene, everywhere=False)
    if not found:
        return _nothing_free(scene)
    last = (len(days(scene, found)) - 1) // cards.DAYS_AT_ONCE
    return showing.on_card(scene, cards.choose_day(scene, found, min(page, last), notice))


def day(scene: Scene, event: Pressed) -> Turn:
    if not date.min.toordinal() <= event.press.choice <= date.max.toordinal():
        return _days(scene, 0)
    return _times(scene, date.fromordinal(event.press.choice))


def _times(scene: Scene, on: date, notice: str = "") -> Turn:
    found = fitting(scene, everywhere=False)
    if not times(scene, found, on):
        return _days(scene, 0, notice or scene.say(p.TIME_TAKEN))
    return showing.on_card(scene, cards.choose_time(scene, found, on, notice))


def pick(scene: Scene, event: Pressed) -> Turn:
    found = _wanted(scene, event)
    if found is None:
        return _taken(scene, event)
    return showing.on_card(scene, cards.ask_booking(scene, found.slot))


def _wanted(scene: Scene, event: Pressed) -> Bookable | None:
    """The slot of this button, as long as it can be booked; else another one at the same minute."""
    meant = next((each for each in scene.conversation.bookable if each.slot.id == event.press.choice), None)
    if meant is None or meant.slot.id == scene.visit.slot:
        return None
    found = fitting(scene)
    if meant in found:
        return meant
    return next((each for each in found if _alike(meant.slot, each.slot)), None)


def _alike(one: Slot, other: Slot) -> bool:
    return (one.starts, one.place) == (other.starts, other.place)


def _taken(scene: Scene, event: Pressed) -> Turn:
    """Somebody was faster, or it is too late for this one: kindly, with what is left of that day."""
    meant = next((each for each in scene.conversation.bookable if each.slot.id == event.press.choice), None)
    if meant is not None and meant.slot.id == scene.visit.slot:
        return showing.show(scene, event)  # pressed twice: it is theirs
    told = scene.say(p.TIME_TAKEN)
    turn = _times(scene, local(scene, meant.slot).date(), told) if meant else _days(scene, 0, told)
    return replace(turn, notes=("visit_taken",))


def book(scene: Scene, event: Pressed) -> Turn:
    """The seat is taken in this turn, or somebody else has it."""
    wanted = _wanted(scene, event)
    before = own_slot(scene)
    if wanted is None or (before is not None and scene.now >= before.starts):
        return _taken(scene, event)
    visit, slot = scene.visit, wanted.slot
    again = visit.standing is Standing.BOOKED
    scene = scene.with_visit(
        standing=Standing.BOOKED,
        slot=slot.id,
        seat=wanted.free[0],
        sequence=visit.sequence + (1 if visit.word >= 0 else 0),
        moves=visit.moves + (1 if again else 0),
        word=visit.word if visit.word >= 0 else below(scene.chance, len(p.PICTURE_WORDS)),
        confirmed=cards.place_is_due(scene, slot),
        late=0,
        request=Request.NONE,
        told=News.NONE,
        since=None,
        reason="",
    )
    scene = planned(scene, slot)
    turn = showing.booked(scene, slot, scene.say(p.BOOKED))
    return replace(turn, notes=("visit_moved" if again else "visit_booked",))


def planned(scene: Scene, slot: Slot) -> Scene:
    """The next message about this meeting."""
    person = scene.participant
    found = following(slot, scene.study.quiet, zone=person.zone, hour=person.hour, after=scene.now)
    news, at = found or (News.NONE, None)
    return scene.with_visit(due=news, next_at=at)
