"""Answering a form again while its window is open. Both versions are sealed; the export says which one counts.

The occurrence is opened once more and keeps the time at which it was first finished: left alone, stopped or run out,
it is complete as before (``finishing.ended``), and what was begun is kept as partial beside the earlier answers.
"""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Occurrence, Showing
from cora_bot.dialogue.handlers import asking, questions
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import CONTACT, Step


def answerable(scene: Scene) -> Occurrence | None:
    """What was answered last and may still be answered again; None while something else is open or offered."""
    offered = scene.conversation.occurrence
    if scene.conversation.session or (offered and offered.step is Step.INVITED):
        return None
    fitting = [each for each in scene.conversation.answered if _may(scene, each)]
    return max(fitting, key=lambda each: each.opens, default=None)


def _may(scene: Scene, each: Occurrence) -> bool:
    if each.wave == CONTACT:
        return False
    wave = scene.study.wave(each.wave)
    return each.closes > scene.now and not wave.planned_return_only and wave.purpose in scene.participant.purposes


def again(scene: Scene, event: object) -> Turn:
    """The form from its first question, empty: earlier answers are locked and are not shown."""
    if scene.conversation.session:
        return asking.again(scene, event)
    answered = answerable(scene)
    if answered is None:
        return fading(scene, draw(scene, cards.notice(scene, scene.say(p.CLOSED)), Showing.NOTICE))
    reopened = replace(answered, step=Step.OPENED, next_at=answered.closes)
    scene = replace(scene, conversation=replace(scene.conversation, occurrence=reopened))
    scene, walk = questions.begin(
        scene, scene.study.wave(reopened.wave).form, wave=reopened.wave, number=reopened.number
    )
    turn = questions.ask(scene, walk, notices=[scene.say(p.ANSWERING_AGAIN)])
    return replace(turn, occurrences=(reopened,), notes=("answers_again",))
