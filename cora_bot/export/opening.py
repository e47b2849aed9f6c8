"""Opens every record of a bundle with the identities at hand; one that does not open is named, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.media import light
from cora_bot.export.opened import OpenedRecord, Trouble
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import open_record

WORKERS: Final = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Opening:
    """``opened`` and ``failures`` together are every record of the bundle, once."""

    opened: tuple[OpenedRecord, ...]
    failures: tuple[Trouble, ...]


def open_all(
    bundle: Bundle, identities: Sequence[Identity], *, progress: Progress, others: Sequence[Bundle] = ()
) -> Opening:
    """``progress`` is told (done, all) after each record. Records come back in the bundle's order.

    A record that does not open here is looked for in ``others``: there it may have been sealed anew for these keys.
    """
    elsewhere = tuple((each, frozenset(each.records)) for each in others)
    opened: list[OpenedRecord] = []
    failures: list[Trouble] = []
    # Threads, since the decapsulation that takes most of the time runs outside the interpreter's lock.
    with ThreadPoolExecutor(WORKERS) as pool:
        results = pool.map(lambda record: _open_anywhere(bundle, elsewhere, identities, record), bundle.records)
        for done, result in enumerate(results, start=1):
            if isinstance(result, Trouble):
                failures.append(result)
            else:
                opened.append(result)
            progress(done, len(bundle.records))
    return Opening(tuple(opened), tuple(failures))


def _open_anywhere(
    bundle: Bundle, others: Sequence[tuple[Bundle, Collection[str]]], identities: Sequence[Identity], record: str
) -> OpenedRecord | Trouble:
    found = _open(bundle, identities, record)
    for other, held in others:
        if not isinstance(found, Trouble):
            return found
        if record in held:
            again = _open(other, identities, record)
            found = found if isinstance(again, Trouble) else again
    return found


def _open(bundle: Bundle, identities: Sequence[Identity], record: str) -> OpenedRecord | Trouble:
    try:
        sealed = bundle.sealed(record)
        head, body = open_record(sealed, identities, study=bundle.manifest.study, case=None, record=record)
    except NotOpened:
        return Trouble(record, "could not be opened: sealed to another key, cut short, changed or moved")
    except CoraError as error:
        return Trouble(record, str(error))
    return OpenedRecord(head, light(head.kind, body))
