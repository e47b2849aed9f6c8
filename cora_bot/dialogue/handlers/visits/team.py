"""What the team did about a meeting: it is as they say at once, and the person is told by the neutral sentence."""

from __future__ import annotations

from cora_bot.base.chance import below
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.handlers.visits.meeting import given_up, missed, offered_anew
from cora_bot.dialogue.inputs import TeamAct, VisitArranged
from cora_bot.dialogue.scene import Scene, nothing
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.dialogue.visits.fitting import fitting
from cora_bot.study.visits.trip import Bookable
from cora_bot.study.visits.visit import News, Request, Standing


def arranged(scene: Scene, event: VisitArranged) -> Turn:
    if scene.conversation.visit is None or scene.conversation.trip is None:
        return nothing(scene, "no_visit")
    match event.what:
        case TeamAct.MOVE:
            scene = _moved(scene, event)
        case TeamAct.CALL_OFF:
            scene = _called_off(scene, event)
        case TeamAct.DONE:
            scene = scene.with_visit(
                standing=Standing.MET, due=News.NONE, next_at=None, told=News.NONE, request=Request.NONE
            )
        case TeamAct.MISSED:
            scene = missed(scene).with_visit(due=News.MISSED, next_at=scene.now, request=Request.NONE)
    return replace(nothing(scene, f"team_{event.what}"), wanted=_wanted(scene, event.what))


def _wanted(scene: Scene, what: TeamAct) -> tuple[TaskReason, ...]:
    """Somebody of the team is to ask why, or to call: who cannot be told would go there in vain."""
    if what is TeamAct.MISSED:
        return (TaskReason.VISIT,)
    changed = what in (TeamAct.CALL_OFF, TeamAct.MOVE)
    return (TaskReason.UNTOLD,) if changed and scene.conversation.chat.blocked else ()


def place(scene: Scene, slot: int) -> Bookable | None:
    """The slot, where it still has a free seat."""
    return next((each for each in scene.conversation.bookable if each.slot.id == slot and each.free), None)


def _moved(scene: Scene, event: VisitArranged) -> Scene:
    to = place(scene, event.slot)
    if to is None:
        return scene  # whoever asked looked before, behind the same lock
    visit = scene.visit
    booked = visit.standing is Standing.BOOKED
    return scene.with_visit(
        standing=Standing.BOOKED,
        slot=to.slot.id,
        seat=to.free[0],
        sequence=visit.sequence + (1 if visit.word >= 0 else 0),
        moves=visit.moves + (1 if booked else 0),
        word=visit.word if visit.word >= 0 else below(scene.chance, len(p.PICTURE_WORDS)),
        confirmed=False,
        late=0,
        request=Request.NONE,
        since=None,
        due=News.MOVED,
        next_at=scene.now,
    )


def _called_off(scene: Scene, event: VisitArranged) -> Scene:
    scene = given_up(scene, Standing.INVITED, reason="called_off", called_off=event.at)
    scene = offered_anew(scene) if fitting(scene) else scene
    return scene.with_visit(due=News.CANCELLED, next_at=scene.now)
