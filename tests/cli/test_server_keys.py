"""KR-10 keys are exchanged by three commands, and each says what is to be done next
KR-11 the passphrase comes from a file, a descriptor, a credential or the terminal; the file from setting or credential
KR-12 earlier keys are not dropped while something needs them
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.clock import TravelClock
from cora_bot.cli.alone import alone
from cora_bot.vault.server_keys import load_keys, save_keys
from tests.cli.running import cora
from tests.cli.server import CHANCE, QUICK, Server, enrol, set_up

WORDS = "long enough passphrase"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    made.settings["CORA_CLOCK_FILE"] = str(tmp_path / "clock")
    return made


def key_of(server: Server) -> Path:
    return Path(server.settings["CORA_SERVER_KEY"])


def test_keys_are_exchanged_and_the_earlier_dropped(server: Server, tmp_path: Path) -> None:
    (code, *_) = cora("invite", "--count", 2, "--days", 30, settings=server.settings).out.split()
    enrol(server, code)
    first = load_keys(key_of(server))
    said = cora("server-keys", "rotate", settings=server.settings)
    new = load_keys(key_of(server))
    assert (said.code, said.out.splitlines()[-1]) == (0, "They are in use.")
    assert [one.id for one in new.generations] == [new.id, first.id]
    assert key_of(server).stat().st_mode & 0o777 == 0o600

    assert cora("server-keys", "show", settings=server.settings).out.splitlines()[:2] == [
        f"{new.id.hex()}  made {TravelClock(tmp_path / 'clock').now():%Y-%m-%d}  seals",
        f"{first.id.hex()}  made with the store  opens",
    ]
    early = cora("server-keys", "drop", settings=server.settings)
    assert (early.code, early.out.splitlines()[0]) == (1, "0 values lie under earlier keys")
    assert early.err.splitlines()[0] == "Error: earlier keys are still needed"
    assert len(load_keys(key_of(server)).generations) == 2

    TravelClock(tmp_path / "clock").move(timedelta(days=31))
    assert cora("server-keys", "drop", "--dry-run", settings=server.settings).code == 0
    assert len(load_keys(key_of(server)).generations) == 2
    assert cora("server-keys", "drop", settings=server.settings).code == 0
    assert load_keys(key_of(server)) == new.generations[0]
    people = cora("people", settings=server.settings)
    assert (people.code, len(people.out.splitlines())) == (0, 2)


def test_keys_wait_for_a_running_bot(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    with alone(tmp_path / "data"):
        said = cora("server-keys", "rotate", settings=server.settings)
    assert (said.code, "systemctl restart cora" in said.out) == (0, True)
    shown = cora("server-keys", "show", settings=server.settings).out
    assert "waits for the bot to be started again" in shown.splitlines()[0]
    for command in ("rotate", "drop"):
        refused = cora("server-keys", command, settings=server.settings)
        assert (refused.code, "not in use yet" in refused.err) == (1, True)


def test_doctor_names_earlier_keys(server: Server) -> None:
    cora("server-keys", "rotate", settings=server.settings)
    said = cora("doctor", "--offline", settings=server.settings)
    assert "warning: server key" in said.err
    assert "cora server-keys drop takes them out" in said.err


def test_new_keys_may_go_into_another_file(server: Server, tmp_path: Path) -> None:
    before = key_of(server).read_bytes()
    said = cora("server-keys", "rotate", "--to", tmp_path / "new.key", settings=server.settings)
    assert (said.code, key_of(server).read_bytes() == before) == (0, True)
    assert len(load_keys(tmp_path / "new.key").generations) == 2
    again = cora("server-keys", "rotate", "--to", tmp_path / "new.key", settings=server.settings)
    assert (again.code, "is not overwritten" in again.err) == (1, True)


def lock(server: Server, folder: Path) -> None:
    """The same keys, under a passphrase."""
    keys = load_keys(key_of(server))
    key_of(server).unlink()
    save_keys(key_of(server), keys, CHANCE, passphrase=WORDS, work=QUICK)
    (folder / "words").write_text(WORDS)
    (folder / "words").chmod(0o600)


def test_passphrase_comes_from_a_file_and_stays_the_same(server: Server, tmp_path: Path) -> None:
    lock(server, tmp_path)
    settings = server.settings | {"CORA_SERVER_PASSPHRASE_FILE": str(tmp_path / "words")}
    assert cora("server-keys", "rotate", settings=settings).code == 0
    assert len(load_keys(key_of(server), passphrase=WORDS).generations) == 2


def test_passphrase_comes_from_a_descriptor(server: Server, tmp_path: Path) -> None:
    lock(server, tmp_path)
    reading, writing = os.pipe()
    os.write(writing, WORDS.encode() + b"\n")
    os.close(writing)
    settings = server.settings | {"CORA_SERVER_PASSPHRASE_FILE": f"fd:{reading}"}
    assert cora("people", settings=settings).code == 0
    again = cora("people", settings=settings)
    assert (again.code, f"could not be read from fd:{reading}" in again.err) == (1, True)


def test_passphrase_is_asked_for_at_a_terminal_alone(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(server, tmp_path)
    refused = cora("people", typed=f"{WORDS}\n", settings=server.settings)
    assert (refused.code, "is protected by a passphrase" in refused.err) == (1, True)
    monkeypatch.setattr("cora_bot.cli.server_key_file.at_terminal", lambda: True)
    asked = cora("people", typed=f"{WORDS}\n", settings=server.settings)
    assert (asked.code, "Passphrase of server.key" in asked.err, WORDS in asked.err + asked.out) == (0, True, False)
    wrong = cora("people", typed="another passphrase\n", settings=server.settings)
    assert (wrong.code, "could not be opened" in wrong.err) == (1, True)


def test_file_and_passphrase_come_as_credentials(server: Server, tmp_path: Path) -> None:
    lock(server, tmp_path)
    handed = tmp_path / "credentials"
    handed.mkdir()
    key_of(server).rename(handed / "server.key")
    (tmp_path / "words").rename(handed / "passphrase")
    settings = server.settings | {"CREDENTIALS_DIRECTORY": str(handed)}
    del settings["CORA_SERVER_KEY"]
    assert cora("people", settings=settings).code == 0
    (handed / "server.key").unlink()
    refused = cora("people", settings=settings)
    assert refused.err.splitlines()[0] == "Error: CORA_SERVER_KEY is not set"
