"""One export, from the carried bundle to the folder of tables. The one place that knows the whole sequence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cora_bot.base.chance import Chance
from cora_bot.export import (
    alerts,
    audit,
    audit_log,
    consents,
    contacts,
    dispositions,
    instances,
    messages,
    own_log,
    response,
    trip_response,
    visit_files,
    visits,
)
from cora_bot.export.alerts import ALERT
from cora_bot.export.answers import Gathered
from cora_bot.export.bundle_facts import ContactFact, OccurrenceFact, VisitFact
from cora_bot.export.bundle_reader import Bundle
from cora_bot.export.cells import csv_file, instant
from cora_bot.export.codebook import codebook
from cora_bot.export.columns import FormColumns, form_columns
from cora_bot.export.consents import CONSENT
from cora_bot.export.definition import label_language, study_of
from cora_bot.export.folder import (
    ACCOUNT,
    earlier_audit,
    earlier_erased,
    earlier_signed,
    earlier_visit_files,
    fingerprint_of,
    publish,
)
from cora_bot.export.media import write_files
from cora_bot.export.messages import MESSAGE
from cora_bot.export.missing import Missing
from cora_bot.export.opened import OpenedRecord, Stamp
from cora_bot.export.opened_bundles import erased_in, form_order, newest_first, opened_all, stamp_of
from cora_bot.export.opening import Opening, Progress
from cora_bot.export.readme import readme
from cora_bot.export.reconciliation import Reconciliation, as_json, reconcile
from cora_bot.export.response import Response, responses
from cora_bot.export.tables import chosen, long_rows, wide_rows
from cora_bot.export.trip_response import TripResponse, trip_responses
from cora_bot.export.visit_files import Expected, Joined, take_up
from cora_bot.export.vouching import vouching
from cora_bot.study.model import Study
from cora_bot.vault.agefile import Identity
from cora_bot.vault.identity import verify_key_of

STAMPED: Final = frozenset({"codebook.md"})
"""Files that name the export they belong to, so that they are never twice the same."""


def export_bundle(
    path: Path,
    identities: Sequence[Identity],
    folder: Path,
    *,
    language: str,
    now: datetime,
    chance: Chance,
    progress: Progress,
    others: Sequence[Path] = (),
    with_folders: Sequence[Path] = (),
) -> Reconciliation:
    """Opens the bundle in ``path`` and writes the export into ``folder``. ``language`` of labels, "" for the study's.

    With ``others`` the newest of all says what there is; the rest only lend records that do not open in it.
    ``with_folders`` hold sealed files of visits.

    Writes also when something differs: the account says what. Raises ``CoraError`` when the bundle or the folder
    cannot be used, and then writes nothing.
    """
    with newest_first([path, *others]) as (bundle, *older):
        erased = earlier_erased(folder, bundle.manifest.study) | erased_in(bundle, *older)
        labels = label_language(study_of(bundle), language)
        work = opened_all(bundle, older, identities, erased=erased, progress=progress)
        study, forms, opening, codes, gathered = work.study, work.forms, work.opening, work.codes, work.gathered
        stamp = stamp_of(identities, now=now, chance=chance)
        joined = take_up(with_folders, identities, _expected((bundle, *older), codes.values()))
        facts = _facts(bundle, study, frozenset(codes.values()))
        keys = [verify_key_of(identity) for identity in identities]
        vouched = vouching(bundle, keys, remembered=earlier_signed(folder), demo=study.demo)
        log = audit_log.compared(bundle, earlier_audit(folder))
        notes = [
            *_notes(bundle, stamp, gathered, erased),
            *_notes_of_several(bundle, older),
            *vouched.notes,
            *log.notes,
            *joined.notes(),
            *_left_behind(folder, joined),
            *trip_response.in_a_line(facts.trips),
        ]
        account = reconcile(
            bundle,
            opening,
            gathered,
            facts=facts.answerable,
            notes=notes,
            response=facts.response,
            trips=facts.trips,
            unsigned=(*vouched.differences, *log.differences, *own_log.wrong_beside(folder, study.id)),
            visits=joined.troubles,
        )
        columns = form_columns(forms.values(), first=form_order(study))
        files = {
            **_answers(gathered, opening, columns, codes=codes, labels=labels),
            "alerts.csv": csv_file(alerts.rows(_raised(gathered, opening), codes, forms)),
            **_tables(facts, gathered),
            visit_files.TABLE: csv_file(visit_files.rows(joined)),
            **instances.files(gathered.answerings, {case.code: case.zone for case in bundle.cases}),
            "codebook.md": codebook(columns, study=study, export=stamp.export, outages=bundle.outages).encode(),
        }
        contents = fingerprint_of({name: content for name, content in files.items() if name not in STAMPED})
        files["README.txt"] = readme(bundle.manifest, study, stamp, contents=contents, complete=account.fits).encode()
        files[ACCOUNT] = as_json(
            account,
            bundle.manifest,
            stamp,
            erased=erased,
            signed=vouched.remembered,
            seen=log.seen,
            contents=contents,
        )
        exported = own_log.exported(bundle, stamp, contents, filtered="all", seen=log.seen)

        def more(into: Path) -> None:
            write_files(gathered.files, into, bundle, identities)
            visit_files.write(joined, into, identities)
            # Last before the folder appears: no export is there that is not written down.
            own_log.write_down(folder, [exported], identities[0])

        publish(folder, files, more=more)
    return account


def _expected(bundles: Sequence[Bundle], codes: Iterable[str]) -> Expected:
    """What an older bundle knows of a visit still holds: a number is never given to somebody else."""
    listing = [bundle.visits for bundle in reversed(bundles) if bundle.visits is not None]
    listed = {fact.visit: fact.code for visits in listing for fact in visits}
    return Expected(bundles[0].manifest.study, frozenset(codes), listed if listing else None)


def _left_behind(folder: Path, joined: Joined) -> list[str]:
    before = earlier_visit_files(folder)
    if before <= len(joined.files):
        return []
    return [f"the earlier export had {before} files of visits, this one has {len(joined.files)}: give --with for all"]


def _notes_of_several(bundle: Bundle, older: Sequence[Bundle]) -> list[str]:
    notes = [
        f"bundle {each.manifest.bundle} was sealed anew from {sealed.origin} by {sealed.by} at {instant(sealed.at)}"
        for each in (bundle, *older)
        if (sealed := each.manifest.resealed)
    ]
    gone = len({record for each in older for record in each.records} - set(bundle.records))
    if gone:
        notes.append(f"{gone} records are in older bundles only and were left out: the server no longer holds them")
    return notes


@dataclass(frozen=True, slots=True)
class _Facts:
    """The open facts of those who are not erased. Of ``answerable`` occasions an answer must have come along."""

    occurrences: tuple[OccurrenceFact, ...]
    answerable: tuple[OccurrenceFact, ...]
    contacts: tuple[ContactFact, ...]
    visits: tuple[VisitFact, ...]
    response: tuple[Response, ...]
    trips: tuple[TripResponse, ...]


def _facts(bundle: Bundle, study: Study, codes: Collection[str]) -> _Facts:
    occurrences = tuple(fact for fact in bundle.occurrences if fact.code in codes)
    visited = tuple(fact for fact in bundle.visits or () if fact.code in codes)
    waves = [wave.id for wave in study.occasions]
    formless = _settled_without_a_form(study)
    return _Facts(
        occurrences,
        answerable=tuple(fact for fact in occurrences if fact.wave not in formless),
        contacts=tuple(fact for fact in bundle.contacts if fact.code in codes),
        visits=visited,
        response=responses(occurrences, waves=waves, at=bundle.manifest.made_at),
        trips=trip_responses(visited, at=bundle.manifest.made_at),
    )


def _tables(facts: _Facts, gathered: Gathered) -> dict[str, bytes]:
    modes = {(one.code, one.wave, one.number): one.mode for one in chosen(gathered.answerings) if one.wave}
    return {
        "contacts.csv": csv_file(contacts.rows(facts.contacts)),
        "dispositions.csv": csv_file(dispositions.rows(facts.occurrences, modes)),
        "response.csv": csv_file(response.rows(facts.response, facts.trips)),
        "visits.csv": csv_file(visits.rows(facts.visits)),
    }


def _raised(gathered: Gathered, opening: Opening) -> list[OpenedRecord]:
    return [one for one in opening.opened if one.head.record in gathered.exported and one.head.kind == ALERT]


def _answers(
    gathered: Gathered, opening: Opening, columns: Sequence[FormColumns], *, codes: Mapping[str, str], labels: str
) -> dict[str, bytes]:
    exported = [one for one in opening.opened if one.head.record in gathered.exported]
    given = [one for one in exported if one.head.kind == CONSENT]
    written = [one for one in exported if one.head.kind == MESSAGE]
    timed = [one for one in exported if one.body.get("audit")]
    return {
        "audit.csv": csv_file(audit.rows(timed, codes)),
        "answers_long.csv": csv_file(long_rows(gathered.answerings, columns, language=labels)),
        "answers_wide.csv": csv_file(wide_rows(chosen(gathered.answerings), columns)),
        "consents.csv": csv_file(consents.rows(given, codes)),
        "messages.csv": csv_file(messages.rows(written, codes)),
    }


def _settled_without_a_form(study: Study) -> frozenset[str]:
    """The check of a planned return may be settled from the menu, the contact ping has no form: no record need stand
    behind such an occasion.
    """
    return frozenset(wave.id for wave in study.occasions if wave.planned_return_only or not wave.form)


def _notes(bundle: Bundle, stamp: Stamp, gathered: Gathered, erased: Collection[str]) -> list[str]:
    notes = [
        f"key {fingerprint} is not among those who can open new answers of this study"
        for fingerprint in stamp.opened_with
        if fingerprint not in bundle.manifest.recipients
    ]
    ends = bundle.manifest.expires
    if ends is not None:
        do = "its time has run out, delete it" if ends <= stamp.at else "delete bundle and export by then"
        notes.append(f"this copy expires on {ends:%Y-%m-%d}: {do}")
    if erased:
        notes.append(f"{len(erased)} erased persons are left out; delete copies of earlier exports elsewhere")
    lost = sum(Missing.LOST in (one.missing or {}).values() for one in gathered.answerings)
    if lost:
        notes.append(f"{lost} records name a file that could not be fetched from Telegram: see missing = lost")
    silent = sum(one.missing is None and one.status != CONSENT for one in gathered.answerings)
    if silent:
        notes.append(f"{silent} records of an earlier version do not say why a question has no answer: it stays empty")
    return notes
