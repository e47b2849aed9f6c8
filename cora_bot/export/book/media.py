"""What can be heard and seen: every sound, picture and film, where it belongs, what is written there, and itself.

The whole of them goes into the document up to ``MOST_BYTES``; what is beyond is named, and lies in the study's folder.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.dialogue.script import Script
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.contents import grid
from cora_bot.export.book.facts import Facts
from cora_bot.export.book.words import Words
from cora_bot.export.page import Child, code, e, said
from cora_bot.forms.model import Form
from cora_bot.forms.spoken import Use, uses_of
from cora_bot.study.model import Study

MOST_BYTES: Final = 30_000_000
KILOBYTE: Final = 1_000
TYPES: Final[Mapping[str, str]] = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
HEADS: Final = ("What", "Language", "It goes with", "What is written there", "File", "Itself")


def chapters(script: Script, facts: Facts, words: Words) -> Iterator[Element]:
    """One, where any form has such files."""
    shown: set[str] = set()
    parts = [
        (e("h3", words("The form {name}", name=form.id)), _table(script, form, facts, words, shown=shown))
        for form in script.forms.values()
        if any(uses_of(form))
    ]
    if parts:
        told = e("p", words("They stand above the question, numbered as its buttons, and go with it."))
        yield made("media", words("What can be heard and seen"), told, [each for part in parts for each in part])


def _table(script: Script, form: Form, facts: Facts, words: Words, *, shown: set[str]) -> Element:
    """``shown``: files that stand in the document already."""
    rows = [_row(use, script, facts, words, shown=shown) for use in _once(uses_of(form))]
    return grid([words(each) for each in HEADS], rows, class_="media")


def _once(uses: Iterable[Use]) -> Iterator[Use]:
    """A list that several questions share is told with the first of them."""
    known: set[tuple[str, ...]] = set()
    for use in uses:
        key = (use.choice or f"{use.question}?", use.language, use.clip.sort, use.clip.file, use.text)
        if key not in known:
            known.add(key)
            yield use


def _row(use: Use, script: Script, facts: Facts, words: Words, *, shown: set[str]) -> list[Child]:
    where = e("span", code(use.question), *((" · ", code(use.choice)) if use.choice else ()))
    name, file, held = use.clip.file, script.media.get(use.clip.file), facts.media.get(use.clip.file)
    named = e("span", code(name))
    if file is not None and held is not None:
        size = words("{size} kB", size=f"{max(1, round(held.size / KILOBYTE)):,}")
        named = e("span", code(name), " ", size, " ", code(file.digest[:16]))
    said_there = said(use.text, use.language, tag="span") if use.text else None
    itself = _itself(use, facts, words, shown=shown)
    return [words(use.clip.sort), _language(script.study, use.language), where, said_there, named, itself]


def _language(study: Study, code_: str) -> str:
    return next((each.name for each in study.languages if each.code == code_), code_)


def _itself(use: Use, facts: Facts, words: Words, *, shown: set[str]) -> Child:
    held = facts.media.get(use.clip.file)
    if held is None:
        return e("span", words("– missing –"), class_="missing")
    if not held.content:
        return words("Too large for this document: it lies in the folder media.")
    if use.clip.file in shown:
        return words("As above.")
    shown.add(use.clip.file)
    kind = TYPES.get(PurePosixPath(use.clip.file).suffix.lower(), "application/octet-stream")
    source = f"data:{kind};base64,{base64.b64encode(held.content).decode()}"
    if use.clip.sort == "image":
        return e("img", src=source, alt=use.text or use.clip.file)
    return e("audio" if use.clip.sort == "audio" else "video", src=source, controls="controls")
