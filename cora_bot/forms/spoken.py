"""Which sounds, pictures and films a form shows: what must lie beside it, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterator

from cora_bot.base.values import Value
from cora_bot.forms.model import Form
from cora_bot.forms.program import Media, Program, Texts
from cora_bot.forms.shown import Clip
from cora_bot.forms.texts import raws


def clips_of(form: Form) -> frozenset[Clip]:
    """Of all questions and choices, in every language."""
    if not isinstance(form.program, Program):
        raise TypeError("the form was not compiled")
    asked = form.program.asked
    held = [*(each.media for each in asked), *(choice.media for each in asked for choice in each.choices)]
    return frozenset(clip for media in held for clip in _clips(media))


class Use(Value):
    """A clip in one language: the question's name, the choice's value ("" for the question itself), and what is
    written there in that language."""

    question: str
    choice: str
    language: str
    clip: Clip
    text: str


def uses_of(form: Form) -> Iterator[Use]:
    """Every clip where it is heard or seen, in the form's order."""
    if not isinstance(form.program, Program):
        raise TypeError("the form was not compiled")
    for question, asked in zip(form.questions, form.program.asked, strict=True):
        yield from _uses(question.name, "", asked.media, asked.labels)
        for choice in asked.choices:
            yield from _uses(question.name, choice.value, choice.media, choice.texts)


def _uses(question: str, choice: str, media: Media, texts: Texts) -> Iterator[Use]:
    written = raws(texts)
    for sort, files in media.items():
        for language, file in files.items():
            yield Use(question, choice, language, Clip(sort, file), written.get(language, ""))


def _clips(media: Media) -> list[Clip]:
    return [Clip(sort, file) for sort, files in media.items() for file in files.values()]
