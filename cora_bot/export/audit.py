"""The audit of forms that ask for one: when each question was shown, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cora_bot.base.clock import from_millis
from cora_bot.export.cells import instant
from cora_bot.export.opened import OpenedRecord

HEADER = ("case", "wave", "number", "form", "event", "node", "start", "end", "record")
LATEST: Final = 10**14  # milliseconds: what no calendar takes is no time


def well_formed(body: Mapping[str, Any]) -> bool:
    found = body.get("audit", [])
    return isinstance(found, list) and all(_event(one) for one in found)


def _event(one: object) -> bool:
    if not isinstance(one, list) or len(one) != 4:
        return False
    event, node, *times = one
    texts = isinstance(event, str) and isinstance(node, str)
    return texts and type(times[0]) is int and all(at is None or (type(at) is int and 0 <= at < LATEST) for at in times)


def rows(records: Iterable[OpenedRecord], codes: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """``audit.csv``: the events of each record in their order. ``codes``: case code by case (hex)."""
    yield HEADER
    for one in sorted(records, key=lambda one: (codes[one.head.case], one.head.at, one.head.record)):
        head = one.head
        for event, node, start, end in one.body.get("audit", []):
            times = ("" if at is None else instant(from_millis(at)) for at in (start, end))
            yield (codes[head.case], head.wave, str(head.number), head.form, event, node, *times, head.record)
