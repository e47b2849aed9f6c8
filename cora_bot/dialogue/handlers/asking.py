"""Answering: presses and typed text on the question at hand. What is stored is shown as stored on the next card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cora_bot.base.text import isolate, shorten
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Fragment, Showing
from cora_bot.dialogue.handlers import finishing, questions
from cora_bot.dialogue.inputs import Pressed, Text
from cora_bot.dialogue.scene import Scene, draw
from cora_bot.dialogue.turn import Record, RecordKind, Turn
from cora_bot.forms.walk import Stored, Violation, ViolationCode, Walk

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
    if not _stands_at(scene, walk, event.press.node):
        return again(scene, event)
    outcome = walk.toggle(event.press.node, event.press.choice)
    notices = [_sentence(scene, outcome)] if isinstance(outcome, Violation) else []
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
    shown = walk.shown(scene.language)
    if scene.conversation.chat.card.showing is not Showing.QUESTION or shown is None:
        return _removing(questions.ask(*_told(scene, walk)), event)
    outcome = walk.type(event.text, scene.language)
    if isinstance(outcome, Violation):
        turn = questions.ask(*_told(scene, walk), notices=_first(scene, _sentence(scene, outcome)), anew=True)
        return _removing(turn, event)
    written = p.YOU_WROTE if cards.is_typed(shown) else p.SAVED
    notice = scene.say(written, answer=isolate(shorten(event.text.strip(), SHOWN_BACK)))
    scene, records, dropped = _sealed(scene, outcome, event.text)
    scene, _ = _told(scene, walk)
    turn = _proceed(scene, walk, outcome, notice)
    turn = replace(turn, records=(*records, *turn.records), drop_records=(*dropped, *turn.drop_records))
    return _removing(turn, event)


def _answer(scene: Scene, event: Pressed, act: Callable[[Walk], Stored | Violation]) -> Turn:
    walk = questions.pick_up(scene)
    if not _stands_at(scene, walk, event.press.node):
        return again(scene, event)
    outcome = act(walk)
    if isinstance(outcome, Violation):
        return questions.ask(scene, walk, notices=[_sentence(scene, outcome)], anew=True)
    return _proceed(scene, walk, outcome, scene.say(p.SAVED) if outcome.value else "")


def _stands_at(scene: Scene, walk: Walk, node: int) -> bool:
    shown = walk.shown(scene.language)
    return shown is not None and shown.question.number == node


def _proceed(scene: Scene, walk: Walk, outcome: Stored, notice: str) -> Turn:
    notices = [notice] if notice else []
    if outcome.dropped:
        notices.append(scene.say(p.DROPPED))
    if walk.shown(scene.language) is not None:
        return questions.ask(scene, walk, notices=notices)
    violation = walk.finish(scene.language)
    if violation is not None:
        return questions.ask(scene, walk, notices=[*notices, _sentence(scene, violation)])
    return finishing.finish(questions.save(scene, walk), walk)


def _sealed(scene: Scene, outcome: Stored, text: str) -> tuple[Scene, tuple[Record, ...], tuple[bytes, ...]]:
    """An answer that is sealed on arrival becomes a record now; an earlier one to the same question goes."""
    if not outcome.sealed:
        return scene, (), ()
    scene, record = questions.record(scene, RecordKind.FRAGMENT, {"ref": outcome.ref, "value": text.strip()})
    earlier = tuple(fragment.record for fragment in scene.session.fragments if fragment.ref == outcome.ref)
    others = tuple(fragment for fragment in scene.session.fragments if fragment.ref != outcome.ref)
    session = replace(scene.session, fragments=(*others, Fragment(outcome.ref, record.id)))
    return scene.with_session(session), (record,), earlier


def _told(scene: Scene, walk: Walk) -> tuple[Scene, Walk]:
    return scene.with_person(told_removal=True), walk


def _first(scene: Scene, notice: str) -> list[str]:
    """The notice, and before the first removal why the message has gone."""
    return [notice] if scene.participant.told_removal else [notice, scene.say(p.REMOVED)]


def _removing(turn: Turn, event: Text) -> Turn:
    return replace(turn, remove=(*turn.remove, event.message))


def _sentence(scene: Scene, violation: Violation) -> str:
    """What is wrong, in the author's words where the form has them."""
    if violation.message:
        return f"⚠ {violation.message}"
    say = scene.say
    match violation.code:
        case ViolationCode.REQUIRED:
            text = say(p.REQUIRED)
        case ViolationCode.NOT_A_NUMBER:
            text = say(p.NOT_A_NUMBER)
        case ViolationCode.NOT_WHOLE:
            text = say(p.NOT_WHOLE)
        case ViolationCode.NOT_A_DATE:
            text = say(p.NOT_A_DAY, example=cards.day_example(scene))
        case ViolationCode.TOO_LONG:
            text = say(p.TOO_LONG)
        case ViolationCode.NOT_A_CHOICE:
            text = say(p.PRESS_A_BUTTON)
        case ViolationCode.CONSTRAINT | ViolationCode.OUT_OF_RANGE | ViolationCode.NOT_A_TIME:
            text = say(p.NOT_POSSIBLE)
    return f"⚠ {text}"
