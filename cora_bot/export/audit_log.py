"""The server's audit log as bundles carry it, and the log of exports that the researcher's computer keeps itself.

A server can write its log anew, but not unseen: an export remembers the head it saw (in its folder, and signed in its
own log), and the next bundle's log has to go on from there. Entries that were cut off and never seen stay unnoticed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cora_bot.base.clock import to_millis
from cora_bot.base.errors import CoraError
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.opened import Stamp
from cora_bot.vault import audit_chain
from cora_bot.vault.audit_chain import Entry, first_broken
from cora_bot.vault.identity import sign_with, verifies, verify_key_of
from cora_bot.vault.recipients import Identity

Seen = tuple[int, str]
_SIGNED: Final = b"cora export v1\0"
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


# ---- the log of exports ----------------------------------------------------------------------------------------------


def log_beside(folder: Path) -> Path:
    """Beside the export's folder, which is replaced each time, and may be handed on."""
    return folder.with_name(f"{folder.name}.exports.jsonl")


@dataclass(frozen=True, slots=True)
class Exported:
    """What is written down of an export: ``contents`` is the fingerprint of its files, ``filter`` what was left out."""

    bundle: Bundle
    stamp: Stamp
    contents: str
    filter: str
    seen: Seen | None

    def facts(self) -> dict[str, str]:
        manifest = self.bundle.manifest
        entries, head = self.seen or (0, "")
        return {
            "export": self.stamp.export,
            "bundle": manifest.bundle,
            "holder": manifest.holder,
            "keys": " ".join(self.stamp.opened_with),
            "contents": self.contents,
            "filter": self.filter,
            "audit_entries": str(entries),
            "audit_head": head,
        }


def write_down(folder: Path, exported: Exported, identity: Identity) -> None:
    """Adds a signed line. Raises ``CoraError`` where that cannot be done."""
    path, name = log_beside(folder), _name(exported.bundle.manifest.study)
    before = read_log(path)
    previous = before[-1].hash if before else audit_chain.beginning(name)
    facts = exported.facts() | {"signed_by": verify_key_of(identity).hex()}
    facts["signature"] = sign_with(identity, _message(previous, facts)).hex()
    made = audit_chain.following(
        previous, len(before) + 1, at=to_millis(exported.stamp.at), action="export", facts=facts
    )
    _append(path, audit_chain.write_lines([made]))


def _append(path: Path, line: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CoraError(f"{path} could not be written: {error.strerror}", "Exports are written down there.") from None


def read_log(path: Path) -> list[Entry]:
    """The lines of a log of exports; none where there is no file. Raises ``CoraError`` where it is something else."""
    if not path.exists():
        return []
    try:
        return audit_chain.read_lines(path.read_bytes())
    except (OSError, ValueError):
        raise CoraError(f"{path} is not a log of exports", "Move it elsewhere: a new one is begun.") from None


def wrong_beside(folder: Path, study: str) -> list[str]:
    """As ``wrong_in_log``, of the log beside this folder."""
    return wrong_in_log(read_log(log_beside(folder)), study)


def wrong_in_log(log: Sequence[Entry], study: str) -> list[str]:
    """What does not hold in a log of exports: its chain, its signatures."""
    broken = first_broken(log, log=_name(study))
    if broken is not None:
        return [f"the log of exports does not hold from line {broken} on: it was changed"]
    previous, found = audit_chain.beginning(_name(study)), []
    for each in log:
        if not _is_signed(previous, each.facts):
            found.append(f"line {each.seq} of the log of exports is not signed by whom it names")
        previous = each.hash
    return found


def _is_signed(previous: str, facts: Mapping[str, str]) -> bool:
    try:
        key, signature = bytes.fromhex(facts["signed_by"]), bytes.fromhex(facts["signature"])
    except (KeyError, ValueError):
        return False
    return verifies(key, signature, _message(previous, facts))


def _message(previous: str, facts: Mapping[str, str]) -> bytes:
    told = {name: value for name, value in facts.items() if name != "signature"}
    exact = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _SIGNED + bytes.fromhex(previous) + exact.encode()


def _name(study: str) -> str:
    return f"{study} exports"
