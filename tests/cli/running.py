"""Runs a command as a person at a terminal would, and keeps what was said on both channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click
from click.testing import CliRunner

from cora_bot.cli.main import cora_group
from cora_bot.settings import SETTINGS


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def cora(*arguments: object, typed: str = "", settings: Mapping[str, str] | None = None) -> Said:
    """``cora ARGUMENTS`` with ``typed`` on stdin. An exception that reaches the terminal fails the test."""
    environment = {**NO_SETTINGS, **(settings or {})}
    result = CliRunner().invoke(cora_group(), [str(one) for one in arguments], input=typed, env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def commands(group: click.Group) -> dict[str, click.Command]:
    """By name, in the order they are shown."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


# None takes a variable of the machine that runs the tests out of the way.
NO_SETTINGS: dict[str, str | None] = dict.fromkeys(setting.name for setting in SETTINGS)
