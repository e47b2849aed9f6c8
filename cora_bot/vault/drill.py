"""The opening test: before the first participant, each researcher proves that their key opens what the server seals.

The server draws a phrase, seals it to one recipient and keeps only its hash, bound to study and recipient. Who types
the phrase back has opened the file: no private key, and no record, is needed for the proof.
"""

from __future__ import annotations

import hmac
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Final

from cora_bot.base.chance import Chance, letters
from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem
from cora_bot.base.values import Value, replace
from cora_bot.vault.agefile import Identity, Recipient, open_sealed, seal

FEWEST_WHO_CAN_OPEN: Final = 2
_GROUPS: Final = 4
_TITLE: Final = "CoR.A opening test, version 1"
_SALT: Final = 16


class DrillProof(Value):
    """What the server keeps of one test. ``opened_at`` is set once the phrase was typed back."""

    fingerprint: str
    salt: bytes
    expected: bytes
    made_at: datetime
    opened_at: datetime | None = None


class DrillState(Value):
    """All tests of one study, at most one per recipient: a new test replaces the earlier one."""

    study: str
    proofs: tuple[DrillProof, ...] = ()

    def proof(self, fingerprint: str) -> DrillProof | None:
        return next((proof for proof in self.proofs if proof.fingerprint == fingerprint), None)

    def having(self, proof: DrillProof) -> DrillState:
        others = tuple(other for other in self.proofs if other.fingerprint != proof.fingerprint)
        return replace(self, proofs=(*others, proof))


def make_drill(recipient: Recipient, chance: Chance, *, study: str, at: datetime) -> tuple[bytes, DrillProof]:
    """A file for exactly this recipient, and what the server keeps. The phrase is in neither log nor state."""
    phrase, salt = letters(chance, 4 * _GROUPS), chance.bytes(_SALT)
    fingerprint = recipient.fingerprint()
    grouped = "-".join(phrase[start : start + 4] for start in range(0, len(phrase), 4))
    lines = (_TITLE, f"study: {study}", f"for: {fingerprint}", f"phrase: {grouped}")
    sealed = seal("".join(f"{line}\n" for line in lines).encode(), [recipient], chance)
    return sealed, DrillProof(fingerprint, salt, _expected(salt, study, fingerprint, phrase), at)


def answer_drill(sealed: bytes, identity: Identity) -> str:
    """The phrase to type back. Raises ``NotOpened``; ``CoraError`` when the file is something else."""
    try:
        lines = open_sealed(sealed, [identity]).decode().splitlines()
    except UnicodeDecodeError:
        lines = []
    if len(lines) != 4 or lines[0] != _TITLE or not lines[3].startswith("phrase: "):
        raise CoraError("this file opens, but it is not an opening test")
    return lines[3].removeprefix("phrase: ")


def confirm(state: DrillState, fingerprint: str, phrase: str, at: datetime) -> DrillState:
    """The state with this recipient's test passed. Raises ``CoraError`` when the phrase is another one."""
    proof = state.proof(fingerprint)
    if proof is None:
        raise CoraError(f"no opening test was made for {fingerprint}", "Make the tests first.")
    if not check(phrase, proof, study=state.study):
        raise CoraError("this is not the phrase of that test", "Open the newest test file once more and compare.")
    return state.having(replace(proof, opened_at=proof.opened_at or at))


def check(phrase: str, proof: DrillProof, *, study: str) -> bool:
    """Whether ``phrase``, however it is spaced or cased, is the one that was sealed."""
    typed = "".join(phrase.split()).replace("-", "").upper()
    return hmac.compare_digest(proof.expected, _expected(proof.salt, study, proof.fingerprint, typed))


def drilled(recipients: Iterable[Recipient], state: DrillState) -> tuple[bool, ...]:
    """For each recipient, in order: whether its holder has opened a test of this study."""
    opened = {proof.fingerprint for proof in state.proofs if proof.opened_at is not None}
    return tuple(recipient.fingerprint() in opened for recipient in recipients)


def readiness(
    recipients: Sequence[str], state: DrillState, *, study: str, shares: Container[str] = ()
) -> list[Problem]:
    """Why the study may not open for participants yet; empty when it may. ``recipients`` as study.toml names them.

    One is enough whose key lies in shares on paper too: ``shares`` are the fingerprints of such keys.
    """
    if state.study != study:
        return [Problem("keys.study", f"the opening tests are those of study “{state.study}”, not of “{study}”")]
    known: list[Recipient] = []
    problems: list[Problem] = []
    for text in recipients:
        try:
            recipient = Recipient.parse(text)
        except CoraError as error:
            problems.append(Problem("keys.recipient", str(error), error.hint, file="study.toml"))
            continue
        if recipient in known:
            problems.append(_twice(recipient))
        else:
            known.append(recipient)
    safe = [recipient for recipient in known if recipient.fingerprint() in shares]
    if len(known) < FEWEST_WHO_CAN_OPEN and not safe:
        problems.append(_too_few(len(known)))
    pairs = zip(known, drilled(known, state), strict=True)
    return problems + [_not_opened(recipient) for recipient, opened in pairs if not opened]


def _twice(recipient: Recipient) -> Problem:
    message = f"recipient {recipient.fingerprint()} is named twice"
    return Problem("keys.twice", message, "Name each person who can open once.", file="study.toml")


def _too_few(count: int) -> Problem:
    message = f"{count} can open; at least {FEWEST_WHO_CAN_OPEN} must, so that one lost key loses nothing"
    return Problem(
        "keys.few",
        message,
        "Make a second key (cora keys new) and name it, or put the one in shares (cora keys split).",
        file="study.toml",
    )


def _not_opened(recipient: Recipient) -> Problem:
    message = f"{recipient.fingerprint()} has not opened a test yet"
    return Problem(
        "keys.drill", message, "cora keys drill --study … --to …, then cora keys open-drill on their computer."
    )


def _expected(salt: bytes, study: str, fingerprint: str, phrase: str) -> bytes:
    message = "\0".join(("cora opening test v1", study, fingerprint, phrase))
    return hmac.digest(salt, message.encode(), "sha256")
