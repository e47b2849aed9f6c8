"""The same cards as a PDF, drawn here: a server needs no browser for it. Measures in mm, as in ``style.py``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import tostring

import segno
from fpdf.svg import SVGObject

from cora_bot.base.errors import CoraError
from cora_bot.export.cards import front, icons, staff
from cora_bot.export.cards.batch import Batch
from cora_bot.export.cards.sheet import SANS, Sheet

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, TOP, BELOW = 10.0, 200.0, 9.0, 8.0
QR: Final = 66.0
BORDER: Final = 4
STEP_WIDTH, TYPED_WIDTH, ONCE_WIDTH = 78.0, 110.0, 73.0
CODE_HIGH, BETWEEN, GAP = 11.0, 0.4, 1.5
SCALES: Final = (1.0, 0.92, 0.84, 0.76)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card lies on its sheet, and how large its texts are (1 is as in ``style.py``)."""

    top: float
    bottom: float
    scale: float = 1.0


def document(batch: Batch, codes: Sequence[str], *, first: int) -> bytes:
    """All cards, fronts and backs in the same places.

    Raises CoraError for a script that the fonts do not have, and for more languages than a sheet holds legibly.
    """
    last = first + len(codes) - 1
    numbers = [str(number).zfill(max(3, len(str(last)))) for number in range(first, last + 1)]
    pairs = list(zip(numbers, codes, strict=True))
    out = BytesIO()
    with closing(Sheet(f"{numbers[0]}-{numbers[-1]}")) as sheet:
        places = _places(sheet, batch)
        for start in range(0, len(pairs), batch.per_page):
            _both_sides(sheet, batch, pairs[start : start + batch.per_page], places)
        sheet.pdf.output(out)
    return out.getvalue()


def _places(sheet: Sheet, batch: Batch) -> list[Place]:
    """The largest texts with which everything fits."""
    high = HEIGHT / batch.per_page
    for scale in SCALES:
        if _room(sheet, batch, scale) <= high:
            return [Place(each * high, (each + 1) * high - BELOW, scale) for each in range(batch.per_page)]
    raise CoraError(
        f"{len(batch.languages)} languages do not fit on one sheet",
        "Write the cards as .html and print them from a browser, on larger paper.",
    )


def _room(sheet: Sheet, batch: Batch, scale: float) -> float:
    """How high a card must be for its texts."""
    steps = sum(_high(sheet, row, STEP_WIDTH, 9 * scale) + GAP for row in _step_texts(batch))
    foot = _high(sheet, _typed(batch), TYPED_WIDTH, 8 * scale) + CODE_HIGH
    return TOP + max(steps, QR + 8) + 7 + foot + BELOW


def _both_sides(sheet: Sheet, batch: Batch, group: Sequence[tuple[str, str]], places: Sequence[Place]) -> None:
    sheet.turn()
    for place, (number, code) in zip(places, group, strict=False):  # the last sheet may hold one card only
        _front(sheet, batch, number, code, place=place)
    sheet.turn()
    for place, (number, _) in zip(places, group, strict=False):
        _back(sheet, staff.WORDS[batch.staff_language], number, batch.staff_language, place=place)


# ---- the side that is shown ------------------------------------------------------------------------------------------

Said = tuple[str, str]
"""A text and its language."""


def _front(sheet: Sheet, batch: Batch, number: str, code: str, *, place: Place) -> None:
    top = place.top
    _cut(sheet, top)
    sheet.line((RIGHT, top + 6), number, size=20, style="B", right=True)
    link = front.LINK.format(bot=batch.bot, code=code)
    _qr(sheet, link, (LEFT, top + TOP))
    _centred(sheet, link.removeprefix("https://"), (LEFT, top + TOP + QR + 1))
    foot = _foot(sheet, batch, code, place=place)
    _steps(sheet, batch, place=place, bottom=foot - 4)


def _step_texts(batch: Batch) -> list[list[Said]]:
    return [[(batch.phrases.say(phrase, each), each) for each in batch.languages] for _, phrase in front.STEPS]


def _typed(batch: Batch) -> list[Said]:
    return [(front.typed(batch, each), each) for each in batch.languages]


def _high(sheet: Sheet, texts: Sequence[Said], width: float, size: float) -> float:
    return sum(sheet.height(width, text, language=each, size=size) + BETWEEN for text, each in texts)


def _cut(sheet: Sheet, top: float) -> None:
    if top:
        sheet.pdf.set_dash_pattern(dash=1, gap=1)
        sheet.pdf.set_draw_color(136)
        sheet.pdf.line(0, top, WIDTH, top)
        sheet.pdf.set_dash_pattern()
        sheet.pdf.set_draw_color(0)


def _qr(sheet: Sheet, link: str, at: tuple[float, float]) -> None:
    """Each row in runs of dark modules, a hair wider than they are, so that no printer leaves light between them."""
    rows = [list(row) for row in segno.make(link, error="m", micro=False).matrix_iter(border=BORDER)]
    module = QR / len(rows)
    sheet.pdf.set_fill_color(0)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                width = (end - x) * module
                sheet.pdf.rect(at[0] + x * module, at[1] + y * module, width + 0.02, module + 0.02, style="F")
            x = end + 1


def _centred(sheet: Sheet, text: str, at: tuple[float, float]) -> None:
    """Under the picture, as large as its width allows."""
    size = 8.0
    sheet.pdf.set_font(SANS, "", size)
    size *= min(1.0, QR / float(sheet.pdf.get_string_width(text)))
    sheet.pdf.set_font(SANS, "", size)
    left = at[0] + (QR - float(sheet.pdf.get_string_width(text))) / 2
    sheet.line((left, at[1]), text, size=size)


def _steps(sheet: Sheet, batch: Batch, *, place: Place, bottom: float) -> None:
    """Three rows with the room between them spread evenly."""
    left, size = LEFT + QR + 7 + 26, 9 * place.scale
    texts = _step_texts(batch)
    heights = [_high(sheet, row, STEP_WIDTH, size) for row in texts]
    y = place.top + TOP
    gap = (bottom - y - sum(heights)) / (len(heights) - 1)
    for number, ((icon, _), row, height) in enumerate(zip(front.STEPS, texts, heights, strict=True), start=1):
        middle = y + height / 2
        sheet.line((left - 26, middle - 4), str(number), size=16, style="B")
        _icon(sheet, icon, (left - 19, middle - 8.5))
        _said(sheet, row, (left, y), STEP_WIDTH, size=size)
        y += height + gap


def _icon(sheet: Sheet, path: str, at: tuple[float, float]) -> None:
    drawn = icons.drawn(path)
    drawn.set("width", "17mm")
    drawn.set("height", "17mm")
    drawn.set("xmlns", "http://www.w3.org/2000/svg")
    SVGObject(tostring(drawn, encoding="unicode")).draw_to_page(sheet.pdf, *at)


def _said(sheet: Sheet, texts: Sequence[Said], at: tuple[float, float], width: float, *, size: float) -> float:
    y = at[1]
    for text, language in texts:
        y = sheet.text((at[0], y), width, text, language=language, size=size) + BETWEEN
    return y


def _foot(sheet: Sheet, batch: Batch, code: str, *, place: Place) -> float:
    """The code to type, and until when: at the bottom of the card; gives back where it begins."""
    once = [(front.once(batch, each), each) for each in batch.languages]
    size = 8 * place.scale
    begins = place.bottom - _high(sheet, _typed(batch), TYPED_WIDTH, size) - CODE_HIGH
    sheet.pdf.set_line_width(0.3)
    sheet.pdf.line(LEFT, begins - 3, RIGHT, begins - 3)
    below = _said(sheet, _typed(batch), (LEFT, begins), TYPED_WIDTH, size=size)
    sheet.line((LEFT, below), code, size=21, style="B")
    low = _high(sheet, once, ONCE_WIDTH, size)
    _said(sheet, once, (RIGHT - ONCE_WIDTH, place.bottom - low), ONCE_WIDTH, size=size)
    return begins - 3


# ---- the side for the desk -------------------------------------------------------------------------------------------

COLUMNS: Final = ((LEFT, 53.0), (68.0, 66.0), (140.0, 60.0))


def _back(sheet: Sheet, words: staff.Words, number: str, language: str, *, place: Place) -> None:
    top = place.top
    _cut(sheet, top)
    sheet.line((LEFT, top + TOP), number, size=20, style="B")
    sheet.line((LEFT + 22, top + TOP + 2.5), words.title, size=13, style="B")
    for (left, width), (name, points) in zip(COLUMNS, words.parts, strict=True):
        y = sheet.text((left, top + TOP + 14), width, name, language=language, size=10, style="B") + 1.5
        for point in points:
            sheet.pdf.rect(left, y + 0.4, 3.8, 3.8)
            y = sheet.text((left + 6.5, y), width - 6.5, point, language=language, size=9) + 2
    begins = place.bottom - sheet.height(RIGHT - LEFT, words.keep, language=language, size=9, style="B")
    sheet.pdf.line(LEFT, begins - 2, RIGHT, begins - 2)
    sheet.text((LEFT, begins), RIGHT - LEFT, words.keep, language=language, size=9, style="B")
