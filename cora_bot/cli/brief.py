"""``cora brief``: one case's dossier before a visit, on the researcher's computer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.passphrases import EXISTING, open_keys
from cora_bot.cli.progress import progress
from cora_bot.export.brief.make import Order, make_briefs
from cora_bot.export.own_log import log_beside
from cora_bot.export.terminal import printable
from cora_bot.usecases.finding import as_code


@click.command()
@click.argument("bundle", metavar="BUNDLE", type=EXISTING)
@click.option("--case", "cases", multiple=True, help="The person's case code. Several times for several.")
@click.option("--booked", is_flag=True, help="Everybody whose visit is booked and still to come.")
@click.option("--holder", required=True, help="Who reads it before the visit, e.g. 'Anna'. Written down.")
@click.option("--key", "keys", required=True, multiple=True, type=EXISTING, help="Your key file. Several for several.")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder, or one with earlier briefs of this study.",
)
@click.option("--labels", default="", help="Language of the questions, e.g. ar. [default: the study's]")
@click.option(
    "--passphrase-file",
    "passphrase_files",
    multiple=True,
    type=EXISTING,
    help="Read the passphrase from this file instead of asking (for scripts). One for each --key, in the same order.",
)
@click.pass_context
def brief(
    ctx: click.Context,
    bundle: Path,
    cases: Sequence[str],
    holder: str,
    *,
    booked: bool,
    keys: Sequence[Path],
    folder: Path,
    labels: str,
    passphrase_files: Sequence[Path],
) -> None:
    """Put one case together for the interviewer before a visit. For the RESEARCHER'S computer.

    Writes brief-CASE.html, to be printed, and brief-CASE.txt: each occasion in order of time, what was answered, what
    was not and why, what was written to the team, with room for memos. Everything of one person on one page is what
    makes a person recognisable: make it for a visit, destroy it after. Who had it made for whom, from which bundle and
    with which key, is written down first, beside the folder in NAME.exports.jsonl, signed with your key as exports are:
    'cora audit list --seen FOLDER' shows it. Dossiers there of people who have been erased since are deleted.

    Exit codes: 0 written; 1 not written, and why, or written, and the log of earlier ones was changed; 2 typed wrongly.
    """
    if not cases and not booked:
        raise click.UsageError("name the cases with --case, or take all that are --booked")
    name = " ".join(holder.split())
    if not name or not name.isprintable():
        raise CoraError("a brief is for somebody", "Give a name or a role of the team with --holder.")
    identities = [key.identity for key in open_keys(keys, passphrase_files)]
    into = Path(os.path.normpath(folder.absolute()))  # not resolved: a link is refused, never followed
    with progress("Opening records") as show:
        made = make_briefs(
            bundle,
            identities,
            into,
            Order(tuple(as_code(case) for case in cases), name, labels, booked),
            now=SystemClock().now(),
            chance=SystemChance(),
            progress=show,
        )
    for case in made.gone:
        click.echo(printable(f"deleted: the brief of {case}, who is not in this bundle any more"))
    for file in made.files:
        click.echo(printable(f"{folder / file}"))
    if made.unread:
        click.echo(f"{made.unread} records of the bundle could not be opened: some may be of these people")
    click.echo(f"Written down in {log_beside(into)} as {made.brief}.")
    click.echo("They hold opened answers: destroy them after the visit.")
    for difference in made.wrong:
        click.echo(f"DIFFERENCE: {difference}")
    if made.wrong:
        ctx.exit(1)
