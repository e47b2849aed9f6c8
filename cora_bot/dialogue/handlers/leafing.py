"""Long lists: another page, and what somebody writes to find a choice."""

from __future__ import annotations

from cora_bot.base.text import isolate, shorten
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import View
from cora_bot.dialogue.handlers import answering, questions
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.kinds import lists
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.view import with_view
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Shown, ShownChoice, Violation, Walk


def page(scene: Scene, event: Pressed) -> Turn:
    """Another page of the list, or of what was found."""
    return answering.looking(scene, event, lambda view: replace(view, page=event.press.choice))


def whole(scene: Scene, event: Pressed) -> Turn:
    """The whole list again."""
    return answering.looking(scene, event, lambda view: replace(view, page=0, sought=""))


def seek(scene: Scene, walk: Walk, *, shown: Shown, text: str) -> Turn:
    """Written at a list: the name of a choice chooses it, a part of a name in a long list shows what holds it."""
    scene, notices = answering.told(scene)
    choice = lists.named(shown.choices, text, numbers=lists.numbered(shown))
    if choice is not None:
        return _choose(scene, walk, choice=choice, shown=shown, notices=notices)
    if not lists.is_long(shown):
        return questions.ask(scene, walk, notices=[f"⚠ {scene.say(p.PRESS_A_BUTTON)}", *notices], anew=True)
    sought = shorten(" ".join(text.split()), lists.MOST_SOUGHT)
    if lists.matching(shown.choices, sought):
        scene = with_view(scene, View(shown.ref, sought=sought))
    else:
        notices = [f"⚠ {scene.say(p.NOTHING_FOUND, text=isolate(sought))}", *notices]
    return questions.ask(scene, walk, notices=notices, anew=True)


def _choose(scene: Scene, walk: Walk, *, choice: ShownChoice, shown: Shown, notices: list[str]) -> Turn:
    node = shown.question.number
    if shown.question.kind is Kind.SELECT_ONE:
        return answering.outcome(scene, walk, walk.choose(node, choice.index, scene.language), notices=notices)
    made = None if choice.picked else walk.toggle(node, choice.index, scene.language)
    if isinstance(made, Violation):
        notices = [answering.sentence(scene, made), *notices]
    return questions.ask(with_view(scene, View(shown.ref)), walk, notices=notices, anew=True)
