"""VI-57 What is typed from a day sheet shows a slip: one wrong letter, two exchanged, or the code of another line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cora_bot.base.chance import CODE_LETTERS, SeededChance, case_code, new_id
from cora_bot.study.visits.on_paper import check, on_paper
from cora_bot.study.visits.visit import number_of

CHANCE = SeededChance("on paper")
PAIRS = [(number_of(new_id(CHANCE)), case_code(CHANCE)) for _ in range(200)]


def joined(number: str, case: str) -> str:
    return number.removeprefix("V-") + case.replace("-", "")


def split(letters: str) -> tuple[str, str]:
    return f"V-{letters[:4]}", f"{letters[4:7]}-{letters[7:]}"


def unnoticed(pair: tuple[str, str], slips: Iterator[str]) -> list[str]:
    """Those of these that have the letters of the pair, and are another one."""
    return [slip for slip in slips if slip != joined(*pair) and check(*split(slip)) == check(*pair)]


def wrong_letter(letters: str) -> Iterator[str]:
    for place in range(len(letters)):
        yield from (letters[:place] + each + letters[place + 1 :] for each in CODE_LETTERS)


def exchanged(letters: str, apart: int) -> Iterator[str]:
    for place in range(len(letters) - apart):
        several = list(letters)
        several[place], several[place + apart] = several[place + apart], several[place]
        yield "".join(several)


def test_any_one_wrong_letter_is_noticed() -> None:
    assert [slip for pair in PAIRS[:40] for slip in unnoticed(pair, wrong_letter(joined(*pair)))] == []


@pytest.mark.parametrize("apart", [1, 2])
def test_two_letters_exchanged_are_noticed(apart: int) -> None:
    """Also across the border between number and code."""
    assert [slip for pair in PAIRS for slip in unnoticed(pair, exchanged(joined(*pair), apart))] == []


def test_number_of_another_line_is_noticed_but_for_one_in_729() -> None:
    mixed = [(number, case) for number, _ in PAIRS for _, case in PAIRS]
    letters = {pair: check(*pair) for pair in mixed}
    same = [pair for pair in mixed for own in [dict(PAIRS)[pair[0]]] if own != pair[1]]
    passed = sum(letters[pair] == letters[pair[0], dict(PAIRS)[pair[0]]] for pair in same)
    assert 0 < passed < 2 * len(same) / 729


def test_number_on_paper_is_the_number_and_two_letters() -> None:
    assert on_paper("V-7Q2K", "K7F-2QX") == "V-7Q2K-3J"
    assert all(re.fullmatch(rf"{number}-[{CODE_LETTERS}]{{2}}", on_paper(number, case)) for number, case in PAIRS)


@pytest.mark.parametrize("case", ["", "cut-111111111111", "K7F-2Q0"])
def test_without_a_code_of_ours_there_is_the_number_alone(case: str) -> None:
    assert on_paper("V-7Q2K", case) == "V-7Q2K"
