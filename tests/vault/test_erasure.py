"""V-60 the wrap under a case's key: opens with that key, case and record id only; every flipped bit is refused."""

from __future__ import annotations

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import NotOpened
from cora_bot.vault.erasure import new_erasure_key, unwrap, wrap

CHANCE = SeededChance("erasure")
KEY = new_erasure_key(CHANCE)
CASE, RECORD = CHANCE.bytes(16), CHANCE.bytes(16)


def _opens(wrapped: bytes, *, key: bytes = KEY, case: bytes = CASE, record: bytes = RECORD) -> bool:
    try:
        unwrap(key, wrapped, case=case, record=record)
    except NotOpened:
        return False
    return True


@pytest.mark.parametrize("size", [0, 1, 2683])
def test_what_is_wrapped_unwraps(size: int) -> None:
    sealed = CHANCE.bytes(size)
    wrapped = wrap(KEY, sealed, CHANCE, case=CASE, record=RECORD)
    assert sealed == unwrap(KEY, wrapped, case=CASE, record=RECORD)
    assert len(wrapped) == size + 29


def test_another_key_case_or_record_does_not_unwrap() -> None:
    wrapped = wrap(KEY, b"sealed", CHANCE, case=CASE, record=RECORD)
    other = bytes(16)
    wrong: list[dict[str, bytes]] = [
        {"key": new_erasure_key(CHANCE)},
        {"case": other},
        {"record": other},
        {"case": RECORD, "record": CASE},
        {"case": CASE + RECORD[:1], "record": RECORD[1:]},
    ]
    assert [_opens(wrapped, **one) for one in wrong] == [False] * len(wrong)


def test_every_flipped_bit_and_every_shortening_is_refused() -> None:
    wrapped = wrap(KEY, b"sealed", CHANCE, case=CASE, record=RECORD)
    flipped = [
        wrapped[:place] + bytes([wrapped[place] ^ 1 << bit]) + wrapped[place + 1 :]
        for place in range(len(wrapped))
        for bit in range(8)
    ]
    shortened = [wrapped[:end] for end in range(len(wrapped))]
    assert not any(_opens(one) for one in [*flipped, *shortened, wrapped + b"\0"])
    assert _opens(wrapped)


def test_two_wraps_of_the_same_differ() -> None:
    first, second = (wrap(KEY, b"sealed", CHANCE, case=CASE, record=RECORD) for _ in range(2))
    assert first != second
