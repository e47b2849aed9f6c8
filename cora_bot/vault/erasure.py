"""The outer wrap of a stored record under its case's erasure key: destroying 32 bytes erases a person's answers.

It goes around the age file, from a case's first record on, and is taken off when a bundle is made. Whoever has the
database but not the (separate) key store sees neither recipients nor exact kinds; whoever has both still needs a
researcher's key.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened

KEY_SIZE: Final = 32
_VERSION: Final = b"\x01"
_NONCE: Final = 12


def new_erasure_key(chance: Chance) -> bytes:
    return chance.bytes(KEY_SIZE)


def wrap(key: bytes, sealed: bytes, chance: Chance, *, case: bytes, record: bytes) -> bytes:
    """``sealed`` bound to this case and record id."""
    nonce = chance.bytes(_NONCE)
    return _VERSION + nonce + ChaCha20Poly1305(key).encrypt(nonce, sealed, _place(case, record))


def unwrap(key: bytes, wrapped: bytes, *, case: bytes, record: bytes) -> bytes:
    """What was wrapped for exactly this case and record id. Raises ``NotOpened``."""
    version, nonce, rest = wrapped[:1], wrapped[1 : 1 + _NONCE], wrapped[1 + _NONCE :]
    if version != _VERSION or len(nonce) != _NONCE:
        raise NotOpened("the stored record")
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, rest, _place(case, record))
    except InvalidTag:
        raise NotOpened("the stored record") from None


def _place(case: bytes, record: bytes) -> bytes:
    return b"cora erasure wrap v1\0" + bytes([len(case)]) + case + bytes([len(record)]) + record
