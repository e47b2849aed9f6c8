"""What becomes of a meeting: it is confirmed, late, cancelled, held in another way, or did not happen."""

from __future__ import annotations

from cora_bot.base.calendars import number
from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.handlers.visits import choosing, showing
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.dialogue.visits import cards
from cora_bot.dialogue.visits.acts import Act, act
from cora_bot.dialogue.visits.fitting import fitting, own_slot
from cora_bot.study.visits.trip import Slot, Way
from cora_bot.study.visits.visit import News, Request, Standing


def come(scene: Scene, event: object) -> Turn:
    slot = _ahead(scene)
    if slot is None:
        return showing.show(scene, event)
    scene = scene.with_visit(confirmed=True)
    return replace(showing.booked(scene, slot), notes=("visit_confirmed",))


def _ahead(scene: Scene) -> Slot | None:
    """The booked slot, as long as it has not begun."""
    slot = own_slot(scene)
    booked = scene.visit.standing is Standing.BOOKED
    return slot if slot is not None and booked and scene.now < slot.starts else None


def late(scene: Scene, event: Pressed) -> Turn:
    slot = own_slot(scene)
    if slot is None or scene.visit.standing is not Standing.BOOKED or scene.now >= slot.ends:
        return showing.show(scene, event)
    if event.press.choice not in cards.LATE:
        return showing.on_card(scene, cards.how_late(scene))
    scene = scene.with_visit(late=event.press.choice, confirmed=True)
    said = scene.say(p.LATE_NOTED, minutes=isolate(number(event.press.choice, scene.language)))
    return replace(showing.booked(scene, slot, said), notes=("visit_late",))


def call(scene: Scene, event: object) -> Turn:
    if _ahead(scene) is None:
        return showing.show(scene, event)
    scene = scene.with_visit(request=Request.CALL)
    return replace(showing.again(scene, scene.say(p.CALL_NOTED)), wanted=(TaskReason.VISIT,), notes=("visit_call",))


def cancel(scene: Scene, event: Pressed) -> Turn:
    if _ahead(scene) is None:
        return showing.show(scene, event)
    if event.press.choice != 1:
        return showing.on_card(scene, cards.ask_cancel(scene))
    scene = given_up(scene, Standing.DECLINED)
    again = fitting(scene)
    rows = [(act(scene, p.CHOOSE_A_TIME, Act.CHOOSE),)] if again else []
    turn = showing.on_card(scene, cards.note(scene, scene.say(p.MEETING_CANCELLED), *rows))
    return replace(turn, notes=("visit_cancelled",))


def given_up(scene: Scene, standing: Standing, **changes: object) -> Scene:
    """The seat is free again and nothing more comes."""
    held = scene.visit.slot is not None
    given: dict[str, object] = {
        "standing": standing,
        "slot": None,
        "seat": 0,
        "way": Way.IN_PERSON,
        "sequence": scene.visit.sequence + (1 if held else 0),
        "confirmed": False,
        "late": 0,
        "due": News.NONE,
        "next_at": None,
        "told": News.NONE,
        "since": None,
    }
    return scene.with_visit(**(given | changes))


def decline(scene: Scene, _event: object) -> Turn:
    """Not this time: without a reason, and it can be taken back while times are free."""
    if scene.visit.standing is Standing.BOOKED and _ahead(scene) is None:
        return showing.show(scene, _event)
    scene = given_up(scene, Standing.DECLINED)
    turn = showing.on_card(scene, cards.note(scene, scene.say(p.DECLINED)))
    return replace(turn, notes=("visit_declined",))


def other_way(scene: Scene, event: object) -> Turn:
    if not scene.trip.rules.ways or (scene.visit.standing is Standing.BOOKED and _ahead(scene) is None):
        return showing.show(scene, event)
    return showing.on_card(scene, cards.other_ways(scene))


def way(scene: Scene, event: Pressed) -> Turn:
    """By phone or video: a time is chosen for it; the old one stays booked until then. At home: the team sees to it."""
    offered = scene.trip.rules.ways
    chosen = cards.WAYS[event.press.choice] if 0 <= event.press.choice < len(cards.WAYS) else None
    if chosen is None or chosen not in offered:
        return other_way(scene, event)
    if scene.visit.standing is Standing.BOOKED and _ahead(scene) is None:
        return showing.show(scene, event)
    if chosen is Way.HOME:
        scene = given_up(scene, Standing.ASKED, request=Request.HOME, way=chosen)
        turn = showing.on_card(scene, cards.note(scene, scene.say(p.HOME_NOTED)))
        return replace(turn, wanted=(TaskReason.VISIT,), notes=("visit_home",))
    slot = _ahead(scene)
    if slot is None:
        return choosing.choose(scene.with_visit(way=chosen), event)
    # The same time, talked through instead: nothing else to choose.
    scene = scene.with_visit(way=chosen, sequence=scene.visit.sequence + 1, moves=scene.visit.moves + 1)
    turn = showing.booked(scene, slot, scene.say(p.BOOKED))
    return replace(turn, notes=("visit_moved",))


def tell_me(scene: Scene, event: object) -> Turn:
    """Onto the waiting list; a time that was freed a moment ago is offered instead."""
    if scene.visit.standing is Standing.BOOKED or fitting(scene):
        return showing.show(scene, event)
    scene = scene.with_visit(
        standing=Standing.WAITING, since=scene.now, due=News.NONE, next_at=None, told=News.NONE, deadline=None
    )
    turn = showing.on_card(scene, cards.note(scene, scene.say(p.ON_THE_LIST)))
    return replace(turn, notes=("visit_waiting",))


def met(scene: Scene, event: Pressed) -> Turn:
    """What the person says of it the day after; staff may correct it."""
    slot = own_slot(scene)
    if scene.visit.standing is not Standing.BOOKED or slot is None or scene.now < slot.ends:
        return showing.show(scene, event)
    match event.press.choice:
        case 0:
            scene = scene.with_visit(standing=Standing.MET, due=News.NONE, next_at=None)
            turn = showing.on_card(scene, cards.note(scene, scene.say(p.THANKS)))
        case 1:
            scene = missed(scene)
            turn = showing.again(scene, scene.say(p.MEETING_MISSED) if fitting(scene) else scene.say(p.DECLINED))
        case 2:
            scene = scene.with_visit(standing=Standing.ASKED, request=Request.NOBODY_THERE, due=News.NONE, next_at=None)
            turn = showing.on_card(scene, cards.note(scene, scene.say(p.SORRY_NOBODY)))
        case _:
            return showing.show(scene, event)
    wanted = (TaskReason.VISIT,) if event.press.choice else ()
    return replace(turn, wanted=wanted, notes=("visit_answered",))


def missed(scene: Scene) -> Scene:
    """They did not meet: another time while there are some, else it ends here."""
    again = fitting(scene.with_visit(slot=None, seat=0))
    scene = given_up(scene, Standing.INVITED if again else Standing.MISSED, misses=scene.visit.misses + 1)
    return offered_anew(scene) if again else scene


def offered_anew(scene: Scene) -> Scene:
    """Until the last time of the trip another one can be chosen."""
    last = max((each.slot.starts for each in scene.conversation.bookable), default=scene.now)
    return scene.with_visit(deadline=last, due=News.CLOSING, next_at=last)
