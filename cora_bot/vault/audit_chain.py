"""The audit log's chain: each entry's hash covers the one before it, so nothing in between can be changed or taken out.

    hash = SHA-256("cora audit v1" 00 ‖ previous hash ‖ JSON [seq, at, action, subject, facts])

``seq`` counts from 1, ``at`` is milliseconds since 1970, the JSON has one spelling (UTF-8, keys sorted, no blanks). The
first entry follows ``beginning``, which names the log. What a chain cannot show is that its last entries were cut off:
for that somebody elsewhere must have seen its head.

``subject`` says of whom an entry is without saying it: SHA-256("cora audit subject v1" 00 ‖ salt ‖ case code). Whoever
has the salt can prove it; once the salt is destroyed, the entry is of nobody, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from cora_bot.base.values import Value

_ENTRY: Final = b"cora audit v1\0"
_BEGINNING: Final = b"cora audit beginning v1\0"
_SUBJECT: Final = b"cora audit subject v1\0"
SALT_SIZE: Final = 16


class Entry(Value):
    """One line. ``subject`` and ``hash`` are hex; ``facts`` hold ids, counts, names of the team: never content."""

    seq: int
    at: int
    action: str
    subject: str
    facts: Mapping[str, str]
    hash: str


def beginning(log: str) -> str:
    """What the first entry of the log with this name follows (hex)."""
    return hashlib.sha256(_BEGINNING + log.encode()).hexdigest()


def commitment(salt: bytes, code: str) -> str:
    return hashlib.sha256(_SUBJECT + salt + code.encode()).hexdigest()


def following(
    previous: str, seq: int, *, at: int, action: str, subject: str = "", facts: Mapping[str, str] | None = None
) -> Entry:
    """The entry with this content behind the one whose hash is ``previous``."""
    told = dict(facts or {})
    return Entry(seq, at, action, subject, told, _digest(previous, [seq, at, action, subject, told]))


def _digest(previous: str, content: list[object]) -> str:
    exact = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(_ENTRY + bytes.fromhex(previous) + exact).hexdigest()


def first_broken(entries: Iterable[Entry], *, log: str) -> int | None:
    """The place (from 1) of the first entry that does not follow from what is before it; None when all do."""
    previous = beginning(log)
    for place, each in enumerate(entries, start=1):
        content: list[object] = [each.seq, each.at, each.action, each.subject, dict(each.facts)]
        if each.seq != place or each.hash != _digest(previous, content):
            return place
        previous = each.hash
    return None


def write_lines(entries: Iterable[Entry]) -> bytes:
    """A line of JSON for each."""
    lines = [
        json.dumps(
            [each.seq, each.at, each.action, each.subject, dict(each.facts), each.hash],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        for each in entries
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def read_lines(content: bytes) -> list[Entry]:
    """Raises ``ValueError`` for anything ``write_lines`` does not write."""
    found = []
    for line in content.decode("utf-8").removesuffix("\n").split("\n") if content else ():
        match json.loads(line):
            case [int(seq), int(at), str(action), str(subject), dict(facts), str(digest)] if _texts(facts):
                found.append(Entry(seq, at, action, subject, facts, digest))
            case _:
                raise ValueError("not a line of an audit log")
    return found


def _texts(facts: Mapping[object, object]) -> bool:
    return all(isinstance(key, str) and isinstance(value, str) for key, value in facts.items())
