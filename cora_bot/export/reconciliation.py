"""Sealed in the bundle = opened = exported, or a name and a reason for every record that is missing on the way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from cora_bot.base.values import replace
from cora_bot.export.answers import Gathered
from cora_bot.export.bundle_facts import OccurrenceFact
from cora_bot.export.bundle_format import Manifest
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.cells import instant
from cora_bot.export.consents import CONSENT, changed_texts
from cora_bot.export.opened import Stamp, Trouble
from cora_bot.export.opening import Opening
from cora_bot.export.response import Response
from cora_bot.export.terminal import printable
from cora_bot.export.trip_response import TripResponse
from cora_bot.study.model import Step


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The account of one export.

    ``sealed`` is what the server says it put in; ``found`` what the file holds. ``waiting`` are answers sealed on
    arrival whose form was still open when the bundle was made: the next bundle brings the rest. ``left_out`` belong
    to persons an earlier export in this folder knew as erased. ``kinds`` counts opened records by kind. ``response``
    and ``trips`` go along for people to read; ``response.csv`` holds both.
    ``differences`` are sentences without content; empty means that everything fits.
    """

    sealed: int
    found: int
    opened: int
    exported: int
    waiting: int
    left_out: int
    kinds: dict[str, int]
    not_opened: tuple[Trouble, ...]
    not_exported: tuple[Trouble, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...]
    response: tuple[Response, ...] = ()
    trips: tuple[TripResponse, ...] = ()

    @property
    def fits(self) -> bool:
        return not (self.differences or self.not_opened or self.not_exported)


def reconcile(
    bundle: Bundle,
    opening: Opening,
    gathered: Gathered,
    *,
    facts: Iterable[OccurrenceFact],
    notes: Iterable[str] = (),
    response: tuple[Response, ...] = (),
    trips: tuple[TripResponse, ...] = (),
    unsigned: Iterable[str] = (),
    visits: Iterable[str] = (),
) -> Reconciliation:
    """The account. It counts what is there; it never repairs.

    ``facts`` are the occasions for which an answer must have come along if the server says so; ``unsigned`` what
    contradicts a signature; ``visits`` which files of visits could not join their case.
    """
    return Reconciliation(
        sealed=bundle.manifest.counts["records"],
        found=len(bundle.records),
        opened=len(opening.opened),
        exported=len(gathered.exported),
        waiting=len(gathered.waiting),
        left_out=len(gathered.left_out),
        kinds=dict(sorted(Counter(record.head.kind for record in opening.opened).items())),
        not_opened=opening.failures,
        not_exported=gathered.troubles,
        differences=(
            *bundle.differences,
            *_unaccounted(opening, gathered),
            *changed_texts(record for record in opening.opened if record.head.kind == CONSENT),
            *_not_erased(bundle, opening),
            *_unanswered(facts, gathered),
            *unsigned,
            *(f"file {trouble}" for trouble in visits),
        ),
        notes=tuple(notes),
        response=response,
        trips=trips,
    )


def _unaccounted(opening: Opening, gathered: Gathered) -> list[str]:
    """Guards against a mistake of ours: every opened record must have ended somewhere."""
    ended = gathered.exported | gathered.waiting | gathered.left_out | {trouble.record for trouble in gathered.troubles}
    return [
        f"record {record.head.record} was opened and ended nowhere"
        for record in opening.opened
        if record.head.record not in ended
    ]


def _not_erased(bundle: Bundle, opening: Opening) -> list[str]:
    """The server destroys what it erases: a bundle that lists a person as erased cannot still hold their records."""
    erased = frozenset(bundle.manifest.erased)
    return [
        f"record {record.head.record} is of a person the bundle lists as erased; it was left out"
        for record in opening.opened
        if record.head.case in erased
    ]


def _unanswered(facts: Iterable[OccurrenceFact], gathered: Gathered) -> list[str]:
    """Occasions the server counts as answered, for which no record of an answer came along."""
    answered = {(one.code, one.wave, one.number) for one in gathered.answerings}
    return [
        f"case {fact.code}, {fact.wave} {fact.number} is {fact.step} on the server, and no record of it was exported"
        for fact in facts
        if fact.step in (Step.COMPLETE, Step.PARTIAL) and (fact.code, fact.wave, fact.number) not in answered
    ]


def as_json(
    account: Reconciliation,
    manifest: Manifest,
    stamp: Stamp,
    *,
    erased: Iterable[str],
    signed: tuple[int, str] | None = None,
    seen: tuple[int, str] | None = None,
    contents: str = "",
) -> bytes:
    """``reconciliation.json``. ``erased`` are the cases (hex) every later export into this folder leaves out too;
    ``signed`` is the signed statement every later one must follow from, ``seen`` how far the audit log went,
    ``contents`` the fingerprint of the files.
    """
    document = {
        "export": stamp.export,
        "exported_at": instant(stamp.at),
        "opened_with": list(stamp.opened_with),
        "bundle": manifest.bundle,
        "bundle_made_at": instant(manifest.made_at),
        "study": manifest.study,
        "erased": sorted(erased),
        "signed": signed,
        "audit": seen,
        "holder": manifest.holder,
        "contents": contents,
        "fits": account.fits,
        **msgspec.to_builtins(replace(account, response=(), trips=())),
    }
    del document["response"], document["trips"]
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def as_text(account: Reconciliation) -> str:
    """The table people read."""
    lines = [
        f"sealed in the bundle  {account.sealed:>8}",
        f"found in the file     {account.found:>8}",
        f"opened                {account.opened:>8}",
        f"exported              {account.exported:>8}",
        f"waiting               {account.waiting:>8}   (of forms still open when the bundle was made)",
        f"left out              {account.left_out:>8}   (of persons erased since)",
    ]
    lines += [f"note: {note}" for note in account.notes]
    lines += [f"DIFFERENCE: {difference}" for difference in account.differences]
    lines += [f"NOT OPENED: record {trouble.record} {trouble.what}" for trouble in account.not_opened]
    lines += [f"NOT EXPORTED: record {trouble.record} {trouble.what}" for trouble in account.not_exported]
    lines.append("everything fits" if account.fits else "THE EXPORT IS NOT COMPLETE: see the lines above")
    return "\n".join(printable(line) for line in lines)
