"""The same day sheets as a PDF, drawn here: a server needs no browser for it. Measures in mm."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from itertools import accumulate
from typing import Final

from cora_bot.export.appointments.appointment import Appointment, Standing
from cora_bot.export.appointments.day_sheet import DaySheet, heading, languages, times, where
from cora_bot.export.appointments.words import WORDS, Words
from cora_bot.export.cards.sheet import Sheet

LEFT, TOP, BOTTOM = 12.0, 12.0, 198.0
WIDTHS: Final = (27.0, 27.0, 62.0, 32.0, 25.0, 37.0, 63.0)
EDGES: Final = tuple(accumulate(WIDTHS, initial=LEFT))
PADDING, SIZE, LEAST, BOX = 1.8, 10.0, 24.0, 3.0
FOOT: Final = 13.0


def document(sheets: Sequence[DaySheet], *, language: str) -> bytes:
    """All sheets; a long day goes on on further pages. Raises CoraError for a script that the fonts do not have."""
    words, out = WORDS[language], BytesIO()
    with closing(Sheet(words.title, landscape=True)) as sheet:
        for each in sheets:
            _day(sheet, each, words, language)
        sheet.pdf.output(out)
    return out.getvalue()


def _day(sheet: Sheet, about: DaySheet, words: Words, language: str) -> None:
    y = BOTTOM
    for each in about.visits:
        cells = _cells(each, words)
        high = max(LEAST, *(_high(sheet, lines, width) for lines, width in zip(cells, WIDTHS, strict=True)))
        if y + high > BOTTOM - FOOT:
            y = _begin(sheet, about, words, language)
        _row(sheet, each, cells, at=y, high=high)
        if each.standing is not Standing.CANCELLED:
            _boxes(sheet, words, y)
        y += high


def _begin(sheet: Sheet, about: DaySheet, words: Words, language: str) -> float:
    """A page with its heading, its foot and the names of the columns; where the first row begins."""
    sheet.turn()
    sheet.pdf.set_line_width(0.3)
    left, right = heading(about, words, language)
    sheet.line((LEFT, TOP), left, size=15, style="B")
    sheet.line((EDGES[-1], TOP + 1.5), right, size=10, right=True)
    sheet.text((LEFT, BOTTOM - FOOT + 3), EDGES[-1] - LEFT, words.keep, language=language, size=9, style="B")
    sheet.text((LEFT, BOTTOM - FOOT + 8), EDGES[-1] - LEFT, words.seal, language=language, size=8)
    y = TOP + 11
    sheet.pdf.set_fill_color(238)
    for edge, width, name in zip(EDGES, WIDTHS, words.columns, strict=False):
        sheet.pdf.rect(edge, y, width, 7, style="DF")
        sheet.line((edge + PADDING, y + 1.2), name, size=9, style="B")
    return y + 7


def _cells(each: Appointment, words: Words) -> list[list[str]]:
    cancelled = [words.cancelled] if each.standing is Standing.CANCELLED else []
    told = [where(each, words), languages(each, words), [_drawable(each.picture)]]
    return [[times(each), *cancelled], [each.on_paper, each.case], *told, [], []]


def _row(sheet: Sheet, each: Appointment, cells: Sequence[Sequence[str]], *, at: float, high: float) -> None:
    cancelled = each.standing is Standing.CANCELLED
    sheet.pdf.set_text_color(90 if cancelled else 0)
    for place, (edge, width, lines) in enumerate(zip(EDGES, WIDTHS, cells, strict=False)):
        sheet.pdf.rect(edge, at, width, high)
        y = at + PADDING
        for line in lines:
            y = sheet.text(
                (edge + PADDING, y),
                width - 2 * PADDING,
                line,
                language=_way(line),
                size=SIZE,
                style="B" if place < 2 else "",
            )
    if cancelled:
        sheet.pdf.line(EDGES[1], at + high / 2, EDGES[-1], at + high / 2)
    sheet.pdf.set_text_color(0)


def _boxes(sheet: Sheet, words: Words, at: float) -> None:
    y = at + PADDING
    for text in words.outcomes.values():
        sheet.pdf.rect(EDGES[5] + PADDING, y + 0.4, BOX, BOX)
        y = sheet.text((EDGES[5] + PADDING + BOX + 1.5, y), WIDTHS[5] - 8, text, language="en", size=8.5)


def _high(sheet: Sheet, lines: Sequence[str], width: float) -> float:
    inside = width - 2 * PADDING
    return 2 * PADDING + sum(sheet.height(inside, line, language=_way(line), size=SIZE) for line in lines)


def _way(text: str) -> str:
    """A language that is written as the first letter with a direction is: of a place only its letters are known."""
    strong = next((way for way in map(unicodedata.bidirectional, text) if way in ("L", "R", "AL")), "L")
    return "en" if strong == "L" else "ar"


def _drawable(text: str) -> str:
    """Without pictures, for which the fonts have no shape: the word beside them is what is said at the door."""
    kept = "".join(letter for letter in text if unicodedata.category(letter) not in ("So", "Mn", "Sk"))
    return " ".join(kept.split())
