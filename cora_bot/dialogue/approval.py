"""Which texts people see, as one hash: what a board has approved, and whether it is still what people would read.

Covered is every text of the study that is shown: its languages' names, title, team contact, privacy and help of
study.toml, and of every form the questions, hints, full texts, options in their order and messages, in every language;
and the sounds, pictures and films that say and show them.
Not covered: when something is asked, and the bot's own sentences, which come with the program and have their own hash.
Only what is written counts: comments, spaces around cells and the kind of file do not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cora_bot.base.values import Value
from cora_bot.dialogue.phrases import Phrases
from cora_bot.dialogue.script import MediaFile
from cora_bot.forms.every_text import every_text
from cora_bot.forms.model import Form
from cora_bot.study.model import Study

STUDY_PART: Final = "study.toml"
MEDIA_PART: Final = "media/"
PART_LENGTH: Final = 16

Line = tuple[str, ...]


class TextHashes(Value):
    """``whole`` names all texts; ``parts`` each of study.toml and the forms by id, shortened."""

    whole: str
    parts: Mapping[str, str]


def text_hashes(study: Study, forms: Mapping[str, Form], media: Mapping[str, MediaFile] | None = None) -> TextHashes:
    """The hashes of every text of this study that people may see, and of what says and shows them."""
    full = {STUDY_PART: _digest(study_texts(study))}
    full |= {name: _digest(every_text(form.xform)) for name, form in sorted(forms.items())}
    if media:
        full[MEDIA_PART] = _digest((name, file.digest) for name, file in sorted(media.items()))
    return TextHashes(_digest(full.items()), {name: digest[:PART_LENGTH] for name, digest in full.items()})


def sentences_hash(phrases: Phrases, languages: Iterable[str], sentences: Iterable[str]) -> str:
    """The hash of the bot's own sentences in these languages."""
    listed = list(sentences)
    return _digest((language, text, phrases.say(text, language)) for language in languages for text in listed)


def changed_texts(
    study: Study, forms: Mapping[str, Form], media: Mapping[str, MediaFile] | None = None
) -> tuple[str, ...]:
    """What differs from the approved texts, part by part; empty when nothing does, or nothing was approved."""
    if study.approval is None:
        return ()
    found = text_hashes(study, forms, media)
    if found.whole == study.approval.text_hash:
        return ()
    parts = study.approval.parts
    if not parts:
        return ("which part is not known: [approval.parts] is not there",)
    return tuple(_differences(parts, found.parts)) or ("[approval.parts] does not belong to text_hash",)


def _differences(approved: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name, digest in found.items():
        if name not in approved:
            yield f"{_called(name)} is new"
        elif approved[name] != digest:
            yield _called(name)
    yield from (f"{_called(name)} is gone" for name in approved if name not in found)


def _called(part: str) -> str:
    return {STUDY_PART: "the texts of study.toml", MEDIA_PART: "what can be heard and seen"}.get(
        part, f"the form {part}"
    )


def _digest(lines: Iterable[Iterable[str]]) -> str:
    exact = json.dumps([list(line) for line in lines], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def study_texts(study: Study) -> Iterator[Line]:
    """The texts of study.toml that people see; each line ends in the text."""
    yield ("title", study.title)
    for language in study.languages:
        yield ("language", language.code, language.name)
    named = {"team_contact": study.team_contact, "privacy": study.privacy, "local_help": study.local_help}
    # Where these are empty the hash is what it was without them.
    named |= {"location_reason": study.location_reason, "alerts": study.alerts.reads if study.alerts else {}}
    for name, texts in named.items():
        yield from _by_language(name, texts)


def _by_language(name: str, texts: Mapping[str, str]) -> Iterator[Line]:
    return ((name, language, text) for language, text in sorted(texts.items()))
