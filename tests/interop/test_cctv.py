"""The age project's own test vectors (C2SP/CCTV, npm ``cctv-age``).

V-04 every vector of a kind we have opens or fails as it must; the headers and payloads of the others too
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

import pytest

from cora_bot.base.errors import NotOpened
from cora_bot.vault.age_header import AgeFormatError, parse
from cora_bot.vault.age_stream import open_payload
from cora_bot.vault.agefile import Identity, open_sealed, open_with_passphrase
from tests.interop.conftest import Ask, from_text

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node"), pytest.mark.timeout(300)]

# What only a reader of X25519 stanzas can refuse: for us such a stanza is somebody else's.
NOT_OURS = {
    "x25519_bad_tag",
    "x25519_extra_argument",
    "x25519_identity",
    "x25519_long_file_key",
    "x25519_long_share",
    "x25519_low_order",
    "x25519_lowercase",
    "x25519_no_match",
    "x25519_not_canonical_share",
    "x25519_short_share",
}


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
        hybrid = [text for text in vector.all("identity") if text.startswith("AGE-SECRET-KEY-PQ-1")]
        return open_sealed(vector.sealed, [Identity.parse(text) for text in hybrid])
    except NotOpened:
        return None


def _expected(vector: Vector) -> str | None:
    return vector.one("payload") if vector.one("expect") == "success" else None


def _hash(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def test_hybrid_and_passphrase_vectors_open_or_fail_as_they_must(vectors: list[Vector]) -> None:
    ours = [vector for vector in vectors if vector.name.startswith(("hybrid", "scrypt"))]
    assert {vector.name: _expected(vector) for vector in ours} == {
        vector.name: _hash(_opened(vector)) for vector in ours
    }
    assert (len(ours), sum(_expected(vector) is not None for vector in ours)) == (43, 5)


def _opened_with_file_key(vector: Vector) -> bytes | None:
    try:
        header, payload = parse(vector.sealed)
        file_key = bytes.fromhex(vector.one("file key"))
        return open_payload(file_key, payload) if header.proven_by(file_key) else None
    except AgeFormatError:
        return None


def test_header_and_payload_vectors_open_or_fail_as_they_must(vectors: list[Vector]) -> None:
    others = [vector for vector in vectors if not vector.name.startswith(("hybrid", "scrypt"))]
    judged = [vector for vector in others if vector.name not in NOT_OURS]
    assert {vector.name: _expected(vector) for vector in judged} == {
        vector.name: _hash(_opened_with_file_key(vector)) for vector in judged
    }
    assert {vector.name for vector in others} - {vector.name for vector in judged} == NOT_OURS


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
