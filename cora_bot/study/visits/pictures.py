"""How large a picture is, from the first bytes of the file. Telegram refuses to show what is too long or too narrow."""

from __future__ import annotations

from typing import Final

PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
MOST_SIDES: Final = 10_000
"""Points of width and height together (Bot API, sendPhoto)."""

MOST_RATIO: Final = 20
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # where a JPEG says its size; the others are tables


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height in points; None where the file does not say (damaged, or neither PNG nor JPEG)."""
    if content[:8] == PNG:
        return _pair(content[16:24], 4) if content[12:16] == b"IHDR" else None
    return _jpeg(content) if content[:3] == JPEG else None


def fits(width: int, height: int) -> bool:
    return width + height <= MOST_SIDES and max(width, height) <= MOST_RATIO * min(width, height)


def _pair(found: bytes, each: int) -> tuple[int, int] | None:
    if len(found) != 2 * each:
        return None
    width, height = int.from_bytes(found[:each], "big"), int.from_bytes(found[each:], "big")
    return (width, height) if width and height else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """From segment to segment (marker, length, content) until one says it, height first."""
    at = 2
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in _FRAMES:
            found = _pair(content[at + 5 : at + 9], 2)
            return (found[1], found[0]) if found else None
        at += 2 + max(length, 2)
    return None
