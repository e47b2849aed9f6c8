"""V-40 padding: lengths are rounded by Padmé, short contents all look the same, and nothing else unpads."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.errors import NotOpened
from cora_bot.vault.padding import FLOOR, pad, padme, unpad


@given(st.binary(max_size=5000))
def test_what_is_padded_unpads(content: bytes) -> None:
    padded = pad(content)
    assert content == unpad(padded)
    assert len(padded) == max(FLOOR, padme(11 + len(content)))


@pytest.mark.parametrize(
    ("length", "expected"), [(0, 0), (1, 1), (2, 2), (9, 10), (1024, 1024), (1025, 1088), (1088, 1088), (1089, 1152)]
)
def test_padme_lengths(length: int, expected: int) -> None:
    assert expected == padme(length)


@given(st.integers(2, 2**40))
def test_padme_as_the_paper_defines_it(length: int) -> None:
    exponent = math.floor(math.log2(length)) if length < 2**30 else length.bit_length() - 1
    last = exponent - (math.floor(math.log2(exponent)) + 1)
    mask = (1 << last) - 1 if last > 0 else 0
    assert (length + mask) & ~mask == padme(length)
    assert length <= padme(length) <= length * 1.12


def test_every_short_content_has_the_same_length() -> None:
    assert {len(pad(bytes(size))) for size in range(FLOOR - 11 + 1)} == {FLOOR}
    assert len(pad(bytes(FLOOR - 10))) > FLOOR


@pytest.mark.parametrize(
    "changed",
    [
        b"",
        b"0000000003\n",
        pad(b"yes")[:-1],
        pad(b"yes") + b" ",
        pad(b"yes")[:-1] + b"x",
        pad(b"yes").replace(b"0000000003", b"0000000002"),
        pad(b"yes").replace(b"0000000003", b"0000009999"),
        pad(b"yes").replace(b"0000000003", b"        +3"),
        pad(b"yes").replace(b"0000000003\n", b"0000000003 "),
        pad(b"yes").replace(b"0000000003", "000000000٣".encode()),
        pad(bytes(2000)).rstrip(b" "),
    ],
)
def test_anything_else_is_refused(changed: bytes) -> None:
    with pytest.raises(NotOpened):
        unpad(changed)


def test_spaces_at_the_end_of_the_content_are_content() -> None:
    assert unpad(pad(b"yes  ")) == b"yes  "
