"""What is sent instead of written: a place, where the question at hand asks for one. Everything else is not taken."""

from __future__ import annotations

from dataclasses import replace

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.handlers import answering, asides, questions, sealing
from cora_bot.dialogue.inputs import Spot, Unusable
from cora_bot.dialogue.kinds.sent import SENT_ONLY
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Violation, Walk


def sent(scene: Scene, event: Unusable) -> Turn:
    """Stored and taken out of the chat where it is what was asked for; else removed, with a word."""
    walk = questions.pick_up(scene)
    question = walk.current
    if scene.conversation.chat.card.showing is not Showing.QUESTION or question is None:
        return asides.cannot_take(scene, event)
    if question.kind is not Kind.GEOPOINT:
        return asides.cannot_take(scene, event)
    scene, why = answering.told(scene)
    if event.spot is None:
        turn = questions.ask(scene, walk, notices=[f"⚠ {scene.say(SENT_ONLY[question.kind])}", *why], anew=True)
    else:
        turn = _place(scene, walk, event.spot)
    return answering.removing(turn, event.message)


def _place(scene: Scene, walk: Walk, spot: Spot) -> Turn:
    number = walk.cursor
    came = walk.locate(number, (spot.latitude, spot.longitude, 0.0, spot.accuracy), scene.language)
    if isinstance(came, Violation):
        return answering.outcome(scene, walk, came)
    scene, records, dropped = sealing.sealed(scene, came, came.value)
    turn = answering.proceed(scene, walk, came, notices=[scene.say(p.SAVED)])
    return replace(turn, records=(*records, *turn.records), drop_records=(*dropped, *turn.drop_records))
