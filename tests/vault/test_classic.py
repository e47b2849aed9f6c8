"""V-06 classic X25519 recipients: both directions with an independent implementation; never beside hybrid ones
V-07 a malformed classic stanza fails whoever it is for
"""

from __future__ import annotations

import pyrage
import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.age_header import FILE_KEY_SIZE, AgeFormatError, Stanza, header_for
from cora_bot.vault.age_stream import seal_payload
from cora_bot.vault.agefile import Identity, Recipient, open_sealed, seal
from cora_bot.vault.classic import KIND, wrapped_key

CHANCE = SeededChance("classic")
ANNA, BEHAR = Identity.generate(CHANCE, classic=True), Identity.generate(CHANCE, classic=True)
HYBRID = Identity.generate(CHANCE)


def test_the_same_text_names_the_same_key_elsewhere() -> None:
    theirs = pyrage.x25519.Identity.from_str(ANNA.encode())
    assert str(theirs.to_public()) == ANNA.recipient.encode()
    assert (Identity.parse(ANNA.encode()), Recipient.parse(ANNA.recipient.encode())) == (ANNA, ANNA.recipient)


def test_what_we_seal_opens_elsewhere_and_the_other_way_round() -> None:
    sealed = seal(b"answer", [ANNA.recipient, BEHAR.recipient], CHANCE)
    for one in (ANNA, BEHAR):
        theirs = pyrage.x25519.Identity.from_str(one.encode())
        assert pyrage.decrypt(sealed, [theirs]) == b"answer"
        assert open_sealed(sealed, [HYBRID, one]) == b"answer"
        assert open_sealed(pyrage.encrypt(b"reply", [theirs.to_public()]), [one]) == b"reply"


def test_a_mixture_is_refused_in_either_order() -> None:
    for pair in ((ANNA, HYBRID), (HYBRID, ANNA)):
        with pytest.raises(CoraError, match="are mixed"):
            seal(b"answer", [one.recipient for one in pair], CHANCE)


def test_the_same_32_bytes_are_two_keys() -> None:
    seed = bytes(range(32))
    hybrid, classic = Identity(seed), Identity(seed, classic=True)
    assert hybrid != classic
    assert hybrid.recipient.fingerprint() != classic.recipient.fingerprint()
    with pytest.raises(NotOpened):
        open_sealed(seal(b"answer", [classic.recipient], CHANCE), [hybrid])


@pytest.mark.parametrize("cut", [(0, 1), (1, 0), (1, 1)])
def test_a_malformed_stanza_fails_whoever_it_is_for(cut: tuple[int, int]) -> None:
    good = ANNA.recipient.wrap(bytes(FILE_KEY_SIZE))
    bad = Stanza(KIND, good.arguments * (1 + cut[0]), good.body[cut[1] :])
    file_key = bytes(FILE_KEY_SIZE)
    header = header_for((BEHAR.recipient.wrap(file_key), bad), file_key)
    with pytest.raises(NotOpened):
        open_sealed(header.encode() + seal_payload(file_key, b"answer", CHANCE), [BEHAR])


def test_a_share_of_low_order_is_no_share() -> None:
    body = ANNA.recipient.wrap(bytes(FILE_KEY_SIZE)).body
    with pytest.raises(AgeFormatError):
        ANNA.unwrap(wrapped_key(Stanza(KIND, ("A" * 43,), body)))
