"""Researchers' keys: the key file (secret, under a passphrase) and the public file beside it (to be given away).

A key opens records and signs. Both come from the same 32 bytes: what is written on paper, or split in shares, is all of
the key. The key file is an ordinary age passphrase file whose content is an age identity file, so the age tool opens
records with it as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value, replace
from cora_bot.vault import bech32, key_document, passphrase, private_files
from cora_bot.vault.age_header import derive
from cora_bot.vault.agefile import WORK, Identity, Recipient, open_with_passphrase, seal_with_passphrase
from cora_bot.vault.recipients import fingerprint

PUBLIC_SUFFIX: Final = ".public.txt"
_KEY_TITLE: Final = "CoR.A key file, version 1"
_PUBLIC_TITLE: Final = "CoR.A public key, version 1"
_SIGNING: Final = b"cora signing key v1"
_VERIFY: Final = "cora-verify-key-"
_LONGEST_LABEL: Final = 80


class PublicKey(Value):
    """What everyone may know: who holds the key, what to seal to, what checks the holder's signatures.

    ``shares`` says ``2 of 3`` where the key also lies in shares on paper, any two of three; else it is empty.
    """

    holder: str
    study: str
    created: date
    recipient: Recipient
    verify_key: bytes
    shares: str = ""

    def verifies(self, signature: bytes, message: bytes) -> bool:
        return verifies(self.verify_key, signature, message)

    def signs_as(self) -> str:
        """The fingerprint of the verify key: the other one does not cover it, so it is compared as well."""
        return signs_as(self.verify_key)

    def in_shares(self, shares: str) -> PublicKey:
        return replace(self, shares=shares)

    def document(self) -> str:
        """The text of the public file."""
        values = {
            "holder": self.holder,
            "study": self.study,
            "created": self.created.isoformat(),
            "fingerprint": self.recipient.fingerprint(),
            "shares": self.shares,
            "verify key": encode_verify_key(self.verify_key),
        }
        return key_document.write(_PUBLIC_TITLE, values, self.recipient.encode())


@dataclass(frozen=True, slots=True)
class ResearcherKey:
    """One person's key. ``study`` may be empty: one key for several studies."""

    holder: str
    study: str
    created: date
    identity: Identity

    def __post_init__(self) -> None:
        for label in (self.holder, self.study):
            if not label.isprintable() or len(label) > _LONGEST_LABEL or label != label.strip():
                raise CoraError(f"a holder's or study's name is one line of at most {_LONGEST_LABEL} characters")
        if not self.holder:
            raise CoraError("a key needs the name of its holder", "For example: --holder 'Team lead, Tirana'")

    @classmethod
    def generate(
        cls, holder: str, chance: Chance, *, created: date, study: str = "", classic: bool = False
    ) -> ResearcherKey:
        return cls(holder, study, created, Identity.generate(chance, classic=classic))

    def public(self) -> PublicKey:
        return PublicKey(self.holder, self.study, self.created, self.identity.recipient, verify_key_of(self.identity))

    def sign(self, message: bytes) -> bytes:
        return _signing_key(self.identity).sign(message)

    def document(self) -> str:
        """The text inside the key file: secret."""
        values = {
            "holder": self.holder,
            "study": self.study,
            "created": self.created.isoformat(),
        }
        return key_document.write(_KEY_TITLE, values, self.identity.encode())


def write_key_file(path: Path, key: ResearcherKey, secret: str, chance: Chance, *, work: int = WORK) -> None:
    """A new key file under the passphrase ``secret``. Raises ``CoraError``: weak passphrase, file exists."""
    private_files.write_new(path, _sealed(key, secret, chance, work))


def read_key_file(path: Path, secret: str) -> ResearcherKey:
    """Raises ``NotOpened`` for a wrong passphrase or a changed file."""
    content = open_with_passphrase(private_files.read(path), passphrase.as_typed(secret))
    what = f"the content of {path}"
    values, line = key_document.read(_text(content, what), _KEY_TITLE, what=what)
    return ResearcherKey(
        values.get("holder", ""), values.get("study", ""), _created(values, what), Identity.parse(line)
    )


def change_passphrase(path: Path, old: str, new: str, chance: Chance, *, work: int = WORK) -> ResearcherKey:
    """The same key under another passphrase, in one step."""
    key = read_key_file(path, old)
    private_files.replace(path, _sealed(key, new, chance, work))
    return key


def public_path(path: Path) -> Path:
    """Where the public file of the key file ``path`` stands: ``anna.key`` → ``anna.public.txt``."""
    return path.with_name(path.name.removesuffix(".age").removesuffix(".key") + PUBLIC_SUFFIX)


def read_public_file(path: Path) -> PublicKey:
    return parse_public(_text(private_files.read(path), str(path)), what=str(path))


def parse_public(text: str, *, what: str = "the public file") -> PublicKey:
    """Raises ``CoraError``, also when the fingerprint in it is not that of the key in it."""
    values, line = key_document.read(text, _PUBLIC_TITLE, what=what)
    recipient = Recipient.parse(line)
    if values.get("fingerprint") != recipient.fingerprint():
        raise CoraError(f"{what}: the fingerprint is not that of the key", "Ask its holder for the file again.")
    return PublicKey(
        values.get("holder", ""),
        values.get("study", ""),
        _created(values, what),
        recipient,
        decode_verify_key(values.get("verify key", ""), what=what),
        values.get("shares", ""),
    )


def encode_verify_key(verify_key: bytes) -> str:
    return bech32.encode(_VERIFY, verify_key)


def verify_key_of(opener: Identity) -> bytes:
    """What checks the signatures of whoever holds this identity."""
    return _signing_key(opener).public_key().public_bytes_raw()


def sign_with(opener: Identity, message: bytes) -> bytes:
    """A signature by whoever holds this identity; ``verify_key_of`` checks it."""
    return _signing_key(opener).sign(message)


def signs_as(verify_key: bytes) -> str:
    """Five groups of four letters that name a verify key."""
    return fingerprint(b"cora verify key v1", verify_key)


def decode_verify_key(text: str, *, what: str) -> bytes:
    """From ``cora-verify-key-1…``. Raises ``CoraError`` naming ``what``."""
    try:
        prefix, content = bech32.decode(text)
    except ValueError:
        prefix, content = "", b""
    if prefix != _VERIFY or len(content) != 32:
        raise CoraError(f"{what} has no verify key, or it was mistyped or cut short")
    return content


def verifies(verify_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of the key that ``verify_key`` belongs to signed exactly ``message``."""
    try:
        Ed25519PublicKey.from_public_bytes(verify_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _sealed(key: ResearcherKey, secret: str, chance: Chance, work: int) -> bytes:
    """The content of a key file, proven to open before it is anybody's only copy."""
    typed = passphrase.checked(secret)
    content = key.document().encode()
    sealed = seal_with_passphrase(content, typed, chance, work=work)
    if open_with_passphrase(sealed, typed) != content:
        raise AssertionError("the new key file does not open")
    return sealed


def _signing_key(opener: Identity) -> Ed25519PrivateKey:
    """Derived, so that it need be neither kept nor split; it tells nothing about what it comes from."""
    return Ed25519PrivateKey.from_private_bytes(derive(opener.seed, b"", _SIGNING))


def _text(content: bytes, what: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CoraError(f"{what} is not a text file") from None


def _created(values: dict[str, str], what: str) -> date:
    try:
        return date.fromisoformat(values.get("created", ""))
    except ValueError:
        raise CoraError(f"{what} does not say when the key was created") from None
