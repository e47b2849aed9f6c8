"""The shape of study.toml: which keys there are and what one value alone may be. What values must be together is in
``rules.py``.

Every field is validated by itself, so that one run finds all problems. A finding carries its own mend.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cora_bot.study.durations import calendar_offset, check_recurrence, exact_span
from cora_bot.study.model import CONTACT

OTHER_COUNTRY: Final = "other"
_FOUR: Final = "[ACDEFGHJKMNPQRTUVWXYZ234679]{4}"
_BECH32: Final = "[qpzry9x8gf2tvdw0s3jn54khce6mua7l]"


def wrong(code: str, message: str, hint: str) -> PydanticCustomError:
    """A finding about one value; the texts are passed as context because pydantic reads braces in templates."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _checked(check: Callable[[str], object], code: str, hint: str) -> AfterValidator:
    """Keeps the text; a ``ValueError`` of ``check`` becomes a finding."""

    def keep(value: str) -> str:
        try:
            check(value)
        except ValueError as error:
            raise wrong(code, str(error), hint) from None
        return value

    return AfterValidator(keep)


def _matching(pattern: str, what: str, hint: str) -> AfterValidator:
    def check(value: str) -> None:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {what}")

    return _checked(check, "study.value", hint)


def _check_language(code: str) -> None:
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{code!r} is not a language CLDR knows") from None


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, an impossible name, an unknown one
        raise ValueError(f"{name!r} is not an IANA time zone") from None


def _check_local_time(text: str) -> None:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"{text!r} is not a time of day")


def _check_recipient(text: str) -> None:
    if not re.fullmatch(rf"age1pq1{_BECH32}{{6,}}|age1{_BECH32}{{58}}", text):
        raise ValueError(f"{text[:16]!r}… is not a recipient of a researcher's key file")


_DURATION_HINT = 'Write P, a number and D, W, M or Y: "P14D", "P1M"; "-P3D" is three days before.'
_SPAN_HINT = 'Write P, a number and D or W, or PT, a number and H: "P12D", "PT36H".'
_RULE_HINT = 'Write for example "FREQ=MONTHLY;COUNT=12", or leave it out for once.'
_SHORT_HINT = "Use small letters, digits and underscores, a letter first."

Name = Annotated[str, _matching(r"[a-z][a-z0-9_]*", "a short name", _SHORT_HINT)]
QuestionName = Annotated[
    str, _matching(r"[A-Za-z_][A-Za-z0-9_.-]*", "the name of a question", "Use the form's column name.")
]
OptionalQuestion = Annotated[
    str,
    _matching(r"([A-Za-z_][A-Za-z0-9_.-]*)?", "the name of a question", "Use the form's column name, or leave it out."),
]
OptionCode = Annotated[str, _matching(r"\S+", "the code of an option", "Use the form's choices name: no blanks.")]
Line = Annotated[str, _matching(r"(?s).*\S.*", "a text", "Write something, or take the entry out.")]
LanguageCode = Annotated[
    str, _checked(_check_language, "study.language", 'Use a BCP 47 code such as "en", "fa-AF" (Dari), "sr-Latn".')
]
Zone = Annotated[str, _checked(_check_zone, "study.zone", 'Use a name such as "Asia/Kabul".')]
Country = Annotated[
    str,
    _matching(rf"[A-Z]{{2}}|{OTHER_COUNTRY}", "a country", f'Use the two letters of ISO 3166, or "{OTHER_COUNTRY}".'),
]
Offset = Annotated[str, _checked(calendar_offset, "study.duration", _DURATION_HINT)]
Span = Annotated[str, _checked(exact_span, "study.duration", _SPAN_HINT)]
Recurrence = Annotated[str, _checked(check_recurrence, "study.recurrence", _RULE_HINT)]
LocalTime = Annotated[str, _checked(_check_local_time, "study.time", 'Write hours and minutes, such as "20:00".')]
Recipient = Annotated[
    str,
    _checked(
        _check_recipient,
        "study.recipient",
        "Copy the whole line that `cora keys new` printed; it begins with age1pq1.",
    ),
]
_ADDED_BY: Final = "`cora keys add` writes it."
Fingerprint = Annotated[
    str,
    _matching(r"[ACDEFGHJKMNPQRTUVWXYZ234679]{4}(-[ACDEFGHJKMNPQRTUVWXYZ234679]{4}){4}", "a fingerprint", _ADDED_BY),
]
VerifyKey = Annotated[str, _matching(rf"cora-verify-key-1{_BECH32}{{58}}", "a verify key", _ADDED_BY)]
SharesMade = Annotated[str, _matching(r"\d{1,2} of \d{1,2}", "a number of shares", 'Such as "2 of 3". ' + _ADDED_BY)]
Hour = Annotated[int, Field(ge=0, le=23)]
TextHash = Annotated[
    str, _matching(r"[0-9a-f]{64}", "a text hash", "Copy the 64 letters and digits that `cora book` printed.")
]
PartHash = Annotated[
    str, _matching(r"[0-9a-f]{16}", "the hash of a part", "Copy the 16 letters and digits that `cora book` printed.")
]
Texts = dict[LanguageCode, Line]
AT_LEAST_ONE = Field(min_length=1)


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LanguageTable(_Table):
    code: LanguageCode
    name: Line
    review: Literal["reviewed", "draft"]


class WaveTable(_Table):
    id: Name
    form: Name
    anchor: Literal["return_date", "enrolment"]
    offset: Offset
    recurrence: Recurrence = ""
    window: Span
    reminders: list[Span] = []
    purpose: Name
    planned_return_only: bool = False
    missed: Literal["skip", "late", "merge"] = "late"

    @model_validator(mode="after")
    def _reminders_inside(self) -> Self:
        late = [text for text in self.reminders if exact_span(text) >= exact_span(self.window)]
        if late:
            hint = "Let each reminder come before the window ends, counted from its opening."
            raise wrong("study.reminders", f"the reminder {late[0]} comes after the window of {self.window}", hint)
        return self


class ContactPingTable(_Table):
    """A wave without a form: one message, no reminder."""

    anchor: Literal["return_date", "enrolment"]
    offset: Offset
    recurrence: Recurrence = ""
    window: Span
    purpose: Name

    @property
    def id(self) -> str:
        return CONTACT


class EnrolmentTable(_Table):
    form: Name
    required: Annotated[dict[QuestionName, OptionCode], AT_LEAST_ONE]
    purposes: Annotated[dict[Name, QuestionName], AT_LEAST_ONE]
    taken: QuestionName
    country: QuestionName
    zone: OptionalQuestion = ""
    return_status: QuestionName
    return_date: QuestionName
    hour: QuestionName


class ReturnCheckTable(_Table):
    form: Name
    status: QuestionName
    date: QuestionName


class QuietTable(_Table):
    start: LocalTime
    end: LocalTime


class RetentionTable(_Table):
    records: Offset
    contacts: Offset


class HelpTable(_Table):
    """Texts by language, and when they were last made sure of."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Line] = Field(init=False)

    checked: date | None = None

    @property
    def texts(self) -> dict[str, str]:
        return dict(self.__pydantic_extra__)


class AlertsTable(_Table):
    purpose: Name
    duty: Annotated[list[Line], AT_LEAST_ONE]
    escalate_after: Span = "PT4H"
    reads: Texts


class PublicUseTable(_Table):
    quasi_identifiers: Annotated[list[Line], AT_LEAST_ONE]
    smallest: Annotated[int, Field(ge=2, le=1000)] = 5


class ApprovalTable(_Table):
    text_hash: TextHash
    by: Line
    on: date
    parts: dict[Line, PartHash] = {}


class StudyTable(_Table):
    """The whole file, key by key as an author writes it."""

    id: Name
    title: Line
    version: Line
    default_language: LanguageCode
    default_hour: Hour
    demo: bool = False
    participant_copy: bool = False
    recipients: list[Recipient]
    languages: Annotated[list[LanguageTable], AT_LEAST_ONE]
    quiet_hours: QuietTable
    retention: RetentionTable
    countries: Annotated[dict[Country, Annotated[list[Zone], AT_LEAST_ONE]], AT_LEAST_ONE]
    enrolment: EnrolmentTable
    return_check: ReturnCheckTable
    waves: Annotated[list[WaveTable], AT_LEAST_ONE]
    team_contact: Texts
    privacy: Texts
    local_help: HelpTable
    alerts: AlertsTable | None = None
    public_use: PublicUseTable | None = None
    location_reason: Texts = {}
    contact_ping: ContactPingTable | None = None
    never_show: dict[LanguageCode, Annotated[list[Line], AT_LEAST_ONE]]
    signers: dict[Fingerprint, VerifyKey] = {}
    shares: dict[Fingerprint, SharesMade] = {}
    approval: ApprovalTable | None = None
