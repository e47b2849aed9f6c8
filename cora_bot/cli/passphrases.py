"""Passphrases are asked for or read from a file, never an argument: arguments are seen by every process list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.errors import CoraError
from cora_bot.vault import passphrase as rules
from cora_bot.vault import private_files
from cora_bot.vault.identity import ResearcherKey, read_key_file

EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)
PASSPHRASE_FILE = click.option(
    "--passphrase-file", type=EXISTING, help="Read the passphrase from this file instead of asking (for scripts)."
)


def passphrase(file: Path | None, *, of: Path) -> str:
    """The passphrase of the key file ``of``, from ``file`` or typed unseen."""
    if file is None:
        return str(click.prompt(f"Passphrase of {of.name}", hide_input=True, err=True))
    return _read(file)


def open_keys(keys: Sequence[Path], passphrase_files: Sequence[Path]) -> list[ResearcherKey]:
    """What the key files hold, in order, each once: a copy of a key file opens nothing more."""
    if passphrase_files and len(passphrase_files) != len(keys):
        raise click.UsageError(
            f"there are {len(keys)} --key and {len(passphrase_files)} --passphrase-file: give one for each, or none"
        )
    files: Sequence[Path | None] = passphrase_files or [None] * len(keys)
    opened = [read_key_file(key, passphrase(file, of=key)) for key, file in zip(keys, files, strict=True)]
    return list({key.identity.recipient.fingerprint(): key for key in opened}.values())


def new_passphrase(file: Path | None) -> str:
    """A passphrase that is strong enough, from ``file`` or typed twice. Raises ``CoraError``."""
    if file is not None:
        return rules.checked(_read(file))
    click.echo(f"Choose a passphrase of at least {rules.SHORTEST} characters. It cannot be recovered.", err=True)
    typed = rules.checked(str(click.prompt("New passphrase", hide_input=True, err=True)))
    again = rules.as_typed(str(click.prompt("Once more", hide_input=True, err=True)))
    if again != typed:
        raise CoraError("the two passphrases differ; nothing was written")
    return typed


def generated_passphrase() -> str:
    """Written down and typed back: a passphrase that was never typed is a passphrase that was never noted."""
    secret = rules.generated(SystemChance())
    click.echo(
        f"Write this passphrase down; it is shown this once and cannot be recovered:\n\n    {secret}\n", err=True
    )
    if rules.as_typed(str(click.prompt("Type it", hide_input=True, err=True))) != secret:
        raise CoraError("this is not the passphrase that was shown; nothing was written")
    return secret


def _read(file: Path) -> str:
    try:
        return private_files.read(file).decode()
    except UnicodeDecodeError:
        raise CoraError(f"{file} is not a text file") from None
