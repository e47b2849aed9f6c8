"""The header of an age v1 file: stanzas and their MAC, read strictly.

One header has one spelling: what ``parse`` accepts, ``Header.encode`` writes again byte for byte. Everything else is
a ``AgeFormatError``, which the callers turn into the one sentence of ``NotOpened``.
"""

from __future__ import annotations

import binascii
import hmac

from cora_bot.base.values import Value

VERSION_LINE = b"age-encryption.org/v1\n"
FILE_KEY_SIZE = 16
_MAC_SIZE = 32
_COLUMNS = 64
_PRINTABLE = bytes(range(32, 127))
# Each stanza may cost an opening attempt before anything is authenticated; the format itself sets no limit.
_MOST_STANZAS = 128


class AgeFormatError(ValueError):
    """Not an age v1 file as the specification wants it."""


class Stanza(Value):
    """One wrapped file key: its kind, its arguments (printable ASCII without spaces), its body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def encode(self) -> bytes:
        body = encode64(self.body)
        lines = [" ".join(("->", self.kind, *self.arguments))]
        # A body that fills its last line is followed by an empty one: a short line is what ends a stanza.
        lines += [body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS)]
        return "".join(f"{line}\n" for line in lines).encode("ascii")


class Header(Value):
    """The stanzas, the bytes that the MAC covers, and the MAC."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes

    def encode(self) -> bytes:
        return self.covered + f" {encode64(self.mac)}\n".encode("ascii")

    def proven_by(self, file_key: bytes) -> bool:
        """Whether the MAC was made with this file key over exactly these stanzas."""
        return hmac.compare_digest(self.mac, _mac(self.covered, file_key))


def header_for(stanzas: tuple[Stanza, ...], file_key: bytes) -> Header:
    covered = _covered(stanzas)
    return Header(stanzas, covered, _mac(covered, file_key))


def parse(sealed: bytes) -> tuple[Header, bytes]:
    """The header and what follows it. Raises ``AgeFormatError``."""
    if not sealed.startswith(VERSION_LINE):
        raise AgeFormatError("version line")
    at = len(VERSION_LINE)
    stanzas: list[Stanza] = []
    while sealed.startswith(b"-> ", at):
        if len(stanzas) == _MOST_STANZAS:
            raise AgeFormatError("too many stanzas")
        stanza, at = _parse_stanza(sealed, at)
        stanzas.append(stanza)
    line, at = _line(sealed, at)
    if not stanzas or not line.startswith("--- "):
        raise AgeFormatError("end of header")
    mac = decode64(line[4:])
    if len(mac) != _MAC_SIZE:
        raise AgeFormatError("MAC")
    header = Header(tuple(stanzas), _covered(tuple(stanzas)), mac)
    if header.encode() != sealed[:at]:
        raise AgeFormatError("spelling")
    return header, sealed[at:]


def derive(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), 32 bytes: one block, so two HMACs. The library's own costs ten times as much a record."""
    return hmac.digest(hmac.digest(salt, file_key, "sha256"), info + b"\x01", "sha256")


def encode64(content: bytes) -> str:
    """Standard base64 without padding."""
    return binascii.b2a_base64(content, newline=False).rstrip(b"=").decode("ascii")


def decode64(text: str) -> bytes:
    """The only reading of ``text`` as unpadded base64. Raises ``AgeFormatError``."""
    try:
        content = binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise AgeFormatError("base64") from None
    if encode64(content) != text:
        raise AgeFormatError("base64")
    return content


def _parse_stanza(sealed: bytes, at: int) -> tuple[Stanza, int]:
    line, at = _line(sealed, at)
    words = line.removeprefix("-> ").split(" ")
    if not all(words):
        raise AgeFormatError("empty argument")
    body = ""
    while True:
        line, at = _line(sealed, at)
        if len(line) > _COLUMNS:
            raise AgeFormatError("long line")
        body += line
        if len(line) < _COLUMNS:
            return Stanza(words[0], tuple(words[1:]), decode64(body)), at


def _line(sealed: bytes, at: int) -> tuple[str, int]:
    end = sealed.find(b"\n", at)
    if end < 0:
        raise AgeFormatError("cut short")
    line = sealed[at:end]
    if line.translate(None, _PRINTABLE):
        raise AgeFormatError("character")
    return line.decode("ascii"), end + 1


def _covered(stanzas: tuple[Stanza, ...]) -> bytes:
    return VERSION_LINE + b"".join(stanza.encode() for stanza in stanzas) + b"---"


def _mac(covered: bytes, file_key: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), covered, "sha256")
