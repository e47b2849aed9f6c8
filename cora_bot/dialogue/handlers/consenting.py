"""The end of the consent form: a person joins, or leaves nothing behind.

Which questions carry what is said in ``study.toml``; the texts themselves are the form's, in the person's language,
and are kept in the consent record exactly as they were shown, with their hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime

from cora_bot.base.calendars import day, day_long
from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Participant, Showing, Status
from cora_bot.dialogue.handlers import planning, questions
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.kinds import places
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Record, RecordKind, Turn
from cora_bot.forms.model import Form, Kind, Question
from cora_bot.forms.walk import Walk
from cora_bot.study.model import Return

YES, NO = "yes", "no"


def conclude(scene: Scene, walk: Walk) -> Turn:
    """Consent given joins; anything else is a refusal."""
    form = questions.form_of(scene, scene.session)
    answers = named(form, walk.values())
    if any(answers.get(question) != code for question, code in scene.study.enrolment.required):
        return refuse(scene, None)
    person = _joined(scene, answers)
    scene, record = questions.record(scene, RecordKind.CONSENT, _body(scene, form, walk, answers))
    receipt = _receipt(scene, form, answers)
    joined = replace(scene, conversation=replace(scene.conversation, participant=person, session=None))
    turn = draw(joined, receipt, Showing.RECEIPT)
    return fading(
        scene,
        replace(turn, records=(record,), plan=planning.plan_for(joined), counts=("enrolled",), notes=("enrolled",)),
    )


def refuse(scene: Scene, _event: object) -> Turn:
    """Nothing stays but the used token and a count."""
    prompt = Prompt(scene.say(p.REFUSED))
    gone = replace(scene, conversation=replace(scene.conversation, participant=None, session=None))
    return replace(draw(gone, prompt, Showing.NOTICE), counts=("refused",), notes=("refused",))


def named(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Values by question name instead of path."""
    return {column.name: values[column.ref] for column in form.columns if column.ref in values}


def _joined(scene: Scene, answers: Mapping[str, str]) -> Participant:
    rules = scene.study.enrolment
    country = answers.get(rules.country, "")
    zones = scene.study.countries.get(country, ("UTC",))
    chosen = answers.get(rules.zone, "") if rules.zone else ""
    day = answers.get(rules.return_date, "")
    status = answers.get(rules.return_status, "")
    hour = answers.get(rules.hour, "")
    return replace(
        scene.participant,
        status=Status.ACTIVE,
        zone=chosen if chosen in zones else zones[0],
        country=country,
        hour=int(hour) if hour.isdigit() else scene.study.default_hour,
        enrolled_at=scene.now,
        consent_hash=scene.session.form_hash,
        return_state=Return(status) if status else None,
        return_date=date.fromisoformat(day) if day else None,
        purposes=frozenset(purpose for purpose, question in rules.purposes.items() if answers.get(question) == YES),
    )


def _body(scene: Scene, form: Form, walk: Walk, answers: Mapping[str, str]) -> dict[str, object]:
    texts = {
        question.name: exact_words(scene, form, question)
        for question in form.questions
        if question.ref in walk.values() or question.guidance or not question.options
    }
    if scene.study.location_reason:
        texts["location_reason"] = {"label": places.reason(scene), "hint": "", "full_text": "", "options": {}}
    return {
        "values": walk.values(),
        "sealed": {},
        "texts": texts,
        "text_hash": text_hash(texts),
        "taken": answers.get(scene.study.enrolment.taken, ""),
        "code": scene.participant.code,
        "mode": scene.session.mode.value,
    }


def purpose_questions(scene: Scene) -> list[tuple[str, Question]]:
    """Each purpose with the question of the current consent form that grants it, in the study's order."""
    form = scene.script.forms[scene.study.enrolment.form]
    asked = {question.name: question for question in form.questions}
    purposes = scene.study.enrolment.purposes.items()
    return [(purpose, asked[name]) for purpose, name in purposes if name in asked]


def agreed_to(scene: Scene) -> list[str]:
    """Each purpose as it was asked, what was said, and when: ``May we …? – Yes (1 December 2026)``."""
    return [_line(scene, purpose, question) for purpose, question in purpose_questions(scene)]


def _line(scene: Scene, purpose: str, question: Question) -> str:
    form = scene.script.forms[scene.study.enrolment.form]
    said = _chosen(scene, form, question, YES if purpose in scene.participant.purposes else NO)
    when = decided_on(scene, purpose)
    dated = f" ({day(scene.local_day(when), scene.language)})" if when else ""
    return f"{text_in(question.labels, scene.language, form)} – {said}{dated}"


def change_record(scene: Scene, values: Mapping[str, str], *, taken: str) -> Record:
    """A consent decided on after enrolment: ``values`` by question name, with the words of these questions alone.

    ``taken`` is ``changed`` (one purpose) or ``renewed`` (a new version of the text, with its notes).
    """
    form = scene.script.forms[scene.study.enrolment.form]
    about = [each for each in form.questions if each.name in values or (taken == "renewed" and each.kind is Kind.NOTE)]
    texts = {question.name: exact_words(scene, form, question) for question in about}
    body: dict[str, object] = {
        "values": {question.ref: values[question.name] for question in about if question.name in values},
        "sealed": {},
        "skipped": [],
        "not_reached": [],
        "texts": texts,
        "text_hash": text_hash(texts),
        "taken": taken,
        "code": scene.participant.code,
    }
    return questions.apart(scene, form, RecordKind.CONSENT, body)


def exact_words(scene: Scene, form: Form, question: Question) -> dict[str, object]:
    """A question as it is shown to this person."""
    return {
        "label": text_in(question.labels, scene.language, form),
        "hint": text_in(question.hints, scene.language, form),
        "full_text": text_in(question.guidance, scene.language, form),
        "options": {option.value: text_in(option.labels, scene.language, form) for option in question.options},
    }


def text_hash(texts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def decided_on(scene: Scene, purpose: str) -> datetime | None:
    """When this purpose was decided on last: since enrolment, or then."""
    return dict(scene.participant.decided).get(purpose, scene.participant.enrolled_at)


def text_in(texts: Mapping[str, str], language: str, form: Form) -> str:
    return texts.get(language) or texts.get(form.default_language, "")


def _receipt(scene: Scene, form: Form, answers: Mapping[str, str]) -> Prompt:
    asked = {question.name: question for question in form.questions}
    purposes = [
        f"• {text_in(asked[name].labels, scene.language, form)} – {_chosen(scene, form, asked[name], answers[name])}"
        for name in scene.study.enrolment.purposes.values()
        if name in answers and name in asked
    ]
    text = scene.say(
        p.RECEIPT,
        code=isolate(scene.participant.code),
        day=day_long(scene.today(), scene.language),
        purposes="\n".join(purposes),
        contact=contact(scene),
    )
    return Prompt(text, ((Button(scene.say(p.I_HAVE_READ), Press(Verb.SEEN)),),))


def _chosen(scene: Scene, form: Form, question: Question, value: str) -> str:
    labels = {option.value: text_in(option.labels, scene.language, form) for option in question.options}
    return labels.get(value, value)


def contact(scene: Scene) -> str:
    """How the team is reached, in the person's language."""
    texts = scene.study.team_contact
    return texts.get(scene.language) or texts.get(scene.study.default_language, "")


def ask_refuse(scene: Scene, _event: object) -> Turn:
    yes = cards.button(scene, p.YES_END, Verb.CONFIRM_LEAVE)
    return draw(scene, cards.aside(scene, scene.say(p.ASK_REFUSE), (yes,)), Showing.ASIDE)
