"""V-10 Bech32 as BIP 173 has it, without a length limit; one value has one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.vault import bech32


@given(st.text("abcdefghijklmnopqrstuvwxyz1-", min_size=1, max_size=20), st.binary(max_size=1300))
def test_what_is_encoded_decodes_in_either_case(prefix: str, content: bytes) -> None:
    text = bech32.encode(prefix, content)
    assert (prefix, content) == bech32.decode(text)
    assert (prefix, content) == bech32.decode(text.upper())


@pytest.mark.parametrize(
    ("text", "prefix", "content"),
    [
        ("A12UEL5L", "a", b""),
        (
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "abcdef",
            bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df"),
        ),
    ],
)
def test_known_texts_decode(text: str, prefix: str, content: bytes) -> None:
    assert (prefix, content) == bech32.decode(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "pzry9x0s0muk",  # no separator
        "1pzry9x0s0muk",  # no prefix
        "li1dgmt3",  # checksum too short
        "A1G7SGD8",  # checksum of the upper-case prefix
        "x1b4n0q5v",  # letter that is not used
        "A12uEL5L",  # mixed case
        "a12uel5m",
        "a\u00e92uel5l",
        "age1\x7f2uel5l",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        bech32.decode(text)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 57), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_changed_letter_is_noticed(content: bytes, place: int, letter: str) -> None:
    text = bech32.encode("age", content)
    changed = text[: 4 + place] + letter + text[5 + place :]
    if changed != text:
        with pytest.raises(ValueError):
            bech32.decode(changed)


def test_padding_that_is_not_zero_is_refused() -> None:
    # one byte is two words, the second with two bits of padding; 1 in them, with a fitting checksum
    words = [0, 1]
    check = bech32._polymod([*bech32._expand("a"), *words, *[0] * 6]) ^ 1
    text = "a1" + "".join(bech32._LETTERS[word] for word in [*words, *((check >> 5 * (5 - i)) & 31 for i in range(6))])
    with pytest.raises(ValueError, match="padding"):
        bech32.decode(text)
