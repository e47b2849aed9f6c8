"""CA-01 every card carries one code, as a picture, a link and letters, and its number on both sides; CA-02 each
language of the study is there, in its own direction and calendar; CA-03 no side says what it is about, and a word that
does is found; CA-04 the page loads nothing and runs nothing; CA-05 backs lie behind their fronts."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
import segno

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.export import cards
from cora_bot.export.cards import staff
from cora_bot.study.check import check_never_show
from tests.support.house import STUDY, script_of

CODES = ["K7F2-QXAC-9MNP", "AAAA-CCCC-DDDD", "WWWW-MMMM-9999"]
SCRIPT = script_of(STUDY)
LANGUAGES = tuple(language.code for language in SCRIPT.study.languages)
BATCH = cards.Batch("quiet_morning_bot", LANGUAGES, SCRIPT.phrases, date(2027, 2, 20), "en")


class Reading(HTMLParser):
    """What a page shows: texts by language, letters in <code>, paths of pictures, sheets of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str, str]] = []
        self.codes: list[str] = []
        self.pictures: list[str] = []
        self.sheets: list[list[str]] = []
        self.tags: set[str] = set()
        self._open: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self._open.append((tag, held))
        if held.get("class") == "sheet":
            self.sheets.append([])
        if tag == "path" and held.get("fill") == "#000":
            self.pictures.append(held["d"])

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, held = self._open[-1] if self._open else ("", {})
        if "lang" in held and tag != "html":
            self.said.append((held["lang"], held["dir"], data))
        elif tag == "code":
            self.codes.append(data)
        elif held.get("class") == "number":
            self.sheets[-1].append(data)


def read(codes: list[str] = CODES, *, first: int = 1) -> Reading:
    reading = Reading()
    reading.feed(cards.document(BATCH, codes, first=first))
    return reading


def test_each_card_carries_its_code_as_letters_and_link() -> None:
    links = [f"t.me/quiet_morning_bot?start={code}" for code in CODES]

    assert read().codes == [each for pair in zip(links, CODES, strict=True) for each in pair]


def test_picture_is_the_links_own() -> None:
    drawn = [set(re.findall(r"M(\d+) (\d+)h1v1h-1z", path)) for path in read().pictures]
    made = [segno.make(f"https://t.me/quiet_morning_bot?start={code}", error="m", micro=False) for code in CODES]

    assert drawn == [
        {(str(x), str(y)) for y, row in enumerate(each.matrix_iter(border=4)) for x, dark in enumerate(row) if dark}
        for each in made
    ]


def test_fronts_and_backs_lie_in_the_same_places() -> None:
    assert read(first=9).sheets == [["009", "010"], ["009", "010"], ["011"], ["011"]]


def test_numbers_grow_with_the_last_one() -> None:
    assert read(CODES[:2], first=9999).sheets == [["09999", "10000"]] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_card_speaks_every_language_of_the_study(language: str) -> None:
    said = [(way, text) for code, way, text in read(CODES[:1]).said if code == language]

    assert len(said) == len(p.CARD_PHRASES)
    assert {way for way, _ in said} == {"rtl" if language in ("ar", "fa-AF") else "ltr"}


def test_last_day_stands_in_the_persons_calendar() -> None:
    last = {code: text for code, _, text in read(CODES[:1]).said}

    assert ("۱ حوت ۱۴۰۵" in last["fa-AF"], "20. Februar 2027" in last["de"]) == (True, True)


@pytest.mark.parametrize("language", cards.STAFF_LANGUAGES)
def test_no_side_says_what_it_is_about(language: str) -> None:
    batch = replace(BATCH, staff_language=language)

    assert check_never_show(SCRIPT.study.never_show, cards.texts(batch)) == ()


def test_a_bot_that_says_what_it_is_about_is_found_on_the_card() -> None:
    found = check_never_show(SCRIPT.study.never_show, cards.texts(replace(BATCH, bot="return_survey_bot")))

    assert {problem.message for problem in found if "(en)" in problem.message} == {
        "card (en) holds “return”",
        "card (en) holds “survey”",
    }


def test_texts_are_all_that_is_written_on_both_sides() -> None:
    page = cards.document(BATCH, CODES[:1])
    words = {each.text for each in cards.texts(BATCH)}

    assert {text for _, _, text in read(CODES[:1]).said} | set(staff.WORDS["en"].all()) == words
    assert [text for text in staff.WORDS["en"].all() if text not in page] == []


def test_page_loads_and_runs_nothing() -> None:
    page = cards.document(BATCH, CODES)
    tags = read().tags

    assert tags & {"script", "link", "img", "iframe", "a", "object"} == set()
    assert re.findall(r"url\(|@import|src=", page) == []
    assert "default-src 'none'" in page
