"""S-40 the shipped forms compile and say everything in every language; S-41 check-ins are short, refusable and free of
words that tell what they are about; S-42 study.toml and the forms agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from pyxform.xls2xform import convert

from cora_bot.base.problems import Severity
from cora_bot.base.text import direction, utf16_length
from cora_bot.study.check import FormFacts, ShownText, check_against_forms, check_never_show
from cora_bot.study.model import Study
from cora_bot.study.reader import read_study

FORMS = ("consent", "return_check", "arrival", "check_in", "half_year")
CHECK_INS = ("arrival", "check_in", "half_year")
MOST_ASKED = {"arrival": 10, "check_in": 10, "half_year": 15}
BEHIND_A_BUTTON = 3300  # a message holds 4096 UTF-16 units; the rest is for what the bot writes around a text
BUTTON = 44  # our own limit for what is written on a button
LANGUAGE_NOTE = "The following language declarations do not contain valid machine-readable codes: Dari (fa-AF)."
SAME_IN_ENGLISH = re.compile(r"(choices|country|zone|hour)-")


@dataclass(frozen=True)
class Compiled:
    """A form as pyxform gives it: texts by language and id (guidance as ``id#guidance``), selects with their codes."""

    texts: dict[str, dict[str, str]]
    questions: dict[str, tuple[str, ...]]
    types: dict[str, str]

    @property
    def asked(self) -> list[str]:
        return [name for name, kind in self.types.items() if kind != "note"]


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def named(root: Element, *names: str) -> Iterator[Element]:
    return (element for element in root.iter() if local(element) in names)


def compiled(path: Path) -> Compiled:
    result = convert(path.read_text(encoding="utf-8"), file_type=".md")
    assert [note for note in result.warnings if not note.startswith(LANGUAGE_NOTE)] == []
    root = fromstring(result.xform)
    texts: dict[str, dict[str, str]] = {}
    for translation in named(root, "translation"):
        code = translation.attrib["lang"].rpartition("(")[2].rstrip(")")
        texts[code] = {
            text.attrib["id"] + ("#" + value.attrib["form"] if "form" in value.attrib else ""): value.text or ""
            for text in named(translation, "text")
            for value in named(text, "value")
        }
    lists = {
        instance.attrib["id"]: tuple(name.text or "" for name in named(instance, "name"))
        for instance in named(root, "instance")
        if "id" in instance.attrib
    }
    questions: dict[str, tuple[str, ...]] = {}
    types: dict[str, str] = {}
    binds = {bind.attrib["nodeset"]: bind.attrib for bind in named(root, "bind")}
    for control in named(root, "input", "select", "select1"):
        ref = control.attrib["ref"]
        name = ref.rpartition("/")[2]
        source = next((item.attrib["nodeset"] for item in named(control, "itemset")), "")
        listed = re.match(r"instance\('([^']+)'\)", source)
        questions[name] = lists[listed[1]] if listed else ()
        types[name] = "note" if binds[ref].get("readonly") else local(control)
    return Compiled(texts, questions, types)


@pytest.fixture(scope="module")
def forms(folder: Path) -> dict[str, Compiled]:
    return {name: compiled(folder / "forms" / f"{name}.md") for name in FORMS}


def test_study_reads_with_known_warnings_only(study_text: str) -> None:
    study, problems = read_study(study_text, file="study.toml")
    assert study is not None
    assert sorted((problem.code, problem.severity) for problem in problems) == [
        *[("study.draft", Severity.WARNING)] * 5,
        ("study.not_open", Severity.WARNING),
    ]


def test_folder_holds_exactly_the_forms_named(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "forms").iterdir()) == sorted(f"{name}.md" for name in FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_form_says_everything_in_every_language(study: Study, forms: dict[str, Compiled], name: str) -> None:
    texts = forms[name].texts
    assert list(texts) == [language.code for language in study.languages]
    for code, found in texts.items():
        assert found.keys() == texts["en"].keys()
        assert [key for key, text in found.items() if text.strip() in {"", "-"}] == []
        if direction(code) == "rtl":
            assert [key for key, text in found.items() if not re.search(r"[\u0600-\u06ff]", text)] == []
        elif code != "en":
            same = [key for key, text in found.items() if text == texts["en"][key]]
            assert [key for key in same if not SAME_IN_ENGLISH.match(key)] == []


@pytest.mark.parametrize("name", FORMS)
def test_form_texts_fit_a_phone(forms: dict[str, Compiled], name: str) -> None:
    labels = {
        (code, key): text
        for code, found in forms[name].texts.items()
        for key, text in found.items()
        if not key.startswith("/")
    }
    assert {place: text for place, text in labels.items() if utf16_length(text) > BUTTON} == {}
    longest = max(utf16_length(text) for found in forms[name].texts.values() for text in found.values())
    assert longest <= BEHIND_A_BUTTON


@pytest.mark.parametrize("name", FORMS)
def test_form_asks_only_what_a_chat_can_answer(forms: dict[str, Compiled], folder: Path, name: str) -> None:
    text = (folder / "forms" / f"{name}.md").read_text(encoding="utf-8")
    assert re.findall(r"or_other|geo(?:point|trace|shape)|\bimage\b|\baudio\b|\bbarcode\b", text) == []
    assert set(forms[name].types.values()) <= {"note", "input", "select", "select1"}


@pytest.mark.parametrize("name", CHECK_INS)
def test_check_in_is_short_and_refusable(forms: dict[str, Compiled], name: str) -> None:
    form = forms[name]
    assert len(form.asked) <= MOST_ASKED[name]
    assert form.asked[-1] == "message"
    selects = [question for question in form.asked if form.questions[question]]
    assert selects == form.asked[:-1]
    for question in selects:
        assert form.questions[question][-2:] == ("dont_know", "prefer_not")
        assert len(set(form.questions[question])) == len(form.questions[question])


@pytest.mark.parametrize("name", CHECK_INS)
def test_check_in_begins_with_what_does_not_depend_on_it(forms: dict[str, Compiled], name: str) -> None:
    form = forms[name]
    assert next(iter(form.types.items())) == ("intro", "note")
    assert form.texts["en"]["/data/intro:label"].startswith("Your answers have no effect on any payment or support.")


@pytest.mark.parametrize("name", ("return_check", *CHECK_INS))
def test_form_tells_nobody_what_it_is_about(study: Study, forms: dict[str, Compiled], name: str) -> None:
    shown = [ShownText(key, code, text) for code, found in forms[name].texts.items() for key, text in found.items()]
    assert [str(problem) for problem in check_never_show(study.never_show, shown)] == []


def test_same_question_has_the_same_codes_in_all_check_ins(forms: dict[str, Compiled]) -> None:
    first, monthly, half = (forms[name].questions for name in CHECK_INS)
    shared = first.keys() & monthly.keys()
    assert shared == {"intro", "household_pay", "access", "people", "safe", "feeling", "needs", "support", "message"}
    assert {name: first[name] for name in shared} == {name: monthly[name] for name in shared}
    assert {name: half[name] for name in monthly} == monthly


def test_half_year_stands_in_for_a_check_in_with_the_same_words(forms: dict[str, Compiled]) -> None:
    monthly, half = forms["check_in"], forms["half_year"]
    for code, found in monthly.texts.items():
        asked = {key: text for key, text in found.items() if key.startswith("/")}
        assert {key: half.texts[code].get(key) for key in asked} == asked
    assert [name for name in half.asked if name not in monthly.questions] == [
        "money_change",
        "health",
        "belonging",
        "treated",
        "outlook",
    ]


def test_study_and_forms_agree(study: Study, forms: dict[str, Compiled]) -> None:
    facts = {name: FormFacts(tuple(form.texts), form.questions) for name, form in forms.items()}
    assert check_against_forms(study, facts, file="study.toml") == ()


def test_consent_says_it_in_seven_sentences(forms: dict[str, Compiled]) -> None:
    for found in forms["consent"].texts.values():
        assert found["/data/intro:label"].count("<br>") == 6
        assert found["/data/intro:hint#guidance"].count("<br><br>") == 9
        assert found["/data/intro:label"].count("team@example.org") == 1


def test_texts_name_what_retention_says(study: Study, forms: dict[str, Compiled]) -> None:
    assert (study.retention.records, study.retention.contacts) == ("P10Y", "P3M")
    for language in study.languages:
        full = forms["consent"].texts[language.code]["/data/intro:hint#guidance"]
        for text in (full, study.privacy[language.code]):
            assert re.search(r"10|۱۰", text)
            assert re.search(r"\b[3۳]\b", text)
