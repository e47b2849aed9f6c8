"""Reads a bundle strictly: what is not in the format is refused, and nothing grows without bound.

The file comes from a carried stick or a mail: it may be cut short, changed, from a newer program or made to fill the
memory. Every size is limited before anything is unpacked, and what is unpacked is counted, not believed. Sealed
records are read one at a time. Nothing is written. Signs of damage are ``CoraError``s that name the entry.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value
from cora_bot.export import bundle_format as fmt
from cora_bot.export.bundle_facts import (
    AGAIN,
    Case,
    ContactFact,
    OccurrenceFact,
    OutageFact,
    VisitFact,
    contact,
    moment,
    occurrence,
    outage,
    visit,
)
from cora_bot.export.bundle_format import Manifest, Resealed
from cora_bot.vault.audit_chain import Entry, read_lines

MEGABYTE: Final = 1024 * 1024
LARGEST: Final[Mapping[str, int]] = {
    fmt.MANIFEST: 64 * MEGABYTE,
    fmt.STUDY: 4 * MEGABYTE,
    fmt.CASES: 256 * MEGABYTE,
    fmt.OCCURRENCES: 1024 * MEGABYTE,
    fmt.CONTACTS: 1024 * MEGABYTE,
    fmt.OUTAGES: 4 * MEGABYTE,
}
LARGEST_VISITS: Final = 64 * MEGABYTE
LARGEST_SIGNATURES: Final = 4 * MEGABYTE
LARGEST_AUDIT: Final = 256 * MEGABYTE
LARGEST_RECORD: Final = 16 * MEGABYTE
LARGEST_FORM: Final = 16 * MEGABYTE
# Tables and forms shrink 30-fold at most, sealed records not at all; a zip that grows 200-fold was made to.
LARGEST_GROWTH: Final = 200
# What zipfile raises on files that were bent: it believes offsets, sizes and names before it checks them.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Bundle(Value):
    """An open bundle. ``records`` are the ids (hex) of its sealed records, sorted; ``sealed`` reads one of them."""

    manifest: Manifest
    study_toml: str
    cases: tuple[Case, ...]
    occurrences: tuple[OccurrenceFact, ...]
    contacts: tuple[ContactFact, ...]
    outages: tuple[OutageFact, ...]
    forms: Mapping[str, str]
    records: tuple[str, ...]
    differences: tuple[str, ...]
    archive: zipfile.ZipFile
    signatures: bytes = b""
    audit: tuple[Entry, ...] | None = None
    visits: tuple[VisitFact, ...] | None = None  # None: the server has no table of visits

    def sealed(self, record: str) -> bytes:
        return _entry(self.archive, f"records/{record}.age", LARGEST_RECORD)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """The bundle in ``path``, for as long as the block lasts.

    Raises ``CoraError`` when the file is not a bundle, is damaged, or was made by a newer version. Numbers that do not
    match the manifest are not an error here: they are ``Bundle.differences``, for the reconciliation to name.
    """
    with _archive(path) as archive:
        _check_entries(archive, path.stat().st_size)
        yield _read(archive)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise CoraError(f"{path} could not be read: {error.strerror}") from None
        raise CoraError(f"{path.name} is not a bundle, or it was cut short", AGAIN) from None


def _check_entries(archive: zipfile.ZipFile, on_disk: int) -> None:
    seen: set[str] = set()
    total = 0
    for entry in archive.infolist():
        name = entry.filename
        if name in seen:
            raise CoraError(f"the bundle holds {name!r} twice", AGAIN)
        seen.add(name)
        if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise CoraError(f"the bundle's entry {name!r} is packed in a way bundles are not", AGAIN)
        if entry.file_size > limit_of(name):
            raise CoraError(f"the bundle's entry {name!r} is larger than bundles may hold", AGAIN)
        total += entry.file_size
    if total > on_disk * LARGEST_GROWTH:
        raise CoraError("the bundle would grow far beyond its size when unpacked", AGAIN)
    for needed in LARGEST:
        if needed not in seen:
            raise CoraError(f"the bundle has no {needed}", AGAIN)


def limit_of(name: str) -> int:
    """How large an entry of this name may be. Raises ``CoraError`` for a name that bundles do not hold."""
    if name in LARGEST:
        return LARGEST[name]
    if name == fmt.SIGNATURES:
        return LARGEST_SIGNATURES
    if name == fmt.AUDIT:
        return LARGEST_AUDIT
    if name == fmt.VISITS:
        return LARGEST_VISITS
    if fmt.RECORD.fullmatch(name):
        return LARGEST_RECORD
    if fmt.FORM.fullmatch(name):
        return LARGEST_FORM
    raise CoraError(f"the bundle holds {name!r}, which bundles do not", AGAIN)


def _entry(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        with archive.open(name) as file:
            content = file.read(limit + 1)
    except _BROKEN:
        raise CoraError(f"the bundle's entry {name!r} is damaged", AGAIN) from None
    if len(content) > limit:
        raise CoraError(f"the bundle's entry {name!r} is larger than bundles may hold", AGAIN)
    return content


def _text(archive: zipfile.ZipFile, name: str, limit: int) -> str:
    try:
        return _entry(archive, name, limit).decode("utf-8")
    except UnicodeDecodeError:
        raise CoraError(f"the bundle's entry {name!r} is not UTF-8", AGAIN) from None


def _read(archive: zipfile.ZipFile) -> Bundle:
    manifest = read_manifest(_text(archive, fmt.MANIFEST, LARGEST[fmt.MANIFEST]))
    names = sorted(archive.namelist())
    records = tuple(match[1] for name in names if (match := fmt.RECORD.fullmatch(name)))
    forms = {match[1]: _form(archive, name, match[1]) for name in names if (match := fmt.FORM.fullmatch(name))}
    cases = tuple(Case(**row) for row in _rows(archive, fmt.CASES, fmt.CASE_COLUMNS))
    occurrences = tuple(occurrence(row) for row in _rows(archive, fmt.OCCURRENCES, fmt.OCCURRENCE_COLUMNS))
    contacts = tuple(contact(row) for row in _rows(archive, fmt.CONTACTS, fmt.CONTACT_COLUMNS))
    outages = tuple(outage(row) for row in _rows(archive, fmt.OUTAGES, fmt.OUTAGE_COLUMNS))
    visits = _visits(archive) if fmt.VISITS in names else None
    found = {
        "records": len(records),
        "cases": len(cases),
        "occurrences": len(occurrences),
        "contacts": len(contacts),
        "outages": len(outages),
        "forms": len(forms),
    } | ({"visits": len(visits)} if visits is not None else {})
    differences = tuple(
        f"the manifest counts {manifest.counts.get(what, 0)} {what}, the bundle holds {found.get(what, 0)}"
        for what in (*fmt.COUNTED, "visits")
        if manifest.counts.get(what, 0) != found.get(what, 0)
    )
    study = _text(archive, fmt.STUDY, LARGEST[fmt.STUDY])
    signatures = _entry(archive, fmt.SIGNATURES, LARGEST_SIGNATURES) if fmt.SIGNATURES in names else b""
    return Bundle(
        manifest,
        study,
        cases,
        occurrences,
        contacts,
        outages,
        forms,
        records,
        differences,
        archive,
        signatures,
        _audit(archive) if fmt.AUDIT in names else None,
        visits,
    )


def _audit(archive: zipfile.ZipFile) -> tuple[Entry, ...]:
    try:
        return tuple(read_lines(_entry(archive, fmt.AUDIT, LARGEST_AUDIT)))
    except (ValueError, RecursionError):
        raise CoraError(f"the bundle's {fmt.AUDIT} is not an audit log", AGAIN) from None


def _visits(archive: zipfile.ZipFile) -> tuple[VisitFact, ...]:
    return tuple(visit(row) for row in _rows(archive, fmt.VISITS, fmt.VISIT_COLUMNS))


def _form(archive: zipfile.ZipFile, name: str, digest: str) -> str:
    content = _entry(archive, name, LARGEST_FORM)
    if hashlib.sha256(content).hexdigest() != digest:
        raise CoraError(f"the bundle's form {digest[:12]}… is not the form its name says", AGAIN)
    return _text(archive, name, LARGEST_FORM)


def read_manifest(text: str) -> Manifest:
    """Raises ``CoraError``."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise CoraError("the bundle's manifest is not JSON", AGAIN) from None
    if not isinstance(raw, dict) or raw.get("format") != fmt.FORMAT:
        raise CoraError("this zip file is not a CoR.A bundle", "Give the file that 'cora bundle' wrote.")
    if raw.get("version") != fmt.VERSION:
        raise CoraError(
            f"the bundle has format version {raw.get('version')!r}; this program reads version {fmt.VERSION}",
            "Install the version of cora-bot that the server runs, then export again.",
        )
    try:
        return Manifest(
            bundle=_string(raw["bundle"]),
            study=_string(raw["study"]),
            made_at=moment(_string(raw["made_at"])),
            counts={what: _count(raw["counts"][what]) for what in _counted(raw["counts"])},
            erased=tuple(_string(case) for case in raw["erased"]),
            recipients=tuple(_string(recipient) for recipient in raw["recipients"]),
            resealed=_resealed(raw["resealed"]) if "resealed" in raw else None,
            expires=moment(_string(raw["expires"])) if "expires" in raw else None,
            holder=_string(raw.get("holder", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise CoraError("the bundle's manifest lacks something or holds the wrong kind of value", AGAIN) from None


def _counted(counts: Mapping[str, object]) -> tuple[str, ...]:
    return (*fmt.COUNTED, "visits") if "visits" in counts else fmt.COUNTED


def _resealed(raw: Mapping[str, object]) -> Resealed:
    return Resealed(_string(raw["from"]), _string(raw["by"]), moment(_string(raw["at"])))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _rows(archive: zipfile.ZipFile, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a table that has at least ``columns``; columns this version does not know are left out."""
    reader = csv.DictReader(io.StringIO(_text(archive, name, limit_of(name)), newline=""), strict=True)
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise CoraError(f"the bundle's {name} has no column {', '.join(missing)}", AGAIN)
        for row in reader:
            if None in row or None in row.values():
                raise CoraError(f"the bundle's {name}, line {reader.line_num}, has too few or too many cells", AGAIN)
            yield {column: row[column] for column in columns}
    except csv.Error:
        raise CoraError(f"the bundle's {name}, line {reader.line_num}, is damaged", AGAIN) from None
