"""The building blocks of every chapter: its heading, tables, and texts side by side in all languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.base.text import direction
from cora_bot.export.book.words import Words
from cora_bot.export.page import Child, e, said
from cora_bot.study.model import Language, Study

SIDE_BY_SIDE: Final = 5
"""As many languages fit beside each other on a sheet; more begin a second table."""

Row = tuple[Child, Mapping[str, str]]


def chapter(key: str, title: str, *body: Child | Iterable[Child]) -> Element:
    return e("section", e("h2", title, id=key), *body, class_="chapter")


def table(chapters: Iterable[Element], words: Words) -> Element:
    """The table of contents."""
    heads = [head for one in chapters for head in one.iter("h2") if head.get("id")]
    entries = [e("li", e("a", head.text or "", href=f"#{head.get('id')}")) for head in heads]
    return e("nav", e("h2", words("Contents")), e("ol", entries), class_="contents")


def grid(heads: Sequence[Child], rows: Iterable[Sequence[Child]], *, class_: str = "") -> Element:
    """A table with a head."""
    head = e("thead", e("tr", [e("th", each) for each in heads]))
    body = e("tbody", [e("tr", [e("td", each) for each in row]) for row in rows])
    return e("table", head, body, class_=class_)


def beside(study: Study, rows: Sequence[Row], words: Words) -> Iterator[Element]:
    """Texts in all languages of the study, each row headed by what it is; a text that is missing is shown as such."""
    for start in range(0, len(study.languages), SIDE_BY_SIDE):
        group = study.languages[start : start + SIDE_BY_SIDE]
        columns = [e("col", class_="what"), *(e("col") for _ in group)]
        head = e("thead", e("tr", e("th"), [_named(each) for each in group]))
        body = [e("tr", e("th", what), [_cell(texts, each, words) for each in group]) for what, texts in rows]
        yield e("table", e("colgroup", columns), head, e("tbody", body), class_="beside")


def _named(language: Language) -> Element:
    return e("th", f"{language.name} ({language.code})", lang=language.code, dir=direction(language.code))


def _cell(texts: Mapping[str, str], language: Language, words: Words) -> Element:
    text = texts.get(language.code, "")
    if text:
        return said(text, language.code, tag="td")
    return e("td", words("– missing –") if any(texts.values()) else "", class_="missing")
