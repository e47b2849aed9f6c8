"""What people wrote to the team outside any form, and asked to have passed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.export.cells import instant
from cora_bot.export.opened import OpenedRecord

MESSAGE = "message"
HEADER = ("case", "written_at", "language", "text", "record")


def well_formed(record: OpenedRecord) -> bool:
    return isinstance(record.body.get("text"), str)


def rows(messages: Iterable[OpenedRecord], codes: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """``messages.csv``: oldest first within a case. ``codes``: case code by case (hex)."""
    yield HEADER
    for one in sorted(messages, key=lambda one: (codes[one.head.case], one.head.at, one.head.record)):
        head = one.head
        yield codes[head.case], instant(head.at), head.language, str(one.body["text"]), head.record
