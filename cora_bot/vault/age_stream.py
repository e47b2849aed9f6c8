"""The payload of an age v1 file: STREAM over ChaCha20-Poly1305 in chunks of 64 KiB.

A chunk's nonce is its number and whether it is the last: chunks cannot be cut off, reordered, repeated or appended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from cora_bot.base.chance import Chance
from cora_bot.vault.age_header import AgeFormatError, derive

CHUNK = 64 * 1024
_TAG = 16
_NONCE = 16


def seal_payload(file_key: bytes, plaintext: bytes, chance: Chance) -> bytes:
    """Nonce and chunks."""
    nonce = chance.bytes(_NONCE)
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    starts = range(0, max(len(plaintext), 1), CHUNK)
    return nonce + b"".join(
        cipher.encrypt(chunk_nonce(number, last=start == starts[-1]), plaintext[start : start + CHUNK], None)
        for number, start in enumerate(starts)
    )


def open_payload(file_key: bytes, payload: bytes) -> bytes:
    """The plaintext, whole or not at all. Raises ``AgeFormatError``."""
    nonce, chunks = payload[:_NONCE], memoryview(payload)[_NONCE:]
    if len(nonce) != _NONCE or len(chunks) < _TAG:
        raise AgeFormatError("cut short")
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    starts = range(0, len(chunks), CHUNK + _TAG)
    if len(starts) > 1 and len(chunks) - starts[-1] <= _TAG:
        raise AgeFormatError("an empty last chunk")
    try:
        return b"".join(
            cipher.decrypt(chunk_nonce(number, last=start == starts[-1]), chunks[start : start + CHUNK + _TAG], None)
            for number, start in enumerate(starts)
        )
    except InvalidTag:
        raise AgeFormatError("chunk") from None


def seal_pieces(file_key: bytes, pieces: Iterable[bytes], chance: Chance) -> Iterator[bytes]:
    """As ``seal_payload``, of a plaintext that comes in pieces of any size: no more than a few chunks are held."""
    nonce = chance.bytes(_NONCE)
    yield nonce
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    number, held = 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:  # whatever is left may be the last one
            yield cipher.encrypt(chunk_nonce(number, last=False), bytes(held[:CHUNK]), None)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(chunk_nonce(number, last=True), bytes(held), None)


def open_pieces(file_key: bytes, payload: BinaryIO) -> Iterator[bytes]:
    """As ``open_payload``, chunk by chunk. Raises ``AgeFormatError`` at the place that does not fit: until the end was
    reached nobody knows that nothing was cut off.
    """
    nonce = payload.read(_NONCE)
    if len(nonce) != _NONCE:
        raise AgeFormatError("cut short")
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    number, chunk = 0, payload.read(CHUNK + _TAG)
    while True:
        following = payload.read(CHUNK + _TAG)
        if len(chunk) < _TAG or (number and len(chunk) == _TAG):
            raise AgeFormatError("cut short, or an empty last chunk")
        try:
            yield cipher.decrypt(chunk_nonce(number, last=not following), chunk, None)
        except InvalidTag:
            raise AgeFormatError("chunk") from None
        if not following:
            return
        number, chunk = number + 1, following


def chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
