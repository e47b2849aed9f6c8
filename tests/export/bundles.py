"""Bundles as the server writes them, with really sealed records, and bent on purpose where a test wants it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cora_bot.base.chance import SeededChance
from cora_bot.export import bundle_format as fmt
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import RecordHead, seal_record
from tests.export.samples import BEGUN

CHANCE = SeededChance("bundles")
ANNA = Identity.generate(CHANCE)
BERAT = Identity.generate(CHANCE)
STRANGER = Identity.generate(CHANCE)
STUDY = "follow_up"

CASE = "11" * 16
OTHER_CASE = "22" * 16
CODES = {CASE: "K7F-2QX", OTHER_CASE: "M3A-9ZW"}


def head(record: str, kind: str, **changes: Any) -> RecordHead:
    """A head of the check-in that ``samples`` describe; every field can be changed."""
    fields: dict[str, Any] = {
        "study": STUDY,
        "case": CASE,
        "kind": kind,
        "record": record,
        "session": "55" * 16,
        "form": "check_in",
        "form_version": "2",
        "form_hash": "b" * 64,
        "wave": "monthly",
        "number": 1,
        "order": 1,
        "language": "ar",
        "started_at": BEGUN,
        "at": BEGUN + timedelta(minutes=3),
    }
    return RecordHead(**(fields | changes))


def sealed(one: RecordHead, body: Mapping[str, Any]) -> bytes:
    return seal_record(one, body, [ANNA.recipient, BERAT.recipient], CHANCE)


@dataclass
class Draft:
    """A bundle to be: parts by entry name; ``manifest`` is completed with true counts unless it says otherwise."""

    records: dict[str, bytes] = field(default_factory=dict)
    occurrences: list[Sequence[str]] = field(default_factory=list)
    contacts: list[Sequence[str]] = field(default_factory=list)
    outages: list[Sequence[str]] = field(default_factory=list)
    visits: list[Sequence[str]] | None = None
    forms: list[str] = field(default_factory=list)
    study_toml: str = ""
    codes: Mapping[str, str] = field(default_factory=lambda: CODES)
    manifest: dict[str, Any] = field(default_factory=dict)
    more: dict[str, bytes] = field(default_factory=dict)

    def add(self, one: RecordHead, body: Mapping[str, Any]) -> None:
        self.records[one.record] = sealed(one, body)

    def entries(self) -> dict[str, bytes]:
        cases = [(code, case, "ar", "Asia/Baghdad", "active") for case, code in self.codes.items()]
        counts = {
            "records": len(self.records),
            "cases": len(cases),
            "occurrences": len(self.occurrences),
            "contacts": len(self.contacts),
            "outages": len(self.outages),
            "forms": len(self.forms),
        } | ({} if self.visits is None else {"visits": len(self.visits)})
        manifest = {
            "format": fmt.FORMAT,
            "version": fmt.VERSION,
            "bundle": "77" * 16,
            "study": STUDY,
            "made_at": "2026-11-22T10:00:00Z",
            "counts": counts,
            "erased": [],
            "recipients": [ANNA.recipient.fingerprint(), BERAT.recipient.fingerprint()],
        }
        return {
            fmt.MANIFEST: json.dumps(manifest | self.manifest).encode(),
            fmt.STUDY: self.study_toml.encode(),
            fmt.CASES: table(fmt.CASE_COLUMNS, cases),
            fmt.OCCURRENCES: table(fmt.OCCURRENCE_COLUMNS, self.occurrences),
            fmt.CONTACTS: table(fmt.CONTACT_COLUMNS, self.contacts),
            fmt.OUTAGES: table(fmt.OUTAGE_COLUMNS, self.outages),
            **({} if self.visits is None else {fmt.VISITS: table(fmt.VISIT_COLUMNS, self.visits)}),
            **{f"records/{record}.age": content for record, content in self.records.items()},
            **{f"forms/{hashlib.sha256(form.encode()).hexdigest()}.xml": form.encode() for form in self.forms},
            **self.more,
        }

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.entries().items():
                archive.writestr(name, content)
        return path


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def occurrence(code: str = "K7F-2QX", *, step: str = "complete", number: int = 1, **changes: str) -> tuple[str, ...]:
    row = {
        "code": code,
        "wave": "monthly",
        "number": str(number),
        "opens": "2026-11-02T07:00:00Z",
        "closes": "2026-11-14T07:00:00Z",
        "step": step,
        "sent": "1",
        "put_away": "0",
        "reason": "",
        "opened_at": "2026-11-02T08:00:00Z",
        "finished_at": "2026-11-02T08:03:00Z",
        "outage_hours": "0",
    } | changes
    return tuple(row[column] for column in fmt.OCCURRENCE_COLUMNS)


def contact(code: str = "K7F-2QX", *, state: str = "sent", number: str = "1", **changes: str) -> tuple[str, ...]:
    row = {
        "code": code,
        "reason": "invitation:monthly",
        "state": state,
        "wave": "monthly",
        "number": number,
        "created_at": "2026-11-02T07:00:00Z",
        "finished_at": "2026-11-02T07:00:01Z",
        "outcome": "",
    } | changes
    return tuple(row[column] for column in fmt.CONTACT_COLUMNS)


def visit(number: str = "V-7Q2K", code: str = "K7F-2QX", **changes: str) -> tuple[str, ...]:
    row = {
        "visit": number,
        "code": code,
        "trip": "spring",
        "outcome": "booked",
        "way": "in_person",
        "starts": "2027-03-28T07:00:00Z",
        "moves": "0",
        "misses": "0",
        "sent": "1",
        "opened": "1",
        "booked": "1",
        "closes": "2027-04-02T15:00:00Z",
    } | changes
    return tuple(row[column] for column in fmt.VISIT_COLUMNS)
