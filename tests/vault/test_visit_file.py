"""VI-50 A file of a visit opens with each recipient's key, whole or with an error, however long it is.
VI-51 Whatever is cut off, changed, exchanged or appended is noticed; sealing never holds the file in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.values import replace
from cora_bot.vault.age_stream import CHUNK
from cora_bot.vault.agefile import Identity, Recipient, open_sealed, seal
from cora_bot.vault.padding import FLOOR, padme
from cora_bot.vault.visit_file import Kind, VisitHead, open_visit_file, seal_visit_file

CHANCE = SeededChance("visit files")
ANNA = Identity.generate(CHANCE)
BERAT = Identity.generate(CHANCE)
OPENERS = [ANNA.recipient, BERAT.recipient]
SIZES = [1, 800, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17]


def head_of(content: bytes, **changes: Any) -> VisitHead:
    head = VisitHead(
        study="follow_up",
        visit="V-7Q2K",
        case="K7F-2QX",
        kind=Kind.INTERVIEW_AUDIO,
        file="ab" * 16,
        ending="m4a",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=datetime(2027, 3, 28, 10, 0, tzinfo=UTC),
    )
    return replace(head, **changes)


def sealed(content: bytes, recipients: list[Recipient] | None = None, **changes: Any) -> bytes:
    pieces = [content[start : start + 1000] for start in range(0, len(content), 1000)]
    file = io.BytesIO()
    seal_visit_file(head_of(content, **changes), pieces, file, recipients or OPENERS, chance=CHANCE)
    return file.getvalue()


def opened(file: bytes, identity: Identity = ANNA) -> tuple[VisitHead, bytes]:
    head, pieces = open_visit_file(io.BytesIO(file), [identity])
    return head, b"".join(pieces)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("identity", [ANNA, BERAT], ids=["anna", "berat"])
def test_file_opens_with_each_key(size: int, identity: Identity) -> None:
    content = SeededChance(size).bytes(size)
    assert opened(sealed(content), identity) == (head_of(content), content)


def test_inside_is_a_line_of_json_then_the_content_then_spaces() -> None:
    plain = open_sealed(sealed(b"spoken words"), [ANNA])
    line, rest = plain.split(b"\n", 1)
    assert json.loads(line)["head"]["case"] == "K7F-2QX"
    assert rest.rstrip(b" ") == b"spoken words"
    assert len(plain) == FLOOR


def test_length_tells_little() -> None:
    plain = open_sealed(sealed(bytes(201_000)), [ANNA])
    assert len(plain) == padme(len(plain))
    assert len(plain) == len(open_sealed(sealed(bytes(203_000)), [ANNA]))


def test_stranger_cannot_open() -> None:
    with pytest.raises(NotOpened):
        opened(sealed(b"x"), Identity.generate(CHANCE))


@pytest.mark.parametrize("kept", [0, 10, 1000, 3000, -CHUNK, -17, -1])
def test_cut_file_is_noticed(kept: int) -> None:
    file = sealed(SeededChance(1).bytes(3 * CHUNK))
    with pytest.raises(NotOpened):
        opened(file[:kept])


def test_any_changed_byte_is_noticed() -> None:
    file = sealed(b"short")
    for place in range(0, len(file), 7):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(NotOpened):
            opened(bytes(changed))


def test_appended_and_exchanged_chunks_are_noticed() -> None:
    file = sealed(SeededChance(1).bytes(4 * CHUNK))
    begins = file.index(b"\n--- ") + 1
    begins = file.index(b"\n", begins) + 1 + 16
    step = CHUNK + 16
    chunks = [file[start : start + step] for start in range(begins, len(file), step)]
    exchanged, dropped = [chunks[1], chunks[0], *chunks[2:]], [chunks[0], *chunks[2:]]
    for wrong in (exchanged, dropped, [*chunks, chunks[-1]], [*chunks, b"x"]):
        with pytest.raises(NotOpened):
            opened(file[:begins] + b"".join(wrong))


def bent(plain: bytes) -> bytes:
    return seal(plain, OPENERS, CHANCE)


CONTENT = b"spoken words"
PLAIN = open_sealed(sealed(CONTENT), [ANNA])
WRONG = {
    "another length": PLAIN + b" ",
    "padding is not spaces": PLAIN[:-1] + b"x",
    "other content": PLAIN.replace(CONTENT, b"SPOKEN WORDS"),
    "no head": CONTENT.ljust(FLOOR),
    "head without end": b"{" * 70_000,
    "head too long": b'{"v":1' + b" " * 5000 + b"}\n" + CONTENT,
    "a field more": PLAIN.replace(b'"study"', b'"extra":1,"study"').rstrip().ljust(FLOOR),
    "a field twice": PLAIN.replace(b'"study"', b'"study":"x","study"').rstrip().ljust(FLOOR),
    "unknown kind": PLAIN.replace(b"interview_audio", b"interview_smell"),
    "a path for an ending": PLAIN.replace(b'"ending":"m4a"', b'"ending":"../"'),
    "a visit that is none": PLAIN.replace(b"V-7Q2K", b"V-7Q2/"),
    "a case that is none": PLAIN.replace(b"K7F-2QX", b"K7F-2Q0"),
    "a negative size": PLAIN.replace(b'"size":12', b'"size":-1'),
    "a larger size": PLAIN.replace(b'"size":12', b'"size":99'),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_this_program_would_not_have_written_does_not_open(what: str) -> None:
    assert WRONG[what] != PLAIN
    with pytest.raises(NotOpened):
        opened(bent(WRONG[what]))


def test_newer_version_says_so() -> None:
    with pytest.raises(CoraError, match="version 2"):
        opened(bent(PLAIN.replace(b'"v":1', b'"v":2')))


def test_file_that_changed_meanwhile_is_not_sealed() -> None:
    head = head_of(b"first")
    with pytest.raises(CoraError, match="changed while"):
        seal_visit_file(head, [b"first", b"more"], io.BytesIO(), OPENERS, chance=CHANCE)


def test_nothing_is_sealed_to_nobody() -> None:
    with pytest.raises(CoraError, match="without a recipient"):
        seal_visit_file(head_of(b"x"), [b"x"], io.BytesIO(), [], chance=CHANCE)


def test_sealing_and_opening_hold_little_in_memory(tmp_path: Path) -> None:
    size = 24 * 1024 * 1024
    block = SeededChance("block").bytes(CHUNK)
    digest = hashlib.sha256()
    for _ in range(size // CHUNK):
        digest.update(block)
    head = head_of(b"", size=size, sha256=digest.hexdigest())

    def blocks() -> Iterator[bytes]:
        for _ in range(size // CHUNK):
            yield block

    path = tmp_path / "sealed"
    tracemalloc.start()
    with path.open("wb") as target:
        seal_visit_file(head, blocks(), target, OPENERS, chance=CHANCE)
    with path.open("rb") as source:
        found, content = open_visit_file(source, [ANNA])
        length = sum(len(piece) for piece in content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, length) == (head, size)
    assert peak < 3 * 1024 * 1024
