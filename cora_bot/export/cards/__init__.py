"""Cards that let people in: a one-time code as a QR picture, in pictures and in every language of a study.

A sheet holds two cards above each other, or one in more than six languages; the page behind it holds their staff
sides, in the same places, for printing on both sides (flip on the long edge). Neither side says what this is about:
cards lie on desks. The page holds good codes and is as secret as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.export.cards import front, staff
from cora_bot.export.cards.batch import Batch
from cora_bot.export.cards.style import STYLE
from cora_bot.export.page import e, page
from cora_bot.study.check import ShownText

__all__ = ["STAFF_LANGUAGES", "Batch", "document", "texts"]

STAFF_LANGUAGES: Final = tuple(staff.WORDS)


def document(batch: Batch, codes: Sequence[str], *, first: int = 1) -> str:
    """All cards as one page of HTML, numbered from ``first``."""
    last = first + len(codes) - 1
    numbers = [str(number).zfill(max(3, len(str(last)))) for number in range(first, last + 1)]
    pairs = list(zip(numbers, codes, strict=True))
    groups = [pairs[start : start + batch.per_page] for start in range(0, len(pairs), batch.per_page)]
    sheets = [sheet for group in groups for sheet in _both_sides(batch, group)]
    return page(f"{numbers[0]}-{numbers[-1]}", *sheets, language=batch.staff_language, style=STYLE)


def _both_sides(batch: Batch, group: Sequence[tuple[str, str]]) -> Iterator[Element]:
    sheet = "sheet" if batch.per_page > 1 else "sheet whole"
    yield e("section", [front.card(batch, number, code) for number, code in group], class_=sheet)
    words = staff.WORDS[batch.staff_language]
    yield e("section", [staff.card(words, number) for number, _ in group], class_=sheet)


def texts(batch: Batch) -> list[ShownText]:
    """Every text of both sides, for the search for words that must not be seen."""
    fronts = [
        ShownText("card", language, text) for language in batch.languages for text in front.sentences(batch, language)
    ]
    back = staff.WORDS[batch.staff_language]
    return [*fronts, *(ShownText("staff side", batch.staff_language, text) for text in back.all())]
