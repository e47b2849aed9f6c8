"""Who can open: hybrid post-quantum age recipients (``mlkem768x25519``) and the identities that belong to them.

A recipient is ML-KEM-768 public key || X25519 public key; an identity is a 32-byte seed, expanded by SHAKE256 to the
ML-KEM seed (64) || X25519 secret (32): the X-Wing seed. An identity's ``repr`` shows only the fingerprint.

Classic recipients (32 bytes, ``classic.py``) are the other kind. One set never holds both: the weaker would decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from cora_bot.base.chance import CODE_LETTERS, Chance
from cora_bot.base.errors import CoraError
from cora_bot.vault import bech32
from cora_bot.vault import classic as x25519_only
from cora_bot.vault.age_header import FILE_KEY_SIZE, AgeFormatError, Stanza, decode64, encode64

KIND = "mlkem768x25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"age-encryption.org/mlkem768x25519"
_ENC = 1120
_WRAPPED = FILE_KEY_SIZE + 16
_MLKEM_PUBLIC = 1184
_PUBLIC = _MLKEM_PUBLIC + 32
_SEED = 32
_RECIPIENT_PREFIXES = {False: "age1pq", True: "age"}
_IDENTITY_PREFIXES = {False: "age-secret-key-pq-", True: "age-secret-key-"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone a record is sealed to. ``raw`` is the public key as age has it: 1,216 bytes, or 32 of a classic one."""

    raw: bytes = field(repr=False)
    _key: MLKEM768X25519PublicKey | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) not in (_PUBLIC, x25519_only.PUBLIC):
            raise ValueError("a recipient has 1216 bytes, a classic one 32")
        object.__setattr__(self, "_key", None if self.classic else _hybrid_public(self.raw))

    @property
    def classic(self) -> bool:
        """Whether this is an X25519 recipient of older tools, without protection from quantum computers."""
        return len(self.raw) == x25519_only.PUBLIC

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """From ``age1pq1…``, or a classic ``age1…``. Raises ``CoraError``."""
        try:
            prefix, content = _content(text, _RECIPIENT_PREFIXES.values(), upper=False)
            return _of_kind(cls(content), prefix)
        except ValueError:
            raise CoraError(
                "this is not a recipient of the kind age1pq1…, or it was mistyped or cut short",
                "Copy the whole line that starts with age1pq1 from the researcher's .public.txt file.",
            ) from None

    def encode(self) -> str:
        return bech32.encode(_RECIPIENT_PREFIXES[self.classic], self.raw)

    def fingerprint(self) -> str:
        """Five groups of four letters (95 bits), to be compared aloud or on paper."""
        return fingerprint(b"cora recipient v1", self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza from which this recipient, and nobody else, gets the file key."""
        if self._key is None:
            return x25519_only.wrap(self.raw, file_key)
        sealed = _SUITE.encrypt(file_key, self._key, _INFO)
        return Stanza(KIND, (encode64(sealed[:_ENC]),), sealed[_ENC:])


@dataclass(frozen=True, slots=True)
class Identity:
    """What opens: 32 secret bytes, and whether they are a classic X25519 key."""

    seed: bytes = field(repr=False)
    classic: bool = False
    _key: MLKEM768X25519PrivateKey | None = field(init=False, repr=False, compare=False)
    recipient: Recipient = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != _SEED:
            raise ValueError("an identity has 32 bytes")
        if self.classic:
            object.__setattr__(self, "_key", None)
            object.__setattr__(self, "recipient", Recipient(x25519_only.public_of(self.seed)))
            return
        expanded = hashlib.shake_256(self.seed).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        object.__setattr__(self, "_key", MLKEM768X25519PrivateKey(mlkem, x25519))
        raw = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        object.__setattr__(self, "recipient", Recipient(raw))

    def __repr__(self) -> str:
        return f"Identity({self.recipient.fingerprint()})"

    @classmethod
    def generate(cls, chance: Chance, *, classic: bool = False) -> Identity:
        return cls(chance.bytes(_SEED), classic)

    @classmethod
    def parse(cls, text: str) -> Identity:
        """From ``AGE-SECRET-KEY-PQ-1…`` or ``AGE-SECRET-KEY-1…``. Raises ``CoraError``, which repeats no text."""
        try:
            found, content = _content(text, _IDENTITY_PREFIXES.values(), upper=True)
            return cls(content, classic=found == _IDENTITY_PREFIXES[True])
        except ValueError:
            raise CoraError("this is not an identity of the kind AGE-SECRET-KEY-PQ-1…, or it was cut short") from None

    def encode(self) -> str:
        return bech32.encode(_IDENTITY_PREFIXES[self.classic], self.seed).upper()

    @property
    def kind(self) -> str:
        """The kind of stanza that may be for this identity."""
        return x25519_only.KIND if self.classic else KIND

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """The file key from what ``wrapped_key`` read of a stanza of this kind, or None when it is someone else's."""
        if self._key is None:
            return x25519_only.unwrap(self.seed, wrapped)
        try:
            return _SUITE.decrypt(wrapped, self._key, _INFO)
        except (InvalidTag, ValueError):
            return None


def check_one_kind(recipients: Iterable[Recipient]) -> None:
    """Raises ``CoraError`` for a mixture: it would be as weak as its weakest, and age tools refuse it as well."""
    if len({recipient.classic for recipient in recipients}) > 1:
        raise CoraError(
            "classic recipients (age1…) and hybrid ones (age1pq1…) are mixed",
            "Let everyone have a key file made by 'cora keys new', or everyone a classic one.",
        )


def fingerprint(label: bytes, raw: bytes) -> str:
    """Five groups of four letters that name ``raw`` in the sense of ``label``."""
    number = int.from_bytes(hashlib.sha256(label + b"\0" + raw).digest(), "big")
    drawn = ""
    for _ in range(20):
        number, place = divmod(number, len(CODE_LETTERS))
        drawn += CODE_LETTERS[place]
    return "-".join(drawn[start : start + 4] for start in range(0, 20, 4))


def wrapped_key(stanza: Stanza) -> bytes:
    """Encapsulation and wrapped file key of a hybrid stanza. Raises ``AgeFormatError`` for any other shape."""
    enc = decode64(stanza.arguments[0]) if len(stanza.arguments) == 1 else b""
    if len(enc) != _ENC or len(stanza.body) != _WRAPPED:
        raise AgeFormatError(KIND)
    return enc + stanza.body


def _of_kind(recipient: Recipient, prefix: str) -> Recipient:
    if prefix != _RECIPIENT_PREFIXES[recipient.classic]:
        raise ValueError("a prefix of the other kind")
    return recipient


def _hybrid_public(raw: bytes) -> MLKEM768X25519PublicKey:
    mlkem = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC])
    return MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:]))


def _content(text: str, prefixes: Iterable[str], *, upper: bool) -> tuple[str, bytes]:
    found, content = bech32.decode(text)
    if found not in prefixes or text != (text.upper() if upper else text.lower()):
        raise ValueError("another kind of key")
    return found, content
