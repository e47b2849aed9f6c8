"""What the values of a study.toml must be together. A rule runs on whatever of its keys could be read."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from itertools import pairwise, product

from babel import Locale

from cora_bot.base.problems import Problem, Severity
from cora_bot.study.durations import calendar_offset, exact_span, occurrence_days
from cora_bot.study.model import CONTACT, QuietHours
from cora_bot.study.schedule import is_quiet
from cora_bot.study.shape import (
    AlertsTable,
    ContactPingTable,
    EnrolmentTable,
    HelpTable,
    LanguageTable,
    QuietTable,
    ReturnCheckTable,
    WaveTable,
)

LEAST_OPEN_HOURS = timedelta(hours=6)
SAMPLE_DAYS = (date(2027, 1, 31), date(2027, 8, 15))  # before the shortest month, and before a long one


@dataclass(frozen=True, slots=True)
class Parts:
    """What could be read of the file; a part that could not is None, in a list too, so that places stay right."""

    languages: list[LanguageTable | None] | None = None
    default_language: str | None = None
    default_hour: int | None = None
    recipients: list[str] | None = None
    shares: dict[str, str] | None = None
    quiet_hours: QuietTable | None = None
    enrolment: EnrolmentTable | None = None
    return_check: ReturnCheckTable | None = None
    waves: list[WaveTable | None] | None = None
    team_contact: dict[str, str] | None = None
    privacy: dict[str, str] | None = None
    local_help: HelpTable | None = None
    alerts: AlertsTable | None = None
    location_reason: dict[str, str] | None = None
    contact_ping: ContactPingTable | None = None
    never_show: dict[str, list[str]] | None = None


PART_NAMES = tuple(field.name for field in fields(Parts))


def broken_rules(parts: Parts) -> Iterator[Problem]:
    """Every rule that does not hold, in the order a reader meets the keys."""
    yield from _languages(parts)
    yield from _recipients(parts.recipients, in_shares=bool(parts.shares))
    yield from _hours(parts.quiet_hours, parts.default_hour)
    yield from _waves(parts)
    yield from _ping(parts)
    ping = [parts.contact_ping] if parts.contact_ping else []
    yield from _overlaps([*(wave for wave in parts.waves or [] if wave), *ping])
    yield from _alerts(parts)
    yield from _texts(parts)


def _languages(parts: Parts) -> Iterator[Problem]:
    if parts.languages is None:
        return
    known = [language for language in parts.languages if language]
    yield from _twice("languages", [language.code for language in known])
    if parts.default_language and None not in parts.languages and parts.default_language not in {x.code for x in known}:
        yield Problem(
            "study.default_language",
            f"default_language: {parts.default_language} is not one of the languages",
            "Add it to [[languages]], or choose one of them.",
        )
    for place, language in enumerate(parts.languages, start=1):
        if language is None:
            continue
        if not _names_itself(language):
            own = Locale.parse(language.code, sep="-").get_display_name() or language.code
            yield Problem(
                "study.language_name",
                f"languages[{place}].name: {language.name!r} is not how {language.code} is called in itself",
                f"People look for their own language's name in the list: {own}.",
            )
        if language.review == "draft":
            yield Problem(
                "study.draft",
                f"languages[{place}]: the texts in {language.name} are drafts",
                'Have a speaker read every text, then set review = "reviewed".',
                severity=Severity.WARNING,
            )


def _names_itself(language: LanguageTable) -> bool:
    """Whether the name is in the language's own script and is not just its English name.

    CLDR's own name may carry a region people leave out, so equality would ask too much.
    """
    locale = Locale.parse(language.code, sep="-")
    own = locale.get_display_name() or language.name
    english = {locale.get_display_name("en"), locale.get_language_name("en")}
    return _script(language.name) == _script(own) and (language.name not in english or own in english)


def _script(text: str) -> str:
    letter = next((char for char in text if char.isalpha()), "")
    return unicodedata.name(letter, "").split(" ")[0]


def _recipients(recipients: list[str] | None, *, in_shares: bool) -> Iterator[Problem]:
    if recipients is None:
        return
    yield from _twice("recipients", [text[:24] for text in recipients])
    if not recipients:
        yield Problem(
            "study.not_open",
            "recipients: nobody can open answers yet, so the study is not open",
            "Each researcher makes a key file with `cora keys new` and gives you its age1pq1… line; two or more.",
            severity=Severity.WARNING,
        )
    elif len(set(recipients)) < 2 and not in_shares:
        yield Problem(
            "study.recipients",
            "recipients: only one person can open the answers",
            "Name a second one, or put the key in shares (cora keys split): a lost key must not lose the study.",
        )
    yield from _kinds(recipients)


def _kinds(recipients: list[str]) -> Iterator[Problem]:
    """Hybrid recipients are the rule; a study may be classic as a whole, and never both."""
    classic = [text for text in recipients if not text.startswith("age1pq1")]
    if classic and len(classic) < len(recipients):
        yield Problem(
            "study.mixed_recipients",
            "recipients: classic ones (age1…) and hybrid ones (age1pq1…) are mixed",
            "Let everyone have a key file made by `cora keys new`, or everyone a classic one.",
        )
    elif classic:
        yield Problem(
            "study.classic_recipients",
            "recipients: all are classic (age1…); what is sealed now may be opened once large quantum computers exist",
            "Unless an older age tool or a hardware key needs it, use key files made by `cora keys new`.",
            severity=Severity.WARNING,
        )


def _hours(table: QuietTable | None, default_hour: int | None) -> Iterator[Problem]:
    if table is None:
        return
    quiet = QuietHours(time.fromisoformat(table.start), time.fromisoformat(table.end))
    length = timedelta(hours=quiet.end.hour, minutes=quiet.end.minute) - timedelta(
        hours=quiet.start.hour, minutes=quiet.start.minute
    )
    if timedelta(days=1) - length % timedelta(days=1) < LEAST_OPEN_HOURS:
        yield Problem(
            "study.quiet_hours",
            f"quiet_hours: {table.start} to {table.end} leaves less than 6 hours for messages",
            "Shorten the quiet hours.",
        )
    elif quiet.start == quiet.end:
        yield Problem(
            "study.quiet_hours",
            "quiet_hours: start and end are the same, so no hour is quiet",
            'Nights should be: start = "20:00", end = "08:00".',
        )
    if default_hour is not None and is_quiet(quiet, time(default_hour)):
        yield Problem(
            "study.default_hour",
            f"default_hour: {default_hour} lies in the quiet hours",
            "Choose an hour outside them.",
        )


def _waves(parts: Parts) -> Iterator[Problem]:
    waves = parts.waves or []
    yield from _twice("waves", [wave.id for wave in waves if wave])
    for place, wave in enumerate(waves, start=1):
        if wave is None:
            continue
        if parts.enrolment and wave.purpose not in parts.enrolment.purposes:
            yield Problem(
                "study.purpose",
                f"waves[{place}].purpose: nobody is asked to consent to {wave.purpose}",
                f"Add it to [enrolment.purposes], or use {', '.join(parts.enrolment.purposes)}.",
            )
        if wave.missed == "merge" and not wave.recurrence:
            yield Problem(
                "study.missed",
                f"waves[{place}].missed: merge changes nothing for a wave that is asked once",
                'Set missed = "late" or "skip", or give the wave a recurrence.',
                severity=Severity.WARNING,
            )
        if wave.planned_return_only and wave.anchor != "return_date":
            yield Problem(
                "study.return_check",
                f"waves[{place}].anchor: a wave for planned returns is counted from the return",
                'Set anchor = "return_date".',
            )
        if wave.planned_return_only and parts.return_check and wave.form != parts.return_check.form:
            yield Problem(
                "study.return_check",
                f"waves[{place}].form: a wave for planned returns asks the return check, not {wave.form}",
                f'Set form = "{parts.return_check.form}", or planned_return_only = false.',
            )


def _ping(parts: Parts) -> Iterator[Problem]:
    ping = parts.contact_ping
    if ping is None:
        return
    if parts.enrolment and ping.purpose not in parts.enrolment.purposes:
        yield Problem(
            "study.purpose",
            f"contact_ping.purpose: nobody is asked to consent to {ping.purpose}",
            f"Add it to [enrolment.purposes], or use {', '.join(parts.enrolment.purposes)}.",
        )
    if any(wave and wave.id == CONTACT for wave in parts.waves or []):
        yield Problem(
            "study.contact_ping",
            f"waves: {CONTACT} is the name that [contact_ping] has in every table",
            "Give the wave another id.",
        )


def _overlaps(waves: list[WaveTable | ContactPingTable]) -> Iterator[Problem]:
    """Pairs of waves counted from the same day of which one opens before the other has closed; each pair once."""
    pairs = {
        (earlier.id, later.id)
        for anchor, day in product(("return_date", "enrolment"), SAMPLE_DAYS)
        for (_, closes, earlier), (opens, _, later) in pairwise(_windows(waves, anchor, day))
        if opens < closes
    }
    for earlier_id, later_id in sorted(pairs):
        yield Problem(
            "study.overlap",
            f"waves: {later_id} may open while {earlier_id} is still open",
            "Two at a time are tiring: move the offset, or shorten the window.",
            severity=Severity.WARNING,
        )


def _windows(
    waves: list[WaveTable | ContactPingTable], anchor: str, day: date
) -> list[tuple[datetime, datetime, WaveTable | ContactPingTable]]:
    found = [
        (opens, opens + exact_span(wave.window), wave)
        for wave in waves
        if wave.anchor == anchor
        for opening in occurrence_days(day + calendar_offset(wave.offset), wave.recurrence)
        for opens in [datetime.combine(opening, time())]
    ]
    return sorted(found, key=lambda window: window[:2])


def _texts(parts: Parts) -> Iterator[Problem]:
    if not parts.languages or None in parts.languages:
        return
    codes = [language.code for language in parts.languages if language]
    for name, texts in _named_texts(parts):
        if texts is None or (name == "location_reason" and not texts):
            continue
        for code in codes:
            if code not in texts:
                yield Problem("study.text", f"{name}: nothing in {code}", f"Add {code} = … under [{name}].")
        for code in texts.keys() - set(codes):
            yield Problem(
                "study.text",
                f"{name}.{code}: {code} is not a language of the study",
                "Take it out, or add the language to [[languages]].",
            )


def _named_texts(parts: Parts) -> Iterator[tuple[str, dict[str, str] | dict[str, list[str]] | None]]:
    yield "team_contact", parts.team_contact
    yield "privacy", parts.privacy
    yield "local_help", parts.local_help.texts if parts.local_help else None
    yield "location_reason", parts.location_reason
    yield "never_show", parts.never_show
    yield "alerts.reads", parts.alerts.reads if parts.alerts else None


def _alerts(parts: Parts) -> Iterator[Problem]:
    """Nobody of the team is told of an answer without consent to that."""
    if parts.alerts is None:
        return
    if parts.enrolment and parts.alerts.purpose not in parts.enrolment.purposes:
        yield Problem(
            "study.purpose",
            f"alerts.purpose: nobody is asked to consent to {parts.alerts.purpose}",
            f"Add it to [enrolment.purposes], or use {', '.join(parts.enrolment.purposes)}.",
        )
    yield from _twice("alerts.duty", parts.alerts.duty)


def _twice(place: str, names: list[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem("study.twice", f"{place}: {name} is there {count} times", "Keep one of them.")
