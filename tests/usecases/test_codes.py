"""CO-01 a code is understood however it is typed · CO-02 ordinary words are no codes · CO-03 codes are never stored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.chance import CODE_LETTERS, SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.dialogue.inputs import Command, CommandName, Start, Text
from cora_bot.usecases.codes import new_code, presented, secret
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from tests.support.stores import Ground, all_bytes


@pytest.mark.parametrize(
    "typed",
    [
        "K7F2-QXAC-9MNP", "k7f2qxac9mnp", " k7f2 qxac 9mnp ", "K7F2–QXAC—9MNP", "K٧F٢-QXAC-٩MNP",
        "\u202aK7F2-QXAC-9MNP\u202c", "Ｋ7Ｆ2-QXAC-9MNP", "K7F2\u00adQXAC\n9MNP", "K7F2_QXAC_9MNP",
    ],
)  # fmt: skip
def test_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert secret(typed) == "K7F2QXAC9MNP"


@pytest.mark.parametrize(
    "typed", ["", "hello", "K7F2-QXAC-9MN", "K7F2-QXAC-9MNPP", "K7F0-QXAC-9MNP", "مرحبا بكم جميعا"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert secret(typed) == ""


@given(st.text(max_size=40))
def test_any_text_is_a_code_of_our_letters_or_none(typed: str) -> None:
    assert re.fullmatch(f"([{CODE_LETTERS}]{{12}})?", secret(typed)) is not None


@given(st.integers())
def test_every_code_is_understood_as_it_is_shown(seed: int) -> None:
    code = new_code(SeededChance(seed))

    assert secret(code) == code.replace("-", "")


def test_inputs_carry_codes_or_not() -> None:
    code, word = "K7F2-QXAC-9MNP", "K7F2QXAC9MNP"

    assert [presented(each) for each in (Start(code, 1), Start("x", 1), Start("", 1))] == [word, "", None]
    assert [presented(each) for each in (Text(code, 1), Text("hello", 1))] == [word, None]
    assert presented(Text(code, 1), answering=True) is None
    assert presented(Start(code, 1), answering=True) == word
    assert presented(Command(CommandName.MENU, 1)) is None


async def test_codes_are_all_different_and_in_no_file(tmp_path: Path, ground: Ground, house: House) -> None:
    codes = await make_tokens(house, 50, expires_days=3)
    assert (len(set(codes)), {len(code) for code in codes}) == (50, {14})
    if ground.engine == "sqlite":
        written = all_bytes(tmp_path)
        found = [code for code in codes for form in (code, secret(code)) if form.encode() in written]
        assert found == []


@pytest.mark.parametrize(("count", "days"), [(0, 3), (-1, 3), (10_001, 3), (5, 0)])
async def test_impossible_orders_are_refused(house: House, count: int, days: int) -> None:
    with pytest.raises(CoraError):
        await make_tokens(house, count, expires_days=days)
