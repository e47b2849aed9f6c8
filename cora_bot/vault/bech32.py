"""Bech32 (BIP 173) as age uses it: no length limit, checksum constant 1, one spelling for one value.

``decode`` takes exactly what ``encode`` writes (in either case, never mixed); everything else is a ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Iterable

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6


def encode(prefix: str, content: bytes) -> str:
    """``content`` with its checksum, in lower case."""
    words = _regroup(content, 8, 5, pad=True)
    check = _polymod([*_expand(prefix), *words, *[0] * _CHECKSUM]) ^ 1
    words += [(check >> 5 * (_CHECKSUM - 1 - place)) & 31 for place in range(_CHECKSUM)]
    return f"{prefix}1{''.join(_LETTERS[word] for word in words)}"


def decode(text: str) -> tuple[str, bytes]:
    """The prefix (lower case) and the content."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("mixed case")
    prefix, one, rest = text.lower().rpartition("1")
    if not one or not prefix or len(rest) < _CHECKSUM or any(not 33 <= ord(letter) <= 126 for letter in prefix):
        raise ValueError("not a Bech32 text")
    if any(letter not in _VALUES for letter in rest):
        raise ValueError("a letter that Bech32 does not use")
    words = [_VALUES[letter] for letter in rest]
    if _polymod([*_expand(prefix), *words]) != 1:
        raise ValueError("the checksum does not fit")
    return prefix, bytes(_regroup(words[:-_CHECKSUM], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(words: Iterable[int]) -> int:
    check = 1
    for word in words:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ word
        for place, value in enumerate(_GENERATOR):
            check ^= value if top >> place & 1 else 0
    return check


def _regroup(words: Iterable[int], size: int, wanted: int, *, pad: bool) -> list[int]:
    """Bits in groups of ``size`` to groups of ``wanted``; left-over bits must be fewer than a group, and zero."""
    gathered, bits, result = 0, 0, []
    for word in words:
        gathered = gathered << size | word
        bits += size
        while bits >= wanted:
            bits -= wanted
            result.append(gathered >> bits)
            gathered &= (1 << bits) - 1
    if pad and bits:
        result.append(gathered << wanted - bits)
    elif not pad and (bits >= size or gathered):
        raise ValueError("padding that is not zero")
    return result
