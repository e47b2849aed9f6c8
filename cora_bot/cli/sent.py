"""What is sent instead of typed, at the terminal: a place as its numbers, a file as its sort."""

from __future__ import annotations

from typing import Final

from cora_bot.dialogue.inputs import SentFile, Spot, Unusable

PLACE: Final = "@"
FILE: Final = "+"


def sent(line: str, message: int) -> Unusable:
    """``@34.5 69.2`` shares a place, ``+photo`` sends a picture; what is neither is sent all the same, and refused."""
    rest = line[1:].strip()
    if line.startswith(FILE):
        return Unusable(rest, message, file=SentFile("trial", rest, 1))
    try:
        latitude, longitude, *more = (float(each) for each in rest.replace(",", " ").split())
    except ValueError:
        return Unusable("location", message)
    return Unusable("location", message, spot=Spot(latitude, longitude, *more[:1]))
