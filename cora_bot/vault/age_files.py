"""Age files of any size, sealed and opened in a stream: copies of a store, last bundles, recordings of visits.

The same format as ``agefile``: age's own program opens them. What was read before a damaged chunk is found is not to be
trusted: whoever reads must come to the end before using anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.vault.age_header import AgeFormatError, derive, parse
from cora_bot.vault.age_stream import CHUNK, chunk_nonce
from cora_bot.vault.agefile import WORK, Identity, Recipient, file_key_of, header_to

_TAG: Final = 16
_NONCE: Final = 16
_LONGEST_HEADER: Final = 512 * 1024  # more than that of as many recipients as are read


class SealedWriter:
    """Writes into ``target`` what is sealed ``to`` recipients or under a passphrase. ``close`` ends it."""

    def __init__(self, target: BinaryIO, to: Sequence[Recipient] | str, chance: Chance, *, work: int = WORK) -> None:
        header, file_key = header_to(to, chance, work=work)
        nonce = chance.bytes(_NONCE)
        self._target = target
        self._cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
        self._waiting = bytearray()
        self._number = 0
        target.write(header + nonce)

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > CHUNK:  # never the last one: that is known at the end
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        self._chunk(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _chunk(self, content: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(chunk_nonce(self._number, last=last), content, None))
        self._number += 1


class OpenedReader:
    """Reads out of ``source`` what it holds. Raises ``NotOpened``, at once or as soon as a chunk is not whole."""

    def __init__(self, source: BinaryIO, by: Sequence[Identity] | str, *, what: str) -> None:
        self._source, self._what = source, what
        self._opened = bytearray()
        self._number = 0
        head = source.read(_LONGEST_HEADER)
        try:
            header, rest = parse(head)
            file_key = file_key_of(header, by)
        except AgeFormatError:
            raise NotOpened(what) from None
        self._sealed = bytearray(rest)
        nonce = self._take(_NONCE)
        self._cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
        self._ended = False

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end."""
        while len(self._opened) < size and not self._ended:
            self._next()
        taken = bytes(self._opened[:size])
        del self._opened[: len(taken)]
        return taken

    def _next(self) -> None:
        chunk = self._take(CHUNK + _TAG)
        last = not self._more()
        if last and self._number and len(chunk) <= _TAG:
            raise NotOpened(self._what)
        try:
            self._opened += self._cipher.decrypt(chunk_nonce(self._number, last=last), chunk, None)
        except InvalidTag:
            raise NotOpened(self._what) from None
        self._number, self._ended = self._number + 1, last

    def _take(self, size: int) -> bytes:
        while len(self._sealed) < size and (more := self._source.read(size)):
            self._sealed += more
        taken = bytes(self._sealed[:size])
        del self._sealed[: len(taken)]
        return taken

    def _more(self) -> bool:
        if not self._sealed:
            self._sealed += self._source.read(CHUNK + _TAG)
        return bool(self._sealed)
