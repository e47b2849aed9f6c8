"""Padding: how long a record is must not tell which answers it holds.

``0000000312\\n`` (the content's length, ten digits), the content, then spaces up to the Padmé length (Nikitin et al.,
PoPETs 2019: at most 12 % more, and only O(log log n) bits of the length shown), never under ``FLOOR``. The prefix is
one line of text and the padding is white space, so what a person opens with the age tool stays readable, and JSON
without its first line stays JSON.
"""

from __future__ import annotations

from cora_bot.base.errors import NotOpened

FLOOR = 1024  # one short answer and ten choices look the same
_PREFIX = 11
_MOST = 10**10


def padme(length: int) -> int:
    """The length that things of ``length`` bytes are padded to."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low = (1 << exponent - exponent.bit_length()) - 1
    return length + low & ~low


def pad(content: bytes) -> bytes:
    if len(content) >= _MOST:
        raise ValueError("too long to be padded")
    return (f"{len(content):010}\n".encode() + content).ljust(_total(len(content)), b" ")


def unpad(padded: bytes) -> bytes:
    """The content; anything that ``pad`` would not have written raises ``NotOpened``."""
    prefix, rest = padded[:_PREFIX], padded[_PREFIX:]
    digits = prefix[:-1]
    length = int(digits) if len(prefix) == _PREFIX and digits.isdigit() else -1
    if not 0 <= length <= len(rest) or pad(rest[:length]) != padded:
        raise NotOpened("the padded content")
    return rest[:length]


def _total(length: int) -> int:
    return max(FLOOR, padme(_PREFIX + length))
