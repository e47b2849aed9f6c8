"""The server's audit log as bundles carry it.

A server can write its log anew, but not unseen: an export remembers the head it saw (in its folder, and signed in the
log beside it, ``own_log.py``), and the next bundle's log has to go on from there. Entries that were cut off and never
seen stay unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cora_bot.export.bundle_reader import Bundle
from cora_bot.vault.audit_chain import Entry, first_broken

Seen = tuple[int, str]
_OLDER: Final = "or this bundle is older than the one exported before"


@dataclass(frozen=True, slots=True)
class Compared:
    """Sentences for the account, and how far the log goes (entries, hash of the last) for the next export."""

    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    seen: Seen | None = None


def compared(bundle: Bundle, seen: Seen | None) -> Compared:
    """The bundle's log against itself, and against what an earlier export saw of it."""
    log = bundle.audit
    if log is None:
        lost = ("an earlier export saw an audit log, and the bundle holds none",) if seen else ()
        return Compared(differences=lost, seen=seen)
    found = tuple(wrong(log, bundle.manifest.study, seen))
    if found:
        return Compared(differences=found, seen=seen)
    new = len(log) - (seen[0] if seen else 0)
    return Compared((f"audit log: {len(log)} entries, {new} of them new, whole",), (), _head(log))


def wrong(log: Sequence[Entry], study: str, seen: Seen | None) -> list[str]:
    """What does not hold, in sentences; empty when all does."""
    broken = first_broken(log, log=study)
    if broken is not None:
        return [f"the audit log does not hold from entry {broken} on: it was changed"]
    if seen is not None and (len(log) < seen[0] or log[seen[0] - 1].hash != seen[1]):
        return [f"the audit log does not go on from entry {seen[0]}, which an earlier export saw: it was cut, {_OLDER}"]
    return []


def _head(log: Sequence[Entry]) -> Seen | None:
    return (len(log), log[-1].hash) if log else None
