"""A study as data: who is asked what, when, in which languages, and who can open it. Read from ``study.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from cora_bot.base.values import Value

CONTACT: Final = "contact"
"""The wave's name of the question whether somebody is still reached in the same place; no wave with a form has it."""


class Anchor(StrEnum):
    """The day a wave is counted from."""

    RETURN_DATE = "return_date"
    ENROLMENT = "enrolment"


class Return(StrEnum):
    """What is known of a person's return. ``PLANNED`` is not confirmed yet and holds every return-anchored wave."""

    PLANNED = "planned"
    DONE = "done"
    NOT_GOING = "not_going"


class Missed(StrEnum):
    """What becomes of an occasion whose planned moment passed before anything could be sent: the server was down, the
    person had a break, something held it.

    ``SKIP``: it lapses. ``LATE``: it is sent late, while its window lasts. ``MERGE``: as late, but of several of one
    wave only the latest is sent, and it stands for the others, which lapse.
    """

    SKIP = "skip"
    LATE = "late"
    MERGE = "merge"


class Step(StrEnum):
    """Where an occurrence stands. Final: complete, partial, expired, lapsed, cancelled."""

    PLANNED = "planned"
    INVITED = "invited"
    OPENED = "opened"
    COMPLETE = "complete"
    PARTIAL = "partial"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


FINAL_STEPS = frozenset({Step.COMPLETE, Step.PARTIAL, Step.EXPIRED, Step.LAPSED, Step.CANCELLED})


class Language(Value):
    """A language of the study: BCP 47 code, name in itself (``دری``), and whether a speaker has reviewed the texts."""

    code: str
    name: str
    review: str  # "reviewed" | "draft"


class Wave(Value):
    """One repeated (or single) occasion on which a form is offered.

    ``offset`` is an ISO 8601 duration from the anchor day (calendar-aware, kept as text, may be negative);
    ``recurrence`` an RFC 5545 RRULE with COUNT or UNTIL, counted from the first occurrence, or empty for once;
    ``window`` how long an occurrence can be opened; ``reminders`` are offsets after its opening, all inside the window.
    ``purpose`` is the consent purpose it needs. ``missed`` says what happens to one that could not be sent in time.
    ``planned_return_only`` marks the wave that asks whether a planned
    return date still holds; it is the only kind offered before the return is done.
    """

    id: str
    form: str
    anchor: Anchor
    offset: str
    recurrence: str
    window: timedelta
    reminders: tuple[timedelta, ...]
    purpose: str
    planned_return_only: bool = False
    missed: Missed = Missed.LATE


class QuietHours(Value):
    """Local hours in which nothing unsolicited is sent; ``start`` > ``end`` spans midnight."""

    start: time
    end: time


class Enrolment(Value):
    """Which questions of the consent form carry what the study needs (names of questions, codes of options).

    Consent is given when every (question, code) of ``required`` was answered so; ``purposes`` maps a purpose to the
    question whose answer ``yes`` grants it. ``taken`` says how consent was taken: read, heard or staff-read.
    """

    form: str
    required: tuple[tuple[str, str], ...]
    purposes: Mapping[str, str]
    taken: str
    country: str
    zone: str  # question asked where a country has several zones, answered with an IANA zone; may be ""
    return_status: str  # question answered with "planned" or "done"
    return_date: str
    hour: str  # question answered with an hour, "0".."23"


class ReturnCheck(Value):
    """Which questions of the return-check form carry its result; ``status`` is answered yes, other_day or not_going."""

    form: str
    status: str
    date: str


class Retention(Value):
    """How long data is kept, as ISO 8601 durations: records after the study's end, contacts after the last contact."""

    records: str
    contacts: str


class Alerts(Value):
    """What follows from an answer of which its form says that somebody must look (``cora:alert``).

    ``purpose``: the consent it needs. ``duty``: names of staff, told one after the other while nobody takes it, each
    ``escalate_after`` the one before. ``reads``: when somebody truly reads it, as people are told, by language.
    """

    purpose: str
    duty: tuple[str, ...]
    escalate_after: timedelta
    reads: Mapping[str, str]


class PublicUse(Value):
    """By which columns somebody could be recognised in a table that leaves the team, and how many must share them."""

    quasi_identifiers: tuple[str, ...]
    smallest: int


@dataclass(frozen=True, slots=True)
class Approval:
    """That a board has approved the texts people see: their hash, who said so, on which day.

    ``parts`` are the hashes of ``study`` (the texts of study.toml) and of each form by its id, so that a change can be
    named; may be empty.
    """

    text_hash: str
    by: str
    on: date
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Study:
    """One study with one bot. ``hash`` is the SHA-256 (hex) of study.toml; texts by language code."""

    id: str
    title: str
    version: str
    languages: tuple[Language, ...]
    default_language: str
    recipients: tuple[str, ...]  # age recipients of those who can open
    countries: Mapping[str, tuple[str, ...]]  # ISO 3166 code (or "other") -> IANA zones
    waves: tuple[Wave, ...]
    enrolment: Enrolment
    return_check: ReturnCheck
    quiet: QuietHours
    default_hour: int
    retention: Retention
    team_contact: Mapping[str, str]
    privacy: Mapping[str, str]  # what /privacy shows
    never_show: Mapping[str, tuple[str, ...]]  # words that never appear in unsolicited texts or the bot's profile
    local_help: Mapping[str, str]
    demo: bool
    hash: str
    # why a form asks where somebody is, by language; while it is empty no form may ask
    location_reason: Mapping[str, str] = field(default_factory=dict)
    source: str = field(default="", repr=False)  # study.toml itself, where it was read from a folder
    alerts: Alerts | None = None
    public_use: PublicUse | None = None
    participant_copy: bool = False  # people may keep a copy of their answers that they alone can open
    help_checked: date | None = None  # when somebody last made sure that ``local_help`` is right
    signatures: str = field(default="", repr=False)  # signatures.json beside it, as it is; "" where there is none
    approval: Approval | None = None
    # By fingerprint of those who can open: the key that verifies their signatures; "2 of 3" where theirs is in shares.
    signers: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)
    contact_ping: Wave | None = None  # named CONTACT, and without a form

    @property
    def occasions(self) -> tuple[Wave, ...]:
        """All that people are written to about: the waves with a form, and the contact ping where there is one."""
        return (*self.waves, self.contact_ping) if self.contact_ping else self.waves

    def wave(self, wave_id: str) -> Wave:
        return next(wave for wave in self.occasions if wave.id == wave_id)

    def language(self, code: str) -> Language:
        return next(language for language in self.languages if language.code == code)


class Anchors(Value):
    """The days one person's waves are counted from, and what is needed to place them in their own time."""

    enrolled: date
    return_date: date | None
    return_state: Return | None
    zone: str
    hour: int
    purposes: frozenset[str]


class Planned(Value):
    """One occurrence as the study's rules place it: instants in UTC plus the local moment it was planned for."""

    wave: str
    number: int
    local: datetime  # naive wall time in the participant's zone
    opens: datetime
    closes: datetime
    reminders: tuple[datetime, ...]


Raw = Mapping[str, Any]
