"""CL-01 Every command says what it does, on which machine it belongs and what its exit codes mean.
CL-02 docs/commands.md is what the program says of itself.
CL-03 A person's mistake ends in a sentence and exit code 1 or 2; only our own mistakes keep their traceback.
"""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import cora as whole
from cora_bot.base.errors import CoraError
from cora_bot.cli.docs import document
from cora_bot.cli.failures import HandledGroup
from cora_bot.cli.main import COMMANDS, cora_group
from tests.cli.running import Said, commands, cora

ROOT = Path(__file__).parents[2]
MACHINES = ("For the SERVER", "For the RESEARCHER'S computer", "For ANY machine", "For any computer")


def leaves(group: click.Group, path: str = "cora") -> Iterator[tuple[str, click.Command]]:
    for name, command in commands(group).items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_cora_lists_its_commands_in_the_order_of_their_use() -> None:
    shown = [name for name, command in commands(cora_group()).items() if not command.hidden]
    assert shown == [
        "new-study",
        "check",
        "try",
        "form",
        "book",
        "keys",
        "invite",
        "people",
        "why",
        "tasks",
        "reply",
        "mydata",
        "staff",
        "alerts",
        "silence",
        "outage",
        "visits",
        "parked",
        "bundle",
        "bundles",
        "audit",
        "retention",
        "sever",
        "seal",
        "export",
        "brief",
        "doctor",
        "health",
        "status",
        "upgrade",
        "backup",
        "restore",
        "server-keys",
    ]


def test_every_command_names_its_machine() -> None:
    silent = [path for path, command in leaves(whole) if not any(one in (command.help or "") for one in MACHINES)]
    assert silent == []


def test_every_own_command_says_its_exit_codes() -> None:
    own = [(path, command) for path, command in leaves(whole) if not path.startswith("cora keys")]
    assert [path for path, command in own if "Exit codes: 0" not in (command.help or "")] == []


def test_every_option_has_help() -> None:
    options = [
        (path, option.name)
        for path, command in leaves(whole)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert options == []


def test_commands_page_is_current() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == document(whole), "run: cora docs > docs/commands.md"


def test_commands_page_has_a_section_for_every_command() -> None:
    lines = document(whole).splitlines()
    assert [
        path
        for path, command in leaves(whole)
        if not command.hidden and {f"## {path}", f"### {path}"}.isdisjoint(lines)
    ] == []


def test_commands_of_another_room_stand_behind_or_in_the_place_of_the_cores() -> None:
    names = list(commands(whole))
    assert names[: len(COMMANDS)] == list(COMMANDS)
    assert names[len(COMMANDS) :] == ["run", "panic", "pilot", "simulate"]
    assert "page" in commands(commands(whole)["visits"])  # type: ignore[arg-type]


def test_command_that_is_not_where_it_is_said_to_be_is_our_mistake() -> None:
    group = cora_group({"check": "cora_bot.cli.seal:seal"})
    with pytest.raises(TypeError, match="check"):
        group.get_command(click.Context(group), "check")


def test_one_command_does_not_import_the_others() -> None:
    order = "import sys; from bot.cli import main; sys.argv = ['cora', 'seal', '--help']\n" \
        "try: main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"  # fmt: skip
    loaded = subprocess.run([sys.executable, "-c", order], capture_output=True, text=True, check=True).stderr.split()
    assert {"cora_bot.cli.seal"} <= set(loaded)
    assert {"telegram", "fpdf", "alembic", "cora_bot.cli.export"}.isdisjoint(loaded)


def test_unknown_command_is_a_usage_error() -> None:
    said = cora("exprot")
    assert said.code == 2
    assert "No such command 'exprot'" in said.err


def raising(error: BaseException) -> Said:
    @click.group(cls=HandledGroup)
    def group() -> None:
        """A group."""

    @group.command()
    def fail() -> None:
        """Fails."""
        raise error

    result = CliRunner().invoke(group, ["fail"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def test_cora_error_becomes_a_sentence_with_its_hint() -> None:
    assert raising(CoraError("no bundle", "Make one.")) == Said(1, "", "Error: no bundle\n    Make one.\n")
    assert raising(CoraError("no bundle")) == Said(1, "", "Error: no bundle\n")


def test_file_error_names_the_file() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/srv/x.bundle")
    assert raising(error) == Said(1, "", "Error: /srv/x.bundle: No space left on device\n")


@pytest.mark.parametrize("error", [ValueError("ours"), OSError("no file named"), AssertionError("ours")])
def test_our_own_mistakes_keep_their_traceback(error: Exception) -> None:
    with pytest.raises(type(error)):
        raising(error)
