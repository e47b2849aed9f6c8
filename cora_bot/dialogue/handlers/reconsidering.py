"""Consent changed purpose by purpose, at any time: each decision is a sealed consent record with the exact words.

Giving a purpose up ends what was planned, offered or begun for it in the same turn; giving it again plans anew.
"""

from __future__ import annotations

from cora_bot.base.calendars import number
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Occurrence, Showing
from cora_bot.dialogue.handlers import finishing, planning
from cora_bot.dialogue.handlers.consenting import YES, agreed_to, change_record, purpose_questions, text_in
from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Step

NO_CONSENT = "no_consent"


def overview(scene: Scene, _event: object) -> Turn:
    """Every purpose as it stands, and a number for each to change it."""
    lines = [f"{number(place, scene.language)}. {line}" for place, line in enumerate(agreed_to(scene), start=1)]
    numbers = tuple(
        Button(number(place + 1, scene.language), Press(Verb.CONSENT, node=place)) for place in range(len(lines))
    )
    text = "\n\n".join([scene.say(p.CONSENTS), *lines])
    return fading(scene, draw(scene, cards.aside(scene, text, numbers), Showing.ASIDE))


def ask(scene: Scene, event: Pressed) -> Turn:
    """One purpose in the consent form's own words, with its own answers."""
    asked = purpose_questions(scene)
    if not 0 <= event.press.node < len(asked):
        return overview(scene, event)
    form = scene.script.forms[scene.study.enrolment.form]
    _, question = asked[event.press.node]
    answers = tuple(
        Button(
            text_in(option.labels, scene.language, form), Press(Verb.SET_CONSENT, node=event.press.node, choice=place)
        )
        for place, option in enumerate(question.options)
    )
    texts = (text_in(each, scene.language, form) for each in (question.labels, question.hints))
    text = "\n\n".join(each for each in (*texts, agreed_to(scene)[event.press.node].rpartition(" – ")[2]) if each)
    return fading(scene, draw(scene, cards.aside(scene, text, answers), Showing.ASIDE))


def decide(scene: Scene, event: Pressed) -> Turn:
    """The purpose is given or taken back."""
    asked = purpose_questions(scene)
    if not 0 <= event.press.node < len(asked):
        return overview(scene, event)
    purpose, question = asked[event.press.node]
    if not 0 <= event.press.choice < len(question.options):
        return ask(scene, event)
    given = question.options[event.press.choice].value == YES
    if given == (purpose in scene.participant.purposes):
        return overview(scene, event)
    return _decided(scene, purpose, event, given=given)


def _decided(scene: Scene, purpose: str, event: Pressed, *, given: bool) -> Turn:
    _, question = purpose_questions(scene)[event.press.node]
    made = change_record(scene, {question.name: question.options[event.press.choice].value}, taken="changed")
    ended = Turn(scene.conversation) if given else _ended(scene, purpose)
    purposes = scene.participant.purposes | {purpose} if given else scene.participant.purposes - {purpose}
    decided = {**dict(scene.participant.decided), purpose: scene.now}
    after = replace(scene, conversation=ended.conversation)
    after = after.with_person(purposes=purposes, decided=tuple(sorted(decided.items())))
    drawn = draw(after, cards.notice(after, after.say(p.CONSENT_GIVEN if given else p.CONSENT_ENDED)), Showing.NOTICE)
    return fading(
        scene,
        replace(
            ended,
            conversation=drawn.conversation,
            show=drawn.show,
            records=(*ended.records, made),
            plan=planning.plan_for(after),
            notes=("consent_given" if given else "consent_ended",),
        ),
    )


def _ended(scene: Scene, purpose: str) -> Turn:
    """What was begun for it is kept as partial; everything else of it that is not over is cancelled."""
    session, turn = scene.conversation.session, Turn(scene.conversation)
    if session and session.wave and scene.study.wave(session.wave).purpose == purpose:
        turn = finishing.break_off(scene, NO_CONSENT)
    over = {(each.wave, each.number) for each in turn.occurrences}
    cancelled = tuple(
        _cancelled(scene, each)
        for each in scene.conversation.planned
        if scene.study.wave(each.wave).purpose == purpose and (each.wave, each.number) not in over
    )
    return replace(turn, occurrences=(*turn.occurrences, *cancelled))


def _cancelled(scene: Scene, each: Occurrence) -> Occurrence:
    return finishing.ended(each, Step.CANCELLED, scene.now, NO_CONSENT)
