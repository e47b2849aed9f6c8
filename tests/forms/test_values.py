"""F-13 what a person types becomes one canonical value, in every script; what could mean two things is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.forms import values
from cora_bot.forms.values import Violation, ViolationCode

LONG = "9" * 16


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("7", "7"),
        (" ٤٢ ", "42"),
        ("۴۲", "42"),
        ("\u200f۱۲\u200e", "12"),
        ("४२", "42"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("3.0", "3"),
        ("1 200", "1200"),
        ("1\u00a0200", "1200"),
        ("12,000", "12000"),
        ("1.200", "1200"),
        ("007", "7"),
        ("3.5", Violation(ViolationCode.NOT_WHOLE)),
        ("3,5", Violation(ViolationCode.NOT_WHOLE)),
        ("seven", Violation(ViolationCode.NOT_A_NUMBER)),
        ("1e3", Violation(ViolationCode.NOT_A_NUMBER)),
        ("", Violation(ViolationCode.NOT_A_NUMBER)),
        ("3 4", Violation(ViolationCode.NOT_A_NUMBER)),
        ("2147483648", Violation(ViolationCode.OUT_OF_RANGE)),
        (LONG, Violation(ViolationCode.OUT_OF_RANGE)),
        ("9" * 100_000, Violation(ViolationCode.OUT_OF_RANGE)),
    ],
)
def test_whole_typed(typed: str, expected: str | Violation) -> None:
    assert values.whole(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3.50", "3.5"),
        ("3,5", "3.5"),
        ("٣٫٥", "3.5"),
        ("۱٬۲۳۴٫۵", "1234.5"),
        (".5", "0.5"),
        ("-0", "0"),
        ("1.2.3", Violation(ViolationCode.NOT_A_NUMBER)),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("٣٫١٢٥", "3.125"),
        ("0.125", "0.125"),
        ("1.200", Violation(ViolationCode.NOT_A_NUMBER)),
        ("1,200", Violation(ViolationCode.NOT_A_NUMBER)),
        ("inf", Violation(ViolationCode.NOT_A_NUMBER)),
        (".", Violation(ViolationCode.NOT_A_NUMBER)),
    ],
)
def test_number_typed(typed: str, expected: str | Violation) -> None:
    assert values.number(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-03", "2026-12-03"),
        ("3.12.2026", "2026-12-03"),
        ("3/12/2026", "2026-12-03"),
        ("٣/١٢/٢٠٢٦", "2026-12-03"),
        ("۱۴۰۵/۹/۱۲", "2026-12-03"),
        ("12/9/1405", "2026-12-03"),
        ("30.12.1403", "2025-03-20"),
        ("29.2.2026", Violation(ViolationCode.NOT_A_DATE)),
        ("30.12.1404", Violation(ViolationCode.NOT_A_DATE)),
        ("3.12.26", Violation(ViolationCode.NOT_A_DATE)),
        ("12/31/2026", Violation(ViolationCode.NOT_A_DATE)),
        ("tomorrow", Violation(ViolationCode.NOT_A_DATE)),
        ("1.1.0900", Violation(ViolationCode.OUT_OF_RANGE)),
    ],
)
def test_day_typed(typed: str, expected: str | Violation) -> None:
    assert values.day(typed) == expected


def test_words_keep_lines_and_lose_controls() -> None:
    assert values.words("  a\x00b\nc \u200fد\x1b ") == "ab\nc \u200fد"
    assert values.words("x" * 4001) == Violation(ViolationCode.TOO_LONG)


def test_stepped_only_on_a_step_within_the_ends() -> None:
    assert values.stepped("2.5", "0", "10", "2.5") == "2.5"
    assert values.stepped("3", "0", "10", "2.5") == Violation(ViolationCode.OUT_OF_RANGE)
    assert values.stepped("-1", "0", "10", "1") == Violation(ViolationCode.OUT_OF_RANGE)
    assert values.stepped("8", "10", "0", "-2") == "8"


@settings(deadline=None)
@given(st.integers(-(2**31) + 1, 2**31 - 1), st.sampled_from(["0", "٠", "۰", "०", "０"]))
def test_whole_in_any_script_is_the_number(number: int, zero: str) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) if digit.isdigit() else digit for digit in str(number))
    assert values.whole(typed) == str(number)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_never_raises(typed: str) -> None:
    for read in (values.whole, values.number, values.day, values.words):
        assert isinstance(read(typed), str | Violation)
