"""V-98 ten thousand records that were changed on the way, and none of them is accepted

Bits flipped, bytes overwritten, cut short anywhere, lengthened, put into another row, parts exchanged between two
records, stanzas and chunks in another order: once as bundles hold them (age files), once as the server's rows do
(inside the wrap).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance, below
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import replace
from cora_bot.vault.age_header import parse
from cora_bot.vault.age_stream import CHUNK
from cora_bot.vault.agefile import Identity
from cora_bot.vault.erasure import new_erasure_key, unwrap, wrap
from cora_bot.vault.record import RecordHead, open_record, seal_record
from tests.vault.test_record import HEAD

ROUNDS = 10_000
CHANCE = SeededChance("ten thousand")
ANNA, BEHAR = Identity.generate(CHANCE), Identity.generate(CHANCE)
BOTH = [ANNA.recipient, BEHAR.recipient]
TAG = 16


@dataclass(frozen=True)
class Row:
    """A record where it belongs: its head, the age file, and the age file inside the wrap of its case."""

    head: RecordHead
    sealed: bytes
    wrapped: bytes
    key: bytes


def _row(number: int, *, large: bool = False) -> Row:
    head = replace(HEAD, record=f"{number:032x}", case=f"{number % 2 + 1:032x}")
    body: dict[str, Any] = {"values": {"/data/work": "yes", "/data/why": "x" * (2 * CHUNK if large else 10)}}
    sealed = seal_record(head, body, BOTH, CHANCE)
    key = new_erasure_key(CHANCE)
    case, record = bytes.fromhex(head.case), bytes.fromhex(head.record)
    return Row(head, sealed, wrap(key, sealed, CHANCE, case=case, record=record), key)


ROWS = [_row(number) for number in range(6)]
LARGE = [_row(number, large=True) for number in (6, 7)]


def _flipped(content: bytes) -> bytes:
    bent = bytearray(content)
    for _ in range(1 + below(CHANCE, 3)):
        bent[below(CHANCE, len(bent))] ^= 1 << below(CHANCE, 8)
    return bytes(bent)


def _overwritten(content: bytes) -> bytes:
    at, run = below(CHANCE, len(content)), CHANCE.bytes(1 + below(CHANCE, 40))
    return content[:at] + run + content[at + len(run) :]


def _cut(content: bytes) -> bytes:
    return content[: below(CHANCE, len(content))]


def _head_cut(content: bytes) -> bytes:
    return content[1 + below(CHANCE, len(content) - 1) :]


def _hole(content: bytes) -> bytes:
    at = below(CHANCE, len(content))
    return content[:at] + content[at + 1 + below(CHANCE, 40) :]


def _lengthened(content: bytes) -> bytes:
    at = below(CHANCE, len(content) + 1)
    return content[:at] + CHANCE.bytes(1 + below(CHANCE, 8)) + content[at:]


def _turned(content: bytes) -> bytes:
    """Two runs of the same length have changed places."""
    size = 1 + below(CHANCE, 200)
    first, second = sorted((below(CHANCE, len(content) - 2 * size), below(CHANCE, len(content) - 2 * size)))
    second = max(second, first + size)
    one, two = content[first : first + size], content[second : second + size]
    return content[:first] + two + content[first + size : second] + one + content[second + size :]


BENT: list[Callable[[bytes], bytes]] = [_flipped, _overwritten, _cut, _head_cut, _hole, _lengthened, _turned]


def _lines_turned(sealed: bytes) -> bytes:
    """The stanzas of the two who can open, in the other order."""
    header, payload = parse(sealed)
    stanzas = [stanza.encode() for stanza in reversed(header.stanzas)]
    end = header.encode()[len(header.covered) - 3 :]
    return b"age-encryption.org/v1\n" + b"".join(stanzas) + end + payload


def _stanza_dropped(sealed: bytes) -> bytes:
    header, payload = parse(sealed)
    kept = header.stanzas[below(CHANCE, 2)].encode()
    return b"age-encryption.org/v1\n" + kept + header.encode()[len(header.covered) - 3 :] + payload


def _chunks(payload: bytes) -> list[bytes]:
    return [payload[start : start + CHUNK + TAG] for start in range(16, len(payload), CHUNK + TAG)]


def _chunks_changed(sealed: bytes) -> bytes:
    """Chunks of a large record in another order, one repeated, or one left out."""
    header, payload = parse(sealed)
    chunks = _chunks(payload)
    first, second = below(CHANCE, len(chunks)), below(CHANCE, len(chunks) - 1)
    match below(CHANCE, 3):
        case 0:
            chunks.insert(first, chunks.pop(second if second != first else len(chunks) - 1))
        case 1:
            chunks.insert(second, chunks[first])
        case _:
            del chunks[first]
    return header.encode() + payload[:16] + b"".join(chunks)


def _mixed(one: bytes, other: bytes) -> bytes:
    """The header of one record with what is behind the header of another."""
    return parse(one)[0].encode() + parse(other)[1]


def _opens(sealed: bytes, head: RecordHead) -> bool:
    try:
        open_record(sealed, [ANNA, BEHAR], study=head.study, case=head.case, record=head.record)
    except NotOpened:
        return False
    return True


def _unwraps(wrapped: bytes, row: Row) -> bool:
    try:
        sealed = unwrap(row.key, wrapped, case=bytes.fromhex(row.head.case), record=bytes.fromhex(row.head.record))
    except NotOpened:
        return False
    return _opens(sealed, row.head)


def _attempt(number: int) -> tuple[str, bool] | None:
    """What was done and whether it was accepted; None where chance changed nothing."""
    row, other = ROWS[below(CHANCE, len(ROWS))], ROWS[below(CHANCE, len(ROWS))]
    large = LARGE[below(CHANCE, 2)]
    match number % 10:
        case 0 | 1 | 2 | 3:
            bend = BENT[below(CHANCE, len(BENT))]
            bent = bend(row.sealed)
            return (bend.__name__, _opens(bent, row.head)) if bent != row.sealed else None
        case 4 | 5:
            bend = BENT[below(CHANCE, len(BENT))]
            bent = bend(row.wrapped)
            return (f"wrap{bend.__name__}", _unwraps(bent, row)) if bent != row.wrapped else None
        case 6:
            return ("another row", _opens(other.sealed, row.head)) if other is not row else None
        case 7:
            return ("another row, wrapped", _unwraps(other.wrapped, row)) if other is not row else None
        case 8:
            bent = _mixed(row.sealed, other.sealed) if below(CHANCE, 2) else _mixed(other.sealed, row.sealed)
            return ("parts exchanged", _opens(bent, row.head)) if other is not row else None
        case _:
            change = (_lines_turned, _stanza_dropped, _chunks_changed)[below(CHANCE, 3)]
            whole = large if change is _chunks_changed else row
            bent = change(whole.sealed)
            return (change.__name__, _opens(bent, whole.head)) if bent != whole.sealed else None


@pytest.mark.timeout(600)
def test_of_ten_thousand_changed_records_none_is_accepted() -> None:
    tried: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    number = 0
    while tried.total() < ROUNDS:
        number += 1
        outcome = _attempt(number)
        if outcome:
            tried[outcome[0]] += 1
            accepted[outcome[0]] += outcome[1]
    assert (tried.total(), accepted.total()) == (ROUNDS, 0), accepted
    assert len(tried) == 2 * len(BENT) + 6
    assert min(tried.values()) > 200, tried


def test_unchanged_they_are_accepted() -> None:
    """Without this, the other test could not fail."""
    for row in (*ROWS, *LARGE):
        assert _opens(row.sealed, row.head)
        assert _unwraps(row.wrapped, row)
    assert len(_chunks(parse(LARGE[0].sealed)[1])) == 3
    assert _opens(_mixed(ROWS[0].sealed, ROWS[0].sealed), ROWS[0].head)
    assert _lines_turned(_lines_turned(ROWS[0].sealed)) == ROWS[0].sealed
