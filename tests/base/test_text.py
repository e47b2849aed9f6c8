"""T-01 native digits are understood; T-02 nothing embedded turns the text around it; T-03 lengths are Telegram's;
T-04 a cut never splits a letter, leaves an isolate open or loses a word; T-05 direction comes from the language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.text import (
    direction,
    isolate,
    latin_digits,
    line_breaks,
    shorten,
    split,
    tidy,
    utf16_length,
)

FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"
FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("۱۲", "12"),
        ("٣٤", "34"),
        ("۱٬۲۳۴٫۵", "1234.5"),
        ("১৯", "19"),
        ("12,5 kg", "12,5 kg"),
        ("²", "²"),
        ("نان ۲", "نان 2"),
    ],
)
def test_latin_digits_of_any_script(typed: str, expected: str) -> None:
    assert latin_digits(typed) == expected


def test_isolate_balances_what_is_inside() -> None:
    assert isolate("K7F-2QX") == f"{FSI}K7F-2QX{PDI}"
    assert isolate(f"a{PDI}b") == f"{FSI}ab{PDI}"
    assert isolate(f"a{LRI}b") == f"{FSI}a{LRI}b{PDI}{PDI}"


@given(st.text())
def test_utf16_length_counts_what_is_beyond_the_basic_plane_twice(text: str) -> None:
    text = text.encode("utf-16-le", "ignore").decode("utf-16-le")
    assert utf16_length(text) == len(text) + sum(char > "\uffff" for char in text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("too long", 5, "too…"),
        (f"ab{FAMILY}cd", 9, "ab…"),
        (f"ab{FAMILY}cd", 12, f"ab{FAMILY}cd"),
        (f"{FSI}abcdef{PDI}", 6, f"{FSI}abc{PDI}…"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
    ],
)
def test_shorten_at_boundaries(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@given(st.text(alphabet=st.sampled_from(f"ab {FSI}{PDI}👩\u200d👧e\u0301"), max_size=40), st.integers(0, 40))
def test_shorten_stays_inside_and_closed(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert utf16_length(cut) <= limit
    if cut != text:
        assert cut.count(FSI) == cut.count(PDI)


@given(st.lists(st.text(alphabet="abد👩.\n", min_size=1, max_size=30), max_size=30), st.integers(4, 50))
def test_split_loses_only_blanks(words: list[str], limit: int) -> None:
    text = " ".join(words)
    parts = split(text, limit)
    assert all(part and utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_split_prefers_paragraph_then_sentence_then_word() -> None:
    assert split("One two.\n\nThree four.", 14) == ("One two.", "Three four.")
    assert split("One two. Three four.", 14) == ("One two.", "Three four.")
    assert split("alpha beta gamma", 11) == ("alpha beta", "gamma")
    assert split("abcdefgh", 4) == ("abcd", "efgh")
    assert split("  ", 4) == ()


def test_split_refuses_a_limit_below_one_character() -> None:
    with pytest.raises(ValueError, match="smaller than one character"):
        split(FAMILY, 3)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ar", "rtl"), ("fa-AF", "rtl"), ("fa_AF", "rtl"), ("ps", "rtl"), ("de", "ltr"), ("sq", "ltr"), ("rom", "ltr")],
)
def test_direction_of_language(language: str, expected: str) -> None:
    assert direction(language) == expected


def test_line_breaks_of_every_kind() -> None:
    assert line_breaks("a<br>b<BR/>c\r\nd\u2028e") == "a\nb\nc\nd\ne"


def test_tidy_keeps_joiners_and_drops_overrides() -> None:
    assert tidy(" می\u200cخواهم\u202e \t x \n\n\n\ny\x07 ") == "می\u200cخواهم x\n\ny"
