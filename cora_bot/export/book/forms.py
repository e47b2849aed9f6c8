"""Each form with every text: question, hint, options, messages in all languages, and the long texts in full."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from cora_bot.dialogue.script import Script
from cora_bot.export.book.contents import Row, beside
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.words import Words
from cora_bot.export.page import code, e, said
from cora_bot.forms.model import Form, Kind, Question
from cora_bot.forms.wording import Wording, wording
from cora_bot.study.model import Study


def chapters(script: Script, words: Words) -> Iterator[Element]:
    """Consent first, then as they are asked, then what no wave asks."""
    study = script.study
    order = [study.enrolment.form, *(wave.form for wave in study.waves), study.return_check.form, *script.forms]
    for name in dict.fromkeys(order):
        yield _chapter(study, script.forms[name], words)


def _chapter(study: Study, form: Form, words: Words) -> Element:
    title = words("Consent") if form.id == study.enrolment.form else words("The form {name}", name=form.id)
    return made(
        f"form-{form.id}",
        title,
        e("p", words("Version {version}, {count} questions.", version=form.version, count=str(len(form.questions)))),
        [block for question in form.questions for block in _question(study, form, question, words)],
    )


def _question(study: Study, form: Form, question: Question, words: Words) -> Iterator[Element]:
    told = wording(form, question)
    yield e("h3", code(question.name), " ", e("small", " · ".join(_marks(question, told, words))))
    if told.relevant:
        yield e("p", words("Asked only if"), " ", code(told.relevant), class_="condition")
    if told.allowed:
        yield e("p", words("Taken only if"), " ", code(told.allowed), class_="condition")
    yield from beside(study, list(_rows(question, told, words)), words)
    if any(question.guidance.values()):
        yield e("h4", words("The full text, behind a button"))
        yield from _full_texts(study, question)


def _marks(question: Question, told: Wording, words: Words) -> Iterator[str]:
    yield words(question.kind.value)
    if question.kind is not Kind.NOTE:
        yield words("an answer is needed") if told.must else words("may be left out")
        yield words("sealed on arrival") if question.sealed else words("sealed when the form ends")
    if question.start or question.end:
        yield f"{question.start} – {question.end}"


def _rows(question: Question, told: Wording, words: Words) -> Iterator[Row]:
    yield words("Text" if question.kind is Kind.NOTE else "Question"), question.labels
    for name, texts in (
        ("Hint", question.hints),
        ("If an answer cannot be", told.constraint),
        ("If none is given", told.required),
    ):
        if any(texts.values()):
            yield words(name), texts
    for option in question.options:
        yield code(option.value), option.labels


def _full_texts(study: Study, question: Question) -> Iterator[Element]:
    for language in study.languages:
        text = question.guidance.get(language.code, "")
        if text:
            yield e("h5", f"{language.name} ({language.code})", lang=language.code)
            yield said(text, language.code, class_="full")
