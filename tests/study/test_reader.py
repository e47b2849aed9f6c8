"""S-01 a study is read as written; S-02 one run finds every problem, each with its place and its mend; S-03 a study
with an error is no study; S-04 what keeps people safe (quiet hours, two who can open, zones, texts in every language)
cannot be left out by mistake."""

from __future__ import annotations

import hashlib
from datetime import date, time, timedelta

import pytest

from cora_bot.base.problems import Problem, Severity, errors
from cora_bot.study.model import (
    Alerts,
    Anchor,
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
from cora_bot.study.reader import read_study

RECIPIENT = "age1pq1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l" * 3
OTHER_RECIPIENT = "age1pq1" + "zqpry9x8gf2tvdw0s3jn54khce6mua7l" * 3

SMALL = f"""
id = "small"
title = "In touch"
version = "1"
default_language = "en"
default_hour = 10
recipients = ["{RECIPIENT}", "{OTHER_RECIPIENT}"]
quiet_hours = {{ start = "20:00", end = "08:00" }}
retention = {{ records = "P10Y", contacts = "P3M" }}
return_check = {{ form = "check", status = "status", date = "day" }}
countries = {{ AF = ["Asia/Kabul"], RU = ["Europe/Moscow", "Asia/Omsk"] }}
team_contact = {{ en = "Call us.", fa-AF = "زنگ بزنید." }}
privacy = {{ en = "Locked.", fa-AF = "قفل." }}
local_help = {{ en = "Call.", fa-AF = "زنگ." }}
never_show = {{ en = ["study"], fa-AF = ["تحقیق"] }}

[[languages]]
code = "en"
name = "English"
review = "reviewed"

[[languages]]
code = "fa-AF"
name = "دری"
review = "reviewed"

[enrolment]
form = "consent"
required = {{ agree = "yes" }}
purposes = {{ questions = "purpose_questions" }}
taken = "taken"
country = "country"
zone = "zone"
return_status = "return_status"
return_date = "return_date"
hour = "hour"

[[waves]]
id = "monthly"
form = "month"
anchor = "return_date"
offset = "P1M"
recurrence = "FREQ=MONTHLY;COUNT=12"
window = "P12D"
reminders = ["P7D", "P3D"]
purpose = "questions"
"""


def problems_of(text: str) -> list[tuple[str, str]]:
    """The errors of a study, as code and place, after checking that each says how to mend it."""
    study, problems = read_study(text, file="small/study.toml")
    found = errors(problems)
    assert (study is None) == bool(found)
    assert [problem for problem in found if not problem.hint or problem.file != "small/study.toml"] == []
    return [(problem.code, problem.message.partition(":")[0]) for problem in found]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} must be there once"
    return SMALL.replace(old, new)


def test_read_study_as_written() -> None:
    study, problems = read_study(SMALL, file="study.toml")
    assert problems == ()
    assert study == Study(
        id="small",
        title="In touch",
        version="1",
        languages=(Language("en", "English", "reviewed"), Language("fa-AF", "دری", "reviewed")),
        default_language="en",
        recipients=(RECIPIENT, OTHER_RECIPIENT),
        countries={"AF": ("Asia/Kabul",), "RU": ("Europe/Moscow", "Asia/Omsk")},
        waves=(
            Wave(
                id="monthly",
                form="month",
                anchor=Anchor.RETURN_DATE,
                offset="P1M",
                recurrence="FREQ=MONTHLY;COUNT=12",
                window=timedelta(days=12),
                reminders=(timedelta(days=3), timedelta(days=7)),
                purpose="questions",
            ),
        ),
        enrolment=Enrolment(
            form="consent",
            required=(("agree", "yes"),),
            purposes={"questions": "purpose_questions"},
            taken="taken",
            country="country",
            zone="zone",
            return_status="return_status",
            return_date="return_date",
            hour="hour",
        ),
        return_check=ReturnCheck("check", "status", "day"),
        quiet=QuietHours(time(20), time(8)),
        default_hour=10,
        retention=Retention("P10Y", "P3M"),
        team_contact={"en": "Call us.", "fa-AF": "زنگ بزنید."},
        privacy={"en": "Locked.", "fa-AF": "قفل."},
        never_show={"en": ("study",), "fa-AF": ("تحقیق",)},
        local_help={"en": "Call.", "fa-AF": "زنگ."},
        demo=False,
        hash=hashlib.sha256(SMALL.encode()).hexdigest(),
    )


WAVE = 'offset = "P1M"'
LANGUAGE = 'code = "fa-AF"'
TWO = f'["{RECIPIENT}", "{OTHER_RECIPIENT}"]'
NAMED = 'name = "دری"'
RULE = "FREQ=MONTHLY;COUNT=12"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "small"', 'id = "Small study"', ("study.value", "id")),
        ('id = "small"\n', "", ("study.missing", "id")),
        ('title = "In touch"', 'title = "  "', ("study.value", "title")),
        ("default_hour = 10", 'default_hour = "10"', ("study.value", "default_hour")),
        ("default_hour = 10", "default_hour = 24", ("study.value", "default_hour")),
        ("default_hour = 10", "default_hour = 20", ("study.default_hour", "default_hour")),
        ("default_hour = 10", "default_hour = 10\nrecipient = []", ("study.unknown", "recipient")),
        (WAVE, f"{WAVE}\noffest = 1", ("study.unknown", "waves[1].offest")),
        (WAVE, "", ("study.missing", "waves[1].offset")),
        (WAVE, 'offset = "1 month"', ("study.duration", "waves[1].offset")),
        (WAVE, 'offset = "P1.5M"', ("study.duration", "waves[1].offset")),
        (WAVE, 'offset = "PT12H"', ("study.duration", "waves[1].offset")),
        ('window = "P12D"', 'window = "P1M"', ("study.duration", "waves[1].window")),
        ('window = "P12D"', 'window = "-P3D"', ("study.duration", "waves[1].window")),
        ('window = "P12D"', 'window = "P7D"', ("study.reminders", "waves[1]")),
        ('["P7D", "P3D"]', '["P7D", "P3"]', ("study.duration", "waves[1].reminders[2]")),
        (RULE, "FREQ=MONTHLY", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=MONTHLY;COUNT=2;UNTIL=20280101", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=MONTHLY;UNTIL=20280101T000000Z", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=HOURLY;COUNT=3", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=DAILY;BYHOUR=3;COUNT=3", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=WEEKLY;BYDAY=XX;COUNT=3", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=DAILY;COUNT=100000", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=DAILY;COUNT=0", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "FREQ=DAILY;INTERVAL=0;COUNT=2", ("study.recurrence", "waves[1].recurrence")),
        (RULE, "monthly", ("study.recurrence", "waves[1].recurrence")),
        ('anchor = "return_date"', 'anchor = "birthday"', ("study.value", "waves[1].anchor")),
        ('purpose = "questions"', 'purpose = "visits"', ("study.purpose", "waves[1].purpose")),
        (WAVE, f'{WAVE}\nmissed = "never"', ("study.value", "waves[1].missed")),
        (WAVE, f"{WAVE}\nmissed = true", ("study.value", "waves[1].missed")),
        (
            'purpose = "questions"',
            'purpose = "questions"\nplanned_return_only = true',
            ("study.return_check", "waves[1].form"),
        ),
        ('["Asia/Kabul"]', '["Asia/Kabull"]', ("study.zone", "countries.AF[1]")),
        ('["Asia/Kabul"]', '["Asia"]', ("study.zone", "countries.AF[1]")),
        ('["Asia/Kabul"]', '["../etc/passwd"]', ("study.zone", "countries.AF[1]")),
        ('["Asia/Kabul"]', "[]", ("study.value", "countries.AF")),
        ("{ AF =", "{ Afghanistan =", ("study.value", "countries.Afghanistan")),
        ('start = "20:00"', 'start = "8 pm"', ("study.time", "quiet_hours.start")),
        ('start = "20:00"', 'start = "13:59"', ("study.quiet_hours", "quiet_hours")),
        ('start = "20:00"', 'start = "08:00"', ("study.quiet_hours", "quiet_hours")),
        (TWO, f'["{RECIPIENT}"]', ("study.recipients", "recipients")),
        (RECIPIENT, "age1" + "q" * 57, ("study.recipient", "recipients[1]")),
        (RECIPIENT, RECIPIENT.upper(), ("study.recipient", "recipients[1]")),
        (RECIPIENT, RECIPIENT + "b", ("study.recipient", "recipients[1]")),
        ('default_language = "en"', 'default_language = "de"', ("study.default_language", "default_language")),
        (NAMED, 'name = "Dari"', ("study.language_name", "languages[2].name")),
        (LANGUAGE, 'code = "prs"', ("study.language", "languages[2].code")),
        (LANGUAGE, LANGUAGE + "\nspoken = true", ("study.unknown", "languages[2].spoken")),
        ('privacy = { en = "Locked.", fa-AF = "قفل." }', 'privacy = { en = "x" }', ("study.text", "privacy")),
        ('privacy = { en = "Locked."', 'privacy = { sq = "x", en = "Locked."', ("study.text", "privacy.sq")),
        ('never_show = { en = ["study"],', "never_show = {", ("study.text", "never_show")),
        ('en = ["study"]', "en = []", ("study.value", "never_show.en")),
        ('{ agree = "yes" }', "{}", ("study.value", "enrolment.required")),
        ('records = "P10Y"', 'records = "10 years"', ("study.duration", "retention.records")),
    ],
)
def test_read_study_with_one_mistake(old: str, new: str, expected: tuple[str, str]) -> None:
    assert problems_of(changed(old, new)) == [expected]


def test_read_study_finds_all_problems_at_once() -> None:
    text = (
        changed(WAVE, 'offset = "soon"')
        .replace(NAMED, 'name = "Dari"')
        .replace("default_hour = 10", "default_hour = 23\ncolour = 1")
        .replace('local_help = { en = "Call.", fa-AF = "زنگ." }\n', "")
        .replace(TWO, f'["{RECIPIENT}", "{RECIPIENT}"]')
        + WAVE_OF_OTHERS
    )
    assert sorted(problems_of(text)) == sorted(
        [
            ("study.missing", "local_help"),
            ("study.unknown", "colour"),
            ("study.duration", "waves[1].offset"),
            ("study.reminders", "waves[2]"),
            ("study.purpose", "waves[3].purpose"),
            ("study.language_name", "languages[2].name"),
            ("study.default_hour", "default_hour"),
            ("study.twice", "recipients"),
            ("study.recipients", "recipients"),
        ]
    )


WAVE_OF_OTHERS = """
[[waves]]
id = "second"
form = "month"
anchor = "enrolment"
offset = "P1M"
window = "P1D"
reminders = ["P2D"]
purpose = "questions"

[[waves]]
id = "third"
form = "month"
anchor = "enrolment"
offset = "P1M"
window = "P1D"
purpose = "visits"
"""


def test_read_study_with_a_wave_named_twice() -> None:
    third = WAVE_OF_OTHERS.partition("\n\n")[2].replace("visits", "questions").replace("third", "monthly")
    assert problems_of(SMALL + third) == [("study.twice", "waves")]


def test_read_study_without_recipients_is_not_open() -> None:
    study, problems = read_study(changed(TWO, "[]"), file="study.toml")
    assert study is not None
    assert [(problem.code, problem.severity) for problem in problems] == [("study.not_open", Severity.WARNING)]


def test_read_study_warns_of_drafts() -> None:
    study, problems = read_study(
        changed('name = "دری"\nreview = "reviewed"', 'name = "دری"\nreview = "draft"'), file="x"
    )
    assert study is not None
    assert [(problem.code, problem.severity) for problem in problems] == [("study.draft", Severity.WARNING)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (RULE, "FREQ=WEEKLY;COUNT=3", ["waves: monthly may open while monthly is still open"]),
        ('window = "P12D"', 'window = "P28D"', []),
        ('window = "P12D"', 'window = "P29D"', ["waves: monthly may open while monthly is still open"]),
    ],
)
def test_read_study_warns_of_two_at_a_time(old: str, new: str, expected: list[str]) -> None:
    study, problems = read_study(changed(old, new), file="study.toml")
    assert study is not None
    assert [problem.message for problem in problems if problem.code == "study.overlap"] == expected


def test_read_study_that_is_not_toml_names_the_row() -> None:
    study, problems = read_study('id = "x"\nid = "y"\n', file="study.toml")
    assert study is None
    assert problems == (
        Problem(
            code="study.toml",
            message="this is not TOML: Cannot overwrite a value (at line 2, column 9)",
            hint="Texts stand in double quotes, lists in square brackets, and a key appears once.",
            file="study.toml",
            row=2,
        ),
    )


def test_read_study_suggests_the_key_that_was_meant() -> None:
    _, problems = read_study(changed(WAVE, f"{WAVE}\nremindres = []"), file="study.toml")
    assert [problem.hint for problem in problems] == ["Did you mean reminders?"]


@pytest.mark.parametrize("name", ["waves", "languages", "enrolment", "quiet_hours", "countries", "privacy"])
def test_read_study_with_the_wrong_kind_of_value(name: str) -> None:
    lines = [line for line in SMALL.splitlines() if not line.startswith(f"{name} =")]
    text = "\n".join(lines).replace(f"[[{name}]]", f"[[x_{name}]]").replace(f"[{name}]", f"[x_{name}]")
    found = problems_of(f"{name} = 3\n{text}")
    assert ("study.value", name) in found


@pytest.mark.parametrize("missed", list(Missed))
def test_read_study_takes_what_becomes_of_the_missed(missed: Missed) -> None:
    study, problems = read_study(changed(WAVE, f'{WAVE}\nmissed = "{missed}"'), file="study.toml")
    assert study is not None
    assert (study.waves[0].missed, problems) == (missed, ())


def test_read_study_sends_late_unless_it_is_told_otherwise() -> None:
    study, _ = read_study(SMALL, file="study.toml")
    assert study is not None
    assert study.waves[0].missed is Missed.LATE


def test_read_study_names_the_values_missed_may_have() -> None:
    (problem,) = read_study(changed(WAVE, f'{WAVE}\nmissed = "never"'), file="study.toml")[1]
    assert problem.message == "waves[1].missed: Input should be 'skip', 'late' or 'merge'"


def test_read_study_warns_of_merging_what_comes_once() -> None:
    study, problems = read_study(changed(f'recurrence = "{RULE}"', 'missed = "merge"'), file="study.toml")
    assert study is not None
    assert [(one.code, one.severity) for one in problems] == [("study.missed", Severity.WARNING)]


def test_reason_for_asking_where_somebody_is_stands_in_every_language() -> None:
    said = SMALL.replace("[[languages]]", '[location_reason]\nen = "To help."\n\n[[languages]]', 1)

    study, problems = read_study(said, file="study.toml")

    assert study is None
    assert [(each.code, each.message) for each in errors(problems)] == [
        ("study.text", "location_reason: nothing in fa-AF")
    ]
    both = said.replace('"To help."', '"To help."\nfa-AF = "برای کمک."')
    read, _ = read_study(both, file="study.toml")
    assert read is not None
    assert read.location_reason == {"en": "To help.", "fa-AF": "برای کمک."}


ALERTING = (
    SMALL + '\n[alerts]\npurpose = "questions"\nduty = ["Anna", "Ben"]\n[alerts.reads]\nen = "Soon."\nfa-AF = "زود."\n'
)


def test_alerts_and_the_day_help_was_checked_are_read() -> None:
    dated = ALERTING.replace('local_help = { en = "Call."', 'local_help = { checked = 2026-10-01, en = "Call."')
    read, problems = read_study(dated, file="study.toml")

    assert (read is not None, problems) == (True, ())
    assert read is not None
    assert read.alerts == Alerts("questions", ("Anna", "Ben"), timedelta(hours=4), {"en": "Soon.", "fa-AF": "زود."})
    assert (read.help_checked, read.local_help) == (date(2026, 10, 1), {"en": "Call.", "fa-AF": "زنگ."})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('purpose = "questions"\nduty', 'purpose = "nothing"\nduty', ("study.purpose", "alerts.purpose")),
        ('duty = ["Anna", "Ben"]', "duty = []", ("study.value", "alerts.duty")),
        ('duty = ["Anna", "Ben"]', 'duty = ["Anna", "Anna"]', ("study.twice", "alerts.duty")),
        ('fa-AF = "زود."', "", ("study.text", "alerts.reads")),
        ('duty = ["Anna"', 'escalate_after = "4h"\nduty = ["Anna"', ("study.duration", "alerts.escalate_after")),
        ('duty = ["Anna"', 'escalate_after = "PT0H"\nduty = ["Anna"', ("study.duration", "alerts.escalate_after")),
        ("local_help = { en", 'local_help = { checked = "soon", en', ("study.value", "local_help.checked")),
        ('local_help = { en = "Call."', "local_help = { en = 3", ("study.value", "local_help.en")),
        ("local_help = { en", 'local_help = { sq = "Thirr.", en', ("study.text", "local_help.sq")),
    ],
)
def test_alerts_that_cannot_be_are_named(old: str, new: str, expected: tuple[str, str]) -> None:
    assert ALERTING.count(old) == 1
    _, problems = read_study(ALERTING.replace(old, new), file="study.toml")

    assert [(each.code, each.message.partition(":")[0]) for each in problems] == [expected]


def test_columns_that_could_recognise_somebody_are_read() -> None:
    read, problems = read_study(SMALL + '\n[public_use]\nquasi_identifiers = ["region"]\n', file="study.toml")

    assert problems == ()
    assert read is not None
    assert read.public_use == PublicUse(("region",), 5)
