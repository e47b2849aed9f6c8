"""The payload of an age v1 file: STREAM over ChaCha20-Poly1305 in chunks of 64 KiB.

A chunk's nonce is its number and whether it is the last: chunks cannot be cut off, reordered, repeated or appended.
Here for what fits into memory; ``age_files.py`` does the same in a stream.
"""

from __future__ import annotations

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


def chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
