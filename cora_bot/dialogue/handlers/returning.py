"""The day of return: is it still right? A correction moves every occurrence that has not been sent."""

from __future__ import annotations

from datetime import date, timedelta

from cora_bot.base.values import Value, replace
from cora_bot.dialogue.conversation import Occurrence
from cora_bot.dialogue.handlers import planning, questions
from cora_bot.dialogue.handlers.consenting import named
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.forms.walk import Walk
from cora_bot.study.model import Anchor, Planned, Return, Step

OTHER_DAY = "other_day"
NOT_GOING = "not_going"
ASK_AGAIN_FROM = timedelta(days=1)
"""A corrected day is confirmed once more only if that question lies at least this far ahead."""


class Settled(Value):
    """``goes_on``: the wave that waited behind the question begins now."""

    scene: Scene
    plan: tuple[Planned, ...]
    occurrences: tuple[Occurrence, ...]
    goes_on: bool


def settle(scene: Scene, walk: Walk) -> Settled:
    """What the answers mean for the person's days."""
    rules = scene.study.return_check
    answers = named(questions.form_of(scene, scene.session), walk.values())
    status, day = answers.get(rules.status, ""), answers.get(rules.date, "")
    if status == NOT_GOING:
        scene = scene.with_person(return_state=Return.NOT_GOING)
        return Settled(scene, planning.plan_for(scene), _ended(scene, Step.CANCELLED, "not_going"), goes_on=False)
    if status == OTHER_DAY and day:
        return _moved(scene, date.fromisoformat(day))
    scene = scene.with_person(return_state=Return.DONE)
    waits = bool(scene.session.wave) and not _is_check(scene)
    return Settled(
        scene, planning.plan_for(scene), _ended(scene, Step.COMPLETE) if _is_check(scene) else (), goes_on=waits
    )


def _moved(scene: Scene, day: date) -> Settled:
    """Another day. It is confirmed once more before it comes, unless it is near or past: then it counts as certain."""
    scene = scene.with_person(return_date=day, return_state=Return.PLANNED)
    check = next((each for each in planning.plan_for(scene) if scene.study.wave(each.wave).planned_return_only), None)
    if check is None or check.opens < scene.now + ASK_AGAIN_FROM:
        scene = scene.with_person(return_state=Return.DONE)
    plan = planning.plan_for(scene)
    current = scene.conversation.occurrence
    if current is None or not _counts_from_return(scene, current):
        return Settled(scene, plan, (), goes_on=False)
    new = next((each for each in plan if (each.wave, each.number) == (current.wave, current.number)), None)
    if new is not None and new.opens > scene.now:
        return Settled(scene, plan, (_unsent(new),), goes_on=False)
    if new is not None and new.closes > scene.now and scene.session.wave and not _is_check(scene):
        return Settled(scene, plan, (_at_new_time(current, new),), goes_on=True)
    return Settled(scene, plan, _ended(scene, Step.COMPLETE if _is_check(scene) else Step.CANCELLED, "moved"), False)


def _unsent(new: Planned) -> Occurrence:
    """What was sent already goes back into the plan, at its new time."""
    return Occurrence(
        new.wave, new.number, new.local, new.opens, new.closes, new.reminders, step=Step.PLANNED, next_at=new.opens
    )


def _at_new_time(current: Occurrence, new: Planned) -> Occurrence:
    """Open before the correction and open after it: it goes on, with its new end."""
    return replace(
        current,
        local=new.local,
        opens=new.opens,
        closes=new.closes,
        reminders=new.reminders,
        next_at=min(current.next_at or new.closes, new.closes),
    )


def _is_check(scene: Scene) -> bool:
    occurrence = scene.conversation.occurrence
    return occurrence is not None and scene.study.wave(occurrence.wave).planned_return_only


def _counts_from_return(scene: Scene, occurrence: Occurrence) -> bool:
    return scene.study.wave(occurrence.wave).anchor is Anchor.RETURN_DATE


def _ended(scene: Scene, step: Step, reason: str = "") -> tuple[Occurrence, ...]:
    occurrence = scene.conversation.occurrence
    if occurrence is None or not _counts_from_return(scene, occurrence):
        return ()
    return (replace(occurrence, step=step, next_at=None, finished_at=scene.now, reason=reason),)


def change(scene: Scene, _event: object) -> Turn:
    """From the menu: the day of return is asked for anew."""
    scene, walk = questions.begin(scene, scene.study.return_check.form)
    return questions.ask(scene, walk)
