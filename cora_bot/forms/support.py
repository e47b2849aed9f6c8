"""What the chat can do of what a form may ask for: one table. The engine holds all of it; what is ERROR here stops a
form that is meant for the chat, what is WARNING is told to its author, what is YES works.

``compile_form(…, channel=ANY)`` judges a form for the engine alone: for tests, for printing its XForm, for walking it
without a chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cora_bot.base.values import Value


class Level(StrEnum):
    YES = "yes"
    WARNING = "warning"
    ERROR = "error"


class Support(Value):
    """``message`` may hold ``{what}``; ``hint`` says what to do instead."""

    level: Level
    message: str = ""
    hint: str = ""


SUPPORTED: Final = (
    "select_one, select_multiple, rank, range, integer, decimal, text, barcode, date, time, dateTime, note, "
    "acknowledge, geopoint, image, audio, video, file, calculate, hidden, repeats"
)
_LATER: Final = "questions of the type “{what}” cannot be asked yet"
_NEVER: Final = "questions of the type “{what}” can be asked on a tablet only"
_HINT: Final = f"Supported now: {SUPPORTED}."
_SILENT: Final = "the chat leaves “{what}” empty"
_ASKED: Final = "A bot sees no place unless somebody sends it: ask for it (geopoint), or leave it to a tablet."
_ELSEWHERE: Final = "Ask it on a tablet, or leave it out."

CHAT: Final[Mapping[str, Support]] = {
    "select_one": Support(Level.YES),
    "select_many": Support(Level.YES),
    "integer": Support(Level.YES),
    "decimal": Support(Level.YES),
    "text": Support(Level.YES),
    "date": Support(Level.YES),
    "range": Support(Level.YES),
    "note": Support(Level.YES),
    "acknowledge": Support(Level.YES),
    "repeat": Support(Level.YES),
    "time": Support(Level.YES),
    "datetime": Support(Level.YES),
    "rank": Support(Level.YES),
    "geopoint": Support(Level.YES),
    "image": Support(Level.YES),
    "audio": Support(Level.YES),
    "video": Support(Level.YES),
    "file": Support(Level.YES),
    "geotrace": Support(Level.ERROR, _NEVER, _ELSEWHERE),
    "geoshape": Support(Level.ERROR, _NEVER, _ELSEWHERE),
    "other": Support(Level.ERROR, _LATER, _HINT),
    "audit": Support(Level.YES),
    "audit-more": Support(
        Level.WARNING, "of “{what}” the chat keeps the times only", "Places and changes are kept on a tablet."
    ),
    "background-audio": Support(Level.WARNING, _SILENT, _ELSEWHERE),
    "start-geopoint": Support(Level.WARNING, _SILENT, _ASKED),
    "drawing": Support(
        Level.ERROR, "the appearance “{what}” (drawing on a picture) works on a tablet only", _ELSEWHERE
    ),
    "intent": Support(
        Level.ERROR, "the appearance “{what}” calls another app: that works on a tablet only", _ELSEWHERE
    ),
    "media": Support(Level.YES),
    "entities": Support(Level.YES),
    "last-saved": Support(Level.YES),
    "entity": Support(Level.YES),
    "alert": Support(Level.YES),
}
ANY: Final[Mapping[str, Support]] = {name: Support(Level.YES) for name in CHAT}
