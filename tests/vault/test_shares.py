"""V-90 a key in shares: any that are enough give it back, and no fewer
V-91 a wrong, mixed, repeated or missing sheet is said so, and which
V-92 the words are SLIP-39: another reading of the standard joins them (the standard's own vectors)
"""

from __future__ import annotations

from itertools import combinations

import pytest
from shamir_mnemonic import combine_mnemonics

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.vault.recipients import Identity
from cora_bot.vault.shares import CHECKSUM_WORDS, WORDS, KeyShare, join, split

CHANCE = SeededChance("shares")
ANNA, BEHAR = Identity.generate(CHANCE), Identity.generate(CHANCE, classic=True)
FINGERPRINT = ANNA.recipient.fingerprint()


@pytest.mark.parametrize(("shares", "need"), [(3, 2), (2, 2), (5, 3)])
def test_any_enough_give_the_key_back(shares: int, need: int) -> None:
    made = split(ANNA, shares=shares, need=need)
    assert [share.number for share in made] == list(range(1, shares + 1))
    for some in combinations(made, need):
        assert join(some, FINGERPRINT) == ANNA
        assert join(some[::-1], FINGERPRINT) == ANNA
    for few in combinations(made, need - 1):
        with pytest.raises(CoraError, match=f"{need - 1} of the {need} sheets|no sheet"):
            join(few, FINGERPRINT)


def test_more_than_enough_are_enough() -> None:
    assert join(split(ANNA, shares=3, need=2), FINGERPRINT) == ANNA


def test_a_classic_key_comes_back_as_one() -> None:
    made = split(BEHAR, shares=2, need=2)
    assert join(made, BEHAR.recipient.fingerprint()) == BEHAR


def test_the_words_are_the_standards() -> None:
    made = split(ANNA, shares=3, need=2)
    assert combine_mnemonics([" ".join(share.words) for share in made[1:]]) == ANNA.seed
    assert {len(share.words) for share in made} == {WORDS}
    assert {share.words[:3] for share in made} == {made[0].words[:3]}


@pytest.mark.parametrize(("shares", "need"), [(3, 1), (1, 1), (3, 4), (17, 2), (0, 0), (3, -1)])
def test_impossible_numbers_are_refused(shares: int, need: int) -> None:
    with pytest.raises(CoraError, match="is not possible"):
        split(ANNA, shares=shares, need=need)


def test_every_single_wrong_word_is_noticed() -> None:
    [share, _] = split(ANNA, shares=2, need=2)
    for place in range(WORDS):
        other = "academic" if share.words[place] != "academic" else "zero"
        wrong = (*share.words[:place], other, *share.words[place + 1 :])
        with pytest.raises(CoraError, match="sheet A: the checksum does not fit"):
            KeyShare.read(wrong, what="sheet A")


def test_words_that_changed_places_are_noticed() -> None:
    [share, _] = split(ANNA, shares=2, need=2)
    for place in range(WORDS - 1):
        turned = list(share.words)
        turned[place], turned[place + 1] = turned[place + 1], turned[place]
        if turned == list(share.words):
            continue
        with pytest.raises(CoraError, match="checksum"):
            KeyShare.read(turned, what="sheet A")


def test_a_word_of_no_list_is_named_by_place_and_not_repeated() -> None:
    [share, _] = split(ANNA, shares=2, need=2)
    with pytest.raises(CoraError, match="sheet A: word 5 is not a word of the list") as caught:
        KeyShare.read([*share.words[:4], "secretword", *share.words[5:]], what="sheet A")
    assert "secretword" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("words", [(), ("academic",) * (WORDS - CHECKSUM_WORDS), ("academic",) * (WORDS + 1)])
def test_too_few_or_many_words_are_counted(words: tuple[str, ...]) -> None:
    with pytest.raises(CoraError, match=f"has {len(words)} words; a sheet has {WORDS}"):
        KeyShare.read(words, what="sheet A")


def test_capital_letters_are_the_same_words() -> None:
    [share, other] = split(ANNA, shares=2, need=2)
    assert join([KeyShare.read([word.upper() for word in share.words], what="A"), other], FINGERPRINT) == ANNA


def test_sheets_of_two_splittings_are_mixed() -> None:
    first, second = (split(ANNA, shares=3, need=2) for _ in range(2))
    with pytest.raises(CoraError, match="are mixed"):
        join([first[0], second[1]], FINGERPRINT)
    with pytest.raises(CoraError, match="are mixed"):
        join([first[0], second[0]], FINGERPRINT)


def test_the_same_sheet_twice_is_one_sheet() -> None:
    made = split(ANNA, shares=3, need=2)
    with pytest.raises(CoraError, match="sheet 2 was given twice"):
        join([made[1], made[1]], FINGERPRINT)


def test_another_fingerprint_is_another_key() -> None:
    with pytest.raises(CoraError, match="another fingerprint"):
        join(split(ANNA, shares=2, need=2), BEHAR.recipient.fingerprint())


def test_the_words_are_never_shown() -> None:
    [share, _] = split(ANNA, shares=2, need=2)
    assert not any(word in repr(share).split("'") for word in share.words)
