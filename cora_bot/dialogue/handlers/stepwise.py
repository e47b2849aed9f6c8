"""Questions that are answered in several presses: ranks, times, the instances of a repeat."""

from __future__ import annotations

from datetime import date

from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import View
from cora_bot.dialogue.handlers import answering, questions
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.kinds import ranks, repeats, times
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.view import view_at, view_of, with_view
from cora_bot.forms import values
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Stored, Violation, Walk

MINUTES_OF_A_DAY = 24 * 60


# ---- ranks -----------------------------------------------------------------------------------------------------------


def undo(scene: Scene, event: Pressed) -> Turn:
    """What was ranked last is free again."""
    walk = questions.pick_up(scene)
    shown = answering.at(scene, walk, event)
    last = ranks.last(shown) if shown is not None and shown.question.kind is Kind.RANK else None
    if last is None:
        return answering.again(scene)
    walk.toggle(event.press.node, last.index, scene.language)
    return questions.ask(scene, walk, anew=True)


# ---- times -----------------------------------------------------------------------------------------------------------


def day(scene: Scene, event: Pressed) -> Turn:
    """The day of a moment; 0 asks for it again."""
    chosen = event.press.choice
    on = date.fromordinal(chosen).isoformat() if 0 < chosen <= date.max.toordinal() else ""
    return answering.looking(scene, event, lambda view: View(view.ref, day=on))


def part(scene: Scene, event: Pressed) -> Turn:
    """The part of the day; what is none asks for it again."""
    chosen = event.press.choice if event.press.choice < len(times.PARTS) else -1
    return answering.looking(scene, event, lambda view: replace(view, part=chosen, hour=-1))


def hour(scene: Scene, event: Pressed) -> Turn:
    chosen = event.press.choice if event.press.choice < 24 else -1
    return answering.looking(scene, event, lambda view: replace(view, hour=chosen))


def time(scene: Scene, event: Pressed) -> Turn:
    """The time is whole: it is stored, and said back."""
    walk = questions.pick_up(scene)
    shown = answering.at(scene, walk, event)
    at = event.press.choice
    if shown is None or shown.question.kind not in times.TIMES or at >= MINUTES_OF_A_DAY:
        return answering.again(scene)
    written = f"{at // 60}:{at % 60:02}"
    on = view_of(scene, shown).day
    if shown.question.kind is Kind.DATETIME and not on:
        return answering.again(scene)
    came = walk.type(f"{on} {written}".strip(), scene.language)
    if isinstance(came, Violation):
        scene = with_view(scene, View(shown.ref, day=on))
        return questions.ask(scene, walk, notices=[answering.sentence(scene, came)], anew=True)
    notice = scene.say(p.SAVED_AS, answer=isolate(times.readable(scene, replace(shown, value=came.value))))
    return answering.proceed(scene, walk, came, notices=[notice])


def written_moment(scene: Scene, walk: Walk, text: str) -> tuple[Scene, Stored | Violation | None]:
    """A moment may be written in two goes: a day alone is kept until the time comes. None: it is not whole yet."""
    came = walk.type(text, scene.language)
    if isinstance(came, Stored):
        return scene, came
    on, before = values.day(text), view_at(scene, walk.ref).day
    if isinstance(on, str):
        return with_view(scene, View(walk.ref, day=on)), None
    if before and isinstance(values.clock(text), str):
        return scene, walk.type(f"{before} {text}", scene.language)
    return scene, came


# ---- repeats ---------------------------------------------------------------------------------------------------------


def instances(scene: Scene, event: Pressed) -> Turn:
    """All instances, to choose the one to change or to take away."""
    return answering.looking(scene, event, lambda view: replace(view, place=repeats.LISTED))


def instance(scene: Scene, event: Pressed) -> Turn:
    """One instance; 0: away from it."""
    return answering.looking(scene, event, lambda view: replace(view, place=event.press.choice))


def into(scene: Scene, event: Pressed) -> Turn:
    """Into an instance, to answer its questions anew."""
    walk = questions.pick_up(scene)
    if not answering.stands(walk, event) or not walk.open(event.press.node, event.press.choice):
        return answering.again(scene)
    return questions.ask(with_view(scene, View()), walk)


def take_away(scene: Scene, event: Pressed) -> Turn:
    """An instance and its answers are gone. A new card, so that a second press cannot take the next one too."""
    walk = questions.pick_up(scene)
    if not answering.stands(walk, event):
        return answering.again(scene)
    came = walk.remove(event.press.node, event.press.choice)
    notices = [answering.sentence(scene, came)] if isinstance(came, Violation) else [scene.say(p.TAKEN_AWAY)]
    return questions.ask(with_view(scene, View()), walk, notices=notices)
