"""What every answer goes through, however it was given: judged, told, on to the next question or to the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import View
from cora_bot.dialogue.handlers import alerting, finishing, questions
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.kinds import times
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.view import view_at, with_view
from cora_bot.forms.walk import Shown, Stored, Violation, ViolationCode, Walk


def at(scene: Scene, walk: Walk, event: Pressed) -> Shown | None:
    """The question the button was made for, if the walk still stands there."""
    shown = walk.shown(scene.language)
    return shown if shown is not None and shown.question.number == event.press.node else None


def stands(walk: Walk, event: Pressed) -> bool:
    """Whether the walk still stands at the question the button was made for. Cheap, however long its list is."""
    return walk.current is not None and walk.current.number == event.press.node


def again(scene: Scene) -> Turn:
    """The question as it stands."""
    return questions.ask(scene, questions.pick_up(scene), anew=True)


def looking(scene: Scene, event: Pressed, change: Callable[[View], View]) -> Turn:
    """The same question from another side: nothing is answered."""
    walk = questions.pick_up(scene)
    if not stands(walk, event):
        return again(scene)
    return questions.ask(with_view(scene, change(view_at(scene, walk.ref))), walk, anew=True)


def outcome(scene: Scene, walk: Walk, came: Stored | Violation, *, notices: Sequence[str] = ()) -> Turn:
    """On from what came of an answer. ``notices`` stand beside what is said of it."""
    if isinstance(came, Violation):
        return questions.ask(scene, walk, notices=[sentence(scene, came), *notices], anew=True)
    said = [scene.say(p.SAVED)] if came.value else []
    return proceed(scene, walk, came, notices=[*said, *notices])


def proceed(scene: Scene, walk: Walk, stored: Stored, *, notices: Sequence[str]) -> Turn:
    """On from an answer that is stored; whatever comes next, an answer that alerts is spoken of first."""
    scene, raised = alerting.look(scene, walk)
    turn = _onward(scene, walk, stored, notices=notices)
    return turn if raised is None else alerting.shown(scene, turn, raised, notices=notices)


def _onward(scene: Scene, walk: Walk, stored: Stored, *, notices: Sequence[str]) -> Turn:
    """To the next question; behind the last one the whole form is judged and the session ends."""
    notices = [*notices, scene.say(p.DROPPED)] if stored.dropped else [*notices]
    scene = with_view(scene, View())
    if walk.current is not None:
        return questions.ask(scene, walk, notices=notices)
    violation = walk.finish(scene.language)
    if violation is not None:
        return questions.ask(scene, walk, notices=[*notices, sentence(scene, violation)])
    return finishing.finish(questions.save(scene, walk), walk)


def told(scene: Scene) -> tuple[Scene, list[str]]:
    """The person's message goes: before the first time it is said why."""
    if scene.participant.told_removal:
        return scene, []
    return scene.with_person(told_removal=True), [scene.say(p.REMOVED)]


def removing(turn: Turn, message: int) -> Turn:
    return replace(turn, remove=(*turn.remove, message))


def sentence(scene: Scene, violation: Violation) -> str:
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
        case ViolationCode.NOT_A_TIME:
            text = say(p.NOT_A_TIME, example=times.time_example(scene))
        case ViolationCode.CONSTRAINT | ViolationCode.OUT_OF_RANGE:
            text = say(p.NOT_POSSIBLE)
    return f"⚠ {text}"
