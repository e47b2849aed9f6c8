"""The translations we ship.

L-05 every sentence of the bot is translated in every language; nothing is fuzzy, left over or out of date
L-06 a translation keeps the fields, the marks, the lines and the commands of its sentence
L-07 the label of a button has at most 24 characters
L-08 what anybody may read (unsolicited, commands, strangers) holds no word the study must never show
L-09 each language is written in its own script and with its own letters
L-10 in a right-to-left language a command is isolated, and no line begins with one
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from cora_bot.base.catalogs import catalog_files, fields, language_of, load_catalogs
from cora_bot.base.resources import shipped
from cora_bot.base.text import direction, isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.phrases import Phrases
from tests.locales.extract import pot_text, template, updated_text

LOCALES = shipped("locales")
FILES = {language_of(path): path for path in catalog_files(LOCALES)}
LANGUAGES = ["ar", "de", "fa-AF", "sq"]
RIGHT_TO_LEFT = [language for language in LANGUAGES if direction(language) == "rtl"]
STUDY = shipped("surveys") / "returnee_follow_up" / "study.toml"
LABEL_LIMIT = 24
COMMAND = re.compile(r"/[a-z]+")
# Letters of the other language written in the same script: they look alike and are found by no search.
FOREIGN_LETTERS = {"ar": "پچژگکیې", "fa-AF": "يكى"}
ANYBODY = (*p.UNSOLICITED, *p.COMMANDS.values(), *p.STRANGER_PHRASES, *p.CARD_PHRASES, *p.STAFF_PHRASES)

each_language = pytest.mark.parametrize("language", LANGUAGES)


def parsed(path: Path) -> Catalog:
    return read_po(path.read_text(encoding="utf-8").splitlines(keepends=True), abort_invalid=True)


def sentences() -> list[str]:
    return [str(message.id) for message in template() if message.id]


def entries(language: str) -> list[Message]:
    return [message for message in parsed(FILES[language]) if message.id]


def pairs(language: str) -> list[tuple[str, str]]:
    return [(str(message.id), str(message.string)) for message in entries(language)]


def is_label(sentence: str) -> bool:
    return sentence[-1] not in ".?!:}"


def commands(text: str) -> list[str]:
    return sorted(COMMAND.findall(text))


def marks(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) in ("So", "Sm", "Lm")]


def without_names(text: str) -> str:
    """A text without fields and commands, which stay Latin in every script."""
    return COMMAND.sub("", re.sub(r"\{[^}]*\}", "", text))


def scripts(text: str) -> set[str]:
    return {unicodedata.name(char).split()[0] for char in without_names(text) if char.isalpha()}


def shown_to_anybody() -> Iterator[tuple[str, str]]:
    phrases = Phrases(load_catalogs(LOCALES))
    for language in ("en", *LANGUAGES):
        for phrase in ANYBODY:
            yield language, phrases.say(phrase, language)


def test_catalogs_are_those_of_the_languages() -> None:
    assert list(FILES) == LANGUAGES
    assert list(load_catalogs(LOCALES)) == LANGUAGES


def test_template_holds_every_phrase() -> None:
    constants = {text for name, text in vars(p).items() if name.isupper() and isinstance(text, str)}
    assert constants - set(sentences()) == {p.NEUTRAL}


def test_pot_is_current() -> None:
    assert (LOCALES / "cora.pot").read_text(encoding="utf-8") == pot_text(), "run: python -m tests.locales.extract"


@each_language
def test_catalog_is_current(language: str) -> None:
    path = FILES[language]
    assert path.read_text(encoding="utf-8") == updated_text(path, template()), "run: python -m tests.locales.extract"


@each_language
def test_every_sentence_is_translated(language: str) -> None:
    assert [sentence for sentence, translation in pairs(language) if not translation.strip()] == []
    assert [sentence for sentence, _ in pairs(language)] == sentences()


@each_language
def test_nothing_is_fuzzy(language: str) -> None:
    assert [message.id for message in entries(language) if message.fuzzy] == []


@each_language
def test_header_names_the_language(language: str) -> None:
    assert parsed(FILES[language]).locale == Locale.parse(language, sep="-")


@each_language
def test_no_translation_is_the_english(language: str) -> None:
    same = [sentence for sentence, translation in pairs(language) if translation == sentence]
    assert same == ([p.OK] if language == "de" else [])


@each_language
def test_fields_are_kept(language: str) -> None:
    assert [sentence for sentence, text in pairs(language) if fields(text) != fields(sentence)] == []


@each_language
def test_marks_commands_and_lines_are_kept(language: str) -> None:
    for sentence, text in pairs(language):
        assert marks(text) == marks(sentence)
        assert commands(text) == commands(sentence)
        assert [bool(line) for line in text.split("\n")] == [bool(line) for line in sentence.split("\n")]
        assert text == text.strip()


@each_language
def test_done_is_called_as_its_button(language: str) -> None:
    texts = dict(pairs(language))
    assert texts[p.CHOOSE_MANY].count(texts[p.DONE]) == 1


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_labels_are_short(language: str) -> None:
    texts = [(each, each) for each in sentences()] if language == "en" else pairs(language)
    labels = [text for sentence, text in texts if is_label(sentence)]
    assert p.OPEN in sentences()
    assert is_label(p.OPEN)
    assert [label for label in labels if len(label) > LABEL_LIMIT] == []


@each_language
def test_different_labels_stay_different(language: str) -> None:
    labels = [text for sentence, text in pairs(language) if is_label(sentence)]
    assert sorted(labels) == sorted(set(labels))


@pytest.mark.skipif(not STUDY.exists(), reason="surveys/returnee_follow_up/study.toml is missing")
def test_nothing_betrays_the_study_to_anybody() -> None:
    listed: dict[str, list[str]] = tomllib.loads(STUDY.read_text(encoding="utf-8"))["never_show"]
    words = [word for words in listed.values() for word in words]
    assert set(LANGUAGES) <= set(listed)
    shown = [*shown_to_anybody(), ("planted", f"… {words[0].upper()} …")]
    found = [language for language, text in shown if any(word.casefold() in text.casefold() for word in words)]
    assert found == ["planted"]


@each_language
def test_script_is_the_languages_own(language: str) -> None:
    own = "ARABIC" if direction(language) == "rtl" else "LATIN"
    assert [text for _, text in pairs(language) if scripts(text) != {own}] == []


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_letters_and_signs_are_the_languages_own(language: str) -> None:
    unwanted = set(FOREIGN_LETTERS[language] + ",;?")
    assert [text for _, text in pairs(language) if unwanted & set(without_names(text))] == []


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_commands_are_isolated_from_what_is_written_right_to_left(language: str) -> None:
    held = [text for _, text in pairs(language) if commands(text)]
    assert len(held) == len([sentence for sentence in sentences() if commands(sentence)])
    for text in held:
        bare = text
        for command in commands(text):
            bare = bare.replace(isolate(command), "", 1)
        assert commands(bare) == []
        assert [line for line in text.split("\n") if line.startswith(isolate("/")[:2])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_commands_hold_invisible_isolates(language: str) -> None:
    for _, text in pairs(language):
        isolated = len(commands(text)) if language in RIGHT_TO_LEFT else 0
        assert [text.count(mark) for mark in isolate("")] == [isolated, isolated]
