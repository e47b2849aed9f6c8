"""SV-01 the unit is one that systemd takes, and hardened · SV-02 its settings exist, its credentials are the files that
the operator's own commands use · SV-03 a command beside the service gets the same, and leaves no passphrase behind.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from bot.cli import cora
from cora_bot.settings import SETTINGS, read_settings
from tests.cli.running import commands
from tests.support.house import ROOT

DEPLOY = ROOT / "deploy"
UNIT, PASSPHRASE, BESIDE = (
    DEPLOY / "cora.service",
    DEPLOY / "cora.service.d" / "passphrase.conf",
    DEPLOY / "cora-server",
)
MOST_EXPOSED = 2.0  # of 10; systemd calls less than 2 "OK", an ordinary service has 9


def lines(path: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def environment(*paths: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for path in paths for line in lines(path, "Environment"))


def credentials(*paths: Path) -> dict[str, str]:
    listed = [line for path in paths for line in lines(path, "LoadCredential(?:Encrypted)?")]
    return dict(line.split(":", 1) for line in listed)


@pytest.mark.parametrize("path", [UNIT, PASSPHRASE, BESIDE], ids=lambda path: path.name)
def test_every_setting_named_exists(path: Path) -> None:
    named = set(re.findall(r"\bCORA_[A-Z_]+\b", path.read_text()))
    assert named - {setting.name for setting in SETTINGS} == set()
    assert named != set()


def test_unit_s_settings_are_read_and_its_command_exists() -> None:
    settings = read_settings(environment(UNIT, PASSPHRASE))
    assert [f"/var/lib/{name}" for name in lines(UNIT, "StateDirectory")] == [str(settings.home)]
    (command,) = lines(UNIT, "ExecStart")
    program, name = command.split()
    assert (program, name in commands(cora)) == ("/opt/cora/bin/cora", True)


def test_credentials_are_named_by_the_settings_and_all_are_used() -> None:
    handed = credentials(UNIT, PASSPHRASE)
    used = {value.removeprefix("%d/") for value in environment(UNIT, PASSPHRASE).values() if value.startswith("%d/")}
    assert used == set(handed) == {"token", "server.key", "passphrase"}
    assert {Path(source).parent for source in handed.values()} == {Path("/etc/cora/secrets")}


def test_no_secret_is_an_environment_variable() -> None:
    assert {"CORA_TOKEN", "CORA_SERVER_PASSPHRASE"} & set(environment(UNIT, PASSPHRASE)) == set()


@pytest.mark.parametrize(
    "promise",
    ["LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "StateDirectoryMode=0700", "StartLimitIntervalSec=0",
     "Restart=on-failure", "WantedBy=multi-user.target"],
)  # fmt: skip
def test_unit_keeps_its_promise(promise: str) -> None:
    assert promise in UNIT.read_text().splitlines()


def test_backup_that_the_timer_starts_can_be_typed() -> None:
    (typed,) = lines(DEPLOY / "cora-backup.service", "ExecStart")
    program, name, *arguments = typed.split()
    command = commands(cora)[name]
    given, left, _ = command.make_parser(click.Context(command)).parse_args(arguments)
    assert (program, left, set(given) >= {"folder", "recipients"}) == ("/usr/local/sbin/cora-server", [], True)
    assert lines(DEPLOY / "cora-backup.timer", "OnCalendar") != []


def test_systemd_takes_the_timer(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    for name in ("cora-backup.service", "cora-backup.timer"):
        text = (DEPLOY / name).read_text().replace("/usr/local/sbin/cora-server", "/bin/true")
        (tmp_path / name).write_text(text)
    asked = ["systemd-analyze", "--no-pager", "verify", *(str(path) for path in sorted(tmp_path.iterdir()))]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def systemd(folder: Path, verb: tuple[str, ...], *, text: str) -> subprocess.CompletedProcess[str]:
    """systemd's word on a unit whose program exists."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = folder / "cora.service"
    unit.write_text(text.replace("/opt/cora/bin/cora", "/bin/true"))
    shutil.copytree(PASSPHRASE.parent, folder / PASSPHRASE.parent.name)
    asked = ["systemd-analyze", "--no-pager", *verb, str(unit)]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    ran = systemd(tmp_path, ("verify",), text=UNIT.read_text())
    assert (ran.returncode, ran.stderr) == (0, "")


def test_systemd_would_find_a_mistake(tmp_path: Path) -> None:
    ran = systemd(tmp_path, ("verify",), text=UNIT.read_text().replace("MemorySwapMax=0", "MemorySwapMost=0"))
    assert "MemorySwapMost" in ran.stderr


def test_systemd_calls_it_hardened(tmp_path: Path) -> None:
    ran = systemd(tmp_path, ("security", "--offline=true"), text=UNIT.read_text())
    found = re.search(r"Overall exposure level for cora.service: ([\d.]+)", ran.stdout)
    if found is None and "offline" in ran.stderr:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert found is not None, ran.stderr
    assert float(found[1]) < MOST_EXPOSED


FAKES = {
    "setpriv": 'echo "$@"; env | grep ^CORA_ | sort; [ -z "${CORA_SERVER_PASSPHRASE_FILE-}" ] || '
    '{ stat -c %a "$CORA_SERVER_PASSPHRASE_FILE"; cat "$CORA_SERVER_PASSPHRASE_FILE"; }; exit 7',
    "chown": 'echo "chown $1"',
    "systemd-creds": 'echo "the passphrase of $2" > "$4"; [ "$1" = decrypt ]',
}  # fmt: skip


def beside(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script, with folders of its own, and stand-ins for what only root may do on a server."""
    tools = folder / "tools"
    for place in ("tools", "etc", "run"):
        (folder / place).mkdir(exist_ok=True)
    for name, does in FAKES.items():
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)
    text = BESIDE.read_text().replace("/etc/cora", f"{folder}/etc").replace("/run/cora-", f"{folder}/run/cora-")
    (folder / "script").write_text(text)
    path = f"{tools}:/usr/bin:/bin"
    return subprocess.run(
        ["sh", str(folder / "script"), *arguments], env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_command_beside_the_service_has_the_service_s_settings(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "settings").write_text("CORA_BOT=staying_in_touch_bot\n")
    ran = beside(tmp_path, "people", "--csv")
    command, *settings = ran.stdout.splitlines()
    assert command == "--reuid=cora --regid=cora --clear-groups /opt/cora/bin/cora people --csv"
    theirs = dict(line.split("=", 1) for line in settings)
    ours = environment(UNIT) | {"CORA_BOT": "staying_in_touch_bot"}
    for name, source in credentials(UNIT).items():
        ours = {key: source if value == f"%d/{name}" else value for key, value in ours.items()}
    assert {key: value.replace(f"{tmp_path}/etc", "/etc/cora") for key, value in theirs.items()} == ours
    assert (ran.returncode, ran.stderr) == (7, "")  # that of the command


def test_command_beside_the_service_leaves_no_passphrase_behind(tmp_path: Path) -> None:
    (tmp_path / "etc" / "secrets").mkdir(parents=True)
    (tmp_path / "etc" / "secrets" / "passphrase.cred").write_text("sealed")
    ran = beside(tmp_path, "people")
    assert ran.stdout.splitlines()[-2:] == ["600", "the passphrase of --name=passphrase"]
    assert (ran.returncode, ran.stderr, list((tmp_path / "run").iterdir())) == (7, "", [])
