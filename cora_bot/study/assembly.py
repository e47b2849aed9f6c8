"""The checked shape of study.toml as the values everyone else reads."""

from __future__ import annotations

from datetime import time

from cora_bot.study.durations import exact_span
from cora_bot.study.model import (
    CONTACT,
    Alerts,
    Anchor,
    Approval,
    Enrolment,
    Language,
    Missed,
    PublicUse,
    QuietHours,
    Retention,
    ReturnCheck,
    Study,
    Wave,
)
from cora_bot.study.shape import (
    AlertsTable,
    ApprovalTable,
    ContactPingTable,
    EnrolmentTable,
    PublicUseTable,
    StudyTable,
    WaveTable,
)


def assembled(table: StudyTable, digest: str) -> Study:
    """``table`` has been checked; ``digest`` is the SHA-256 (hex) of the file."""
    return Study(
        id=table.id,
        title=table.title,
        version=table.version,
        languages=tuple(Language(language.code, language.name, language.review) for language in table.languages),
        default_language=table.default_language,
        recipients=tuple(table.recipients),
        countries={country: tuple(zones) for country, zones in table.countries.items()},
        waves=tuple(_wave(wave) for wave in table.waves),
        enrolment=_enrolment(table.enrolment),
        return_check=ReturnCheck(table.return_check.form, table.return_check.status, table.return_check.date),
        quiet=QuietHours(time.fromisoformat(table.quiet_hours.start), time.fromisoformat(table.quiet_hours.end)),
        default_hour=table.default_hour,
        retention=Retention(table.retention.records, table.retention.contacts),
        team_contact=table.team_contact,
        privacy=table.privacy,
        never_show={language: tuple(words) for language, words in table.never_show.items()},
        local_help=table.local_help.texts,
        help_checked=table.local_help.checked,
        alerts=_alerts(table.alerts) if table.alerts else None,
        public_use=_public_use(table.public_use) if table.public_use else None,
        location_reason=table.location_reason,
        demo=table.demo,
        participant_copy=table.participant_copy,
        hash=digest,
        approval=_approval(table.approval) if table.approval else None,
        signers=table.signers,
        shares=table.shares,
        contact_ping=_ping(table.contact_ping) if table.contact_ping else None,
    )


def _wave(table: WaveTable) -> Wave:
    return Wave(
        id=table.id,
        form=table.form,
        anchor=Anchor(table.anchor),
        offset=table.offset,
        recurrence=table.recurrence,
        window=exact_span(table.window),
        reminders=tuple(sorted(exact_span(text) for text in table.reminders)),
        purpose=table.purpose,
        planned_return_only=table.planned_return_only,
        missed=Missed(table.missed),
    )


def _alerts(table: AlertsTable) -> Alerts:
    return Alerts(table.purpose, tuple(table.duty), exact_span(table.escalate_after), table.reads)


def _public_use(table: PublicUseTable) -> PublicUse:
    return PublicUse(tuple(table.quasi_identifiers), table.smallest)


def _ping(table: ContactPingTable) -> Wave:
    return Wave(
        id=CONTACT,
        form="",
        anchor=Anchor(table.anchor),
        offset=table.offset,
        recurrence=table.recurrence,
        window=exact_span(table.window),
        reminders=(),
        purpose=table.purpose,
    )


def _approval(table: ApprovalTable) -> Approval:
    return Approval(table.text_hash, table.by, table.on, table.parts)


def _enrolment(table: EnrolmentTable) -> Enrolment:
    return Enrolment(
        form=table.form,
        required=tuple(table.required.items()),
        purposes=table.purposes,
        taken=table.taken,
        country=table.country,
        zone=table.zone,
        return_status=table.return_status,
        return_date=table.return_date,
        hour=table.hour,
    )
