"""What a researcher carries away: sealed records, open facts by case code, forms and the study; never an address.

The outer erasure wrap is taken off here: a bundle is opened with a researcher's key alone. One consistent view of the
store is read; the file appears complete or not at all, readable by its owner only.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cora_bot.base.chance import new_id
from cora_bot.base.logging import log
from cora_bot.dialogue.conversation import Occurrence, Participant, Status, Withdrawal
from cora_bot.export import bundle_format as fmt
from cora_bot.store import audit_log as stored_log
from cora_bot.store import form_versions, handed_out, ledger, occurrences, outages, participants, records, visits
from cora_bot.store.audit_log import Noted
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.handed_out import HandedOut
from cora_bot.store.ledger import Contact
from cora_bot.study.model import Step
from cora_bot.study.stretch import Span, overlap, spans
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House
from cora_bot.usecases.visits import appointments
from cora_bot.vault.audit_chain import write_lines
from cora_bot.vault.erasure import unwrap

PAGE = 500
RECORDS = 64  # read at once: a part of a file has most of a megabyte
LASTS = timedelta(days=90)
"""So long a copy is out, unless somebody says otherwise."""
CONTACT_COLUMNS = ("code", "reason", "state", "wave", "number", "created_at", "finished_at", "outcome")
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # entries carry no time: their order and age would say who answered when


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a bundle."""

    bundle: str
    records: int
    cases: int
    erased: int
    expires: datetime


async def write_bundle(house: House, path: Path, *, holder: str, lasts: timedelta = LASTS) -> Written:
    """Writes everything there is to ``path`` for ``holder``. Replaces an older file.

    The copy is registered before it appears, as of the moment before the store was read: no copy is out that is in no
    list, and whoever is erased from then on may be in it.
    """
    part = path.with_name(path.name + ".part")
    made_at, copy = house.clock.now(), new_id(house.chance)
    bundle, expires = copy.hex(), made_at + lasts
    try:
        with _private(part) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            async with house.database.read() as tx:
                counts = await _fill(house, tx, archive)
                erased = [case.hex() for case in await records.erased(tx)]
            about = {"bundle": bundle, "holder": holder, "made_at": _when(made_at), "expires": _when(expires)}
            _add(archive, fmt.MANIFEST, json.dumps(_manifest(house, counts) | about | {"erased": erased}, indent=2))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        async with house.database.transaction() as tx:
            await handed_out.add(tx, HandedOut(copy, holder, made_at, expires))
            await audit_log.note(house, tx, Noted("bundle", facts=_noted(house, about, counts)))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    log("bundle_written", bundle=bundle, records=counts["records"], cases=counts["cases"])
    return Written(bundle, counts["records"], counts["cases"], len(erased), expires)


def _noted(house: House, about: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, str]:
    openers = " ".join(recipient.fingerprint() for recipient in house.recipients)
    return {**about, "records": str(counts["records"]), "openers": openers}


def _private(path: Path) -> io.BufferedRandom:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w+b")


def _add(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH_OF_ZIP)
    entry.external_attr = 0o600 << 16
    # What is sealed does not shrink; trying costs time and says nothing.
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".age") else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _manifest(house: House, counts: Mapping[str, int]) -> dict[str, object]:
    return {
        "format": fmt.FORMAT,
        "version": fmt.VERSION,
        "study": house.script.study.id,
        "counts": dict(counts),
        "recipients": [recipient.fingerprint() for recipient in house.recipients],
    }


async def _fill(house: House, tx: Tx, archive: zipfile.ZipFile) -> dict[str, int]:
    written = await _records(house, tx, archive)
    counts = {"records": written.total()}
    tables = await _facts(house, tx, written)
    for name, columns, rows in (
        (fmt.CASES, fmt.CASE_COLUMNS, tables.cases),
        (fmt.OCCURRENCES, fmt.OCCURRENCE_COLUMNS, tables.occurrences),
        (fmt.CONTACTS, CONTACT_COLUMNS, tables.contacts),
        (fmt.OUTAGES, fmt.OUTAGE_COLUMNS, tables.outages),
    ):
        _add(archive, name, _csv(columns, rows))
        counts[name.removesuffix(".csv")] = len(rows)
    if tables.visits or await visits.any_trip(tx):
        _add(archive, fmt.VISITS, _csv(fmt.VISIT_COLUMNS, tables.visits))
        counts["visits"] = len(tables.visits)
    forms = {each.hash: each.xform for each in await form_versions.every(tx)}
    forms |= {form.hash: form.xform for form in house.script.forms.values()}
    for digest, xform in sorted(forms.items()):
        _add(archive, f"forms/{digest}.xml", xform)
    _add(archive, fmt.STUDY, house.script.study.source)
    log = [stored_log.entry(row) async for row in stored_log.every(tx)]
    _add(archive, fmt.AUDIT, write_lines(log))
    if house.script.study.signatures:
        _add(archive, fmt.SIGNATURES, house.script.study.signatures)
    return counts | {"forms": len(forms)}


async def _records(house: House, tx: Tx, archive: zipfile.ZipFile) -> Counter[bytes]:
    """Every record whose case still has its erasure key; without it a case is erased, whatever is still stored.

    What somebody said in the middle of the consent form stays here until they have consented, and for good what was
    taken back: also while that can still be undone. Gives back how many by case.
    """
    staying = await house.keystore.links([*await participants.enrolling(tx), *await participants.withdrawn(tx)])
    without_consent = {link.case for link in staying.values()}
    after, written = b"", Counter[bytes]()
    while page := await records.page(tx, after, RECORDS):
        after = page[-1].id
        keys = await house.keystore.erasure_keys({each.case for each in page})
        for each in page:
            if each.case in keys and each.case not in without_consent:
                sealed = unwrap(keys[each.case], each.blob, case=each.case, record=each.id)
                _add(archive, f"records/{each.id.hex()}.age", sealed)
                written[each.case] += 1
    return written


@dataclass(frozen=True, slots=True)
class _Tables:
    cases: list[tuple[object, ...]]
    occurrences: list[tuple[object, ...]]
    contacts: list[tuple[object, ...]]
    outages: list[tuple[object, ...]]
    visits: list[tuple[object, ...]]


async def _facts(house: House, tx: Tx, written: Collection[bytes]) -> _Tables:
    """What is known in the open. ``written``: the cases with records; whose link was cut are such and no more."""
    known = await outages.every(tx)
    tables = _Tables([], [], [], [(each.place, _wall(each.begins), _wall(each.ends)) for each in known], [])
    after, cut = b"", set(written)
    while halves := await participants.page(tx, house.keys, after, PAGE):
        after = halves[-1].id
        joined = [half for half in halves if half.status is not Status.ENROLLING]
        people = await whole(joined, house.keystore)
        planned = await occurrences.all_of(tx, people)
        contacts = await ledger.contacts(tx, people)
        staying: list[Participant] = []
        for person in people.values():
            if not person.code or person.withdrawal is Withdrawal.ANSWERS:
                continue  # severed: nothing leads from the person to a case any more; or taken back
            cut.discard(person.case)
            tables.cases.append(_case(person))
            cut_off = spans(known, country=person.country, zone=person.zone)
            tables.occurrences.extend(_occurrence(person.code, each, cut_off) for each in planned.get(person.id, []))
            tables.contacts.extend(_contact(person.code, each) for each in contacts.get(person.id, []))
            staying.append(person)
        tables.visits.extend(await appointments.bundled(house, tx, staying))
    tables.cases.extend((fmt.CUT.format(case.hex()[:12]), case.hex(), "", "", "cut") for case in cut)
    for rows in (tables.cases, tables.occurrences, tables.contacts, tables.visits):
        rows.sort(key=lambda row: [str(cell) for cell in row])  # by code: the store's order says nothing to anybody
    return tables


def _case(person: Participant) -> tuple[object, ...]:
    return person.code, person.case.hex(), person.language, person.zone, person.status.value


def _occurrence(code: str, each: Occurrence, cut_off: Iterable[Span]) -> tuple[object, ...]:
    return (
        code,
        each.wave,
        each.number,
        _when(each.opens),
        _when(each.closes),
        _step(each).value,
        each.sent,
        each.put_away,
        each.reason,
        _when(each.opened_at),
        _when(each.finished_at),
        math.ceil(overlap(cut_off, each.opens, each.closes) / timedelta(hours=1)),
    )


def _step(each: Occurrence) -> Step:
    """What is being answered again was complete before, and its answers are there."""
    return Step.COMPLETE if each.finished_at is not None and each.step is Step.OPENED else each.step


def _contact(code: str, each: Contact) -> tuple[object, ...]:
    return (
        code,
        each.reason,
        each.state.value,
        each.wave or "",
        "" if each.number is None else each.number,
        _when(each.created_at),
        _when(each.finished_at),
        each.outcome,
    )


def _wall(local: datetime) -> str:
    return f"{local:%Y-%m-%dT%H:%M}"


def _when(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant else ""


def _csv(columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
