"""Enrolment codes as people bring them: in a link, or typed with small letters, spaces, dashes, other digits."""

from __future__ import annotations

import unicodedata

from cora_bot.base.chance import CODE_LETTERS, Chance, letters
from cora_bot.dialogue.inputs import Input, Start, Text

LENGTH = 12
GROUP = 4


def new_code(chance: Chance) -> str:
    """``XXXX-XXXX-XXXX``: 27**12 possibilities; the link carries the same."""
    drawn = letters(chance, LENGTH)
    return "-".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def secret(typed: str) -> str:
    """The code as it is indexed: capital letters and Latin digits, nothing else; "" when it cannot be one."""
    normal = unicodedata.normalize("NFKC", typed)
    if sum(map(str.isalnum, normal)) != LENGTH:  # quickly: asked of whatever is typed
        return ""
    found = "".join(_plain(letter) for letter in normal)
    return found if len(found) == LENGTH and all(letter in CODE_LETTERS for letter in found) else ""


def _plain(letter: str) -> str:
    if letter.isspace() or unicodedata.category(letter) in ("Pd", "Pc", "Cf"):
        return ""  # spaces, dashes, direction marks
    digit = unicodedata.digit(letter, None)
    return str(digit) if digit is not None else letter.upper()


def presented(happened: Input, *, answering: bool = False) -> str | None:
    """The code an input carries: None when it carries none, "" when a link's token is no code at all.

    A person who is ``answering`` a question types answers, not codes.
    """
    match happened:
        case Start(token):
            return secret(token) if token else None
        case Text(text) if not answering:
            return secret(text) or None
        case _:
            return None
