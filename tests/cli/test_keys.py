"""``cora keys``, as two researchers and the server's keeper use it.

K-01 a key file and its public file are made; no secret is ever shown
K-02 the passphrase is asked twice; a weak or mistyped one makes no file
K-03 the opening test from study.toml to ready, and each way it can fail: exit code, what to do, no traceback
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cora_bot.base.chance import SeededChance
from cora_bot.cli.keys import keys
from cora_bot.vault.identity import ResearcherKey, read_key_file, read_public_file, write_key_file

PHRASE = "long enough passphrase"


def _run(*arguments: object, typed: str = "") -> Result:
    result = CliRunner().invoke(keys, [str(one) for one in arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def phrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "phrase"
    path.write_text(PHRASE + "\n")
    return path


def _key(folder: Path, name: str) -> Path:
    """A key file as ``new`` makes it, but quick to open."""
    from datetime import date

    key = ResearcherKey.generate(name, SeededChance(name), created=date(2026, 3, 1))
    path = folder / f"{name}.key"
    write_key_file(path, key, PHRASE, SeededChance(name), work=4)
    (folder / f"{name}.public.txt").write_text(key.public().document())
    return path


def test_new_makes_a_key_file_and_a_public_file_and_shows_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    result = _run("new", "--holder", "Anna", "--to", path, typed=f"{PHRASE}\n{PHRASE}\n")
    assert result.exit_code == 0, result.output
    key = read_key_file(path, PHRASE)
    assert read_public_file(tmp_path / "anna.public.txt") == key.public()
    assert key.public().recipient.fingerprint() in result.stdout
    assert key.public().recipient.encode() in result.stdout.splitlines()
    secrets = (PHRASE, key.identity.encode(), key.identity.seed.hex(), "SECRET-KEY")
    assert [secret in result.output for secret in secrets] == [False] * len(secrets)


@pytest.mark.parametrize(
    ("typed", "message"),
    [("short\nshort\n", "at least 12"), (f"{PHRASE}\n{PHRASE}x\n", "differ")],
)
def test_new_with_a_weak_or_mistyped_passphrase_makes_no_file(tmp_path: Path, typed: str, message: str) -> None:
    result = _run("new", "--holder", "Anna", "--to", tmp_path / "anna.key", typed=typed)
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert message in result.stderr
    assert typed.splitlines()[0] not in result.output


def test_new_with_a_generated_passphrase_wants_it_typed_back(tmp_path: Path) -> None:
    result = _run("new", "--holder", "Anna", "--to", tmp_path / "anna.key", "--generate", typed="something else\n")
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "nothing was written" in result.stderr


def test_new_overwrites_neither_file(tmp_path: Path, phrase_file: Path) -> None:
    path = _key(tmp_path, "anna")
    before = path.read_bytes()
    result = _run("new", "--holder", "Anna", "--to", path, "--passphrase-file", phrase_file)
    path.rename(tmp_path / "moved")
    second = _run("new", "--holder", "Anna", "--to", path, "--passphrase-file", phrase_file)
    assert [result.exit_code, second.exit_code] == [1, 1]
    assert "exists already" in result.stderr
    assert (before, False) == ((tmp_path / "moved").read_bytes(), path.exists())


def test_show_gives_the_same_facts_for_both_files(tmp_path: Path, phrase_file: Path) -> None:
    path = _key(tmp_path, "anna")
    secret = _run("show", path, "--passphrase-file", phrase_file)
    public = _run("show", tmp_path / "anna.public.txt")
    assert secret.output == public.output
    assert read_public_file(tmp_path / "anna.public.txt").recipient.fingerprint() in public.output


def test_show_with_a_wrong_passphrase_says_so_and_no_more(tmp_path: Path) -> None:
    result = _run("show", _key(tmp_path, "anna"), typed="a wrong passphrase\n")
    assert result.exit_code == 1
    assert "could not be opened" in result.stderr
    assert "a wrong passphrase" not in result.output


def test_change_passphrase_keeps_the_key(tmp_path: Path) -> None:
    path = _key(tmp_path, "anna")
    key = read_key_file(path, PHRASE)
    result = _run("change-passphrase", path, typed=f"{PHRASE}\nanother passphrase\nanother passphrase\n")
    assert result.exit_code == 0, result.output
    assert read_key_file(path, "another passphrase") == key
    assert "another passphrase" not in result.output


def test_change_passphrase_reads_both_from_files(tmp_path: Path, phrase_file: Path) -> None:
    path = _key(tmp_path, "anna")
    key = read_key_file(path, PHRASE)
    new = tmp_path / "new"
    new.write_text("another passphrase\n")
    result = _run("change-passphrase", path, "--passphrase-file", phrase_file, "--new-passphrase-file", new)
    assert result.exit_code == 0, result.output
    assert read_key_file(path, "another passphrase") == key


@pytest.mark.parametrize(
    "typed",
    [
        "a wrong passphrase\n",
        f"{PHRASE}\nshort\nshort\n",
        f"{PHRASE}\nanother passphrase\nanother passphrasf\n",
    ],
)
def test_change_passphrase_that_fails_leaves_the_file_as_it_was(tmp_path: Path, typed: str) -> None:
    path = _key(tmp_path, "anna")
    before = path.read_bytes()
    result = _run("change-passphrase", path, typed=typed)
    assert (result.exit_code, path.read_bytes() == before) == (1, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["anna.key", "anna.public.txt"]


def test_change_passphrase_on_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    path = _key(tmp_path, "anna")
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = _run("change-passphrase", path, typed=f"{PHRASE}\nanother passphrase\nanother passphrase\n")
    assert (result.exit_code, path.read_bytes() == before) == (1, True)
    assert "No space left" in result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["anna.key", "anna.public.txt"]


def _study(folder: Path, *names: str) -> Path:
    recipients = [read_public_file(folder / f"{name}.public.txt").recipient.encode() for name in names]
    study = folder / "study"
    study.mkdir(exist_ok=True)
    (study / "study.toml").write_text(f'id = "returnees"\nrecipients = {recipients!r}\n')
    return study


def test_the_opening_test_from_study_to_ready(tmp_path: Path, phrase_file: Path) -> None:
    key_files = {name: _key(tmp_path, name) for name in ("anna", "behar")}
    server = ("drill", "--study", _study(tmp_path, *key_files), "--state", tmp_path / "drills.json")
    assert _run(*server).exit_code == 1
    made = _run(*server, "--to", tmp_path / "tests")
    assert made.exit_code == 0, made.output
    for name, key_file in key_files.items():
        public = tmp_path / f"{name}.public.txt"
        fingerprint = read_public_file(public).recipient.fingerprint()
        test = tmp_path / "tests" / f"opening-test-{fingerprint}.age"
        phrase = _run("open-drill", test, "--key", key_file, "--passphrase-file", phrase_file).stdout.strip()
        who = public if name == "anna" else fingerprint[:9].lower()
        confirmed = _run(*server, "--confirm", who, typed=f"{phrase}\n")
        assert (0, f"{fingerprint} can open.") == (confirmed.exit_code, confirmed.stdout.splitlines()[-1])
    ready = _run(*server)
    assert (ready.exit_code, ready.output) == (0, "2 can open, and each has opened a test.\n")
    again = _run(*server, "--to", tmp_path / "more")
    assert (again.exit_code, list((tmp_path / "more").iterdir())) == (0, [])


def test_making_and_confirming_are_two_steps(tmp_path: Path) -> None:
    _key(tmp_path, "anna")
    server = ("drill", "--study", _study(tmp_path, "anna"), "--state", tmp_path / "drills.json")
    result = _run(*server, "--to", tmp_path / "tests", "--confirm", tmp_path / "anna.public.txt")
    assert (result.exit_code, (tmp_path / "tests").exists()) == (2, False)


def test_a_wrong_phrase_proves_nothing(tmp_path: Path) -> None:
    _key(tmp_path, "anna")
    server = ("drill", "--study", _study(tmp_path, "anna"), "--state", tmp_path / "drills.json")
    _run(*server, "--to", tmp_path / "tests")
    wrong = _run(*server, "--confirm", tmp_path / "anna.public.txt", typed="AAAA-AAAA-AAAA-AAAA\n")
    assert wrong.exit_code == 1
    assert "not the phrase of that test" in wrong.stderr
    status = _run(*server)
    assert status.exit_code == 1
    assert "has not opened a test yet" in status.stderr
    assert "1 can open; at least 2 must" in status.stderr


def test_another_persons_test_does_not_open(tmp_path: Path, phrase_file: Path) -> None:
    _key(tmp_path, "anna")
    server = ("drill", "--study", _study(tmp_path, "anna"), "--state", tmp_path / "drills.json")
    _run(*server, "--to", tmp_path / "tests")
    [test] = (tmp_path / "tests").iterdir()
    result = _run("open-drill", test, "--key", _key(tmp_path, "behar"), "--passphrase-file", phrase_file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "could not be opened" in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id = ", "is not TOML"),
        ('id = "x"', "does not name"),
        ('id = "x"\nrecipients = [1]', "does not name"),
        (None, "could not be read"),
    ],
)
def test_a_study_that_names_nobody_is_the_operators_to_mend(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "study.toml").write_text(content)
    result = _run("drill", "--study", tmp_path, "--state", tmp_path / "drills.json", "--to", tmp_path)
    assert result.exit_code == 1
    assert message in result.stderr


def test_confirming_someone_who_is_not_named_lists_those_who_are(tmp_path: Path) -> None:
    _key(tmp_path, "anna")
    server = ("drill", "--study", _study(tmp_path, "anna"), "--state", tmp_path / "drills.json")
    result = _run(*server, "--confirm", "ZZZZ")
    assert result.exit_code == 1
    assert read_public_file(tmp_path / "anna.public.txt").recipient.fingerprint() in result.stderr


def test_every_command_says_which_computer_it_belongs_to() -> None:
    helps = {name: _run(name, "--help").output for name in keys.commands}
    assert set(helps) == {
        "new",
        "show",
        "change-passphrase",
        "split",
        "join",
        "add",
        "remove",
        "sign",
        "rewrap",
        "drill",
        "open-drill",
        "server",
    }
    for name, text in helps.items():
        flat = " ".join(text.split())
        assert "Exit codes: 0 " in flat, name
        assert ("For the SERVER" in flat) == (name in ("drill", "server")), name
        assert ("RESEARCHER'S computer" in flat) == (name not in ("drill", "server")), name


def test_server_makes_a_private_key_file_that_loads(tmp_path: Path) -> None:
    from cora_bot.vault.server_keys import load_keys

    path = tmp_path / "server.key"

    result = CliRunner().invoke(keys, ["server", "--to", str(path)])
    again = CliRunner().invoke(keys, ["server", "--to", str(path)])

    assert (result.exit_code, again.exit_code) == (0, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keys(path).id == load_keys(path).id
    assert "exists already" in again.output


def test_server_with_a_passphrase_opens_with_it_only(tmp_path: Path) -> None:
    from cora_bot.base.errors import NotOpened
    from cora_bot.vault.server_keys import load_keys

    path, words = tmp_path / "server.key", tmp_path / "words"
    words.write_text("a long enough passphrase\n")

    result = CliRunner().invoke(keys, ["server", "--to", str(path), "--passphrase-file", str(words)])

    assert result.exit_code == 0
    assert load_keys(path, passphrase="a long enough passphrase")
    with pytest.raises(NotOpened):
        load_keys(path, passphrase="another passphrase")
