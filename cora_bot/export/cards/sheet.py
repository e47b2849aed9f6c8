"""Sheets of a PDF with texts of both directions on them.

Two fonts come along (``fonts/``): one for Latin, Greek and Cyrillic letters, one for Arabic ones. A study in another
script is told so, instead of getting boxes for letters.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final, cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from cora_bot.base.errors import CoraError
from cora_bot.base.text import direction

FONTS: Final = Path(__file__).with_name("fonts")
SANS, NASKH = "sans", "naskh"
FILES: Final = (
    (SANS, "", "NotoSans-Regular.ttf"),
    (SANS, "B", "NotoSans-Bold.ttf"),
    (NASKH, "", "NotoNaskhArabic-Regular.ttf"),
    (NASKH, "B", "NotoNaskhArabic-Regular.ttf"),
)
POINT: Final = 25.4 / 72
LEADING: Final = {"ltr": 1.3, "rtl": 1.55}


class Sheet:
    """A PDF with the fonts in it; texts are put at a place, and tell where they end."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        self.pdf = FPDF(format="A4", orientation="landscape" if landscape else "portrait")
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.c_margin = 0
        self.pdf.set_title(title)
        for family, style, name in FILES:
            self.pdf.add_font(family, style, FONTS / name)
        self.pdf.add_page()
        self._clean = True
        self._fonts = [font for font in self.pdf.fonts.values() if isinstance(font, TTFFont)]
        self._known = {chr(letter) for font in self._fonts for letter in font.cmap}
        self._heights: dict[tuple[float, str, str, float, str], float] = {}

    def turn(self) -> None:
        """To the next page. The first is there from the beginning: nothing can be measured without one."""
        if not self._clean:
            self.pdf.add_page()
        self._clean = False

    def close(self) -> None:
        """The font files stay open until then: letters are taken out of them when the PDF is written."""
        for font in self._fonts:
            font.close()

    def text(
        self, at: tuple[float, float], width: float, text: str, *, language: str, size: float, style: str = ""
    ) -> float:
        """Draws ``text`` in its language's direction; the place below it."""
        way, step = self._font(text, language, size, style)
        self.pdf.set_xy(*at)
        align = "R" if way == "rtl" else "L"
        self.pdf.multi_cell(width, step, _drawn(text, way), align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        return float(self.pdf.get_y())

    def height(self, width: float, text: str, *, language: str, size: float, style: str = "") -> float:
        """How high it will be; measured once, since cards say the same."""
        key = (width, text, language, size, style)
        if key not in self._heights:
            way, step = self._font(text, language, size, style)
            shown = _drawn(text, way)
            measured = self.pdf.multi_cell(width, step, shown, dry_run=True, output=MethodReturnValue.HEIGHT)
            self._heights[key] = cast("float", measured)
        return self._heights[key]

    def line(self, at: tuple[float, float], text: str, *, size: float, style: str = "", right: bool = False) -> None:
        """Letters and digits in one line; ``right``: they end at the place."""
        self._font(text, "en", size, style)
        self.pdf.set_xy(at[0] - (self.pdf.get_string_width(text) if right else 0), at[1])
        self.pdf.cell(0, size * POINT * LEADING["ltr"], text)

    def _font(self, text: str, language: str, size: float, style: str) -> tuple[str, float]:
        way = direction(language)
        own, other = (NASKH, SANS) if way == "rtl" else (SANS, NASKH)
        self.pdf.set_fallback_fonts([other])
        self.pdf.set_font(own, style, size * (1.08 if way == "rtl" else 1))
        # Shaping joins Arabic letters and orders what is mixed; letter by letter it would cost a second for each card.
        self.pdf.set_text_shaping(use_shaping_engine=way == "rtl")
        self._check(text, language)
        return way, size * POINT * LEADING[way]

    def _check(self, text: str, language: str) -> None:
        for letter in set(text) - self._known:
            if unicodedata.category(letter) not in ("Cf", "Cc"):
                raise CoraError(
                    f"the PDF has no font for the letters of the language {language!r}",
                    "Write the cards as .html and print them from a browser, there also as PDF.",
                )


def _drawn(text: str, way: str) -> str:
    """Marks of direction have no picture; where nothing is shaped they are left out."""
    return text if way == "rtl" else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
