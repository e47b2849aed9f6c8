"""Our files and the files of an independent implementation (age-encryption on npm) are the same thing.

V-01 what we seal, it opens; what it seals, we open; recipients and passphrases
V-02 identities and recipients are spelled alike
V-03 a flipped bit opens on neither side
"""

from __future__ import annotations

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import NotOpened
from cora_bot.vault.age_stream import CHUNK
from cora_bot.vault.agefile import (
    Identity,
    Recipient,
    open_sealed,
    open_with_passphrase,
    seal,
    seal_with_passphrase,
)
from tests.interop.conftest import Ask, from_text, to_text

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node"), pytest.mark.timeout(300)]

CHANCE = SeededChance("interop")
SIZES = (0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK)


def _content(size: int) -> bytes:
    return CHANCE.bytes(size)


def test_ours_opens_there_at_every_boundary_size(node: Ask) -> None:
    first, second = Identity.generate(CHANCE), Identity.generate(CHANCE)
    contents = [_content(size) for size in SIZES]
    sealed = [seal(content, [first.recipient, second.recipient], CHANCE) for content in contents]
    for identity in (first, second):
        answers = node(*({"do": "open", "identity": identity.encode(), "sealed": to_text(one)} for one in sealed))
        assert [{"ok": to_text(content)} for content in contents] == answers


def test_theirs_opens_here_at_every_boundary_size(node: Ask) -> None:
    [made] = node({"do": "generate"})
    identity, other = Identity.parse(made["ok"]["identity"]), Identity.generate(CHANCE)
    to_both = [made["ok"]["recipient"], other.recipient.encode()]
    contents = [_content(size) for size in SIZES]
    answers = node(*({"do": "seal", "recipients": to_both, "plaintext": to_text(content)} for content in contents))
    for opener in (identity, other):
        assert contents == [open_sealed(from_text(answer["ok"]), [opener]) for answer in answers]


def test_spelling_of_keys_is_the_same(node: Ask) -> None:
    [made] = node({"do": "generate"})
    identity = Identity.parse(made["ok"]["identity"])
    assert made["ok"] == {"identity": identity.encode(), "recipient": identity.recipient.encode()}
    ours = Identity.generate(CHANCE)
    [answer] = node({"do": "recipient", "identity": ours.encode()})
    assert ours.recipient == Recipient.parse(answer["ok"])


def test_passphrase_files_open_both_ways(node: Ask) -> None:
    phrase, content = "pass phrase ۱۲۳ ë", _content(70_000)
    ours = seal_with_passphrase(content, phrase, CHANCE, work=10)
    opened, theirs = node(
        {"do": "open", "passphrase": phrase, "sealed": to_text(ours)},
        {"do": "seal", "passphrase": phrase, "work": 10, "plaintext": to_text(content)},
    )
    assert {"ok": to_text(content)} == opened
    assert content == open_with_passphrase(from_text(theirs["ok"]), phrase)


def test_a_changed_file_of_either_side_opens_nowhere(node: Ask) -> None:
    identity = Identity.generate(CHANCE)
    ours = seal(b"answer", [identity.recipient], CHANCE)
    [theirs] = node({"do": "seal", "recipients": [identity.recipient.encode()], "plaintext": to_text(b"answer")})
    changed = [_flipped(ours, -1), _flipped(from_text(theirs["ok"]), -1), _flipped(ours, 700)]
    answers = node(*({"do": "open", "identity": identity.encode(), "sealed": to_text(one)} for one in changed))
    assert [["error"]] * len(changed) == [list(answer) for answer in answers]
    for one in changed:
        with pytest.raises(NotOpened):
            open_sealed(one, [identity])


def _flipped(sealed: bytes, at: int) -> bytes:
    content = bytearray(sealed)
    content[at] ^= 1
    return bytes(content)
