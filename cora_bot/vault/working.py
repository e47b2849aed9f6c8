"""The server's own keys: they keep what the bot itself must read again, unreadable in a copied database.

Four independent keys: ``working`` (open sessions, profiles, outbox, updates), ``contact`` (chat addresses),
``link`` (participant → case), ``index`` (finding an address or a token without storing it). They never seal answers for
researchers. Every sealed value is bound to its purpose and to the row it stands in (``context``): moved elsewhere, it
does not open. Nonces are random: one set of keys is good for 2**32 seals.

Keys are exchanged by adding a generation: the newer one seals, the others stand beside it (``others``) and still open
and find what lies under them, until everything was sealed anew.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import replace

KEY_SIZE: Final = 32
ID_SIZE: Final = 4
PREFIX: Final = 1 + ID_SIZE
_VERSION: Final = b"\x01"
_NONCE: Final = 12
_HEAD: Final = PREFIX + _NONCE


class Purpose(StrEnum):
    """What a sealed value is. The value is part of the format: never renamed."""

    SESSION = "session"
    PROFILE = "profile"
    CONTACT = "contact"
    LINK = "link"
    OUTBOX = "outbox"
    UPDATE = "update"
    BATCH = "batch"
    DOWNLOAD = "download"
    ALERT = "alert"
    AUDIT = "audit"
    TOKEN = "token"  # noqa: S105 - the name of a purpose
    TRIP = "trip"
    VISIT = "visit"
    KEPT = "kept"


@dataclass(frozen=True)
class WorkingKeys:
    """A generation of keys, and the others of the same server. ``id`` stands in front of what it sealed and names it.

    ``made``: milliseconds since 1970; of two generations the later one is the newer. 0: the first a server had.
    """

    id: bytes
    working: bytes = field(repr=False)
    contact: bytes = field(repr=False)
    link: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    made: int = 0
    others: tuple[WorkingKeys, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if len(self.id) != ID_SIZE:
            raise ValueError("the id of working keys has 4 bytes")
        if any(len(key) != KEY_SIZE for key in (self.working, self.contact, self.link, self.index_key)):
            raise ValueError("each working key has 32 bytes")

    @classmethod
    def generate(cls, chance: Chance) -> WorkingKeys:
        key_id = chance.bytes(ID_SIZE)
        working, contact, link, index = (chance.bytes(KEY_SIZE) for _ in range(4))
        return cls(key_id, working, contact, link, index)

    @property
    def generations(self) -> tuple[WorkingKeys, ...]:
        """Each alone, newest first."""
        alone = [replace(one, others=()) for one in (self, *self.others)]
        return tuple(sorted(alone, key=lambda one: one.made, reverse=True))

    @property
    def newest(self) -> WorkingKeys:
        """The same keys, the newest generation sealing."""
        return self.led_by(self.generations[0])

    def led_by(self, leading: WorkingKeys) -> WorkingKeys:
        """The same keys, ``leading`` (one of them) sealing."""
        return replace(leading, others=tuple(one for one in self.generations if one.id != leading.id))

    @cached_property
    def prefix(self) -> bytes:
        """What everything that this generation sealed begins with."""
        return _VERSION + self.id

    @property
    def mark(self) -> str:
        """Names the generation to a store without saying anything about it."""
        return self.index(b"store", b"").hex()

    def seal(self, purpose: Purpose, context: bytes, plaintext: bytes, chance: Chance) -> bytes:
        """Version, key id, nonce, ciphertext; ``context`` is the row's id (and column, where a row has several)."""
        cipher, bound = self._ways[purpose]
        nonce = chance.bytes(_NONCE)
        return self.prefix + nonce + cipher.encrypt(nonce, plaintext, bound + context)

    def open(self, purpose: Purpose, context: bytes, sealed: bytes) -> bytes:
        """Raises ``NotOpened``, also for a value sealed under a generation that is not among these."""
        if sealed.startswith(self.prefix):
            return self._open(purpose, context, sealed)
        for one in self.others:
            if sealed.startswith(one.prefix):
                return one._open(purpose, context, sealed)
        raise NotOpened("a stored value")

    def _open(self, purpose: Purpose, context: bytes, sealed: bytes) -> bytes:
        cipher, bound = self._ways[purpose]
        try:
            return cipher.decrypt(sealed[PREFIX:_HEAD], sealed[_HEAD:], bound + context)
        except (InvalidTag, ValueError):  # also where it is cut off within the nonce
            raise NotOpened("a stored value") from None

    def index(self, label: bytes, value: bytes) -> bytes:
        """32 bytes that are the same for the same ``label`` and ``value``, and say nothing about the value."""
        return hmac.digest(self.index_key, b"cora index v1\0" + bytes([len(label)]) + label + value, "sha256")

    def indexes(self, label: bytes, value: bytes) -> tuple[bytes, ...]:
        """Under which indexes ``value`` may stand: its own now, then those of the other generations."""
        return tuple(one.index(label, value) for one in (self, *self.others))

    def _key(self, purpose: Purpose) -> bytes:
        match purpose:
            case Purpose.CONTACT:
                return self.contact
            case Purpose.LINK:
                return self.link
            case _:
                return self.working

    @cached_property
    def _ways(self) -> dict[Purpose, tuple[ChaCha20Poly1305, bytes]]:
        """The cipher of each purpose (as dear to make as to use), and what binds to it, up to the context."""
        bound = b"cora working v1\0" + self.id
        return {each: (ChaCha20Poly1305(self._key(each)), bound + each.encode() + b"\0") for each in Purpose}
