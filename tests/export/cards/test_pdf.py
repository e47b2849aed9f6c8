"""CA-10 the PDF holds what the page holds: number, code, link and every sentence of every language, fronts and backs
in the same places; CA-11 its picture is the link's own; CA-12 letters that no font has are refused, never drawn as
boxes."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO

import pytest
import segno
from pypdf import PageObject, PdfReader

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.export import cards
from cora_bot.export.cards import Batch, front, pdf, staff
from tests.export.cards.test_cards import BATCH, CODES, LANGUAGES

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)


def pages(codes: list[str] = CODES, *, first: int = 51, language: str = "en") -> list[PageObject]:
    made = pdf.document(replace(BATCH, staff_language=language), codes, first=first)
    return list(PdfReader(BytesIO(made)).pages)


def letters(text: str) -> str:
    """Letters and digits alone, joined forms of Arabic undone, in an order of their own: lines break and turn."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sorted(letter for letter in plain if letter.isalnum()))


def test_fronts_and_backs_lie_in_the_same_places() -> None:
    numbers = [re.findall(r"\b05\d\b", page.extract_text()) for page in pages()]

    assert [sorted(each) for each in numbers] == [["051", "052"], ["051", "052"], ["053"], ["053"]]


def test_each_card_carries_its_code_and_link() -> None:
    text = "\n".join(page.extract_text() for page in pages())

    assert [text.count(f"t.me/{BATCH.bot}?start={code}") for code in CODES] == [1, 1, 1]
    assert re.findall(r"^(?:[2-9A-Z]{4}-){2}[2-9A-Z]{4}$", text, re.MULTILINE) == CODES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_language_is_drawn(language: str) -> None:
    (shown, _) = [page.extract_text() for page in pages(CODES[:1])]
    alone = PdfReader(BytesIO(pdf.document(replace(BATCH, languages=(language,)), CODES[:1], first=51))).pages[0]
    said = "".join(front.sentences(BATCH, language))
    fixed = f"051 1 2 3 t.me/{BATCH.bot}?start={CODES[0]} {CODES[0]}"

    assert letters(alone.extract_text()) == letters(said + fixed)
    assert len(letters(shown)) > len(letters(alone.extract_text()))


@pytest.mark.parametrize("language", list(staff.WORDS))
def test_every_word_of_the_desks_side_is_drawn(language: str) -> None:
    back = pages(CODES[:1], language=language)[1]

    assert letters(back.extract_text()) == letters("".join(staff.WORDS[language].all()) + "051")


def test_nothing_is_drawn_outside_its_card() -> None:
    for page in pages(CODES[:2], language="de"):
        found: list[tuple[float, float]] = []

        def note(
            text: str, _: object, matrix: list[float], *__: object, found: list[tuple[float, float]] = found
        ) -> None:
            if text.strip():
                found.append((matrix[4], A4[1] - matrix[5]))

        page.extract_text(visitor_text=note)
        assert found
        assert [at for at in found if not (9 * MM < at[0] < 201 * MM)] == []
        assert [at for at in found if 141 * MM < at[1] < 154 * MM or at[1] > 290 * MM] == []


def test_picture_is_the_links_own() -> None:
    (page, _) = pages(CODES[:1])
    content = page.get_contents()
    assert content is not None
    runs = [
        tuple(map(float, run))
        for run in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", content.get_data().decode("latin-1"))
    ]
    code = [
        list(row) for row in segno.make(f"https://t.me/{BATCH.bot}?start={CODES[0]}", error="m").matrix_iter(border=4)
    ]
    module = 66 * MM / len(code)
    drawn = {
        (round((A4[1] - y - 9 * MM) / module), round((x - 10 * MM) / module) + step)
        for x, y, width, _ in runs
        for step in range(round(width / module))
    }

    assert drawn == {(y, x) for y, row in enumerate(code) for x, dark in enumerate(row) if dark}


def test_letters_that_no_font_has_are_refused() -> None:
    with pytest.raises(CoraError) as error:
        pdf.document(replace(BATCH, bot="ბოტი"), CODES[:1], first=1)

    assert str(error.value) == "the PDF has no font for the letters of the language 'en'"


def in_languages(count: int) -> Batch:
    """The batch in so many languages (some of them twice)."""
    return replace(BATCH, languages=tuple((LANGUAGES * 20)[:count]))


@pytest.mark.parametrize(("languages", "sheets"), [(6, 2), (7, 4), (12, 4)])
def test_more_languages_get_a_sheet_for_each_card(languages: int, sheets: int) -> None:
    batch = in_languages(languages)
    page = cards.document(batch, CODES[:2], first=51)

    assert len(PdfReader(BytesIO(pdf.document(batch, CODES[:2], first=51))).pages) == sheets
    assert len(re.findall('<section class="sheet', page)) == sheets


@pytest.mark.parametrize("languages", [5, 6, 7, 12])
def test_steps_end_above_the_code(languages: int) -> None:
    """However many languages: what is drawn of the steps lies above the line under them."""
    made = pdf.document(in_languages(languages), CODES[:1], first=51)
    found: list[tuple[float, str]] = []

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if text.strip():
            found.append((A4[1] - matrix[5], text.strip()))

    PdfReader(BytesIO(made)).pages[0].extract_text(visitor_text=note)
    typed = min(at for at, text in found if text.startswith("No camera?"))
    steps = [at for at, text in found if text.startswith(("Scan ", "Press ", "Choose ", "Zgjidhni"))]

    assert len(steps) >= 3
    assert max(steps) < typed


def test_more_languages_than_a_sheet_holds_are_refused() -> None:
    with pytest.raises(CoraError) as error:
        pdf.document(in_languages(40), CODES[:1], first=1)

    assert str(error.value) == "40 languages do not fit on one sheet"
