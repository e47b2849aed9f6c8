"""V-90 what is sealed in a stream is the same format as what is sealed at once, at every size around a chunk
V-91 cut short, appended to, or with two chunks exchanged it does not open, whoever reads it
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.age_files import OpenedReader, SealedWriter
from cora_bot.vault.age_stream import CHUNK
from cora_bot.vault.agefile import open_sealed, open_with_passphrase, seal
from cora_bot.vault.recipients import Identity, Recipient

CHANCE = SeededChance("streams")
IDENTITY, OTHER = Identity.generate(CHANCE), Identity.generate(CHANCE)
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7)


def sealed(content: bytes, to: Sequence[Recipient] | str = (IDENTITY.recipient,), *, piece: int = 50_000) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, to, CHANCE, work=4)
    for start in range(0, len(content), piece):
        writer.write(content[start : start + piece])
    writer.close()
    return target.getvalue()


def opened(file: bytes, by: Sequence[Identity] | str = (IDENTITY,)) -> bytes:
    reader, found = OpenedReader(io.BytesIO(file), by, what="the file"), b""
    while piece := reader.read(30_000):
        found += piece
    return found


@pytest.mark.parametrize("size", SIZES)
def test_stream_and_whole_are_one_format(size: int) -> None:
    content = CHANCE.bytes(size)
    assert open_sealed(sealed(content), [IDENTITY]) == content
    assert opened(seal(content, [IDENTITY.recipient, OTHER.recipient], CHANCE), [OTHER]) == content
    assert open_with_passphrase(sealed(content, "seven quiet rivers"), "seven quiet rivers") == content
    assert opened(sealed(content, "seven quiet rivers"), "seven quiet rivers") == content


@pytest.mark.parametrize("size", SIZES[1:])
def test_changed_files_do_not_open(size: int) -> None:
    file = sealed(CHANCE.bytes(size))
    chunk = CHUNK + 16
    body = len(file) - (size + 16 * -(-size // CHUNK))
    torn = [file[:-1], file[:body], file[:-size], file + b"x", file[:-1] + bytes([file[-1] ^ 1]), file[:40], b""]
    if size > CHUNK:
        torn += [file[: body + chunk], file[:body] + file[body + chunk :], file[: body + chunk] + file[body:]]
    for each in torn:
        with pytest.raises(NotOpened):
            opened(each)


def test_wrong_key_and_nobody() -> None:
    with pytest.raises(NotOpened):
        opened(sealed(b"x"), [OTHER])
    with pytest.raises(NotOpened):
        opened(sealed(b"x", "seven quiet rivers"), "another passphrase")
    with pytest.raises(CoraError, match="without a recipient"):
        sealed(b"x", ())
