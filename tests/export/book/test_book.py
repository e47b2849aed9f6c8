"""EB-01 every text people see is in the document, in every language and in its direction; EB-02 so are the schedule
with its calendar, where answers go, who can open them, how long they are kept, what is sealed when; EB-03 the hash and
what changed since the approval stand on the first sheet; EB-04 the document's own words are whole in both languages;
EB-05 it loads and runs nothing, and no text becomes markup; EB-06 every sound, picture and film is named with what it
says, and stands in the document as far as there is room."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.text import direction
from cora_bot.base.values import replace
from cora_bot.cli.catalogs import sentences
from cora_bot.dialogue.approval import text_hashes
from cora_bot.dialogue.script import MediaFile, Script
from cora_bot.export import book
from cora_bot.export.book import protection, words
from cora_bot.export.book.approval import table
from cora_bot.forms.model import Form
from cora_bot.forms.wording import wording
from cora_bot.study.model import Approval
from cora_bot.study.reader import read_study
from cora_bot.vault.recipients import Identity
from tests.support.house import STUDY, script_of
from tests.support.one_form import chat_form

SCRIPT = script_of(STUDY)
LANGUAGES = tuple(language.code for language in SCRIPT.study.languages)
REVIEWS = {"en": "original", "de": "reviewed", "ar": "draft", "fa-AF": "draft"}
FACTS = book.Facts(date(2026, 11, 26), "0.1.0", date(2027, 1, 15), tuple(sentences()), REVIEWS)


class Reading(HTMLParser):
    """Texts by language, with the direction they stand in; the whole text; every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, set[str]] = defaultdict(set)
        self.ways: dict[str, set[str]] = defaultdict(set)
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self._open: list[tuple[str, str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "br":
            self._say("\n")
        if tag in ("br", "meta", "col", "link", "img"):
            return
        self._open.append((tag, held.get("lang", ""), []))
        if held.get("lang") and held.get("dir") and tag != "html":
            self.ways[held["lang"]].add(held["dir"])

    def handle_endtag(self, tag: str) -> None:
        opened, language, parts = self._open.pop()
        assert opened == tag
        text = "".join(parts)
        if language:
            self.said[language].add(text)
        if tag in ("td", "th"):
            self.cells.append(text)

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, text: str) -> None:
        for _, _, parts in self._open:
            parts.append(text)

    @property
    def whole(self) -> str:
        return " ".join(self.cells)


@cache
def page(language: str = "en") -> str:
    return book.document(SCRIPT, FACTS, language)


def read(text: str) -> Reading:
    reading = Reading()
    reading.feed(text)
    return reading


def lines(texts: set[str]) -> set[str]:
    return {" ".join(text.split()) for text in texts}


def texts_of(form: Form, language: str) -> Iterator[str]:
    for question in form.questions:
        told = wording(form, question)
        for one in (question.labels, question.hints, question.guidance, told.constraint, told.required):
            yield one.get(language, "")
        for option in question.options:
            yield option.labels.get(language, "")


# ---- the texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", book.LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_form_is_there(language: str, own: str) -> None:
    shown = lines(read(page(own)).said[language])
    wanted = {text for form in SCRIPT.forms.values() for text in texts_of(form, language) if text}

    assert len(wanted) > 100
    assert lines(wanted) - shown == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_text_of_the_study_and_of_the_bot_is_there(language: str) -> None:
    shown = lines(read(page()).said[language])
    study = SCRIPT.study
    own = {texts[language] for texts in (study.team_contact, study.privacy, study.local_help)}
    bots = {SCRIPT.phrases.say(sentence, language) for sentence in FACTS.sentences}

    assert len(bots) > 80
    assert lines(own | bots) - shown == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_stand_in_their_own_direction(language: str) -> None:
    assert read(page()).ways[language] == {direction(language)}


def test_text_that_is_missing_in_one_language_is_shown_as_missing() -> None:
    study = replace(SCRIPT.study, team_contact={"en": "Write to us."})
    text = book.document(replace(SCRIPT, study=study), FACTS, "en")

    assert text.count("– missing –") - page().count("– missing –") == len(LANGUAGES) - 1


def test_words_that_must_not_be_seen_are_listed() -> None:
    cells = read(page()).cells

    assert [code for code, never in SCRIPT.study.never_show.items() if " · ".join(never) not in cells] == []


# ---- what happens ----------------------------------------------------------------------------------------------------


def test_calendar_has_every_occasion_of_a_year_on_its_day() -> None:
    rows = [cell for cell in read(page()).cells if re.fullmatch(r"\w+, \w+ \d+, 20\d\d, \d\d:\d\d", cell)]

    assert rows[0] == "Tuesday, January 12, 2027, 10:00"
    assert rows[1] == "Friday, January 29, 2027, 10:00"
    assert rows[-1] == "Saturday, January 15, 2028, 10:00"
    assert len(rows) == 1 + 1 + 5 + 1 + 6


def test_calendar_keeps_quiet_hours() -> None:
    late = replace(SCRIPT, study=replace(SCRIPT.study, default_hour=22))
    rows = [
        cell for cell in read(book.document(late, FACTS, "en")).cells if re.fullmatch(r".*, 20\d\d, \d\d:\d\d", cell)
    ]

    assert {row[-5:] for row in rows} == {"08:00"}
    assert rows[0] == "Wednesday, January 13, 2027, 08:00"


def test_waves_are_told_in_words() -> None:
    whole = read(page()).whole

    for told in (
        "14 days after the day of return",
        "3 days before the day of return",
        "5 times, every 1 month",
        "once",
    ):
        assert told in whole


def test_places_readers_retention_and_purposes_are_there() -> None:
    cells = read(page()).cells

    assert [cell for place in (*protection.PLACES, *protection.BESIDE) for cell in place if cell not in cells] == []
    assert "10 years after the study's end" in cells
    assert "3 months after the last contact" in cells
    assert [purpose for purpose in SCRIPT.study.enrolment.purposes if purpose not in cells] == []
    assert [country for country in SCRIPT.study.countries if country not in cells] == []


def test_who_can_open_is_named_by_the_fingerprint_on_their_paper() -> None:
    keys = [Identity.generate(SeededChance(name)).recipient for name in ("Anna", "Berat")]
    study = replace(SCRIPT.study, recipients=tuple(key.encode() for key in keys))
    open_to = read(book.document(replace(SCRIPT, study=study), FACTS, "en")).cells

    assert [key.fingerprint() for key in keys if key.fingerprint() not in open_to] == []
    assert "Nobody yet: the study is not open." in page()


def test_what_is_sealed_on_arrival_is_told_form_by_form() -> None:
    cells = read(page()).cells
    below = cells[cells.index("Sealed when the form ends, or breaks off") + 1 :][: 3 * len(SCRIPT.forms)]

    assert dict(zip(below[::3], below[1::3], strict=True)) == {
        form.id: ", ".join(question.name for question in form.questions if question.sealed) or "–"
        for form in SCRIPT.forms.values()
    }


def test_languages_say_how_far_they_were_read() -> None:
    cells = read(page()).cells
    rows = {code: cells[cells.index(code) - 1 : cells.index(code) + 3] for code in LANGUAGES}

    assert {code: row[3] for code, row in rows.items()} == {**REVIEWS, "sq": "missing"}


# ---- versions, hashes, approval --------------------------------------------------------------------------------------


def approved(script: Script, **changes: object) -> Script:
    """The script as a board has approved it; ``changes`` of the approval."""
    hashes = text_hashes(script.study, script.forms)
    made = Approval(hashes.whole, "the board, 12/2026", date(2026, 12, 1), hashes.parts)
    return replace(script, study=replace(script.study, approval=replace(made, **changes)))  # type: ignore[arg-type]


def first_sheet(script: Script) -> str:
    return read(book.document(script, FACTS, "en")).cells[9]


def test_first_sheet_names_versions_and_hashes() -> None:
    cells = read(page()).cells
    hashes = text_hashes(SCRIPT.study, SCRIPT.forms)

    assert cells[cells.index("Hash of all texts people see") + 1] == hashes.whole
    assert cells[cells.index("Hash of study.toml") + 1] == SCRIPT.study.hash
    for form in SCRIPT.forms.values():
        at = cells.index(form.id)
        assert cells[at + 1 : at + 5] == [form.version, str(len(form.questions)), hashes.parts[form.id], form.hash[:16]]


def test_first_sheet_says_whether_the_texts_are_the_approved_ones() -> None:
    yes = approved(SCRIPT)
    later = replace(yes, study=replace(yes.study, privacy={**yes.study.privacy, "de": "Anders."}))

    assert first_sheet(SCRIPT) == "Not approved by anybody yet."
    assert first_sheet(yes) == (
        "Approved by the board, 12/2026 on December 1, 2026. The texts are those that were approved."
    )
    assert first_sheet(later).endswith("CHANGED since then, nobody can be enrolled: the texts of study.toml.")


def test_last_sheet_is_what_makes_these_texts_the_approved_ones() -> None:
    text = (STUDY / "study.toml").read_text(encoding="utf-8")
    study, problems = read_study(f"{text}\n{table(SCRIPT, FACTS)}", file="study.toml")

    assert [str(problem) for problem in problems if problem.severity.value == "error"] == []
    assert study is not None
    assert study.approval is not None
    assert study.approval.text_hash == text_hashes(study, SCRIPT.forms).whole


# ---- the document itself ---------------------------------------------------------------------------------------------


def test_every_own_word_is_there_in_german() -> None:
    """Every kind of question and unit, used or not: a word that is missing would raise when it is needed."""
    german = words.Words("de", words.GERMAN)
    english = set(words.GERMAN)

    assert german("Consent") == "Einwilligung"
    assert [text for text in english if not words.GERMAN[text].strip()] == []
    fields = re.compile(r"\{(\w+)\}")
    assert [
        text
        for text in english
        if text != "They come with the program; what stands in {braces} is filled in."
        and set(fields.findall(text)) != set(fields.findall(words.GERMAN[text]))
    ] == []
    with pytest.raises(KeyError):
        german("A sentence nobody has translated.")


def test_contents_lead_to_every_chapter() -> None:
    text = page()
    targets = re.findall(r'<a href="#([^"]+)"', text)

    assert targets == re.findall(r'<h2 id="([^"]+)"', text)
    assert len(targets) == len(set(targets)) == 5 + len(SCRIPT.forms)


HEARD = """
| survey |
| | type | name | label::English (en) | label::Deutsch (de) | media::audio::English (en) | media::audio::Deutsch (de) | media::image::English (en) |
| | select_one yn | work | Do you work? | Arbeiten Sie? | work_en.mp3 | work_de.mp3 | work.png |
| | select_one yn | rest | Do you rest? | Ruhen Sie? | rest.mp3 | | |
| choices |
| | list_name | name | label::English (en) | label::Deutsch (de) | media::audio::English (en) |
| | yn | yes | Yes | Ja | yes.mp3 |
| | yn | no | No <b> | Nein | no.mp3 |
"""  # noqa: E501


def heard(**held: book.Held) -> str:
    """The document of a study with one form that can be heard; ``held``: what its folder holds, without endings."""
    form = chat_form(HEARD)
    files = {f"{name}.{'png' if name == 'work' else 'mp3'}": each for name, each in held.items()}
    media = {name: MediaFile(f"/nowhere/{name}", "ab" * 32) for name in files}
    script = replace(SCRIPT, forms={**SCRIPT.forms, form.id: form}, media=media)
    return book.document(script, replace(FACTS, media=files), "en")


def rows_of(text: str) -> list[list[str]]:
    """The cells of the chapter, row by row."""
    cells = read(chapter_of(text)).cells
    start = cells.index("Itself") + 1
    return [cells[at : at + 6] for at in range(start, len(cells), 6)]


def chapter_of(text: str) -> str:
    return text[text.index('<h2 id="media"') :].partition("</section>")[0]


def test_every_sound_and_picture_is_named_with_what_it_says_and_shown() -> None:
    text = heard(
        work_en=book.Held(2_400, b"sound"), work_de=book.Held(1, b"ton"), work=book.Held(9_000, b"picture"),
        rest=book.Held(31_000_000), yes=book.Held(3_000, b"yes"),
    )  # fmt: skip

    assert rows_of(text) == [
        ["audio", "English", "work", "Do you work?", "work_en.mp3 2 kB " + "ab" * 8, ""],
        ["audio", "Deutsch", "work", "Arbeiten Sie?", "work_de.mp3 1 kB " + "ab" * 8, ""],
        ["image", "English", "work", "Do you work?", "work.png 9 kB " + "ab" * 8, ""],
        ["audio", "English", "work · yes", "Yes", "yes.mp3 3 kB " + "ab" * 8, ""],
        ["audio", "English", "work · no", "No <b>", "no.mp3", "– missing –"],
        [
            "audio", "English", "rest", "Do you rest?", "rest.mp3 31,000 kB " + "ab" * 8,
            "Too large for this document: it lies in the folder media.",
        ],
    ]  # fmt: skip
    shown = re.findall(r'<(audio|img)[^>]*? src="data:([^;]+);base64,([^"]+)"', text)
    assert [(tag, kind, base64.b64decode(data)) for tag, kind, data in shown] == [
        ("audio", "audio/mpeg", b"sound"),
        ("audio", "audio/mpeg", b"ton"),
        ("img", "image/png", b"picture"),
        ("audio", "audio/mpeg", b"yes"),
    ]
    assert "<b>" not in chapter_of(text)


def test_study_without_sounds_has_no_such_chapter() -> None:
    assert "What can be heard and seen" not in page()


def test_document_loads_and_runs_nothing_and_no_text_becomes_markup() -> None:
    study = replace(SCRIPT.study, title="<script>alert(1)</script>", privacy={"en": "<img src=x onerror=y>"})
    text = book.document(replace(SCRIPT, study=study), FACTS, "en")

    assert read(text).tags & {"script", "link", "img", "iframe", "object", "form"} == set()
    assert re.findall(r"url\(|@import|https?://(?!example)", text) == []
    assert "default-src 'none'" in text
