"""The file in which the server keeps its opening tests. JSON, no secrets; a missing file means that none was made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from cora_bot.base.errors import CoraError
from cora_bot.vault import private_files
from cora_bot.vault.drill import DrillProof, DrillState

_VERSION: Final = 1


class _Proof(msgspec.Struct, forbid_unknown_fields=True):
    fingerprint: str
    salt: str
    expected: str
    made_at: datetime
    opened_at: datetime | None


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    study: str
    proofs: list[_Proof]


def load_drills(path: Path, *, study: str) -> DrillState:
    """The tests of ``study``. Raises ``CoraError`` for a file that is another study's or not readable."""
    if not path.exists():
        return DrillState(study)
    try:
        document = msgspec.json.decode(private_files.read(path), type=_Document)
        proofs = tuple(_proof(proof) for proof in document.proofs)
    except (msgspec.DecodeError, ValueError):
        raise CoraError(f"{path} does not hold opening tests of version {_VERSION}") from None
    if document.v != _VERSION or document.study != study:
        raise CoraError(f"{path} holds the opening tests of study “{document.study}”, not of “{study}”")
    return DrillState(study, proofs)


def save_drills(path: Path, state: DrillState) -> None:
    proofs = [
        _Proof(proof.fingerprint, proof.salt.hex(), proof.expected.hex(), proof.made_at, proof.opened_at)
        for proof in state.proofs
    ]
    content = msgspec.json.encode(_Document(_VERSION, state.study, proofs))
    private_files.replace(path, msgspec.json.format(content, indent=1) + b"\n")


def _proof(stored: _Proof) -> DrillProof:
    salt, expected = bytes.fromhex(stored.salt), bytes.fromhex(stored.expected)
    return DrillProof(stored.fingerprint, salt, expected, stored.made_at, stored.opened_at)
