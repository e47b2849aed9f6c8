"""The only place that draws random numbers: ids, tokens, case codes, nonces."""

from __future__ import annotations

import hashlib
import secrets
from typing import Protocol

# No 0/O, 1/I/L, 5/S, 8/B: read aloud, written on paper, typed by hand.
CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXYZ234679"


class Chance(Protocol):
    """A source of random bytes."""

    def bytes(self, count: int) -> bytes:
        """``count`` unpredictable bytes."""
        ...


class SystemChance:
    """The operating system's generator."""

    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededChance:
    """Repeatable bytes from a seed: for tests and simulations, never for keys of a real study."""

    def __init__(self, seed: int | str) -> None:
        self._seed = str(seed).encode()
        self._counter = 0

    def bytes(self, count: int) -> bytes:
        block = b""
        while len(block) < count:
            self._counter += 1
            block += hashlib.sha256(self._seed + b"/" + str(self._counter).encode()).digest()
        return block[:count]


def new_id(chance: Chance) -> bytes:
    """A random 16-byte id; it says nothing about when or for whom it was made."""
    return chance.bytes(16)


def letters(chance: Chance, count: int) -> str:
    """``count`` letters of ``CODE_LETTERS``, each equally likely."""
    found: list[str] = []
    limit = 256 - 256 % len(CODE_LETTERS)
    while len(found) < count:
        found += [CODE_LETTERS[b % len(CODE_LETTERS)] for b in chance.bytes(count) if b < limit]
    return "".join(found[:count])


def case_code(chance: Chance) -> str:
    """A code such as ``K7F-2QX``: how researchers name a person."""
    drawn = letters(chance, 6)
    return f"{drawn[:3]}-{drawn[3:]}"


def below(chance: Chance, bound: int) -> int:
    """A whole number in ``range(bound)``, each equally likely."""
    size = (bound.bit_length() + 7) // 8 + 8
    return int.from_bytes(chance.bytes(size), "big") % bound
