"""Opens every record of a bundle with the identities at hand; one that does not open is named, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.opened import OpenedRecord, Trouble
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import open_record

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Opening:
    """``opened`` and ``failures`` together are every record of the bundle, once."""

    opened: tuple[OpenedRecord, ...]
    failures: tuple[Trouble, ...]


def open_all(bundle: Bundle, identities: Sequence[Identity], *, progress: Progress) -> Opening:
    """``progress`` is told (done, all) after each record."""
    opened: list[OpenedRecord] = []
    failures: list[Trouble] = []
    for done, record in enumerate(bundle.records, start=1):
        try:
            head, body = open_record(
                bundle.sealed(record), identities, study=bundle.manifest.study, case=None, record=record
            )
            opened.append(OpenedRecord(head, body))
        except NotOpened:
            failures.append(Trouble(record, "could not be opened: sealed to another key, cut short, changed or moved"))
        except CoraError as error:
            failures.append(Trouble(record, str(error)))
        progress(done, len(bundle.records))
    return Opening(tuple(opened), tuple(failures))
