"""CL-50 ``cora doctor`` says what is wrong with a server, each with its mend, and fails on errors alone.
CL-51 a server's key beside what it protects, or readable by others, unencrypted swap and core dumps are found.
CL-52 it changes nothing.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.base.examination import Checked
from cora_bot.base.pulse import Loop, Pulse
from cora_bot.cli.doctor import machine
from cora_bot.cli.doctor.command import doctor_command
from cora_bot.cli.doctor.examined import Examined
from cora_bot.settings import read_settings
from cora_bot.store.upgrade import require_current
from tests.cli.running import NO_SETTINGS, Said, cora
from tests.cli.server import Server, enrol, set_up
from tests.cli.test_server_commands import ready

TOKEN = "123:PLANTED-TOKEN"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    # What the bot's own sentences lack is told by 'cora check', and has tests of its own.
    monkeypatch.setattr("cora_bot.cli.check.catalog_problems", lambda *_: [])
    return furnished(set_up(tmp_path), tmp_path)


def furnished(server: Server, folder: Path) -> Server:
    """With a token's file, and a data folder as an operator makes it."""
    (folder / "data").chmod(0o700)
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    return Server(server.settings | {"CORA_TOKEN_FILE": str(token)}, server.study, server.key, server.passphrase)


def doctor(server: Server, *options: str, **settings: str) -> Said:
    return cora("doctor", "--offline", *options, settings=server.settings | settings)


def wrong(said: Said) -> list[str]:
    """The errors, without their mends; each must have one."""
    lines = said.err.splitlines()
    found = [place for place, line in enumerate(lines) if line.startswith("error: ")]
    assert [lines[place] for place in found if not lines[place + 1].startswith("    ")] == []
    assert said.code == (1 if found else 0)
    return [lines[place].removeprefix("error: ") for place in found]


def test_server_in_order_has_no_errors(server: Server, tmp_path: Path) -> None:
    code = cora("invite", "--count", 1, settings=server.settings).out.strip()
    enrol(server, code)
    said = doctor(server)
    assert wrong(said) == []
    parts = [line.removeprefix("ok").strip().partition(":")[0] for line in said.out.splitlines()]
    assert [part for part in parts if part not in ("swap", "time zones")] == [
        "core dumps", "study", "account", "permissions", "stores", "copies", "disk", "server key", "token",
        "who can open",
    ]  # fmt: skip
    assert "stores: schema 0001, 1 people\n" in said.out
    assert (TOKEN in said.out + said.err, str(tmp_path / "token") in said.out) == (False, True)


def test_server_that_has_never_started_is_in_order(server: Server, tmp_path: Path) -> None:
    said = doctor(server)
    assert wrong(said) == []
    assert "stores: not there yet" in said.out
    assert list((tmp_path / "data").iterdir()) == []


def test_doctor_changes_nothing(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    before = {path: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    doctor(server, "--live")
    assert {path: path.read_bytes() for path in (tmp_path / "data").iterdir()} == before


def open_key(server: Server, folder: Path) -> None:
    (folder / "server.key").chmod(0o644)


def key_in_home(server: Server, folder: Path) -> None:
    (folder / "server.key").rename(folder / "data" / "server.key")
    server.settings["CORA_SERVER_KEY"] = str(folder / "data" / "server.key")


def key_beside_the_database(server: Server, folder: Path) -> None:
    (folder / "stores").mkdir()
    server.settings["CORA_DATABASE"] = f"sqlite+aiosqlite:///{folder / 'stores' / 'cora.db'}"
    (folder / "server.key").rename(folder / "stores" / "server.key")
    server.settings["CORA_SERVER_KEY"] = str(folder / "stores" / "server.key")


def passphrase_in_home(server: Server, folder: Path) -> None:
    server.settings["CORA_SERVER_PASSPHRASE_FILE"] = str(folder / "data" / "words")


def no_key(server: Server, folder: Path) -> None:
    server.settings["CORA_SERVER_KEY"] = str(folder / "none.key")


def open_token(server: Server, folder: Path) -> None:
    (folder / "token").chmod(0o640)


def token_in_home(server: Server, folder: Path) -> None:
    (folder / "token").rename(folder / "data" / "token")
    server.settings["CORA_TOKEN_FILE"] = str(folder / "data" / "token")


def no_token(server: Server, folder: Path) -> None:
    server.settings["CORA_TOKEN_FILE"] = ""


def open_home(server: Server, folder: Path) -> None:
    (folder / "data").chmod(0o755)


def open_file(server: Server, folder: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    (folder / "data" / "keystore.db").chmod(0o644)


def no_home(server: Server, folder: Path) -> None:
    server.settings["CORA_HOME"] = str(folder / "none")


def demo_at_telegram(server: Server, folder: Path) -> None:
    server.settings["CORA_API"] = "https://api.telegram.org"


def broken_form(server: Server, folder: Path) -> None:
    (server.study / "forms" / "check_in.md").write_text("nothing")


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (open_key, ["server key: {folder}/server.key can be read by others on this machine"]),
        (key_in_home, ["server key: the server's key file lies in the data folder {folder}/data"]),
        (key_beside_the_database, ["server key: the server's key file lies beside a database, in {folder}/stores"]),
        (
            passphrase_in_home,
            ["server key: the file with the server key's passphrase lies in the data folder {folder}/data"],
        ),
        (no_key, ["server key: {folder}/none.key could not be read: No such file or directory"]),
        (open_token, ["token: {folder}/token can be read by others on this machine"]),
        (token_in_home, ["token: the token's file lies in the data folder {folder}/data"]),
        (no_token, ["token: there is no bot token"]),
        (open_home, ["permissions: others can look into {folder}/data"]),
        (open_file, ["permissions: {folder}/data/keystore.db can be read by others on this machine"]),
        (no_home, ["settings: there is no folder {folder}/none"]),
        (demo_at_telegram, ["settings: this study is marked as a demo, and CORA_API is not on this machine"]),
        (broken_form, ["study: {folder}/study has "]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_wrong_is_found(
    server: Server, tmp_path: Path, harm: Callable[[Server, Path], None], expected: list[str]
) -> None:
    harm(server, tmp_path)
    found = wrong(doctor(server))
    wanted = [one.format(folder=tmp_path) for one in expected]
    assert [one[: len(start)] for one, start in zip(found, wanted, strict=True)] == wanted


def test_token_in_the_environment_is_a_warning(server: Server) -> None:
    said = doctor(server, CORA_TOKEN_FILE="", CORA_TOKEN=TOKEN)
    assert wrong(said) == []
    assert "warning: token: it stands in CORA_TOKEN" in said.err
    assert TOKEN not in said.out + said.err


def changed(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "data" / "cora.db") as store:
        store.execute(statement)
    store.close()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE alembic_version SET version_num = '9999'",
            "stores: schema 9999, this program needs 0001",
        ),
        ("UPDATE meta SET value = 'other' WHERE name = 'study'", "stores: they were begun with another study"),
        ("UPDATE meta SET value = 'other' WHERE name = 'keys'", "stores: they were begun with other server keys"),
        ("UPDATE participant SET profile = zeroblob(80)", "stores: a person's profile or form cannot be read"),
        (
            "UPDATE chat SET last_seen = 4102444800000",  # in the year 2100
            "clock: it is behind: somebody wrote at ",
        ),
    ],
)
def test_store_that_does_not_fit_is_found(server: Server, tmp_path: Path, statement: str, expected: str) -> None:
    code = cora("invite", "--count", 1, settings=server.settings).out.strip()
    enrol(server, code)
    changed(tmp_path, statement)
    (found,) = wrong(doctor(server))
    assert found[: len(expected)] == expected


def test_older_store_is_mended_by_an_upgrade(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    changed(tmp_path, "DELETE FROM alembic_version")
    said = doctor(server)
    assert "stores: empty; the first start makes the tables" in said.out


def test_damaged_database_is_found(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    store = tmp_path / "data" / "cora.db"
    store.write_bytes(store.read_bytes()[:4096] + b"x" * 8192)
    (found,) = wrong(doctor(server))
    assert found.startswith("stores: ")


def test_missing_key_store_is_found(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    (tmp_path / "data" / "keystore.db").unlink()
    assert wrong(doctor(server)) == [f"stores: the key store {tmp_path / 'data' / 'keystore.db'} is missing"]


def test_people_without_a_case_are_a_warning(server: Server, tmp_path: Path) -> None:
    code = cora("invite", "--count", 1, settings=server.settings).out.strip()
    enrol(server, code)
    with sqlite3.connect(tmp_path / "data" / "keystore.db") as store:
        store.execute("DELETE FROM link")
    store.close()
    said = doctor(server)
    assert wrong(said) == []
    assert "warning: stores: 1 people have no case" in said.err


def test_study_for_people_is_not_ready_while_a_test_has_not_been_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cora_bot.cli.check.catalog_problems", lambda *_: [])
    said = doctor(furnished(ready(tmp_path, opened=1), tmp_path))
    (line,) = [line for line in said.err.splitlines() if "has not opened a test yet" in line]
    assert (said.code, line.startswith("error: ")) == (1, True)


def test_old_copies_of_an_upgrade_are_a_warning(server: Server, tmp_path: Path) -> None:
    old = tmp_path / "data" / "before-upgrade" / "2020-01-01T000000Z"
    old.mkdir(parents=True)
    said = doctor(server)
    assert wrong(said) == []
    assert f"warning: copies: {old} is older than 7 days" in said.err


def test_live_needs_a_running_bot(server: Server, tmp_path: Path) -> None:
    assert wrong(doctor(server, "--live")) == ["live: the bot is not running here"]
    pulse = Pulse(tmp_path / "data" / "pulse.json", SetClock(datetime.now(UTC)))
    for loop in Loop:
        pulse.beat(loop)
    assert wrong(doctor(server, "--live")) == []


def test_another_room_s_checks_are_left_out_when_offline(server: Server) -> None:
    from click.testing import CliRunner

    async def more(examined: Examined) -> list[Checked]:
        return [Checked("more", str(examined.script is not None and examined.keys is not None))]

    for options, shown in (([], True), (["--offline"], False)):
        result = CliRunner().invoke(doctor_command(more), options, env={**NO_SETTINGS, **server.settings})
        assert (result.exit_code, "ok       more: True" in result.output) == (0, shown)


def examined(folder: Path) -> Examined:
    return Examined(read_settings({"CORA_HOME": str(folder)}))


@pytest.mark.parametrize(
    ("swaps", "uuid", "bare"),
    [
        ("", "", []),
        ("/dev/dm-1 partition 1 0 -2\n", "CRYPT-LUKS2-ab", []),
        ("/dev/dm-1 partition 1 0 -2\n", "LVM-ab", ["/dev/dm-1"]),
        ("/dev/zram0 partition 1 0 100\n", "", []),
        ("/swapfile file 1 0 -2\n/dev/sda2 partition 1 0 -3\n", "", ["/swapfile", "/dev/sda2"]),
    ],
)
def test_swap_that_is_not_encrypted_is_a_warning(tmp_path: Path, *, swaps: str, uuid: str, bare: list[str]) -> None:
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n" + swaps)
    if uuid:
        (tmp_path / "block" / "dm-1" / "dm").mkdir(parents=True)
        (tmp_path / "block" / "dm-1" / "dm" / "uuid").write_text(uuid)
    checked = machine.swap(examined(tmp_path), proc=tmp_path, sys_folder=tmp_path)
    found = [(problem.severity, problem.message.split()[1]) for problem in checked.problems]
    assert found == [("warning", path) for path in bare]


def test_core_dumps_are_off_after_the_doctor_has_looked(tmp_path: Path) -> None:
    assert machine.core_dumps(examined(tmp_path)) == Checked("core dumps", "switched off for this program")
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_core_dumps_that_stay_on_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "core_dumps_off", lambda: False)
    (problem,) = machine.core_dumps(examined(tmp_path)).problems
    assert problem.message == "core dumps: stay on although they were switched off"


@pytest.mark.parametrize(("free", "severity"), [(199, "error"), (999, "warning"), (1001, None)])
def test_disk_space_runs_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, severity: str | None
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free * 1_000_000}))
    found = [problem.severity.value for problem in machine.disk(examined(tmp_path)).problems]
    assert found == ([severity] if severity else [])


def test_old_zone_data_is_a_warning(tmp_path: Path) -> None:
    known = machine.zone_data()
    assert known is not None
    assert machine.zones(examined(tmp_path), year=known[0]).problems == ()
    (problem,) = machine.zones(examined(tmp_path), year=known[0] + 3).problems
    assert problem.message.startswith(f"time zones: the data is of {known[0]}")


def test_store_of_the_right_schema_is_what_the_bot_needs(server: Server) -> None:
    """The doctor's word and the bot's are the same."""
    from cora_bot.store.database import Database, connect

    cora("invite", "--count", 1, settings=server.settings)

    async def ask() -> None:
        database = Database(connect(read_settings(server.settings).database))
        await require_current(database)
        await database.close()

    asyncio.run(ask())
