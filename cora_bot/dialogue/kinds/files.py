"""Pictures, sounds, films and files: what fits a question, and the name an answer goes by.

The name a person gave a file is not kept: it may say who they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import SentFile
from cora_bot.forms.model import Kind

SORTS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.IMAGE: frozenset({"photo"}),
    Kind.AUDIO: frozenset({"voice", "audio"}),
    Kind.VIDEO: frozenset({"video", "video_note", "animation"}),
    Kind.FILE: frozenset({"document", "photo", "voice", "audio", "video", "video_note", "animation"}),
}
"""Which messages answer which question. A document does where its type says what it holds."""
TYPES: Final[Mapping[Kind, str]] = {Kind.IMAGE: "image/", Kind.AUDIO: "audio/", Kind.VIDEO: "video/"}
ASKED: Final[Mapping[Kind, str]] = {
    Kind.IMAGE: p.SEND_PICTURE,
    Kind.AUDIO: p.SEND_SOUND,
    Kind.VIDEO: p.SEND_FILM,
    Kind.FILE: p.SEND_FILE,
}
_ENDINGS: Final[Mapping[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/heic": "heic",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
}
_OF_SORT: Final[Mapping[str, str]] = {"photo": "jpg", "voice": "ogg", "video_note": "mp4", "animation": "mp4"}
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,5})\Z")


def fits(kind: Kind, file: SentFile) -> bool:
    if file.sort in SORTS[kind]:
        return True
    return file.sort == "document" and kind in TYPES and file.type.startswith(TYPES[kind])


def name_of(record: bytes, file: SentFile) -> str:
    """The record's id and an ending that says what can open it."""
    found = _ENDING.search(file.name)
    ending = _OF_SORT.get(file.sort) or _ENDINGS.get(file.type) or (found[1].lower() if found else "bin")
    return f"{record.hex()}.{ending}"
