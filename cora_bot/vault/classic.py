"""Classic age recipients (``X25519``): for a study whose researchers use older age tools, and for nothing else.

What is sealed so today can be kept and opened once large quantum computers exist. https://age-encryption.org/v1
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from cora_bot.vault.age_header import FILE_KEY_SIZE, AgeFormatError, Stanza, decode64, derive, encode64

KIND: Final = "X25519"
PUBLIC: Final = 32
_INFO: Final = b"age-encryption.org/v1/X25519"
_ZERO_NONCE: Final = bytes(12)


def public_of(secret: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def wrap(public: bytes, file_key: bytes) -> Stanza:
    """The stanza from which the holder of ``public`` gets the file key."""
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    key = derive(shared, share + public, _INFO)
    return Stanza(KIND, (encode64(share),), ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None))


def unwrap(secret: bytes, wrapped: bytes) -> bytes | None:
    """The file key from what ``wrapped_key`` read, or None when it is someone else's.

    Raises ``AgeFormatError`` for a share of low order: nobody who seals makes one.
    """
    share, body = wrapped[:PUBLIC], wrapped[PUBLIC:]
    try:
        shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        raise AgeFormatError("share of low order") from None
    try:
        return ChaCha20Poly1305(derive(shared, share + public_of(secret), _INFO)).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None


def wrapped_key(stanza: Stanza) -> bytes:
    """Share and wrapped file key. Raises ``AgeFormatError`` for any other shape."""
    share = decode64(stanza.arguments[0]) if len(stanza.arguments) == 1 else b""
    if len(share) != PUBLIC or len(stanza.body) != FILE_KEY_SIZE + 16:
        raise AgeFormatError(KIND)
    return share + stanza.body
