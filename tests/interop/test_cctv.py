"""The age project's own test vectors (C2SP/CCTV, npm ``cctv-age``).

V-04 every vector opens or fails as it must: hybrid, classic and passphrase files, headers and payloads
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from dataclasses import dataclass

import pytest

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.age_header import AgeFormatError, parse
from cora_bot.vault.age_stream import open_payload
from cora_bot.vault.agefile import Identity, open_sealed, open_with_passphrase
from tests.interop.conftest import Ask, from_text

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node"), pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector: its fields, and the age file."""

    name: str
    fields: tuple[tuple[str, str], ...]
    sealed: bytes

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def one(self, name: str) -> str:
        return (self.all(name) or [""])[0]


def _vector(name: str, content: bytes) -> Vector:
    head, sealed = content.split(b"\n\n", 1)
    fields = tuple(tuple(line.split(": ", 1)) for line in head.decode().splitlines())
    vector = Vector(name, fields, sealed)  # type: ignore[arg-type]
    return Vector(name, vector.fields, zlib.decompress(sealed)) if vector.one("compressed") else vector


@pytest.fixture(scope="module")
def vectors(node: Ask) -> list[Vector]:
    [answer] = node({"do": "vectors"})
    found = [_vector(name, from_text(text)) for name, text in answer["ok"].items()]
    return [vector for vector in found if not vector.all("armored")]


def _opened(vector: Vector) -> bytes | None:
    try:
        if vector.all("passphrase"):
            return open_with_passphrase(vector.sealed, vector.one("passphrase"))
        return open_sealed(vector.sealed, [Identity.parse(text) for text in vector.all("identity")])
    except NotOpened:
        return None
    except CoraError:
        return None  # an identity that is none


def _expected(vector: Vector) -> str | None:
    return vector.one("payload") if vector.one("expect") == "success" else None


def _hash(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def test_every_vector_opens_or_fails_as_it_must(vectors: list[Vector]) -> None:
    assert {vector.name: _expected(vector) for vector in vectors} == {
        vector.name: _hash(_opened(vector)) for vector in vectors
    }
    kinds = Counter(vector.name.split("_")[0] for vector in vectors if _expected(vector) is not None)
    assert {kind: kinds[kind] for kind in ("hybrid", "x25519", "scrypt")} == {"hybrid": 4, "x25519": 3, "scrypt": 1}


def _opened_with_file_key(vector: Vector) -> bytes | None:
    try:
        header, payload = parse(vector.sealed)
        file_key = bytes.fromhex(vector.one("file key"))
        return open_payload(file_key, payload) if header.proven_by(file_key) else None
    except AgeFormatError:
        return None


def test_header_and_payload_vectors_open_or_fail_as_they_must(vectors: list[Vector]) -> None:
    judged = [vector for vector in vectors if vector.name.startswith(("header", "stream", "hmac"))]
    assert {vector.name: _expected(vector) for vector in judged} == {
        vector.name: _hash(_opened_with_file_key(vector)) for vector in judged
    }
    assert len(judged) > 20


def test_what_parses_is_written_again_byte_for_byte(vectors: list[Vector]) -> None:
    parsed = 0
    for vector in vectors:
        try:
            header, payload = parse(vector.sealed)
        except AgeFormatError:
            continue
        parsed += 1
        assert vector.sealed == header.encode() + payload
    assert parsed > 50
