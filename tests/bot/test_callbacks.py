"""Button data.

C-01 every press survives the trip through a button, in at most 64 bytes of ASCII
C-02 whatever we did not write ourselves is no press
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import LIMIT, NUMBER_LIMIT, pack, unpack
from cora_bot.dialogue.inputs import Press, Verb

NUMBERS = st.integers(0, NUMBER_LIMIT - 1)
PRESSES = st.builds(Press, st.sampled_from(Verb), NUMBERS, NUMBERS, NUMBERS)


@given(PRESSES)
def test_press_survives_the_trip(press: Press) -> None:
    packed = pack(press)
    assert packed.isascii()
    assert 1 <= len(packed.encode()) <= LIMIT
    assert unpack(packed) == press


@given(PRESSES, PRESSES)
def test_two_presses_never_share_their_data(one: Press, other: Press) -> None:
    assert (pack(one) == pack(other)) == (one == other)


@given(st.text(max_size=80))
def test_anything_else_is_none_or_its_only_spelling(text: str) -> None:
    press = unpack(text)
    assert press is None or pack(press) == text


@given(PRESSES, st.integers(0, 70), st.characters())
def test_changed_data_is_never_the_same_press(press: Press, place: int, letter: str) -> None:
    packed = pack(press)
    changed = packed[:place] + letter + packed[place + 1 :]
    assert changed == packed or unpack(changed) != press


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "1",
        "2c5",
        "c5",
        "1?5",
        "1c5.",
        "1c.5",
        "1c05",
        "1c5.0",
        "1cA",
        "1c-1",
        "1c5.1.2.3",
        "1c ٣",
        "1czzzzzz",
        "1c" + "1" * 70,
    ],
)
def test_garbage_is_no_press(packed: str) -> None:
    assert unpack(packed) is None


@pytest.mark.parametrize("number", [-1, NUMBER_LIMIT])
def test_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        pack(Press(Verb.CHOOSE, node=number))


def test_packed_form_is_the_documented_one() -> None:
    assert pack(Press(Verb.CHOOSE, 5, 46, 2)) == "1c5.1a.2"
    assert pack(Press(Verb.MENU)) == "1m"
    assert pack(Press(Verb.SET_LANGUAGE, choice=3)) == "1L0.0.3"
