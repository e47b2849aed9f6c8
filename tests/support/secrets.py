"""Searches whatever a server wrote for planted secrets, in every encoding in which one could lie there.

A secret is a text (in all its spellings), a number, or raw bytes. Files are read whole, archives entry by entry too.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Secret:
    """``named_in_forms``: an option's code, which stands openly in the stored form whether it is chosen or not."""

    name: str
    texts: tuple[str, ...] = ()
    number: int | None = None
    real: float | None = None
    raw: bytes = b""
    named_in_forms: bool = False

    @property
    def spellings(self) -> frozenset[str]:
        shown = (str(one) for one in (self.number, self.real) if one is not None)
        return frozenset({each for text in (*self.texts, *shown) for each in (text, text.lower(), text.upper())})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    secret: str
    encoding: str
    place: str


def word(name: str, *texts: str) -> Secret:
    return Secret(name, texts)


def chat_address(name: str, number: int) -> Secret:
    return Secret(name, number=number)


def code(name: str, shown: str) -> Secret:
    """An enrolment or case code, with and without its dashes."""
    return Secret(name, (shown, shown.replace("-", "")))


# ---- encodings -------------------------------------------------------------------------------------------------------


def varint(number: int) -> bytes:
    """As SQLite writes row ids and lengths, for numbers below 2**56."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def _binary(secret: Secret) -> Iterator[bytes]:
    if secret.number is not None:
        for size in (6, 8):  # what SQLite stores it in, and what everybody else does
            yield secret.number.to_bytes(size, "big")
            yield secret.number.to_bytes(size, "little")
        yield varint(secret.number)
    for real in (secret.real, secret.number):
        if real is not None:
            yield struct.pack(">d", real)
            yield struct.pack("<d", real)
    if secret.raw:
        yield secret.raw


def _raw(secret: Secret) -> Iterator[bytes]:
    """What may itself be written as base64 or hex."""
    yield from (text.encode() for text in secret.spellings)
    yield from _binary(secret)


def _text(secret: Secret, *, codec: str) -> Iterator[bytes]:
    yield from (text.encode(codec) for text in secret.spellings)


def _json(secret: Secret) -> Iterator[bytes]:
    for text in secret.spellings:
        once = json.dumps(text)[1:-1]
        for escaped in (once, json.dumps(once)[1:-1], _upper_escapes(text)):
            yield escaped.encode()


def _upper_escapes(text: str) -> str:
    units = text.encode("utf-16-be")
    pairs = [int.from_bytes(units[place : place + 2], "big") for place in range(0, len(units), 2)]
    return "".join(chr(unit) if unit < 0x80 else f"\\u{unit:04X}" for unit in pairs)


def _percent(secret: Secret) -> Iterator[bytes]:
    for text in secret.spellings:
        escaped = quote(text, safe="")
        yield escaped.encode()
        yield "".join(
            part.lower() if place % 2 else part for place, part in enumerate(_percent_parts(escaped))
        ).encode()


def _percent_parts(escaped: str) -> list[str]:
    """Plain and escaped stretches by turns."""
    parts, plain = [""], True
    place = 0
    while place < len(escaped):
        is_escape = escaped[place] == "%"
        if is_escape == plain:
            parts.append("")
            plain = not plain
        step = 3 if is_escape else 1
        parts[-1] += escaped[place : place + step]
        place += step
    return parts


def _base64(secret: Secret) -> Iterator[bytes]:
    for raw in _raw(secret):
        for shift, clean in ((0, 0), (1, 2), (2, 3)):  # three ways to fall into groups of three bytes
            shifted = bytes(shift) + raw
            encoded = base64.b64encode(shifted).rstrip(b"=")[clean:]
            yield from _both_alphabets(encoded[:-1] if len(shifted) % 3 else encoded)


def _both_alphabets(encoded: bytes) -> tuple[bytes, bytes]:
    return encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))


def _hex(secret: Secret) -> Iterator[bytes]:
    for raw in _raw(secret):
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
    if secret.number is not None:
        yield f"{secret.number:x}".encode()
        yield f"{secret.number:X}".encode()


ENCODINGS: Mapping[str, Callable[[Secret], Iterable[bytes]]] = {
    "utf-8": partial(_text, codec="utf-8"),
    "utf-16 le": partial(_text, codec="utf-16-le"),
    "utf-16 be": partial(_text, codec="utf-16-be"),
    "json": _json,
    "percent": _percent,
    "base64": _base64,
    "hex": _hex,
    "binary": _binary,
}


# ---- searching -------------------------------------------------------------------------------------------------------


def _head(needle: bytes) -> int:
    return int.from_bytes(needle[:4], sys.byteorder)


def _heads(content: bytes) -> set[int]:
    """Every four bytes of ``content`` as a number: nearly all of thousands of needles are ruled out by one look."""
    found: set[int] = set()
    for start in range(4):
        length = (len(content) - start) // 4 * 4
        if length > 0:
            found.update(memoryview(content)[start : start + length].cast("I"))
    return found


class Search:
    """What is looked for, made ready once."""

    chunk = 1 << 18
    """As many bytes are looked at together."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._wanted: dict[bytes, tuple[int, str, str]] = {}
        self._codes: list[bytes] = []
        for secret in secrets:
            if secret.named_in_forms:
                self._codes += [text.encode() for text in secret.texts]
            for encoding, encode in ENCODINGS.items():
                for needle in encode(secret):
                    assert len(needle) >= 6, f"{secret.name} is too short to be told from chance"
                    self._wanted.setdefault(needle, (_head(needle), secret.name, encoding))
        self._longest = max(map(len, self._wanted))

    def content(self, content: bytes, place: str) -> set[Finding]:
        for code in self._codes:
            # Where the open form names its options. Either side suffices: a page of the file may end at the other.
            content = content.replace(b"<name>" + code, b"").replace(code + b"</name>", b"")
        found: set[Finding] = set()
        for start in range(0, len(content), self.chunk):
            chunk = content[start : start + self.chunk + self._longest]
            heads = _heads(chunk)
            for needle, (head, secret, encoding) in self._wanted.items():
                if head in heads and needle in chunk:
                    found.add(Finding(secret, encoding, place))
        return found

    def file(self, path: Path, place: str) -> set[Finding]:
        found = self.content(path.read_bytes(), place)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    found |= self.content(name.encode() + b"\n" + archive.read(name), f"{place}!{name}")
        return found

    def folder(self, folder: Path, *, but: Collection[tuple[str, str]] = ()) -> set[Finding]:
        """Every file below, names included; ``but`` are those that were there before (``fingerprints``)."""
        found: set[Finding] = set()
        for place, digest in fingerprints(folder) - set(but):
            found |= self.content(place.encode(), f"name of {place}")
            found |= self.file(folder / place, place)
            assert digest
        return found


def fingerprints(folder: Path) -> set[tuple[str, str]]:
    """Place and digest of every file below: what is in here unchanged was not written by the server."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {(str(path.relative_to(folder)), sha256(path.read_bytes()).hexdigest()) for path in files}
