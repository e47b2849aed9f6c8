"""Zip files entry by entry, in the same small memory however many entries there are.

The standard library keeps a list of all entries: with 100,000 records that is more than everything else together. What
is written here any zip program reads. An unfinished file is valid up to its last whole entry, so that a killed run is
gone on with: every entry's sizes stand before its content, and the list at the end is made from them.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from cora_bot.base.errors import CoraError
from cora_bot.export.bundle_facts import AGAIN

STORED: Final = 0
DEFLATED: Final = 8
_PIECE: Final = 64 * 1024
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_FULL: Final = 0xFFFFFFFF
_JANUARY_1980: Final = 0x21  # entries carry no time: their order and age would say who answered when
_OWNER_ONLY: Final = 0o600 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: how it is packed, its sizes and checksum, and where its local header stands."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def entries(file: BinaryIO) -> Iterator[Entry]:
    """Every entry, as the list at the end of the file names it. Raises ``CoraError`` for what is not a zip file."""
    at, size, count = _directory(file)
    end = at + size
    for _ in range(count):
        entry, at = _central(file, at)
        yield entry
    if at != end:
        raise _damaged()


def content(file: BinaryIO, entry: Entry, limit: int) -> bytes:
    """The whole content of a small entry. Raises ``CoraError`` when it is damaged or larger than ``limit``."""
    if entry.size > limit:
        raise CoraError(f"the bundle's entry {entry.name!r} is larger than bundles may hold", AGAIN)
    return b"".join(plain for _, plain in _pieces(file, entry))


def copied(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The entry as it is packed, piece by piece, checked on the way. Raises ``CoraError``."""
    return (packed for packed, _ in _pieces(file, entry))


def _pieces(file: BinaryIO, entry: Entry) -> Iterator[tuple[bytes, bytes]]:
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) != _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise _damaged(entry.name)
    *_, name, extra = _LOCAL.unpack(header)
    at = entry.offset + _LOCAL.size + name + extra
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
    crc, size, left = 0, 0, entry.packed
    while left:
        file.seek(at)  # whoever reads two entries by turns finds each where it was
        packed = file.read(min(left, _PIECE))
        if not packed:
            raise _damaged(entry.name)
        at, left = at + len(packed), left - len(packed)
        plain = _inflated(inflate, packed, entry) if inflate else packed
        crc, size = zlib.crc32(plain, crc), size + len(plain)
        yield packed, plain
    if (crc, size) != (entry.crc, entry.size):
        raise _damaged(entry.name)


def _inflated(inflate: zlib._Decompress, packed: bytes, entry: Entry) -> bytes:
    try:
        plain = inflate.decompress(packed, entry.size + 1)
    except zlib.error:
        raise _damaged(entry.name) from None
    if inflate.unconsumed_tail:
        raise _damaged(entry.name)
    return plain


def _directory(file: BinaryIO) -> tuple[int, int, int]:
    """Where the list of entries stands, how long it is, and how many there are."""
    end = file.seek(0, os.SEEK_END)
    tail_at = max(0, end - _END.size)
    tail = _read(file, tail_at, _END)
    # Bundles have no comment, so the last record stands at the very end.
    if tail[0] != b"PK\x05\x06" or tail[-1]:
        raise _damaged()
    count, size, at = tail[4], tail[5], tail[6]
    if _FULL in (size, at) or count == 0xFFFF:
        locator = _read(file, tail_at - _LOCATOR.size, _LOCATOR)
        if locator[0] != b"PK\x06\x07":
            raise _damaged()
        large = _read(file, locator[2], _END64)
        if large[0] != b"PK\x06\x06":
            raise _damaged()
        count, size, at = large[7], large[8], large[9]
    if at + size > end:
        raise _damaged()
    return at, size, count


def _central(file: BinaryIO, at: int) -> tuple[Entry, int]:
    found = _read(file, at, _CENTRAL)
    signature, flags, method, crc, packed, size = found[0], found[5], found[6], found[9], found[10], found[11]
    name_size, extra_size, comment_size, offset = found[12], found[13], found[14], found[18]
    name = file.read(name_size)
    extra = file.read(extra_size)
    if signature != b"PK\x01\x02" or flags & 0x1 or method not in (STORED, DEFLATED) or _FULL in (packed, size):
        raise _damaged()
    if offset == _FULL:
        if len(extra) < 12 or extra[:2] != b"\x01\x00":
            raise _damaged()
        offset = int.from_bytes(extra[4:12], "little")
    entry = Entry(name.decode("utf-8", "replace"), method, crc, packed, size, offset)
    return entry, at + _CENTRAL.size + name_size + extra_size + comment_size


def _read(file: BinaryIO, at: int, layout: struct.Struct) -> tuple[Any, ...]:
    file.seek(max(at, 0))
    found = file.read(layout.size)
    if at < 0 or len(found) != layout.size:
        raise _damaged()
    return layout.unpack(found)


def _damaged(name: str = "") -> CoraError:
    if name:
        return CoraError(f"the bundle's entry {name!r} is damaged", AGAIN)
    return CoraError("the file is not a bundle, or it was cut short", AGAIN)


class Writing:
    """A zip file being written, private to its owner. Its entries can be read again before it is finished."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(descriptor, "r+b")

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def whole(self) -> Iterator[Entry]:
        """The entries that are whole so far; what is behind the last of them is cut off."""
        at = 0
        while entry := self._local(at):
            at = entry.offset + _LOCAL.size + len(entry.name) + entry.packed
            yield entry
        self._file.truncate(at)
        self._file.seek(at)

    def empty(self) -> None:
        self._file.truncate(0)
        self._file.seek(0)

    def read(self, entry: Entry, limit: int) -> bytes:
        found = content(self._file, entry, limit)
        self._file.seek(0, os.SEEK_END)
        return found

    def add(self, name: str, plain: bytes) -> None:
        self._header(Entry(name, STORED, zlib.crc32(plain), len(plain), len(plain), 0))
        self._file.write(plain)

    def copy(self, source: BinaryIO, entry: Entry) -> None:
        """An entry of another zip file as it is packed there."""
        self._header(entry)
        for piece in copied(source, entry):
            self._file.write(piece)

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """Writes the list of entries from the entries themselves."""
        self._file.flush()
        start = self._file.seek(0, os.SEEK_END)
        at, count = 0, 0
        while at < start:
            entry = self._local(at)
            if entry is None:
                raise _damaged()
            self._file.seek(0, os.SEEK_END)
            self._file.write(_central_record(entry))
            at = entry.offset + _LOCAL.size + len(entry.name) + entry.packed
            count += 1
        end = self._file.seek(0, os.SEEK_END)
        size = end - start
        self._file.write(_END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start))
        self._file.write(_LOCATOR.pack(b"PK\x06\x07", 0, end, 1))
        few = min(count, 0xFFFF)
        self._file.write(_END.pack(b"PK\x05\x06", 0, 0, few, few, min(size, _FULL), min(start, _FULL), 0))
        self.sync()

    def _header(self, entry: Entry) -> None:
        name = entry.name.encode("ascii")
        sizes = (entry.crc, entry.packed, entry.size, len(name), 0)
        self._file.write(_LOCAL.pack(b"PK\x03\x04", 20, 0, entry.method, 0, _JANUARY_1980, *sizes) + name)

    def _local(self, at: int) -> Entry | None:
        """The entry at this place when all of it is there."""
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(at)
        header = self._file.read(_LOCAL.size)
        if len(header) != _LOCAL.size or header[:4] != b"PK\x03\x04":
            return None
        _, _, _, method, _, _, crc, packed, size, name_size, _ = _LOCAL.unpack(header)
        name = self._file.read(name_size).decode("ascii", "replace")
        entry = Entry(name, method, crc, packed, size, at)
        if at + _LOCAL.size + name_size + packed > end:
            return None
        try:
            for _ in copied(self._file, entry):
                pass  # a page of the disk may be missing in the middle: the checksum tells
        except CoraError:
            return None
        return entry


def _central_record(entry: Entry) -> bytes:
    name = entry.name.encode("ascii")
    large = entry.offset >= _FULL
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if large else b""
    written_by, needed = (45, 3), (45 if large else 20, 0)
    packing = (0, entry.method, 0, _JANUARY_1980, entry.crc, entry.packed, entry.size)
    place = (len(name), len(extra), 0, 0, 0, _OWNER_ONLY, _FULL if large else entry.offset)
    return _CENTRAL.pack(b"PK\x01\x02", *written_by, *needed, *packing, *place) + name + extra
