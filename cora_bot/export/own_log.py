"""What was opened on this computer: each export, and each case that was put together for an interviewer.

The log lies beside the folder that was written into, because that is replaced, emptied or handed on. Its lines are
chained as the server's audit log is, and signed with the key that opened. A line is there before what it is about.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cora_bot.base.clock import to_millis
from cora_bot.base.errors import CoraError
from cora_bot.export.audit_log import Seen
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.opened import Stamp
from cora_bot.vault import audit_chain
from cora_bot.vault.audit_chain import Entry, first_broken
from cora_bot.vault.identity import sign_with, verifies, verify_key_of
from cora_bot.vault.recipients import Identity

EXPORT: Final = "export"
BRIEF: Final = "brief"
_SIGNED: Final = b"cora export v1\0"


@dataclass(frozen=True, slots=True)
class Done:
    """One thing to be written down. ``facts``: ids, codes, names of the team; never content."""

    study: str
    action: str
    at: datetime
    facts: Mapping[str, str]


def exported(bundle: Bundle, stamp: Stamp, contents: str, *, filtered: str, seen: Seen | None) -> Done:
    """An export. ``contents`` is the fingerprint of its files, ``filtered`` what it holds ("all")."""
    manifest = bundle.manifest
    entries, head = seen or (0, "")
    facts = {
        "export": stamp.export,
        "bundle": manifest.bundle,
        "holder": manifest.holder,
        "keys": " ".join(stamp.opened_with),
        "contents": contents,
        "filter": filtered,
        "audit_entries": str(entries),
        "audit_head": head,
    }
    return Done(manifest.study, EXPORT, stamp.at, facts)


def log_beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.exports.jsonl")


def write_down(folder: Path, done: Sequence[Done], identity: Identity) -> None:
    """Adds a signed line for each, on the disk when this returns. Raises ``CoraError`` where that cannot be done."""
    path = log_beside(folder)
    log = read_log(path)
    lines: list[Entry] = []
    for each in done:
        before = [*log, *lines][-1:]
        previous = before[0].hash if before else audit_chain.beginning(_name(each.study))
        lines.append(_line(previous, len(log) + len(lines) + 1, each, identity))
    _append(path, audit_chain.write_lines(lines))


def _line(previous: str, seq: int, done: Done, identity: Identity) -> Entry:
    at = to_millis(done.at)
    facts = {"study": done.study, **done.facts, "signed_by": verify_key_of(identity).hex()}
    signature = sign_with(identity, _message(previous, [seq, at, done.action, facts]))
    return audit_chain.following(previous, seq, at=at, action=done.action, facts=facts | {"signature": signature.hex()})


def _append(path: Path, lines: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CoraError(
            f"{path} could not be written: {error.strerror}", "What is opened is written down there."
        ) from None


def read_log(path: Path) -> list[Entry]:
    """Its lines, oldest first; none where there is no file. Raises ``CoraError`` where it is something else."""
    if not path.exists():
        return []
    try:
        return audit_chain.read_lines(path.read_bytes())
    except (OSError, ValueError):
        raise CoraError(f"{path} is not a log of exports", "Move it elsewhere: a new one is begun.") from None


def study_of_log(log: Sequence[Entry]) -> str:
    """The study whose log it says it is; "" where it is empty, or does not say."""
    return log[0].facts.get("study", "") if log else ""


def wrong_beside(folder: Path, study: str) -> list[str]:
    """As ``wrong_in_log``, of the log beside this folder."""
    return wrong_in_log(read_log(log_beside(folder)), study)


def wrong_in_log(log: Sequence[Entry], study: str) -> list[str]:
    """What does not hold, in sentences: its chain, its signatures."""
    broken = first_broken(log, log=_name(study))
    if broken is not None:
        return [f"the log of exports does not hold from line {broken} on: it was changed"]
    previous, found = audit_chain.beginning(_name(study)), []
    for each in log:
        if not _is_signed(previous, each):
            found.append(f"line {each.seq} of the log of exports is not signed by whom it names")
        previous = each.hash
    return found


def _is_signed(previous: str, line: Entry) -> bool:
    try:
        key, signature = bytes.fromhex(line.facts["signed_by"]), bytes.fromhex(line.facts["signature"])
    except (KeyError, ValueError):
        return False
    told = {name: value for name, value in line.facts.items() if name != "signature"}
    return verifies(key, signature, _message(previous, [line.seq, line.at, line.action, told]))


def _message(previous: str, content: list[object]) -> bytes:
    exact = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _SIGNED + bytes.fromhex(previous) + exact.encode()


def _name(study: str) -> str:
    return f"{study} exports"
