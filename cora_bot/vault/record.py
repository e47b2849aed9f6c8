"""A sealed record: an age file of padded JSON ``{"v":1,"head":{…},"body":{…}}``. FORMAT.md is its public description.

The head says where the record belongs. It is inside the seal, and ``open_record`` compares it with the place the
record was found at: a record that was moved to another row, case or study never opens.
Anyone who knows the public keys can make an age file, so the inside is read as strictly as the outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.agefile import Identity, Recipient, open_sealed, seal
from cora_bot.vault.padding import pad, unpad

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Where a record belongs and how it came about.

    ``case``, ``record``, ``session`` are ids in lower-case hex; ``order`` counts the records of one session from 1;
    ``number`` is the wave's occurrence (0 where there is none); instants are aware, in UTC, in whole milliseconds.
    """

    study: str
    case: str
    kind: str
    record: str
    session: str
    form: str
    form_version: str
    form_hash: str
    wave: str
    number: int
    order: int
    language: str
    started_at: datetime
    at: datetime


_HEAD: Final = tuple(one.name for one in fields(RecordHead))


class _Versioned(msgspec.Struct):
    v: int


class _Inside(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    head: RecordHead
    body: dict[str, Any]


def seal_record(head: RecordHead, body: Mapping[str, Any], recipients: Sequence[Recipient], chance: Chance) -> bytes:
    """The record for everyone in ``recipients``; ``body`` is JSON-able, without NaN or infinity."""
    named = {name: getattr(head, name) for name in _HEAD} | {"started_at": _text(head.started_at), "at": _text(head.at)}
    return seal(pad(_json({"v": VERSION, "head": named, "body": dict(body)})), recipients, chance)


def open_record(
    sealed: bytes, identities: Sequence[Identity], *, study: str, case: str | None, record: str | None
) -> tuple[RecordHead, dict[str, Any]]:
    """Head and body of the record that stands at this study, case and record id (hex).

    ``case`` is None where the place names none (a bundle): the caller then checks ``head.case`` against the cases
    it knows. ``record`` is None for a participant's own copy, which stands at no record's place.
    Raises ``NotOpened``, also for a record that belongs elsewhere; ``CoraError`` for a version this program is too
    old to read.
    """
    inside = _belonging(open_sealed(sealed, identities), study=study, case=case, record=record)
    return inside.head, inside.body


def reseal_record(
    sealed: bytes,
    identities: Sequence[Identity],
    recipients: Sequence[Recipient],
    chance: Chance,
    *,
    study: str,
    record: str,
) -> bytes:
    """The same record, byte for byte inside, for everyone in ``recipients``; proven to open before it is returned.

    One of ``identities`` must be among the recipients: what nobody here can open cannot be proven. Raises as
    ``open_record`` does.
    """
    inside = open_sealed(sealed, identities)
    _belonging(inside, study=study, case=None, record=record)
    made = seal(inside, recipients, chance)
    if open_sealed(made, [one for one in identities if one.recipient in recipients]) != inside:
        raise AssertionError("the record that was sealed anew does not open as the same")
    return made


def _belonging(padded: bytes, *, study: str, case: str | None, record: str | None) -> _Inside:
    inside = _read(unpad(padded))
    head = inside.head
    if head.study != study or case not in (None, head.case) or record not in (None, head.record):
        raise NotOpened("the record")
    if head.started_at.tzinfo != UTC or head.at.tzinfo != UTC:
        raise NotOpened("the record")
    return inside


def _read(content: bytes) -> _Inside:
    try:
        inside = msgspec.json.decode(content, type=_Inside)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        _check_version(_version(content))
        raise NotOpened("the record") from None
    _check_version(inside.v)
    return inside


def _version(content: bytes) -> int:
    """Of what this program cannot read: perhaps it was made by a newer one."""
    try:
        return msgspec.json.decode(content, type=_Versioned).v
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise NotOpened("the record") from None


def _check_version(version: int) -> None:
    if version != VERSION:
        raise CoraError(
            f"this record has format version {version}, and this program reads version {VERSION}",
            "Open it with a newer version of the program; nothing is wrong with the record.",
        )


def _json(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8. What a person sent is still kept, as the replacement character.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
