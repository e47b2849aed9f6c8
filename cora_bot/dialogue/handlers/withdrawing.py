"""No more messages, and what is to go besides: the link to the answers, or the answers. And the way back.

Contact stops with the press, and answers that are to be deleted are in no bundle from then on. What cannot be undone
waits ``REPENT`` long for somebody who comes back, unless they ask for it at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cora_bot.base.calendars import day_long
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row
from cora_bot.dialogue.conversation import Showing, Status, Withdrawal
from cora_bot.dialogue.handlers import finishing, planning
from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Step

REPENT: Final = timedelta(days=7)
"""So long after the press everything can be undone by coming back; then link or answers are destroyed."""

CHOICES: Final = (None, Withdrawal.LINK, Withdrawal.ANSWERS)
"""What a button's ``choice`` stands for: nothing besides the messages, the link too, the answers too."""

LABELS: Final = {None: p.STOP, Withdrawal.LINK: p.CUT_TOO, Withdrawal.ANSWERS: p.DELETE_TOO}
BEFORE: Final = {None: p.STOP_MEANS, Withdrawal.LINK: p.CUT_MEANS, Withdrawal.ANSWERS: p.DELETE_MEANS}
CONFIRM: Final = {None: p.YES_STOP, Withdrawal.LINK: p.YES_CUT, Withdrawal.ANSWERS: p.YES_DELETE}
AFTER: Final = {None: p.STOPPED, Withdrawal.LINK: p.STOPPED_CUT, Withdrawal.ANSWERS: p.STOPPED_DELETE}
AT_ONCE: Final = {Withdrawal.LINK: p.ASK_CUT_NOW, Withdrawal.ANSWERS: p.ASK_DELETE_NOW}
GONE: Final = {Withdrawal.LINK: p.CUT_DONE, Withdrawal.ANSWERS: p.DELETE_DONE}

ABOUT_ANSWERS: Final = (p.DELETE_MEANS, p.STOPPED_DELETE, p.ASK_DELETE_NOW, p.DELETE_DONE)
"""Sentences after which is said what becomes of the copies that researchers carry."""


def ask(scene: Scene, _event: object) -> Turn:
    """What is to go? Somebody who gets no messages any more is asked only about the rest."""
    stopped = scene.participant.status is Status.STOPPED
    rows = tuple(
        (Button(scene.say(LABELS[choice]), Press(Verb.CHOOSE_STOP, choice=index)),)
        for index, choice in enumerate(CHOICES)
        if choice is not None or not stopped
    )
    return draw(scene, cards.aside(scene, scene.say(p.ASK_STOP), *rows), Showing.ASIDE)


def choose(scene: Scene, event: Pressed) -> Turn:
    """What follows from this choice, before it is made."""
    if not _offered(scene, event):
        return ask(scene, event)
    choice = CHOICES[event.press.choice]
    yes = Button(scene.say(CONFIRM[choice]), Press(Verb.CONFIRM_STOP, choice=event.press.choice))
    return draw(scene, cards.aside(scene, _said(scene, BEFORE[choice]), (yes,)), Showing.ASIDE)


def confirm(scene: Scene, event: Pressed) -> Turn:
    """Contact ends in this turn: what was begun is kept as partial, everything planned is cancelled."""
    if not _offered(scene, event):
        return ask(scene, event)
    choice = CHOICES[event.press.choice]
    broken = finishing.break_off(scene, "stopped") if scene.conversation.session else Turn(scene.conversation)
    over = {(each.wave, each.number) for each in broken.occurrences}
    cancelled = tuple(
        finishing.ended(each, Step.CANCELLED, scene.now, "stopped")
        for each in scene.conversation.planned
        if (each.wave, each.number) not in over
    )
    gone = _stopped(replace(scene, conversation=broken.conversation), choice)
    drawn = draw(gone, _after(gone), Showing.ASIDE if choice else Showing.NOTICE)
    turn = replace(
        broken,
        conversation=drawn.conversation,
        show=drawn.show,
        occurrences=(*broken.occurrences, *cancelled),
        notes=("stopped" if choice is None else f"withdrew_{choice}",),
    )
    return fading(scene, turn)


def _stopped(scene: Scene, choice: Withdrawal | None) -> Scene:
    scene = scene.with_person(status=Status.STOPPED, paused_until=None, wrong_person=False)
    if choice is None:
        return scene
    return scene.with_person(
        withdrawal=choice, withdraws_at=scene.now + REPENT, letters=(), draft="", kept={}, known={}
    )


def _after(scene: Scene) -> Prompt:
    """What happened and what will, and the two ways from here."""
    choice = scene.participant.withdrawal
    text = _said(scene, AFTER[choice])
    if choice is None:
        return cards.notice(scene, text)
    return Prompt(text, (*_ways(scene), (cards.button(scene, p.CLOSE, Verb.SEEN),)))


def _ways(scene: Scene) -> tuple[Row, ...]:
    """Back, or through with it at once."""
    back = cards.button(scene, p.UNDO_STOP, Verb.UNPAUSE)
    return (back,), (cards.button(scene, p.AT_ONCE, Verb.FINISH),)


def finish(scene: Scene, event: Pressed) -> Turn:
    """At once: asked back, then done in this turn. The person leaves the store with it; the keys die after it."""
    choice = scene.participant.withdrawal
    if choice is None:
        return ask(scene, event)
    if event.press.choice != 1:
        yes = cards.button(scene, p.YES_AT_ONCE, Verb.FINISH, choice=1)
        return draw(scene, cards.aside(scene, _said(scene, AT_ONCE[choice]), (yes,)), Showing.ASIDE)
    prompt = Prompt(_said(scene, GONE[choice]))
    alone = replace(scene, conversation=replace(scene.conversation, participant=None, session=None))
    turn = fading(alone, draw(alone, prompt, Showing.NOTICE))
    return replace(turn, keep_records=choice is Withdrawal.LINK, notes=(f"withdrawn_{choice}",))


def ask_return(scene: Scene, _event: object) -> Turn:
    """Somebody who asked for no more messages writes again."""
    person = scene.participant
    if person.withdrawal is not None:
        return draw(scene, _after(scene), Showing.ASIDE)
    rows = (
        (cards.button(scene, p.START_AGAIN, Verb.UNPAUSE),),
        (cards.button(scene, p.DELETE_MORE, Verb.STOP), cards.button(scene, p.PRIVACY, Verb.PRIVACY)),
        (cards.button(scene, p.CLOSE, Verb.SEEN),),
    )
    return draw(scene, Prompt(scene.say(p.STOPPED_ALREADY), rows), Showing.ASIDE)


def stop_again(scene: Scene, event: object) -> Turn:
    """``/stop`` of somebody stopped: what else is to go, or how it stands with that."""
    return ask_return(scene, event) if scene.participant.withdrawal is not None else ask(scene, event)


def come_back(scene: Scene, _event: object) -> Turn:
    """Everything as before: the link stands, the answers are there, what is still to come is planned anew."""
    scene = scene.with_person(status=Status.ACTIVE, withdrawal=None, withdraws_at=None)
    turn = draw(scene, cards.notice(scene, scene.say(p.RESUMED)), Showing.NOTICE)
    return fading(scene, replace(turn, plan=planning.plan_for(scene), notes=("came_back",)))


def _offered(scene: Scene, event: Pressed) -> bool:
    """Whether this choice is one: nobody can stop twice, and old or forged buttons change nothing."""
    index = event.press.choice
    stopped = scene.participant.status is Status.STOPPED
    return 0 <= index < len(CHOICES) and (CHOICES[index] is not None or not stopped)


def _said(scene: Scene, phrase: str) -> str:
    """A sentence with the day from which nothing can be undone."""
    ends: datetime = scene.participant.withdraws_at or scene.now + REPENT
    said = scene.say(phrase, day=day_long(scene.local_day(ends), scene.language))
    return f"{said}\n\n{_copies(scene)}" if phrase in ABOUT_ANSWERS and scene.conversation.copies_until else said


def _copies(scene: Scene) -> str:
    """What becomes of the copies that are out: the last day, or plainly that they are late."""
    until = scene.conversation.copies_until
    if until is None or until <= scene.now:
        return scene.say(p.COPIES_LATE)
    return scene.say(p.COPIES_UNTIL, day=day_long(scene.local_day(until), scene.language))
