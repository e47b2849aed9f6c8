"""Signed statements: what a study is and who can open, approved by one of those who could open before.

They form a chain. The first is signed by somebody it names itself; each later one by somebody the one before it names.
Whoever trusts one statement, since they signed it, can follow the chain to the newest and trusts that too. A statement
holds digests and keys, no text of the study and no name.

Signatures are Ed25519. They have to hold while the study runs, and no longer: a quantum computer of later years forges
nothing that matters, whereas what is sealed has to stay closed then too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value
from cora_bot.vault.identity import ResearcherKey, decode_verify_key, verifies

FILE: Final = "signatures.json"
VERSION: Final = 1
_LABEL: Final = b"cora study v1\0"
_ANEW: Final = "If nobody can tell why: delete signatures.json, compare every fingerprint by phone, and sign again."


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is approved. ``recipients`` and names in ``signers`` are fingerprints, ``parts`` digests (hex) by name."""

    study: str
    number: int
    previous: str
    at: str
    recipients: tuple[str, ...]
    signers: dict[str, str]
    parts: dict[str, str]

    def message(self) -> bytes:
        """What is signed: one spelling, whatever the file's is."""
        named = {name: getattr(self, name) for name in self.__struct_fields__}
        return _LABEL + json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def digest(self) -> str:
        return hashlib.sha256(self.message()).hexdigest()


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement and its signatures (hex) by the fingerprint of who signed."""

    statement: Statement
    signatures: dict[str, str]

    def is_signed_by(self, verify_key: bytes) -> bool:
        """Whether one of the signatures is by this key, whatever name it stands under."""
        message = self.statement.message()
        return any(verifies(verify_key, _bytes(one), message) for one in self.signatures.values())


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    statements: list[Signed]


class Chain(Value):
    """All statements of a study, oldest first. ``checked`` has proven every link."""

    signed: tuple[Signed, ...] = ()

    @property
    def newest(self) -> Statement | None:
        return self.signed[-1].statement if self.signed else None

    def signed_as(self, key: ResearcherKey) -> Chain:
        """With this key's signature under the newest statement."""
        last = self.signed[-1]
        fingerprint = key.identity.recipient.fingerprint()
        signatures = {**last.signatures, fingerprint: key.sign(last.statement.message()).hex()}
        return Chain((*self.signed[:-1], Signed(last.statement, signatures)))

    def followed_by(self, statement: Statement) -> Chain:
        """With one more statement, not signed yet."""
        return Chain((*self.signed, Signed(statement, {})))

    def document(self) -> bytes:
        content = msgspec.json.encode(_Document(VERSION, list(self.signed)))
        return msgspec.json.format(content, indent=1) + b"\n"

    def vouched_for(self, verify_keys: Collection[bytes]) -> bool:
        """Whether one of these keys signed any of the statements: the newest then follows from what its holder saw."""
        return any(each.is_signed_by(key) for each in self.signed for key in verify_keys)


def read_chain(text: bytes | str, *, study: str) -> Chain:
    """The chain in ``signatures.json``, every link of it proven. Raises ``CoraError`` that says what does not hold."""
    try:
        document = msgspec.json.decode(text, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise CoraError(f"{FILE} cannot be read", _ANEW) from None
    if document.v != VERSION:
        raise CoraError(f"{FILE} has version {document.v}, and this program reads version {VERSION}")
    if not document.statements:
        raise CoraError(f"{FILE} holds no statement", _ANEW)
    _check(document.statements, study)
    return Chain(tuple(document.statements))


def may_approve(chain: Chain, statement: Statement) -> Mapping[str, str]:
    """Whose signature makes ``statement`` count, behind ``chain``: verify keys by fingerprint."""
    return chain.newest.signers if chain.newest else statement.signers


def _check(statements: Sequence[Signed], study: str) -> None:
    before = Chain()
    for number, each in enumerate(statements, start=1):
        statement = each.statement
        previous = before.newest.digest() if before.newest else ""
        if (statement.study, statement.number, statement.previous) != (study, number, previous):
            raise CoraError(f"statement {number} in {FILE} does not belong there", _ANEW)
        _check_signatures(each, may_approve(before, statement))
        before = Chain((*before.signed, each))


def _check_signatures(each: Signed, approvers: Mapping[str, str]) -> None:
    """One valid signature of somebody who may approve; and no other than of them and of those it names itself."""
    number = each.statement.number
    known = {**each.statement.signers, **approvers}
    for fingerprint, signature in each.signatures.items():
        key = known.get(fingerprint, "")
        if not key or not verifies(_verify_key(key), _bytes(signature), each.statement.message()):
            raise CoraError(f"the signature of {fingerprint} under statement {number} in {FILE} does not hold", _ANEW)
    if not any(fingerprint in approvers for fingerprint in each.signatures):
        raise CoraError(f"nobody who may has signed statement {number} in {FILE}", "cora keys sign STUDY --key KEYFILE")


def _verify_key(text: str) -> bytes:
    return decode_verify_key(text, what=FILE)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
