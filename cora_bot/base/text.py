"""Text as phones show it: digits, direction, isolates, and lengths as Telegram counts them (UTF-16 code units).

Answers are kept as typed: nothing here is applied to a stored text answer. ZWNJ and ZWJ are letters' business in
Persian and Arabic script and always stay.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

import regex
from babel import Locale, UnknownLocaleError

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"
ELLIPSIS: Final = "…"

_ARABIC_SEPARATORS: Final = {0x066B: ".", 0x066C: None}  # decimal separator; thousands separator
_LINE_BREAKS: Final = re.compile(r"\r\n?|\u0085|\u2028|\u2029|<br\s*/?>", re.IGNORECASE)
# Control characters but newline and tab; embeddings and overrides, which reorder everything after them. Telegram
# drops the latter as well. The isolates U+2066-U+2069 stay.
_UNWANTED: Final = regex.compile(r"[\p{Cc}--[\n\t]]|[\u202a-\u202e\ufeff]", regex.VERSION1)
_ISOLATES: Final = re.compile(r"[\u2066-\u2069]")
_GRAPHEMES: Final = regex.compile(r"\X")


def latin_digits(text: str) -> str:
    """Digits of any script as 0-9, the Arabic decimal separator as a point, the Arabic thousands separator dropped."""
    spelled = text.translate(_ARABIC_SEPARATORS)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in spelled)


def isolate(text: str) -> str:
    """``text`` shielded from the direction of what surrounds it: for codes, dates, names and answers in a sentence.

    Isolates left open or closed too often inside are balanced first, so that nothing leaks out.
    """
    return f"{FIRST_STRONG_ISOLATE}{_balanced(text)}{POP_ISOLATE}"


def _balanced(text: str) -> str:
    if not _ISOLATES.search(text):
        return text
    kept: list[str] = []
    depth = 0
    for char in text:
        if char == POP_ISOLATE:
            if depth == 0:
                continue
            depth -= 1
        elif _ISOLATES.match(char):
            depth += 1
        kept.append(char)
    return "".join(kept) + POP_ISOLATE * depth


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units: how Telegram counts its limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """``text`` within ``limit`` UTF-16 units: cut between graphemes and ended by an ellipsis; isolates stay closed."""
    if utf16_length(text) <= limit:
        return text
    kept = _head(text, limit - 1).rstrip()
    while kept and utf16_length(_balanced(kept)) > limit - 1:
        kept = _head(kept, utf16_length(kept) - 1).rstrip()
    return _balanced(kept) + ELLIPSIS if limit > 0 else ""


def split(text: str, limit: int) -> tuple[str, ...]:
    """``text`` in parts of at most ``limit`` UTF-16 units, cut at the best place: paragraph, line, sentence, word.

    Only white space at the cuts is lost. A part is never empty; an empty text gives no parts.
    """
    parts: list[str] = []
    rest = text.strip()
    while utf16_length(rest) > limit:
        head = _head(rest, limit)
        if not head:
            raise ValueError(f"a limit of {limit} is smaller than one character")
        cut = _best_cut(head, rest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def _head(text: str, limit: int) -> str:
    """The longest run of whole graphemes from the start within ``limit`` units."""
    size = end = 0
    for match in _GRAPHEMES.finditer(text):
        size += utf16_length(match.group())
        if size > limit:
            break
        end = match.end()
    return text[:end]


def _best_cut(head: str, text: str) -> int:
    reach = text[: len(head) + 1]  # a blank just behind the limit is a place to cut
    for mark in ("\n\n", "\n", ". ", "؟ ", "? ", "! ", "۔ "):
        found = reach.rfind(mark)
        if found > len(head) // 3:
            return found + len(mark)
    blank = reach.rfind(" ")
    return blank + 1 if blank > 0 else len(head)


@lru_cache(maxsize=256)
def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a BCP 47 language is written, from CLDR; left to right where CLDR does not know it."""
    try:
        order = Locale.parse(language, sep="-" if "-" in language else "_").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"
    return "rtl" if order == "rtl" else "ltr"


def line_breaks(text: str) -> str:
    """Every kind of line break as a newline; ``<br>`` too: a cell of a Markdown table has no other way to hold one."""
    return _LINE_BREAKS.sub("\n", text)


def tidy(text: str) -> str:
    """An author's text as it is shown: one kind of line break, no stray blanks, no control characters."""
    cleaned = str(_UNWANTED.sub("", line_breaks(text))).replace("\t", " ")
    lines = (re.sub(r" {2,}", " ", line).strip() for line in cleaned.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
