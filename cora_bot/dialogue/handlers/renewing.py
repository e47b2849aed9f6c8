"""A new version of the consent text is agreed to again before anything else is asked.

Whoever agreed to another version than the study's current one gets the neutral sentence as planned, but no question:
what they would see instead is the new text. Their purposes stand beside it; one that the form no longer asks for is
given up. Saying no leads to the choices of ``/stop``.
"""

from __future__ import annotations

from typing import Final

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Participant, Showing, Status
from cora_bot.dialogue.handlers import planning, withdrawing
from cora_bot.dialogue.handlers.consenting import YES, agreed_to, change_record, purpose_questions, text_in
from cora_bot.dialogue.inputs import Input, OccurrenceDue, Press, Pressed, Text, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Turn
from cora_bot.forms.model import Form, Kind, Question

ANSWERS: Final = frozenset({Verb.CHOOSE, Verb.TOGGLE, Verb.DONE, Verb.SKIP, Verb.KEEP, Verb.BACK, Verb.FULL_TEXT})
"""Presses that belong to an open question: while the text is a new one they change nothing."""


def outdated(script: Script, person: Participant | None) -> bool:
    """Whether this person agreed to another version of the text than the current one."""
    if person is None or person.status is not Status.ACTIVE or not person.consent_hash:
        return False
    return person.consent_hash != script.forms[script.study.enrolment.form].hash


def first(scene: Scene, event: Input, turn: Turn) -> Turn:
    """``turn``, or the new text in place of a question or of an answer to one."""
    if not outdated(scene.script, turn.conversation.participant) or isinstance(event, OccurrenceDue):
        return turn
    answered = scene.conversation.session is not None and _is_answer(event)
    asked = turn.show is not None and turn.conversation.chat.card.showing is Showing.QUESTION
    if not answered and not asked:
        return turn
    now = turn.conversation.chat.card
    known = replace(scene.conversation.chat.card, message=now.message, sent_at=now.sent_at)  # may be new to us
    held = replace(ask(scene.with_chat(card=known), event), stale=turn.stale)
    return replace(held, remove=(event.message,)) if isinstance(event, Text) else held


def _is_answer(event: Input) -> bool:
    return isinstance(event, Text) or (isinstance(event, Pressed) and event.press.verb in ANSWERS)


def ask(scene: Scene, _event: object) -> Turn:
    """The new text, what was agreed to purpose by purpose, and the form's own question whether to take part."""
    form, (question, _) = _form(scene), _question(scene)
    parts = [
        scene.say(p.TEXT_CHANGED),
        *(text_in(note.labels, scene.language, form) for note in _notes(form)[:1]),
        "\n".join(f"• {line}" for line in agreed_to(scene)),
        text_in(question.labels, scene.language, form),
        text_in(question.hints, scene.language, form),
    ]
    answers = tuple(
        Button(text_in(option.labels, scene.language, form), Press(Verb.RENEW, choice=place))
        for place, option in enumerate(question.options)
    )
    rows = ((cards.button(scene, p.FULL_TEXT, Verb.NEW_TEXT),), (cards.button(scene, p.CHANGE_CONSENT, Verb.CONSENTS),))
    away = (cards.button(scene, p.MENU_BUTTON, Verb.MENU, mark="☰"),)
    prompt = Prompt("\n\n".join(part for part in parts if part), (*rows, answers, away))
    return fading(scene, draw(scene, prompt, Showing.ASIDE))


def full_text(scene: Scene, event: object) -> Turn:
    """The long text behind it."""
    form = _form(scene)
    long = [text_in(note.guidance, scene.language, form) for note in _notes(form) if note.guidance]
    if not long:
        return ask(scene, event)
    back = cards.button(scene, p.BACK, Verb.RENEW_ASK)
    return fading(scene, draw(scene, Prompt(long[0], ((back,),)), Showing.ASIDE))


def decide(scene: Scene, event: Pressed) -> Turn:
    """Agreed again: noted with the exact words, and what waited may come. Not agreed: what is to go?"""
    if not outdated(scene.script, scene.participant):
        return fading(scene, draw(scene, cards.menu(scene), Showing.ASIDE))
    question, wanted = _question(scene)
    if not 0 <= event.press.choice < len(question.options):
        return ask(scene, event)
    said = question.options[event.press.choice].value
    if said != wanted:
        return withdrawing.ask(scene, event)
    return _renewed(scene, {question.name: said})


def _renewed(scene: Scene, agreed: dict[str, str]) -> Turn:
    asked = purpose_questions(scene)
    standing = scene.participant.purposes
    values = agreed | {question.name: YES if purpose in standing else "no" for purpose, question in asked}
    made = change_record(scene, values, taken="renewed")
    after = scene.with_person(
        consent_hash=_form(scene).hash, purposes=standing & frozenset(purpose for purpose, _ in asked)
    )
    turn = draw(after, cards.notice(after, after.say(p.CONSENT_RENEWED)), Showing.NOTICE)
    return fading(after, replace(turn, records=(made,), plan=planning.plan_for(after), notes=("consent_renewed",)))


def _form(scene: Scene) -> Form:
    return scene.script.forms[scene.study.enrolment.form]


def _notes(form: Form) -> list[Question]:
    return [question for question in form.questions if question.kind is Kind.NOTE]


def _question(scene: Scene) -> tuple[Question, str]:
    """The last of the questions consent depends on (whether to take part at all), and the answer it needs."""
    name, wanted = scene.study.enrolment.required[-1]
    return next(question for question in _form(scene).questions if question.name == name), wanted
