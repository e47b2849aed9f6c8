"""Text as somebody looks for it: without case, accents, vowel signs, joiners, and which of several letters was typed.

For finding only. Nothing folded is stored or shown.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from cora_bot.base.text import latin_digits

# One letter for those that keyboards and habits exchange: Arabic, Persian, Pashto, Kurdish and Urdu forms; Latin
# letters that no decomposition takes apart.
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("يىئېۍےۓ", "ی"),
        **dict.fromkeys("كڪګ", "ک"),
        **dict.fromkeys("ةۀھہۂەۃ", "ه"),
        **dict.fromkeys("أإآٱٲٳ", "ا"),
        **dict.fromkeys("ؤۆۇۈۋ", "و"),
        "ء": None,
        "ـ": None,
        "ڼ": "ن",
        "ټ": "ت",
        "ډ": "د",
        "ړ": "ر",
        "څ": "چ",
        "ځ": "ج",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ə": "e",
    }
)
_UNWRITTEN: Final = re.compile("[\u200c\u200d\u200e\u200f\u2060\u2066-\u2069'’ʼʻ`´\"“”«»]")
_BETWEEN: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Words with one blank between: ``Kābul-شهر ۱۲`` and ``kabul شهر 12`` are the same."""
    letters = _UNWRITTEN.sub("", text.casefold()).translate(_SAME)
    plain = "".join(each for each in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(each))
    return " ".join(_BETWEEN.split(latin_digits(plain.translate(_SAME)))).strip()


def nearness(sought: str, text: str) -> int | None:
    """How well ``text`` fits what is sought (both folded): 0 the same, 1 begins so, 2 a word does, 3 holds it.

    None: some word that is sought is nowhere in it.
    """
    if text == sought:
        return 0
    if text.startswith(sought):
        return 1
    words = f" {text}"
    wanted = sought.split()
    if all(f" {each}" in words for each in wanted):
        return 2
    return 3 if all(each in text for each in wanted) else None
