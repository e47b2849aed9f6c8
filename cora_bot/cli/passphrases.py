"""Passphrases are asked for or read from a file, never an argument: arguments are seen by every process list."""

from __future__ import annotations

from pathlib import Path

import click

from cora_bot.base.errors import CoraError
from cora_bot.vault import private_files


def passphrase(file: Path | None, *, of: Path) -> str:
    """The passphrase of the key file ``of``, from ``file`` or typed unseen."""
    if file is None:
        return str(click.prompt(f"Passphrase of {of.name}", hide_input=True, err=True))
    try:
        return private_files.read(file).decode()
    except UnicodeDecodeError:
        raise CoraError(f"{file} is not a text file") from None
