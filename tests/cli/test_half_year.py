"""CL-65 the half-yearly form is walked to its end in every language: each question, hint and button in that language
and in no other, and the same answers come out whatever the language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.text import direction
from cora_bot.cli.trial import Trial, begun_alone
from cora_bot.dialogue.inputs import Verb
from cora_bot.forms.model import Kind
from tests.support.house import STUDY, script_of

SCRIPT = script_of(STUDY)
FORM = SCRIPT.forms["half_year"]
LANGUAGES = [language.code for language in SCRIPT.study.languages]
NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
QUESTIONS = {question.number: question for question in FORM.questions}


def walked(language: str) -> tuple[list[tuple[int, str, list[str]]], list[tuple[str, str]]]:
    """Each card as (question, text, labels of its choices), and what would be stored."""
    chance = SeededChance(language)
    trial = Trial(SCRIPT, begun_alone(SCRIPT, FORM, language=language, now=NOW, chance=chance), chance=chance)
    cards: list[tuple[int, str, list[str]]] = []
    while not trial.finished:
        verbs = [button.press.verb for button in trial.buttons]
        number = next((button.press.node for button in trial.buttons if button.press.node), 0)
        choices = [each.label.lstrip("☐☑● ") for each in trial.buttons if each.press.verb in (Verb.CHOOSE, Verb.TOGGLE)]
        if not cards or cards[-1][0] != number:
            cards.append((number, trial.prompt.text, choices))
        ticked = any(button.label.startswith("☑") for button in trial.buttons)
        if trial.typed(NOW):
            line = "شكرا 12"
        elif Verb.TOGGLE in verbs and ticked:
            line = str(verbs.index(Verb.DONE) + 1)
        else:
            line = str(choices.index(choices[2]) + 1 if len(choices) > 2 else 1)
        assert trial.answer(line, NOW)
        assert len(cards) < 40
    return cards, trial.stored()


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_year_is_walked_in_every_language(language: str) -> None:
    cards, stored = walked(language)
    asked = [QUESTIONS[number] for number, _, _ in cards]

    assert [question.name for question in asked] == [question.name for question in FORM.questions]
    for question, (_, text, choices) in zip(asked, cards, strict=True):
        assert question.labels[language] in text
        assert question.hints.get(language, "") in text
        assert choices == [option.labels[language] for option in question.options]
        others = {question.labels[other] for other in LANGUAGES if other != language} - {question.labels[language]}
        assert [other for other in others if other in text] == []
    assert len(stored) == sum(question.kind is not Kind.NOTE for question in FORM.questions)


def test_same_answers_come_out_in_every_language() -> None:
    stored = {language: walked(language)[1] for language in LANGUAGES}

    assert len({tuple(each) for each in stored.values()}) == 1
    assert stored["ar"][-1] == ("/data/message (sealed on arrival)", "شكرا 12")


def test_languages_of_both_directions_are_among_them() -> None:
    assert {direction(language) for language in LANGUAGES} == {"ltr", "rtl"}
