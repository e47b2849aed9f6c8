"""Sealed files: what opens, for whom, and that nothing else does.

V-20 round trips at every boundary of the chunks, one and several recipients
V-21 a flipped bit anywhere never opens; nor a file cut short, reordered, repeated, or with something behind it
V-22 a wrong key never opens; an unknown kind of stanza is skipped, a malformed hybrid stanza is not
V-23 one spelling: what parses is written again byte for byte
V-24 one failure sentence, which says nothing about why, and no cause behind it
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.age_header import Header, Stanza, header_for, parse
from cora_bot.vault.age_stream import CHUNK, seal_payload
from cora_bot.vault.agefile import Identity, Recipient, is_agefile, open_sealed, open_with_passphrase, seal

CHANCE = SeededChance("agefile")
ANNA, BEHAR, OTHER = (Identity.generate(CHANCE) for _ in range(3))
FILE_KEY = bytes(range(16))
ENCRYPTED_CHUNK = CHUNK + 16


def _opens(sealed: bytes, identity: Identity = ANNA) -> bool:
    try:
        open_sealed(sealed, [identity])
    except NotOpened:
        return False
    return True


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK])
def test_each_recipient_opens_alone_at_every_boundary_size(size: int) -> None:
    content = CHANCE.bytes(size)
    sealed = seal(content, [ANNA.recipient, BEHAR.recipient], CHANCE)
    assert [content, content] == [open_sealed(sealed, [identity]) for identity in (ANNA, BEHAR)]
    assert content == open_sealed(sealed, [OTHER, BEHAR])
    assert is_agefile(sealed)


def test_sealing_twice_gives_different_files() -> None:
    again = SeededChance("same"), SeededChance("same")
    first, second = (seal(b"answer", [ANNA.recipient], chance) for chance in again)
    assert first != second  # the key encapsulation never comes from a seed


def test_another_identity_does_not_open() -> None:
    assert not _opens(seal(b"answer", [ANNA.recipient, BEHAR.recipient], CHANCE), OTHER)


def test_no_identity_opens_nothing() -> None:
    with pytest.raises(NotOpened):
        open_sealed(seal(b"answer", [ANNA.recipient], CHANCE), [])


def test_nothing_is_sealed_to_nobody() -> None:
    with pytest.raises(CoraError, match="without a recipient"):
        seal(b"answer", [], CHANCE)


def test_every_flipped_bit_is_refused() -> None:
    sealed = bytearray(seal(b"yes", [ANNA.recipient], CHANCE))
    opened = []
    for place in range(len(sealed)):
        for bit in range(8):
            sealed[place] ^= 1 << bit
            if _opens(bytes(sealed)):
                opened.append((place, bit))
            sealed[place] ^= 1 << bit
    assert opened == []
    assert _opens(bytes(sealed))


def test_every_shortening_is_refused() -> None:
    sealed = seal(b"yes", [ANNA.recipient], CHANCE)
    assert [end for end in range(len(sealed)) if _opens(sealed[:end])] == []


@given(st.binary(min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_anything_behind_the_end_is_refused(tail: bytes) -> None:
    sealed = seal(b"yes", [ANNA.recipient], CHANCE)
    assert not _opens(sealed + tail)


def _chunks(sealed: bytes) -> tuple[bytes, list[bytes]]:
    header, payload = parse(sealed)
    head = header.encode() + payload[:16]
    rest = payload[16:]
    return head, [rest[start : start + ENCRYPTED_CHUNK] for start in range(0, len(rest), ENCRYPTED_CHUNK)]


def test_chunks_cannot_be_reordered_dropped_repeated_or_appended() -> None:
    head, [one, two, three, last] = _chunks(seal(CHANCE.bytes(3 * CHUNK + 5), [ANNA.recipient], CHANCE))
    assert _opens(b"".join([head, one, two, three, last]))
    changed = [
        [two, one, three, last],
        [one, three, last],
        [one, one, two, three, last],
        [one, two, three],
        [one, two, three, last, last],
        [last],
        [one, two, last],
        [one, two, three, last[:16]],
    ]
    assert [False] * len(changed) == [_opens(b"".join([head, *chunks])) for chunks in changed]


def test_an_empty_last_chunk_after_others_is_refused() -> None:
    stanza = ANNA.recipient.wrap(FILE_KEY)
    header = header_for((stanza,), FILE_KEY).encode()
    payload = _payload_with_empty_end()
    assert not _opens(header + payload)


def _payload_with_empty_end() -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    from cora_bot.vault.age_header import derive

    nonce = bytes(16)
    cipher = ChaCha20Poly1305(derive(FILE_KEY, nonce, b"payload"))
    full = cipher.encrypt(bytes(12), bytes(CHUNK), None)
    return nonce + full + cipher.encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)


def test_payloads_of_two_files_do_not_mix() -> None:
    first, second = (seal(content, [ANNA.recipient], CHANCE) for content in (b"yes", b"no!"))
    header, _ = parse(first)
    _, payload = parse(second)
    assert not _opens(header.encode() + payload)


def _file(*stanzas: Stanza) -> bytes:
    return header_for(stanzas, FILE_KEY).encode() + seal_payload(FILE_KEY, b"answer", CHANCE)


def test_other_kinds_of_stanzas_are_skipped() -> None:
    grease = Stanza("example.com/grease", ("a", "b~!"), CHANCE.bytes(48))
    empty = Stanza("other", (), b"")
    sealed = _file(grease, ANNA.recipient.wrap(FILE_KEY), empty)
    assert open_sealed(sealed, [ANNA]) == b"answer"


def test_a_malformed_hybrid_stanza_is_refused_even_beside_a_good_one() -> None:
    good = ANNA.recipient.wrap(FILE_KEY)
    bad = [
        Stanza(good.kind, (), good.body),
        Stanza(good.kind, (*good.arguments, "more"), good.body),
        Stanza(good.kind, (good.arguments[0][:-4],), good.body),
        Stanza(good.kind, good.arguments, good.body + b"\0"),
        Stanza(good.kind, good.arguments, b""),
    ]
    assert _opens(_file(good, BEHAR.recipient.wrap(FILE_KEY)))
    assert [False] * len(bad) == [_opens(_file(good, one)) for one in bad]


@pytest.mark.parametrize(
    "stanza", [Stanza("other", ("",), b""), Stanza("other", ("a", "", "b"), b""), Stanza("", (), b"")]
)
def test_an_empty_argument_is_refused_even_under_a_right_mac(stanza: Stanza) -> None:
    assert not _opens(_file(ANNA.recipient.wrap(FILE_KEY), stanza))


def test_a_passphrase_stanza_beside_a_recipient_is_refused() -> None:
    sealed = _file(ANNA.recipient.wrap(FILE_KEY), Stanza("scrypt", ("AAAAAAAAAAAAAAAAAAAAAA", "10"), bytes(32)))
    assert not _opens(sealed)
    with pytest.raises(NotOpened):
        open_with_passphrase(sealed, "whatever")


def test_a_file_with_too_many_stanzas_is_refused_before_any_is_tried() -> None:
    other = Stanza("other", (), b"")
    assert _opens(_file(ANNA.recipient.wrap(FILE_KEY), *[other] * 127))
    assert not _opens(_file(ANNA.recipient.wrap(FILE_KEY), *[other] * 128))


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 95, 96, 97])
def test_stanza_bodies_of_every_length_are_spelled_one_way(size: int) -> None:
    header = header_for((Stanza("other", ("x",), bytes(size)),), FILE_KEY)
    parsed, rest = parse(header.encode() + b"payload")
    assert (header, b"payload") == (parsed, rest)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"age-encryption.org/v1\n", b"age-encryption.org/v2\n"),
        (b"age-encryption.org/v1\n", b"age-encryption.org/v1\r\n"),
        (b"age-encryption.org/v1\n", b"\nage-encryption.org/v1\n"),
        (b"-> mlkem", b"->  mlkem"),
        (b"-> mlkem", b"->mlkem"),
        (b"-> mlkem", b"-> MLKEM"),
        (b"mlkem768x25519 ", b"mlkem768x25519  "),
        (b"\n--- ", b"\n---  "),
        (b"\n--- ", b"\n---"),
        (b"\n--- ", b"\n\n--- "),
        (b"\n--- ", b"=\n--- "),
        (b"\n--- ", b" \n--- "),
        (b"\n--- ", b"\xc3\xa9\n--- "),
    ],
)
def test_another_spelling_of_the_header_is_refused(old: bytes, new: bytes) -> None:
    sealed = seal(b"answer", [ANNA.recipient], CHANCE)
    assert sealed.count(old) == 1
    assert not _opens(sealed.replace(old, new))


def test_a_header_without_stanzas_is_refused() -> None:
    assert not _opens(Header((), b"age-encryption.org/v1\n---", bytes(32)).encode() + bytes(64))


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_arbitrary_bytes_are_refused_in_one_sentence(content: bytes) -> None:
    for sealed in (
        content,
        b"age-encryption.org/v1\n" + content,
        b"age-encryption.org/v1\n-> mlkem768x25519 " + content,
    ):
        with pytest.raises(NotOpened) as caught:
            open_sealed(sealed, [ANNA])
        assert str(caught.value) == "the sealed file could not be opened: wrong key, or it was cut short or changed"
        assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)


def test_keys_are_spelled_as_age_spells_them() -> None:
    recipient, identity = ANNA.recipient.encode(), ANNA.encode()
    assert (len(recipient), recipient[:7]) == (1959, "age1pq1")
    assert (len(identity), identity[:19]) == (77, "AGE-SECRET-KEY-PQ-1")
    assert (ANNA.recipient, ANNA) == (Recipient.parse(recipient), Identity.parse(identity))
    assert ANNA.recipient == Identity.parse(identity).recipient


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1pq1",
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q",
        ANNA.recipient.encode().upper(),
        ANNA.recipient.encode()[:-1],
        ANNA.recipient.encode() + "q",
        " " + ANNA.recipient.encode(),
        ANNA.encode(),
    ],
)
def test_a_text_that_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(CoraError, match="not a recipient"):
        Recipient.parse(text)


@pytest.mark.parametrize("text", ["", ANNA.encode().lower(), ANNA.encode()[:-1], ANNA.recipient.encode()])
def test_a_text_that_is_no_identity_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(CoraError, match="not an identity") as caught:
        Identity.parse(text)
    assert text == "" or text[10:30] not in str(caught.value) + caught.value.hint


def test_fingerprints_are_short_stable_and_different() -> None:
    known = Identity(bytes(range(32))).recipient.fingerprint()
    assert known == "NVFA-NG7C-WDAZ-FMX6-NX9J"
    assert len({ANNA.recipient.fingerprint(), BEHAR.recipient.fingerprint(), known}) == 3


def test_an_identity_shows_no_secret() -> None:
    shown = f"{ANNA!r} {ANNA} {ANNA.recipient!r}"
    assert ANNA.recipient.fingerprint() in shown
    assert [secret in shown for secret in (ANNA.encode(), ANNA.seed.hex(), repr(ANNA.seed))] == [False, False, False]


def test_the_derived_keys_are_those_of_the_standard() -> None:
    """RFC 5869, and the library's own calculation."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    from cora_bot.vault.age_header import derive

    salt, info = bytes(range(13)), bytes(range(0xF0, 0xFA))
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert derive(b"\x0b" * 22, salt, info).hex() == expected
    for salt in (b"", bytes(16), CHANCE.bytes(200)):
        assert derive(bytes(16), salt, b"payload") == HKDF(SHA256(), 32, salt, b"payload").derive(bytes(16))
