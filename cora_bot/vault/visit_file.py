"""What a field visit brings home: an age file for each recording, picture or note. FORMAT.md describes it for everyone.

    {"v":1,"head":{…}} LF <content> <spaces>

The head says where the content belongs; it comes first, so that one command opens the file by hand and nothing has to
be held in memory. The laptop that makes such a file has no key that opens it, and does not know the case's random id:
the case code binds it, and the visit's number. Whoever reads it knows that all is well only at its end.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO, Final

import msgspec

from cora_bot.base.chance import CODE_LETTERS, Chance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.age_files import OpenedReader, SealedWriter
from cora_bot.vault.agefile import Identity, Recipient
from cora_bot.vault.padding import FLOOR, padme

VERSION: Final = 1
SUFFIX: Final = ".visit.age"
VISIT: Final = re.compile(rf"V-[{CODE_LETTERS}]{{4}}")
CASE: Final = re.compile(rf"[{CODE_LETTERS}]{{3}}-[{CODE_LETTERS}]{{3}}")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ENDING: Final = re.compile(r"[a-z0-9]{1,5}")
_LONGEST_HEAD: Final = 4096
_PIECE: Final = 64 * 1024


class Kind(StrEnum):
    """What it is."""

    INTERVIEW_AUDIO = "interview_audio"
    INTERVIEW_VIDEO = "interview_video"
    PHOTO = "photo"
    FIELD_NOTE = "field_note"
    MEMO = "memo"
    TRANSCRIPT = "transcript"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class VisitHead:
    """Where the content belongs. ``case`` is the case code; ``file`` a random id (hex); ``ending`` that of the file's
    name, without a dot; ``sha256`` (hex) and ``size`` are of the content; ``at`` is when it was sealed, in UTC.
    """

    study: str
    visit: str
    case: str
    kind: Kind
    file: str
    ending: str
    size: int
    sha256: str
    at: datetime

    @property
    def name(self) -> str:
        """What the content is called once it is opened. Never a path."""
        return f"{self.file}.{self.ending}"


class _Versioned(msgspec.Struct):
    v: int


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    head: VisitHead


def seal_visit_file(
    head: VisitHead, pieces: Iterable[bytes], target: BinaryIO, recipients: Sequence[Recipient], *, chance: Chance
) -> None:
    """Writes the age file into ``target``. Raises ``CoraError`` when the content is not what the head says: it changed
    meanwhile, and what was written is to be thrown away.
    """
    sealed = SealedWriter(target, recipients, chance)
    for piece in _plaintext(_line(head), head, pieces):
        sealed.write(piece)
    sealed.close()


def _plaintext(line: bytes, head: VisitHead, pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield line
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        yield piece
    if (size, digest.hexdigest()) != (head.size, head.sha256):
        raise CoraError("the file changed while it was being sealed", "Stop the recording first, then seal it again.")
    left = _padded(len(line) + size) - len(line) - size
    for start in range(0, left, _PIECE):
        yield b" " * min(_PIECE, left - start)


def open_visit_file(source: BinaryIO, identities: Sequence[Identity]) -> tuple[VisitHead, Iterator[bytes]]:
    """The head, and the content in pieces. Either raises ``NotOpened`` (the content at its end at the latest);
    ``CoraError`` for a version this program is too old for.
    """
    opened = OpenedReader(source, identities, what="the sealed file")
    first = opened.read(_PIECE)
    line, ends, rest = first.partition(b"\n")
    if not ends or len(line) >= _LONGEST_HEAD:
        raise NotOpened("the sealed file")
    head = _read(line)
    return head, _content(head, len(line) + 1, rest, iter(lambda: opened.read(_PIECE), b""))


def _content(head: VisitHead, before: int, first: bytes, more: Iterator[bytes]) -> Iterator[bytes]:
    digest, left, total = hashlib.sha256(), head.size, before
    for piece in _and(first, more):
        content, padding = piece[:left], piece[left:]
        total += len(piece)
        left -= len(content)
        digest.update(content)
        if padding.strip(b" "):
            raise NotOpened("the sealed file")
        if content:
            yield content
    if left or digest.hexdigest() != head.sha256 or total != _padded(before + head.size):
        raise NotOpened("the sealed file")


def _and(first: bytes, more: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from more


def _padded(length: int) -> int:
    return max(FLOOR, padme(length))


def _line(head: VisitHead) -> bytes:
    named = {one.name: getattr(head, one.name) for one in fields(VisitHead)} | {"at": _text(head.at)}
    return json.dumps({"v": VERSION, "head": named}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> VisitHead:
    try:
        version = msgspec.json.decode(line, type=_Versioned).v
        if version > VERSION:
            raise CoraError(f"a sealed file has version {version}, and this program reads up to {VERSION}")
        head = msgspec.json.decode(line, type=_Line).head
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotOpened("the sealed file") from None
    if _line(head) != line + b"\n" or not _well_formed(head):
        raise NotOpened("the sealed file")
    return head


def _well_formed(head: VisitHead) -> bool:
    ids = VISIT.fullmatch(head.visit) and CASE.fullmatch(head.case) and _ID.fullmatch(head.file)
    return bool(ids and _DIGEST.fullmatch(head.sha256) and _ENDING.fullmatch(head.ending) and head.size > 0)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
