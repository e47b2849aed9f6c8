"""Answering: presses and typed text on the question at hand. What is stored is shown as stored on the next card."""

from __future__ import annotations

from collections.abc import Callable

from cora_bot.base.text import isolate, shorten
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.handlers import answering, leafing, questions, sealing, stepwise
from cora_bot.dialogue.inputs import Pressed, Text
from cora_bot.dialogue.kinds import lists, times
from cora_bot.dialogue.kinds.sent import SENT_ONLY
from cora_bot.dialogue.scene import Scene, draw
from cora_bot.dialogue.turn import Turn
from cora_bot.forms.model import Kind, Question
from cora_bot.forms.walk import Stored, Violation, Walk

SHOWN_BACK = 300
"""A typed answer is shown back up to this length."""


def choose(scene: Scene, event: Pressed) -> Turn:
    return _answer(scene, event, lambda walk: walk.choose(event.press.node, event.press.choice, scene.language))


def done(scene: Scene, event: Pressed) -> Turn:
    return _answer(scene, event, lambda walk: walk.done(event.press.node, scene.language))


def skip(scene: Scene, event: Pressed) -> Turn:
    return _answer(scene, event, lambda walk: walk.skip(event.press.node, scene.language))


def keep(scene: Scene, event: Pressed) -> Turn:
    """An answered question is left as it is: to the walk the same as done."""
    return done(scene, event)


def toggle(scene: Scene, event: Pressed) -> Turn:
    """A tick more or less; the question stays."""
    walk = questions.pick_up(scene)
    if not answering.stands(walk, event):
        return again(scene, event)
    outcome = walk.toggle(event.press.node, event.press.choice)
    notices = [answering.sentence(scene, outcome)] if isinstance(outcome, Violation) else []
    return questions.ask(scene, walk, notices=notices, anew=True)


def back(scene: Scene, _event: Pressed) -> Turn:
    walk = questions.pick_up(scene)
    walk.back()
    return questions.ask(scene, walk)


def again(scene: Scene, _event: object) -> Turn:
    """The question as it stands: after a press that came too late, or on the way back from the menu."""
    return questions.ask(scene, questions.pick_up(scene), anew=True)


def full_text(scene: Scene, event: Pressed) -> Turn:
    shown = questions.pick_up(scene).shown(scene.language)
    if shown is None or not shown.guidance:
        return again(scene, event)
    return draw(scene, cards.full_text(scene, shown), Showing.ASIDE)


def typed(scene: Scene, event: Text) -> Turn:
    """A typed answer: stored, shown back, and removed from the chat."""
    walk = questions.pick_up(scene)
    asked = walk.asked
    if scene.conversation.chat.card.showing is not Showing.QUESTION or asked is None:
        turn = questions.ask(answering.told(scene)[0], walk)
    elif asked.kind in lists.LISTS and (shown := walk.shown(scene.language)) is not None and shown.choices:
        turn = leafing.seek(scene, walk, shown=shown, text=event.text)
    else:
        turn = _written(scene, walk, asked, event.text)
    return answering.removing(turn, event.message)


def _written(scene: Scene, walk: Walk, asked: Question, text: str) -> Turn:
    scene, why = answering.told(scene)
    if asked.kind in SENT_ONLY:
        notices = [f"⚠ {scene.say(SENT_ONLY[asked.kind])}", *why]
        return questions.ask(scene, walk, notices=notices, anew=True)
    was_typed = _is_typed(scene, walk, asked)
    if asked.kind is Kind.DATETIME:
        scene, half = stepwise.written_moment(scene, walk, text)
        if half is None:
            return questions.ask(scene, walk, notices=why, anew=True)
        outcome = half
    else:
        outcome = walk.type(text, scene.language)
    if isinstance(outcome, Violation):
        return questions.ask(scene, walk, notices=[answering.sentence(scene, outcome), *why], anew=True)
    notice = scene.say(p.YOU_WROTE if was_typed else p.SAVED, answer=isolate(shorten(text.strip(), SHOWN_BACK)))
    scene, records, dropped = sealing.sealed(scene, outcome, text.strip())
    turn = answering.proceed(scene, walk, outcome, notices=[notice])
    if not records and not dropped:
        return turn
    return replace(turn, records=(*records, *turn.records), drop_records=(*dropped, *turn.drop_records))


def _is_typed(scene: Scene, walk: Walk, asked: Question) -> bool:
    """Whether it is written rather than pressed; of a range its choices tell."""
    if asked.kind is not Kind.RANGE:
        return asked.kind in cards.TYPED or asked.kind in times.TIMES
    shown = walk.shown(scene.language)
    return shown is not None and cards.is_typed(shown)


def _answer(scene: Scene, event: Pressed, act: Callable[[Walk], Stored | Violation]) -> Turn:
    walk = questions.pick_up(scene)
    if not answering.stands(walk, event):
        return again(scene, event)
    return answering.outcome(scene, walk, act(walk))
