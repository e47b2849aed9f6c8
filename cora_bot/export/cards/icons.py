"""The pictures of the three steps: lines only, so that they print on any printer and need no colour."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.export.page import e

# A phone over a square with corner marks.
SCAN: Final = (
    "M17 4h14a3 3 0 0 1 3 3v34a3 3 0 0 1-3 3H17a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z M22 40h4 "
    "M18 15v-3h3 M27 12h3v3 M30 24v3h-3 M21 27h-3v-3 M21 16h2v2h-2z M26 22h1v1h-1z M26 16h1v3h-2 M21 22h2"
)
# A wide button at the bottom of a phone, and a finger on it.
START: Final = (
    "M17 4h14a3 3 0 0 1 3 3v16 M14 30V7a3 3 0 0 1 3-3 M14 30v11a3 3 0 0 0 3 3h3 M18 28h7 M18 33h5 M18 28v5 "
    "M18 10h8 M18 14h11 M30 44l-6-8a2 2 0 0 1 3-3l2 2V25a2 2 0 0 1 4 0v8l6 1.500a3 3 0 0 1 2 3.500l-1 6"
)
# A globe beside a list of lines, one of them ticked.
LANGUAGE: Final = (
    "M4 24a11 11 0 1 0 22 0a11 11 0 1 0-22 0z M4 24h22 M15 13c-6 7-6 15 0 22c6-7 6-15 0-22z "
    "M31 15h13 M31 24h13 M31 33h6 M38 34l3 3l5-7"
)


def drawn(path: str) -> Element:
    line = e(
        "path",
        d=path,
        fill="none",
        stroke="#000",
        stroke_width="1.6",
        stroke_linecap="round",
        stroke_linejoin="round",
    )
    return e("svg", line, viewBox="0 0 48 48", class_="icon", aria_hidden="true")
