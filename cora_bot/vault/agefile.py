"""age v1 files: sealed to recipients, or under a passphrase. https://age-encryption.org/v1

There are no options: one kind of recipient in a file, one cipher, strict reading, and one sentence (``NotOpened``) for
everything that does not open. Nothing is returned before all of it is authenticated. A header that names a passphrase
stanza names nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault import classic
from cora_bot.vault.age_header import (
    FILE_KEY_SIZE,
    VERSION_LINE,
    AgeFormatError,
    Header,
    Stanza,
    decode64,
    encode64,
    header_for,
    parse,
)
from cora_bot.vault.age_stream import open_payload, seal_payload
from cora_bot.vault.recipients import KIND, Identity, Recipient, check_one_kind, wrapped_key

__all__ = [
    "WORK",
    "Identity",
    "Recipient",
    "file_key_of",
    "header_to",
    "is_agefile",
    "open_sealed",
    "open_with_passphrase",
    "seal",
    "seal_with_passphrase",
]

WORK = 18  # log2 of scrypt's N: 1.2 s and 256 MiB on one core of a 2 vCPU machine; age's own default
_MOST_WORK = 22  # as age: 16 times that, and 4 GiB; more would let a planted file stop the machine
_READ = {KIND: wrapped_key, classic.KIND: classic.wrapped_key}
_SCRYPT = "scrypt"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SALT = 16
_ZERO_NONCE = bytes(12)


def is_agefile(content: bytes) -> bool:
    """Whether this starts as a binary age v1 file does."""
    return content.startswith(VERSION_LINE)


def seal(plaintext: bytes, recipients: Sequence[Recipient], chance: Chance) -> bytes:
    """An age file that each of ``recipients`` opens alone.

    File key and nonce come from ``chance``; the key encapsulation draws from the operating system, always.
    """
    file_key = chance.bytes(FILE_KEY_SIZE)
    return _file(_stanzas(recipients, file_key), file_key, plaintext, chance)


def open_sealed(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """The plaintext, with the first identity that fits. Raises ``NotOpened``."""
    try:
        header, payload = parse(sealed)
        return open_payload(_file_key(header, identities), payload)
    except AgeFormatError:
        raise NotOpened("the sealed file") from None


def seal_with_passphrase(plaintext: bytes, passphrase: str, chance: Chance, *, work: int = WORK) -> bytes:
    """An age file under a passphrase; ``work`` is log2 of scrypt's cost."""
    file_key = chance.bytes(FILE_KEY_SIZE)
    return _file((_passphrase_stanza(file_key, passphrase, chance, work),), file_key, plaintext, chance)


def open_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """The plaintext. Raises ``NotOpened``; costs what the file's work factor says, up to 2**22."""
    try:
        header, payload = parse(sealed)
        file_key = _file_key_by_passphrase(header, passphrase)
        return open_payload(file_key, payload)
    except AgeFormatError:
        raise NotOpened("the passphrase-protected file") from None


def _stanzas(recipients: Sequence[Recipient], file_key: bytes) -> tuple[Stanza, ...]:
    if not recipients:
        raise CoraError("nothing is sealed without a recipient", "Name those who can open in study.toml.")
    check_one_kind(recipients)
    return tuple(recipient.wrap(file_key) for recipient in recipients)


def header_to(to: Sequence[Recipient] | str, chance: Chance, *, work: int = WORK) -> tuple[bytes, bytes]:
    """Header and file key of a new file for recipients or under a passphrase, for what is sealed in a stream."""
    file_key = chance.bytes(FILE_KEY_SIZE)
    if isinstance(to, str):
        return header_for((_passphrase_stanza(file_key, to, chance, work),), file_key).encode(), file_key
    return header_for(_stanzas(to, file_key), file_key).encode(), file_key


def file_key_of(header: Header, by: Sequence[Identity] | str) -> bytes:
    """What ``header_to`` hid. Raises ``AgeFormatError``."""
    return _file_key_by_passphrase(header, by) if isinstance(by, str) else _file_key(header, by)


def _passphrase_stanza(file_key: bytes, passphrase: str, chance: Chance, work: int) -> Stanza:
    if not 1 <= work <= _MOST_WORK:
        raise ValueError(f"work is 1 to {_MOST_WORK}")
    salt = chance.bytes(_SALT)
    body = ChaCha20Poly1305(_stretched(passphrase, salt, work)).encrypt(_ZERO_NONCE, file_key, None)
    return Stanza(_SCRYPT, (encode64(salt), str(work)), body)


def _file(stanzas: tuple[Stanza, ...], file_key: bytes, plaintext: bytes, chance: Chance) -> bytes:
    return header_for(stanzas, file_key).encode() + seal_payload(file_key, plaintext, chance)


def _file_key(header: Header, identities: Sequence[Identity]) -> bytes:
    if any(stanza.kind == _SCRYPT for stanza in header.stanzas):
        raise AgeFormatError("passphrase stanza")
    # Other kinds are skipped, as age does; a stanza of ours with the wrong shape fails, whoever it is for.
    known = [(stanza.kind, _READ[stanza.kind](stanza)) for stanza in header.stanzas if stanza.kind in _READ]
    for identity in identities:
        for kind, wrapped in known:
            file_key = identity.unwrap(wrapped) if kind == identity.kind else None
            if file_key is not None:
                return _proven(header, file_key)
    raise AgeFormatError("no stanza for these identities")


def _file_key_by_passphrase(header: Header, passphrase: str) -> bytes:
    stanza = header.stanzas[0]
    if len(header.stanzas) != 1 or stanza.kind != _SCRYPT or len(stanza.arguments) != 2:
        raise AgeFormatError("not a passphrase file")
    salt, work = decode64(stanza.arguments[0]), stanza.arguments[1]
    if len(salt) != _SALT or len(stanza.body) != FILE_KEY_SIZE + 16:
        raise AgeFormatError(_SCRYPT)
    if work not in {str(allowed) for allowed in range(1, _MOST_WORK + 1)}:
        raise AgeFormatError("work factor")
    try:
        file_key = ChaCha20Poly1305(_stretched(passphrase, salt, int(work))).decrypt(_ZERO_NONCE, stanza.body, None)
    except InvalidTag:
        raise AgeFormatError("passphrase") from None
    return _proven(header, file_key)


def _proven(header: Header, file_key: bytes) -> bytes:
    if not header.proven_by(file_key):
        raise AgeFormatError("MAC")
    return file_key


def _stretched(passphrase: str, salt: bytes, work: int) -> bytes:
    try:
        return Scrypt(salt=_SCRYPT_LABEL + salt, length=32, n=1 << work, r=8, p=1).derive(passphrase.encode())
    except MemoryError:
        raise CoraError(f"not enough memory for the passphrase: {1 << max(work - 10, 0)} MiB are needed") from None
