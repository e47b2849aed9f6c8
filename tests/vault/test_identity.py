"""V-80 researchers' key files: the key comes back with its passphrase only; weak passphrases make no file
V-81 the content is what the age tool reads as an identity file, the public file as a recipients file
V-82 another passphrase, the same key; the old file is there until the new one is
V-83 signatures are verified by the public file
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyrage
import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.agefile import open_sealed, seal
from cora_bot.vault.identity import (
    ResearcherKey,
    change_passphrase,
    parse_public,
    public_path,
    read_key_file,
    read_public_file,
    write_key_file,
)

CHANCE = SeededChance("identity")
PHRASE = "long enough passphrase"
KEY = ResearcherKey.generate("Team lead: Tiranë", CHANCE, created=date(2026, 3, 1), study="returnee_follow_up")
PUBLIC = KEY.public()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "lead.key"
    write_key_file(path, KEY, PHRASE, CHANCE, work=4)
    return path


def test_the_key_comes_back_with_its_passphrase(key_file: Path) -> None:
    assert read_key_file(key_file, PHRASE) == KEY
    assert read_key_file(key_file, PHRASE + "\n") == KEY
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_another_passphrase_or_a_changed_file_does_not_open(key_file: Path) -> None:
    with pytest.raises(NotOpened):
        read_key_file(key_file, PHRASE + "x")
    content = bytearray(key_file.read_bytes())
    content[-1] ^= 1
    key_file.write_bytes(content)
    with pytest.raises(NotOpened):
        read_key_file(key_file, PHRASE)


def test_a_weak_passphrase_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="at least 12"):
        write_key_file(tmp_path / "lead.key", KEY, "short", CHANCE, work=4)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_key_file_is_not_overwritten(key_file: Path) -> None:
    other = ResearcherKey.generate("Other", CHANCE, created=date(2026, 3, 2))
    with pytest.raises(CoraError, match="exists already"):
        write_key_file(key_file, other, PHRASE, CHANCE, work=4)
    assert read_key_file(key_file, PHRASE) == KEY


def test_the_content_is_an_age_identity_file(key_file: Path) -> None:
    lines = pyrage.passphrase.decrypt(key_file.read_bytes(), PHRASE).decode().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [KEY.identity.encode()]


def test_the_public_file_is_an_age_recipients_file_and_holds_no_secret() -> None:
    document = PUBLIC.document()
    assert [line for line in document.splitlines() if not line.startswith("#")] == [PUBLIC.recipient.encode()]
    secrets = (KEY.identity.encode(), KEY.identity.seed.hex(), "SECRET", "signing key")
    assert [secret in document for secret in secrets] == [False] * len(secrets)
    assert parse_public(document) == PUBLIC


def test_the_public_file_survives_an_editor(tmp_path: Path) -> None:
    path = tmp_path / "lead.public.txt"
    path.write_bytes(b"\xef\xbb\xbf" + PUBLIC.document().replace("\n", "\r\n").encode() + b"\r\n# a remark\r\n")
    assert read_public_file(path) == PUBLIC


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version 1", "version 2", "does not begin with"),
        ("# fingerprint: ", "# fingerprint: A", "fingerprint is not that of the key"),
        ("\nage1pq1", "\nage1pq1q", "not a recipient"),
        ("# created: 2026-03-01", "# created: spring", "when the key was created"),
        ("# verify key: cora", "# verify key: cara", "has no verify key"),
        ("# holder", "# created: 2026-03-01\n# holder", "twice"),
        ("\nage1pq1", "\n# age1pq1", "exactly one key"),
    ],
)
def test_a_changed_public_file_is_refused(old: str, new: str, message: str) -> None:
    document = PUBLIC.document()
    assert old in document
    with pytest.raises(CoraError, match=message):
        parse_public(document.replace(old, new))


def test_a_key_file_is_not_taken_for_a_public_file(key_file: Path) -> None:
    with pytest.raises(CoraError, match="not a text file"):
        read_public_file(key_file)


def test_the_passphrase_changes_and_the_key_does_not(key_file: Path) -> None:
    change_passphrase(key_file, PHRASE, "another long passphrase", CHANCE, work=4)
    assert read_key_file(key_file, "another long passphrase") == KEY
    with pytest.raises(NotOpened):
        read_key_file(key_file, PHRASE)
    assert [path.name for path in key_file.parent.iterdir()] == ["lead.key"]


def test_a_refused_new_passphrase_leaves_the_file_alone(key_file: Path) -> None:
    before = key_file.read_bytes()
    with pytest.raises(CoraError):
        change_passphrase(key_file, PHRASE, "short", CHANCE, work=4)
    assert key_file.read_bytes() == before


def test_signatures_are_verified_by_the_public_file() -> None:
    public = parse_public(PUBLIC.document())
    signature = KEY.sign(b"the recipients")
    assert (public.verifies(signature, b"the recipients"), public.verifies(signature, b"others")) == (True, False)
    other = ResearcherKey.generate("Other", CHANCE, created=date(2026, 3, 2))
    assert not other.public().verifies(signature, b"the recipients")


def test_the_key_in_the_file_opens_what_is_sealed_to_the_public_file(key_file: Path) -> None:
    sealed = seal(b"answer", [parse_public(PUBLIC.document()).recipient], CHANCE)
    assert open_sealed(sealed, [read_key_file(key_file, PHRASE).identity]) == b"answer"


@pytest.mark.parametrize("holder", ["", " lead", "a\nb", "a\u2028b", "x" * 81])
def test_a_holder_that_is_not_one_short_line_is_refused(holder: str) -> None:
    with pytest.raises(CoraError):
        ResearcherKey.generate(holder, CHANCE, created=date(2026, 3, 1))


@pytest.mark.parametrize("name", ["lead", "lead.key", "lead.key.age", "lead.age"])
def test_the_public_file_stands_beside_the_key_file(tmp_path: Path, name: str) -> None:
    assert public_path(tmp_path / name) == tmp_path / "lead.public.txt"


def test_secrets_are_never_shown() -> None:
    shown = repr(KEY)
    secrets = (KEY.identity.encode(), repr(KEY.identity.seed), KEY.identity.seed.hex())
    assert [text in shown for text in secrets] == [False] * 3
