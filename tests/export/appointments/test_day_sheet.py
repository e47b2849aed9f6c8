"""VI-43 Day sheets: one for each day of the place and interviewer, by local time, with case codes only.
VI-44 They print, as HTML and as PDF, with places in any direction.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from cora_bot.base.chance import CODE_LETTERS
from cora_bot.base.errors import CoraError
from cora_bot.export.appointments import Mode, Standing, day_pdf, day_sheet, day_sheets
from cora_bot.export.appointments.words import OUTCOMES, WORDS
from cora_bot.study.visits.on_paper import on_paper
from tests.export.appointments.visits import visit

MINE = "K7F-2QX"
BAGHDAD = "مقهى الزهور، قرب Hotel Palestine"
VISITS = [
    visit("V-9ATE", starts=datetime(2027, 3, 28, 22, 30, tzinfo=UTC)),
    visit("V-7Q2K"),
    visit("V-G7NE", starts=datetime(2027, 3, 28, 9, 0, tzinfo=UTC), standing=Standing.CANCELLED),
    visit("V-HERE", starts=datetime(2027, 3, 28, 11, 0, tzinfo=UTC), city="بغداد", place=BAGHDAD, case="M3A-9ZW"),
    visit("V-CA77", interviewer="IV-3", mode=Mode.PHONE, place="", city="", interpreter="", languages=()),
]


def written(language: str = "en") -> str:
    return day_sheet.document(day_sheets(VISITS), language=language)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def test_day_is_that_of_the_place_and_visits_are_in_order() -> None:
    told = [(each.day, each.interviewer, [one.id for one in each.visits]) for each in day_sheets(VISITS)]
    expected = [
        (date(2027, 3, 28), "IV-2", ["V-7Q2K", "V-G7NE", "V-HERE"]),
        (date(2027, 3, 28), "IV-3", ["V-CA77"]),
        (date(2027, 3, 29), "IV-2", ["V-9ATE"]),
    ]
    assert expected == told


def test_html_shows_local_times_codes_and_places_in_their_own_direction() -> None:
    html = written()
    assert "09:00 – 10:00" in html
    assert "00:30 – 01:30" in html
    assert f'<code dir="ltr">{on_paper("V-7Q2K", MINE)}</code>' in html
    assert f'<code dir="ltr">{MINE}</code>' in html
    assert f'<div dir="auto">{BAGHDAD}</div>' in html
    assert html.count(WORDS["en"].cancelled) == 1
    assert html.count(WORDS["en"].outcomes["missed"]) == 4  # a cancelled visit has nothing to tick


def test_html_is_closed_to_markup_and_scripts() -> None:
    html = day_sheet.document(day_sheets([visit(place="<script>alert(1)</script>")]), language="en")
    assert "<script" not in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize("language", WORDS)
def test_pdf_has_a_page_for_each_sheet_and_every_visit(language: str) -> None:
    found = pages(day_pdf.document(day_sheets(VISITS), language=language))
    assert len(found) == 3
    expected = [on_paper(number, case) for number, case in (("V-7Q2K", MINE), ("V-G7NE", MINE), ("V-HERE", "M3A-9ZW"))]
    assert [word for word in found[0].split() if word.startswith("V-")] == expected
    assert "09:00" in found[0]
    assert "M3A-9ZW" in found[0]
    assert WORDS[language].cancelled in found[0]
    assert "moon" in found[2]


def test_pdf_of_a_long_day_goes_on_on_a_second_page() -> None:
    start = datetime(2027, 3, 28, 6, 0, tzinfo=UTC)
    many = [
        visit(f"V-AA2{letter}", starts=start + timedelta(minutes=30 * place), minutes=30)
        for place, letter in enumerate(CODE_LETTERS[:10])
    ]
    found = pages(day_pdf.document(day_sheets(many), language="en"))
    assert len(found) == 2
    assert [each.on_paper for each in many] == [
        word for page in found for word in page.split() if word.startswith("V-")
    ]
    assert all("No names on this sheet" in page for page in found)


def test_pdf_says_when_it_has_no_letters() -> None:
    with pytest.raises(CoraError, match="no font"):
        day_pdf.document(day_sheets([visit(place="თბილისი")]), language="en")


def test_words_of_every_language_name_the_same_outcomes() -> None:
    assert dict.fromkeys(WORDS, OUTCOMES) == {code: tuple(words.outcomes) for code, words in WORDS.items()}
