"""``cora export``: a carried bundle becomes tables on the researcher's computer."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.passphrases import passphrase
from cora_bot.cli.progress import progress
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import as_text
from cora_bot.vault.identity import read_key_file


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Your key file, as made by 'cora keys new'.",
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder, or that of an earlier export of this study, which is replaced.",
)
@click.option("--labels", default="", help="Language of labels in answers_long.csv, e.g. ar. [default: the study's]")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read the passphrase from this file instead of asking (for scripts).",
)
@click.pass_context
def export(
    ctx: click.Context, bundle: Path, key: Path, folder: Path, *, labels: str, passphrase_file: Path | None
) -> None:
    """Open a bundle and write its answers as tables. For the RESEARCHER'S computer.

    Writes answers_long.csv, answers_wide.csv, dispositions.csv, consents.csv, codebook.md, reconciliation.json and
    README.txt, readable by you alone. Prints how many records were sealed, opened and exported; every record that is
    missing on the way is named.

    Exit codes: 0 everything fits; 1 something differs (the tables are written all the same) or nothing could be
    written; 2 typed wrongly.
    """
    opener = read_key_file(key, passphrase(passphrase_file, of=key))
    with progress("Opening records") as show:
        account = export_bundle(
            bundle,
            [opener.identity],
            Path(os.path.normpath(folder.absolute())),  # not resolved: a link is refused, never followed
            language=labels,
            now=SystemClock().now(),
            chance=SystemChance(),
            progress=show,
        )
    click.echo(as_text(account))
    click.echo(f"\nWritten to {folder}. It holds opened answers: read README.txt there.")
    if not account.fits:
        ctx.exit(1)
