"""V-70 working keys: a value opens with its key, purpose and row only
V-71 the index is the same for the same value, and different for another key, label or value
V-72 the server's key file: for its owner only, never overwritten, with or without a passphrase
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.values import replace
from cora_bot.vault.server_keys import load_keys, save_keys
from cora_bot.vault.working import Purpose, WorkingKeys

CHANCE = SeededChance("working")
KEYS = WorkingKeys.generate(CHANCE)
ROW = b"row"


def _opens(sealed: bytes, *, keys: WorkingKeys = KEYS, purpose: Purpose = Purpose.SESSION, row: bytes = ROW) -> bool:
    try:
        keys.open(purpose, row, sealed)
    except NotOpened:
        return False
    return True


@pytest.mark.parametrize("purpose", Purpose)
def test_a_value_opens_for_its_purpose_and_row_only(purpose: Purpose) -> None:
    sealed = KEYS.seal(purpose, ROW, b"content", CHANCE)
    assert KEYS.open(purpose, ROW, sealed) == b"content"
    assert [other for other in Purpose if _opens(sealed, purpose=other)] == [purpose]
    assert [row for row in (b"", b"row2", b"ro", ROW) if _opens(sealed, purpose=purpose, row=row)] == [ROW]


def test_contact_and_link_have_keys_of_their_own() -> None:
    def opens_without(name: str) -> set[Purpose]:
        other = replace(KEYS, **{name: bytes(32)})
        return {one for one in Purpose if _opens(KEYS.seal(one, ROW, b"", CHANCE), keys=other, purpose=one)}

    assert {
        "working": {Purpose.CONTACT, Purpose.LINK},
        "contact": set(Purpose) - {Purpose.CONTACT},
        "link": set(Purpose) - {Purpose.LINK},
        "index_key": set(Purpose),
    } == {name: opens_without(name) for name in ("working", "contact", "link", "index_key")}


def test_every_flipped_bit_and_every_shortening_is_refused() -> None:
    sealed = KEYS.seal(Purpose.SESSION, ROW, b"content", CHANCE)
    flipped = [
        sealed[:place] + bytes([sealed[place] ^ 1 << bit]) + sealed[place + 1 :]
        for place in range(len(sealed))
        for bit in range(8)
    ]
    shortened = [sealed[:end] for end in range(len(sealed))]
    assert not any(_opens(one) for one in [*flipped, *shortened, sealed + b"\0"])


def test_another_generation_does_not_open() -> None:
    sealed = KEYS.seal(Purpose.SESSION, ROW, b"content", CHANCE)
    assert not _opens(sealed, keys=WorkingKeys.generate(CHANCE))
    assert not _opens(sealed, keys=replace(KEYS, id=b"\0\0\0\0"))


def test_a_value_sealed_twice_differs() -> None:
    first, second = (KEYS.seal(Purpose.SESSION, ROW, b"content", CHANCE) for _ in range(2))
    assert first != second


def test_the_index_depends_on_key_label_and_value() -> None:
    assert KEYS.index(b"chat", b"12345") == KEYS.index(b"chat", b"12345")
    found = [
        keys.index(label, value)
        for keys, (label, value) in itertools.product(
            (KEYS, WorkingKeys.generate(CHANCE)), ((b"chat", b"1"), (b"chat", b"2"), (b"cha", b"t1"), (b"token", b"1"))
        )
    ]
    assert (len(set(found)), {len(one) for one in found}) == (8, {32})


def test_keys_are_never_shown() -> None:
    shown = repr(KEYS)
    secrets = (KEYS.working, KEYS.contact, KEYS.link, KEYS.index_key)
    assert [repr(one) in shown or one.hex() in shown for one in secrets] == [False] * 4


def test_keys_of_another_size_are_refused() -> None:
    for name, value in (("id", b"\0"), ("working", bytes(31)), ("index_key", bytes(33))):
        with pytest.raises(ValueError):
            replace(KEYS, **{name: value})


@pytest.mark.parametrize("phrase", [None, "long enough passphrase"])
def test_the_key_file_gives_the_keys_back(tmp_path: Path, phrase: str | None) -> None:
    path = tmp_path / "server.keys"
    save_keys(path, KEYS, CHANCE, passphrase=phrase, work=4)
    assert load_keys(path, passphrase=phrase) == KEYS
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["server.keys"]


def test_the_key_file_under_a_passphrase_shows_nothing_and_needs_it(tmp_path: Path) -> None:
    path = tmp_path / "server.keys"
    save_keys(path, KEYS, CHANCE, passphrase="long enough passphrase", work=4)
    content = path.read_bytes()
    assert [text in content for text in (KEYS.working.hex().encode(), KEYS.working, b"working")] == [False] * 3
    with pytest.raises(NotOpened):
        load_keys(path, passphrase="another passphrase")
    with pytest.raises(CoraError, match="protected by a passphrase"):
        load_keys(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644])
def test_a_key_file_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "server.keys"
    save_keys(path, KEYS, CHANCE, passphrase=None)
    path.chmod(mode)
    with pytest.raises(CoraError, match="can be read by others") as caught:
        load_keys(path)
    assert caught.value.hint == f"chmod 600 {path}"


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "server.keys"
    save_keys(path, KEYS, CHANCE, passphrase=None)
    with pytest.raises(CoraError, match="exists already"):
        save_keys(path, WorkingKeys.generate(CHANCE), CHANCE, passphrase=None)
    assert load_keys(path) == KEYS
    assert [one.name for one in tmp_path.iterdir()] == ["server.keys"]


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"kind": "other"}, {"working": "00"}, {"working": "zz"}, {"id": None}, {"more": ""}]
)
def test_a_key_file_of_another_shape_is_refused_without_its_content(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "server.keys"
    save_keys(path, KEYS, CHANCE, passphrase=None)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(CoraError, match="not a server key file of version 1") as caught:
        load_keys(path)
    assert KEYS.contact.hex() not in str(caught.value)


def test_a_missing_key_file_is_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="could not be read: No such file"):
        load_keys(tmp_path / "server.keys")
