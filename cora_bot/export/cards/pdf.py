"""The same cards as a PDF, drawn here: a server needs no browser for it. Measures in mm, as in ``style.py``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import tostring

import segno
from fpdf.svg import SVGObject

from cora_bot.export.cards import front, icons, staff
from cora_bot.export.cards.batch import Batch
from cora_bot.export.cards.sheet import SANS, Sheet

WIDTH, HEIGHT = 210.0, 148.5
LEFT, RIGHT, TOP, BOTTOM = 10.0, 200.0, 9.0, 140.5
QR: Final = 66.0
BORDER: Final = 4


def document(batch: Batch, codes: Sequence[str], *, first: int, per_page: int = 2) -> bytes:
    """All cards, fronts and backs in the same places. Raises CoraError for a script that the fonts do not have."""
    last = first + len(codes) - 1
    numbers = [str(number).zfill(max(3, len(str(last)))) for number in range(first, last + 1)]
    pairs = list(zip(numbers, codes, strict=True))
    out = BytesIO()
    with closing(Sheet(f"{numbers[0]}-{numbers[-1]}")) as sheet:
        for start in range(0, len(pairs), per_page):
            _both_sides(sheet, batch, pairs[start : start + per_page])
        sheet.pdf.output(out)
    return out.getvalue()


def _both_sides(sheet: Sheet, batch: Batch, group: Sequence[tuple[str, str]]) -> None:
    sheet.pdf.add_page()
    for place, (number, code) in enumerate(group):
        _front(sheet, batch, number, code, top=place * HEIGHT)
    sheet.pdf.add_page()
    for place, (number, _) in enumerate(group):
        _back(sheet, staff.WORDS[batch.staff_language], number, batch.staff_language, top=place * HEIGHT)


# ---- the side that is shown ------------------------------------------------------------------------------------------


def _front(sheet: Sheet, batch: Batch, number: str, code: str, *, top: float) -> None:
    _cut(sheet, top)
    sheet.line((RIGHT, top + 6), number, size=20, style="B", right=True)
    link = front.LINK.format(bot=batch.bot, code=code)
    _qr(sheet, link, (LEFT, top + TOP))
    _centred(sheet, link.removeprefix("https://"), (LEFT, top + TOP + QR + 1))
    foot = _foot(sheet, batch, code, top=top)
    _steps(sheet, batch, top=top + TOP, bottom=foot - 4)


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


def _steps(sheet: Sheet, batch: Batch, *, top: float, bottom: float) -> None:
    """Three rows with the room between them spread evenly."""
    left, width = LEFT + QR + 7 + 26, 78.0
    texts = [[(batch.phrases.say(phrase, each), each) for each in batch.languages] for _, phrase in front.STEPS]
    heights = [sum(sheet.height(width, text, language=each, size=9) + 0.4 for text, each in row) for row in texts]
    gap = max(1.0, (bottom - top - sum(heights)) / (len(heights) - 1))
    y = top
    for place, ((icon, _), row, height) in enumerate(zip(front.STEPS, texts, heights, strict=True), start=1):
        middle = y + height / 2
        sheet.line((left - 26, middle - 4), str(place), size=16, style="B")
        _icon(sheet, icon, (left - 19, middle - 8.5))
        _said(sheet, row, (left, y), width, size=9)
        y += height + gap


def _icon(sheet: Sheet, path: str, at: tuple[float, float]) -> None:
    drawn = icons.drawn(path)
    drawn.set("width", "17mm")
    drawn.set("height", "17mm")
    drawn.set("xmlns", "http://www.w3.org/2000/svg")
    SVGObject(tostring(drawn, encoding="unicode")).draw_to_page(sheet.pdf, *at)


def _said(
    sheet: Sheet, texts: Sequence[tuple[str, str]], at: tuple[float, float], width: float, *, size: float
) -> float:
    y = at[1]
    for text, language in texts:
        y = sheet.text((at[0], y), width, text, language=language, size=size) + 0.4
    return y


def _foot(sheet: Sheet, batch: Batch, code: str, *, top: float) -> float:
    """The code to type, and until when: at the bottom of the card; gives back where it begins."""
    typed = [(front.typed(batch, each), each) for each in batch.languages]
    once = [(front.once(batch, each), each) for each in batch.languages]
    wide, narrow, size = 110.0, 73.0, 8.0
    high = sum(sheet.height(wide, text, language=each, size=size) + 0.4 for text, each in typed) + 11
    low = sum(sheet.height(narrow, text, language=each, size=size) + 0.4 for text, each in once)
    begins = top + BOTTOM - high
    sheet.pdf.set_line_width(0.3)
    sheet.pdf.line(LEFT, begins - 3, RIGHT, begins - 3)
    below = _said(sheet, typed, (LEFT, begins), wide, size=size)
    sheet.line((LEFT, below), code, size=21, style="B")
    _said(sheet, once, (RIGHT - narrow, top + BOTTOM - low), narrow, size=size)
    return begins - 3


# ---- the side for the desk -------------------------------------------------------------------------------------------

COLUMNS: Final = ((LEFT, 53.0), (68.0, 66.0), (140.0, 60.0))


def _back(sheet: Sheet, words: staff.Words, number: str, language: str, *, top: float) -> None:
    _cut(sheet, top)
    sheet.line((LEFT, top + TOP), number, size=20, style="B")
    sheet.line((LEFT + 22, top + TOP + 2.5), words.title, size=13, style="B")
    for (left, width), (name, points) in zip(COLUMNS, words.parts, strict=True):
        y = sheet.text((left, top + TOP + 14), width, name, language=language, size=10, style="B") + 1.5
        for point in points:
            sheet.pdf.rect(left, y + 0.4, 3.8, 3.8)
            y = sheet.text((left + 6.5, y), width - 6.5, point, language=language, size=9) + 2
    high = sheet.height(RIGHT - LEFT, words.keep, language=language, size=9, style="B")
    sheet.pdf.line(LEFT, top + BOTTOM - high - 2, RIGHT, top + BOTTOM - high - 2)
    sheet.text((LEFT, top + BOTTOM - high), RIGHT - LEFT, words.keep, language=language, size=9, style="B")
