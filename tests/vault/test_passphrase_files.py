"""Passphrase files, both ways with an independent implementation (pyrage), and passphrases themselves.

V-30 opens there and here; a wrong passphrase, a changed file, a costly file never
V-31 a passphrase that is too weak is refused and not repeated
"""

from __future__ import annotations

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault import passphrase
from cora_bot.vault.age_header import Stanza, encode64, header_for, parse
from cora_bot.vault.age_stream import seal_payload
from cora_bot.vault.agefile import Identity, open_sealed, open_with_passphrase, seal, seal_with_passphrase

CHANCE = SeededChance("passphrase")
PHRASE = "korrekt Pferd ۱۲ Batterie"


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal_with_passphrase(b"content", PHRASE, CHANCE, work=4)


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537])
def test_ours_opens_in_pyrage(size: int) -> None:
    content = CHANCE.bytes(size)
    assert content == pyrage.passphrase.decrypt(seal_with_passphrase(content, PHRASE, CHANCE, work=4), PHRASE)


def test_pyrages_opens_here() -> None:
    content = CHANCE.bytes(70_000)
    assert content == open_with_passphrase(pyrage.passphrase.encrypt(content, PHRASE), PHRASE)


def test_ours_opens_here_and_names_ages_own_cost(sealed: bytes) -> None:
    assert open_with_passphrase(sealed, PHRASE) == b"content"
    header, _ = parse(seal_with_passphrase(b"", PHRASE, CHANCE))
    assert header.stanzas[0].arguments[1] == "18"


@pytest.mark.parametrize("phrase", ["", "wrong", PHRASE + " ", PHRASE.upper()])
def test_another_passphrase_does_not_open(sealed: bytes, phrase: str) -> None:
    with pytest.raises(NotOpened):
        open_with_passphrase(sealed, phrase)


def test_every_flipped_bit_is_refused() -> None:
    # bits of the work factor would make it costly, not open: they are the next test's
    sealed = bytearray(seal_with_passphrase(b"yes", PHRASE, CHANCE, work=1))
    work = sealed.index(b" 1\n") + 1
    opened = []
    for place in set(range(len(sealed))) - {work}:
        for bit in range(8):
            sealed[place] ^= 1 << bit
            try:
                open_with_passphrase(bytes(sealed), PHRASE)
                opened.append((place, bit))
            except NotOpened:
                pass
            sealed[place] ^= 1 << bit
    assert opened == []


def _made(work: str = "4", *, salt_size: int = 16, copies: int = 1) -> bytes:
    """A file that is right in everything, MAC included, its cost being 2**4, but for what the arguments say."""
    file_key, salt = CHANCE.bytes(16), CHANCE.bytes(salt_size)
    key = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << 4, r=8, p=1).derive(PHRASE.encode())
    stanza = Stanza("scrypt", (encode64(salt), work), ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None))
    return header_for((stanza,) * copies, file_key).encode() + seal_payload(file_key, b"content", CHANCE)


def test_the_hand_made_file_opens() -> None:
    assert open_with_passphrase(_made(), PHRASE) == b"content"


@pytest.mark.parametrize("work", ["0", "04", "+4", "-4", "4e0", "0x4", "4 ", "23", "64", "4294967300"])
def test_a_work_factor_that_is_too_high_or_misspelled_is_refused(work: str) -> None:
    with pytest.raises(NotOpened):
        open_with_passphrase(_made(work), PHRASE)


def test_two_passphrase_stanzas_are_refused() -> None:
    with pytest.raises(NotOpened):
        open_with_passphrase(_made(copies=2), PHRASE)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_salt_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(NotOpened):
        open_with_passphrase(_made(salt_size=size), PHRASE)


def test_a_file_for_recipients_is_not_a_passphrase_file(sealed: bytes) -> None:
    identity = Identity.generate(CHANCE)
    with pytest.raises(NotOpened):
        open_with_passphrase(seal(b"yes", [identity.recipient], CHANCE), PHRASE)
    with pytest.raises(NotOpened):
        open_sealed(sealed, [identity])


@pytest.mark.parametrize("work", [0, 23])
def test_a_work_factor_nobody_opens_is_never_written(work: int) -> None:
    with pytest.raises(ValueError):
        seal_with_passphrase(b"yes", PHRASE, CHANCE, work=work)


@pytest.mark.parametrize("typed", ["", "elevenchars", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "elevenchars\r\n"])
def test_a_weak_passphrase_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(CoraError) as caught:
        passphrase.checked(typed)
    assert typed.strip() == "" or typed.strip() not in str(caught.value) + caught.value.hint


def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    assert passphrase.checked("Zu\u0308rich Gene\u0300ve 12\n") == "Zürich Genève 12"


def test_a_generated_passphrase_is_strong_and_new_each_time() -> None:
    made = {passphrase.generated(CHANCE) for _ in range(20)}
    assert (20, {29}) == (len(made), {len(one) for one in made})
    assert made == {passphrase.checked(one) for one in made}
