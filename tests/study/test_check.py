"""S-30 a word that tells what the chat is about is found in any language, case and spelling; S-31 what study.toml says
of its forms is borne out by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from cora_bot.base.problems import Severity
from cora_bot.base.values import replace
from cora_bot.study.check import FormFacts, ShownText, check_against_forms, check_help, check_never_show
from cora_bot.study.model import Alerts, PublicUse, QuietHours, Study
from cora_bot.study.shape import OTHER_COUNTRY


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("return", "Your RETURNING friends"),
        ("IOM", "from iom."),
        ("Rückkehr", "ruckkehrer"),
        ("لاجئ", "هل أنتم من اللاجئين؟"),
        ("عودة", "العودة"),
        ("عودة", "العَـوْدَةُ"),
        ("مهاجرت", "مهاجرت‌ها"),
        ("ألمانيا", "المانيا"),
        ("المنظمة الدولية", "المنظمه   الدوليّة"),
        ("dëbim", "Debimi"),
        ("i kthyer", "i\nkthyer"),
    ],
)
def test_check_never_show_finds_every_spelling(word: str, text: str) -> None:
    found = check_never_show({"en": [word]}, [ShownText("invitation", "sq", text)])
    assert [(problem.code, problem.severity) for problem in found] == [("study.never_show", Severity.ERROR)]


@pytest.mark.parametrize(
    ("word", "text"), [("IOM", "axioms and biomes"), ("study", "steady"), ("بحث", "أبحثوا"), ("return", "re turn")]
)
def test_check_never_show_leaves_other_words(word: str, text: str) -> None:
    assert check_never_show({"en": [word]}, [ShownText("invitation", "en", text)]) == ()


def test_check_never_show_looks_for_each_language_in_each_text() -> None:
    words = {"en": ["study"], "de": ["Studie", "study"]}
    texts = [ShownText("bot name", "en", "Studies, a study"), ShownText("invitation", "de", "Hallo")]
    found = check_never_show(words, texts)
    assert [problem.message for problem in found] == ["bot name (en) holds “Studie”", "bot name (en) holds “study”"]


YES_NO = ("yes", "no")


@pytest.fixture
def forms(study: Study) -> dict[str, FormFacts]:
    languages = tuple(language.code for language in study.languages)
    consent = {
        "taken": ("read", "heard", "staff_read"),
        "adult": YES_NO,
        "agree": YES_NO,
        "purpose_check_ins": YES_NO,
        "purpose_visits": YES_NO,
        "purpose_after": YES_NO,
        "country": tuple(study.countries),
        "zone": study.countries[OTHER_COUNTRY],
        "return_status": ("planned", "done"),
        "return_date": (),
        "hour": ("9", "19"),
    }
    check = {"status": ("yes", "other_day", "not_going"), "new_date": ()}
    return {
        "consent": FormFacts(languages, consent),
        "return_check": FormFacts(languages, check),
        "arrival": FormFacts(languages, {}),
        "half_year": FormFacts(languages, {}),
        "check_in": FormFacts(languages, {}),
    }


def found_in(study: Study, forms: Mapping[str, FormFacts]) -> list[tuple[str, str]]:
    problems = check_against_forms(study, forms, file="study.toml")
    assert [problem for problem in problems if problem.file != "study.toml" or not problem.hint] == []
    return [(problem.code, problem.message.partition(":")[0]) for problem in problems]


def test_check_against_forms_that_fit(study: Study, forms: dict[str, FormFacts]) -> None:
    assert found_in(study, forms) == []


@pytest.mark.parametrize(
    ("question", "options", "expected"),
    [
        ("adult", ("no",), ("study.option", "enrolment.required")),
        ("agree", None, ("study.question", "enrolment.required")),
        ("purpose_after", ("yes",), ("study.option", "enrolment.purposes.after")),
        ("taken", ("read", "heard", "staff-read"), ("study.option", "enrolment.taken")),
        ("return_status", ("planned",), ("study.option", "enrolment.return_status")),
        ("return_date", None, ("study.question", "enrolment.return_date")),
        ("hour", None, ("study.question", "enrolment.hour")),
        ("hour", ("9", "morning"), ("study.hour", "enrolment.hour")),
        ("hour", ("9", "24"), ("study.hour", "enrolment.hour")),
        ("hour", ("9", "20"), ("study.hour", "enrolment.hour")),
        ("zone", None, ("study.question", "enrolment.zone")),
    ],
)
def test_check_against_a_consent_form_that_does_not_fit(
    study: Study,
    forms: dict[str, FormFacts],
    question: str,
    options: tuple[str, ...] | None,
    expected: tuple[str, str],
) -> None:
    questions = dict(forms["consent"].questions)
    if options is None:
        del questions[question]
    else:
        questions[question] = options
    assert found_in(study, forms | {"consent": replace(forms["consent"], questions=questions)}) == [expected]


def test_check_against_forms_compares_countries_both_ways(study: Study, forms: dict[str, FormFacts]) -> None:
    offered = (*(code for code in study.countries if code != "AF"), "SO")
    questions = {**forms["consent"].questions, "country": offered}
    assert found_in(study, forms | {"consent": replace(forms["consent"], questions=questions)}) == [
        ("study.option", "enrolment.country"),
        ("study.country", "countries"),
    ]


def test_check_against_forms_wants_every_language(study: Study, forms: dict[str, FormFacts]) -> None:
    assert found_in(study, forms | {"check_in": FormFacts(("en", "de", "ar", "sq"), {})}) == [
        ("study.form_language", "waves[5].form")
    ]


def test_check_against_forms_names_a_missing_form_once(study: Study, forms: dict[str, FormFacts]) -> None:
    del forms["return_check"]
    assert found_in(study, forms) == [("study.form", "return_check.form")]


def test_check_against_forms_warns_of_a_quiet_hour(study: Study, forms: dict[str, FormFacts]) -> None:
    quiet = replace(study, quiet=QuietHours(study.quiet.end, study.quiet.start.replace(hour=10)))
    problems = check_against_forms(quiet, forms, file="study.toml")
    assert [(problem.code, problem.severity) for problem in problems] == [("study.hour", Severity.WARNING)]


def test_place_is_asked_only_for_a_reason(study: Study, forms: dict[str, FormFacts]) -> None:
    wave = study.waves[0].form
    asking = {**forms, wave: replace(forms[wave], places=("here",))}
    told = replace(study, location_reason={language.code: "To help." for language in study.languages})

    (found,) = check_against_forms(study, asking, file="study.toml")

    assert (found.code, found.severity) == ("study.location", Severity.ERROR)
    assert check_against_forms(told, asking, file="study.toml") == ()


def test_place_is_never_asked_before_consent(study: Study, forms: dict[str, FormFacts]) -> None:
    consent = study.enrolment.form
    told = replace(study, location_reason={"en": "To help."})

    found = check_against_forms(told, {**forms, consent: replace(forms[consent], places=("here",))}, file="study.toml")

    assert [problem.code for problem in found] == ["study.location"]


def test_file_is_never_asked_for_before_consent(study: Study, forms: dict[str, FormFacts]) -> None:
    consent, wave = study.enrolment.form, study.waves[0].form
    asking = {**forms, consent: replace(forms[consent], files=("photo",)), wave: replace(forms[wave], files=("photo",))}

    found = check_against_forms(study, asking, file="study.toml")

    assert [(problem.code, "consent" in problem.message) for problem in found] == [("study.file", True)]


RULES = Alerts("check_ins", ("Anna",), timedelta(hours=4), {"en": "On working days."})


def test_alert_needs_somebody_who_is_told(study: Study, forms: dict[str, FormFacts]) -> None:
    wave = study.waves[0].form
    alerting = {**forms, wave: replace(forms[wave], alerts=("safe",))}

    assert found_in(study, alerting) == [("study.alerts", "alerts")]
    assert found_in(replace(study, alerts=RULES), alerting) == []


def test_alert_before_consent_is_refused(study: Study, forms: dict[str, FormFacts]) -> None:
    consent = study.enrolment.form
    alerting = {**forms, consent: replace(forms[consent], alerts=("safe",))}

    assert [code for code, _ in found_in(replace(study, alerts=RULES), alerting)] == ["study.alerts"]


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (date(2026, 11, 26), []),
        (date(2026, 5, 27), []),
        (date(2026, 5, 26), [Severity.ERROR]),
        (date(2026, 11, 27), [Severity.ERROR]),
        (None, [Severity.WARNING]),
    ],
)
def test_help_that_nobody_checked_for_half_a_year_is_refused(
    study: Study, checked: date | None, expected: list[Severity]
) -> None:
    problems = check_help(replace(study, help_checked=checked), date(2026, 11, 26))

    assert [each.severity for each in problems] == expected


def test_help_that_was_never_checked_stops_a_study_that_alerts(study: Study) -> None:
    (found,) = check_help(replace(study, alerts=RULES, help_checked=None), date(2026, 11, 26))

    assert (found.code, found.severity) == ("study.help", Severity.ERROR)


def test_column_to_be_counted_must_be_one(study: Study, forms: dict[str, FormFacts]) -> None:
    rules = PublicUse(("region", "consent.country", "consent.county"), 5)
    (found,) = check_against_forms(replace(study, public_use=rules), forms, file="study.toml")

    assert (found.code, found.message) == (
        "study.public_use",
        "public_use.quasi_identifiers: there is no column consent.county",
    )
