"""The contact ping: is somebody still reached in the same place? One question between waves, without a form.

It comes and waits like any occasion, behind the knock where there is one. Nothing of it is sealed: the answer is that
it was answered. A number that changes and "not for me" make it a task for somebody of the team.
"""

from __future__ import annotations

from typing import Final

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Occurrence, Showing
from cora_bot.dialogue.handlers import finishing
from cora_bot.dialogue.handlers.consenting import contact
from cora_bot.dialogue.inputs import Pressed, Verb
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.study.model import CONTACT, Step

ANSWERS: Final = (p.REACHED_HERE, p.REACHED_ELSEWHERE)
"""What a button's ``choice`` stands for. "Not for me" is the button it is everywhere."""


def opened(scene: Scene) -> bool:
    """Whether the ping was opened and waits for its answer."""
    return _waiting(scene, Step.OPENED) is not None


def again(scene: Scene) -> Turn:
    """The question and its three answers."""
    answers = tuple((cards.button(scene, each, Verb.REACHED, choice=place),) for place, each in enumerate(ANSWERS))
    away = (cards.button(scene, p.WRONG_PERSON, Verb.WRONG_PERSON),)
    menu = (cards.button(scene, p.MENU_BUTTON, Verb.MENU, mark="☰"),)
    return draw(scene, Prompt(scene.say(p.STILL_REACHED), (*answers, away, menu)), Showing.ASIDE)


def answer(scene: Scene, event: Pressed) -> Turn:
    """Still here, or soon elsewhere: what then becomes of the chat, and whom to ask for a new code."""
    occurrence = _waiting(scene, Step.INVITED, Step.OPENED)
    if occurrence is None or scene.now >= occurrence.closes or not 0 <= event.press.choice < len(ANSWERS):
        return fading(scene, draw(scene, cards.notice(scene, scene.say(p.CLOSED)), Showing.NOTICE))
    done = (finishing.ended(occurrence, Step.COMPLETE, scene.now),)
    if ANSWERS[event.press.choice] == p.REACHED_HERE:
        turn = draw(scene, cards.notice(scene, scene.say(p.THANKS)), Showing.NOTICE)
        return fading(scene, replace(turn, occurrences=done, notes=("reached",)))
    told = scene.say(p.ELSEWHERE_MEANS, contact=contact(scene))
    turn = draw(scene, cards.notice(scene, told), Showing.NOTICE)
    return fading(scene, replace(turn, occurrences=done, wanted=(TaskReason.CONTACT,), notes=("moves_away",)))


def not_reached(scene: Scene, occurrence: Occurrence) -> Occurrence:
    """Somebody else has the phone: the person was not there, whatever was opened."""
    return replace(finishing.ended(occurrence, Step.EXPIRED, scene.now, "wrong_person"), opened_at=None)


def _waiting(scene: Scene, *steps: Step) -> Occurrence | None:
    about = scene.conversation.occurrence
    known = [each for each in scene.conversation.planned if each.wave == CONTACT and each.step in steps]
    if about is not None and about.wave == CONTACT:
        return about if about.step in steps else None
    return known[-1] if known else None
