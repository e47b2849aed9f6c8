"""Whether the bot's own sentences are there in every language of a study, with the fields they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from cora_bot.base.catalogs import catalog_files, fields, language_of
from cora_bot.base.problems import Problem
from cora_bot.dialogue import phrases
from cora_bot.study.check import ShownText
from cora_bot.study.model import Study

SOURCE_LANGUAGE = "en"


def sentences() -> list[str]:
    """Every sentence of ``dialogue/phrases.py`` that is translated: those that hold a word."""
    named = [value for name, value in vars(phrases).items() if name.isupper() and isinstance(value, str)]
    return [text for text in dict.fromkeys(named) if any(letter.isalpha() for letter in text)]


def catalog_problems(folder: Path, languages: list[str]) -> Iterator[Problem]:
    """A problem for each language without catalog, and for each sentence it lacks or fills with other fields."""
    files = {language_of(path): path for path in catalog_files(folder)}
    for language in languages:
        if language == SOURCE_LANGUAGE:
            continue
        path = files.get(language)
        if path is None:
            hint = "Have locales/cora.pot translated, or take the language out of the study."
            yield Problem("catalog.missing", f"the bot's own sentences are not there in {language}", hint)
        else:
            yield from _sentence_problems(path)


def _sentence_problems(path: Path) -> Iterator[Problem]:
    file = "/".join(path.parts[-4:])
    try:
        catalog = read_po(path.read_text(encoding="utf-8").splitlines(keepends=True), abort_invalid=True)
    except (ValueError, PoFileError):
        yield Problem(
            "catalog.broken", "the catalog cannot be read", "Mend it, or take it from an earlier state.", file
        )
        return
    for sentence in sentences():
        message = catalog.get(sentence)
        if message is None or not message.string or message.fuzzy:
            yield Problem("catalog.untranslated", f"not translated: “{sentence}”", "Translate it.", file)
        elif fields(str(message.string)) != fields(sentence):
            hint = "Write the {fields} as in English."
            yield Problem("catalog.fields", f"other fields than “{sentence}”", hint, file)


def seen_unasked(study: Study, spoken: phrases.Phrases) -> list[ShownText]:
    """Everything a locked phone, the chat list or a stranger may show, in every language of the study."""
    groups = {
        "sentence nobody asked for": phrases.UNSOLICITED,
        "command in the chat's menu": phrases.COMMANDS.values(),
        "answer to a stranger": phrases.STRANGER_PHRASES,
        "card with a code": phrases.CARD_PHRASES,
        "notice to the team": phrases.STAFF_PHRASES,
    }
    shown = [
        ShownText(place, language.code, spoken.say(sentence, language.code))
        for language in study.languages
        for place, listed in groups.items()
        for sentence in listed
    ]
    return [ShownText("study title", study.default_language, study.title), *shown]
