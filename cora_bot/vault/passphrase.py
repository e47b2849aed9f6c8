"""What a passphrase must be. It is all that stands between a stolen key file and the answers."""

from __future__ import annotations

import unicodedata
from typing import Final

from cora_bot.base.chance import Chance, letters
from cora_bot.base.errors import CoraError

SHORTEST: Final = 12
_FEWEST_DIFFERENT: Final = 6
_GROUPS: Final = 6


def checked(passphrase: str) -> str:
    """The passphrase as it is used (``as_typed``). Raises ``CoraError`` when it is too weak; never repeats it."""
    typed = as_typed(passphrase)
    if len(typed) < SHORTEST:
        raise CoraError(
            f"the passphrase has {len(typed)} characters; it needs at least {SHORTEST}",
            "Several words that do not belong together are easier to keep than one difficult one.",
        )
    if len(set(typed)) < _FEWEST_DIFFERENT:
        raise CoraError(f"the passphrase needs at least {_FEWEST_DIFFERENT} different characters")
    return typed


def as_typed(passphrase: str) -> str:
    """The same letters from every keyboard: composed (NFC), without the line end of a file."""
    return unicodedata.normalize("NFC", passphrase.rstrip("\r\n"))


def generated(chance: Chance) -> str:
    """Six groups of four letters (114 bits), for those who would rather write one down than think one up."""
    drawn = letters(chance, 4 * _GROUPS)
    return "-".join(drawn[start : start + 4] for start in range(0, len(drawn), 4))
