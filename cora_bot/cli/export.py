"""``cora export``: a carried bundle becomes tables on the researcher's computer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.passphrases import open_keys
from cora_bot.cli.progress import progress
from cora_bot.export import reconciliation, response, trip_response
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.export_public_use import export_public_use
from cora_bot.export.public_use import unknown
from cora_bot.vault.agefile import Identity


@click.command()
@click.argument(
    "bundles",
    metavar="BUNDLE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@click.option(
    "--key",
    "keys",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Your key file, as made by 'cora keys new'. Several times for several: a record opens with any of them.",
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder, or that of an earlier export of this study, which is replaced.",
)
@click.option(
    "--with",
    "with_folders",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with files that 'cora seal' made at visits. They join their cases. Several times for several.",
)
@click.option("--labels", default="", help="Language of labels in answers_long.csv, e.g. ar. [default: the study's]")
@click.option(
    "--passphrase-file",
    "passphrase_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read the passphrase from this file instead of asking (for scripts). One for each --key, in the same order.",
)
@click.option(
    "--public-use",
    is_flag=True,
    help="Instead: one table that may leave the team, and a report of what was taken out and which groups are small.",
)
@click.pass_context
def export(
    ctx: click.Context,
    bundles: Sequence[Path],
    keys: Sequence[Path],
    folder: Path,
    *,
    with_folders: Sequence[Path],
    labels: str,
    passphrase_files: Sequence[Path],
    public_use: bool,
) -> None:
    """Open a bundle and write its answers as tables. For the RESEARCHER'S computer.

    Writes answers_long.csv, answers_wide.csv, alerts.csv, audit.csv, consents.csv, contacts.csv, dispositions.csv,
    messages.csv, response.csv, visit_files.csv, codebook.md, reconciliation.json and README.txt, and the files people
    sent into media/, readable by you alone. Beside the folder each export is written down in NAME.exports.jsonl, signed
    with your key.
    Prints how many records were sealed, opened and exported; every record that is missing on the way is named. Then
    prints the response by wave and by trip of field visits.

    Several bundles of one study: the newest says what there is; records that do not open in it are taken from the
    others, where 'cora keys rewrap' may have sealed them anew for you.

    With --public-use the folder must be new or empty, and gets public_use.csv and REPORT.md: no case codes, free text,
    places or files, months instead of days. Groups of people that are too small by study.toml's [public_use] are
    flagged (exit code 1), not hidden: decide what to merge or leave out before anybody publishes the table.

    Exit codes: 0 everything fits; 1 something differs (the tables are written all the same) or nothing could be
    written; 2 typed wrongly.
    """
    identities = [key.identity for key in open_keys(keys, passphrase_files)]
    if public_use:
        _public_use(ctx, bundles, identities, Path(os.path.normpath(folder.absolute())))
        return
    with progress("Opening records") as show:
        account = export_bundle(
            bundles[0],
            identities,
            Path(os.path.normpath(folder.absolute())),  # not resolved: a link is refused, never followed
            language=labels,
            now=SystemClock().now(),
            chance=SystemChance(),
            progress=show,
            others=bundles[1:],
            with_folders=with_folders,
        )
    click.echo(reconciliation.as_text(account))
    click.echo(f"\n{response.as_text(account.response)}")
    if account.trips:
        click.echo(f"\n{trip_response.as_text(account.trips)}")
    click.echo(f"\nWritten to {folder}. It holds opened answers: read README.txt there.")
    if not account.fits:
        ctx.exit(1)


def _public_use(ctx: click.Context, bundles: Sequence[Path], identities: Sequence[Identity], folder: Path) -> None:
    with progress("Opening records") as show:
        release = export_public_use(
            bundles[0],
            identities,
            folder,
            now=SystemClock().now(),
            chance=SystemChance(),
            progress=show,
            others=bundles[1:],
        )
    click.echo(f"{release.persons} people, {len(release.rows) - 1} rows, {len(release.dropped)} columns dropped")
    for combination, count in release.flagged:
        click.echo(f"FLAGGED: {combination}: {count} people, fewer than {release.rules.smallest}")
    click.echo(f"Written to {folder}. Read REPORT.md there before anybody gets the table.")
    if release.flagged or unknown(release.rules, release.rows[0]):
        ctx.exit(1)
