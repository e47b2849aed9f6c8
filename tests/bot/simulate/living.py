"""`cora simulate` as a person at a terminal runs it; the bot is a process of its own all the same."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from bot.cli import cora
from tests.cli.running import NO_SETTINGS, Said


def simulate(folder: Path, *arguments: object) -> Said:
    """``cora simulate --to FOLDER ARGUMENTS``. An exception that would reach the terminal fails the test."""
    command = ["simulate", "--to", str(folder), *map(str, arguments)]
    result = CliRunner().invoke(cora, command, env=NO_SETTINGS)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(path: Path, changed: Sequence[dict[str, str]]) -> None:
    """The file with other rows, written as ours are."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(changed[0]))
        writer.writeheader()
        writer.writerows(changed)
