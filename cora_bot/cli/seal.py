"""``cora seal``: recordings, pictures and notes of a visit are sealed where they were made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.passphrases import EXISTING
from cora_bot.cli.progress import progress
from cora_bot.usecases.sealing_visits import about, desk, seal_file
from cora_bot.vault.visit_file import Kind


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=EXISTING)
@click.option("--visit", required=True, help="The visit's number, whole, as on the day sheet, e.g. V-7Q2K-3J.")
@click.option("--case", required=True, help="The person's case code as on the day sheet, e.g. K7F-2QX.")
@click.option(
    "--study",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="study.toml, or the folder it lies in with signatures.json. Nothing else of the study is needed.",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="What it is. [default: told by the file's ending]",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the sealed files go. [default: beside each FILE]",
)
def seal(files: Sequence[Path], visit: str, case: str, *, study: Path, kind: str | None, folder: Path | None) -> None:
    """Seal recordings, pictures and notes of a visit. For any computer, above all the laptop in the field.

    It needs no network and no key: take no key file along. The last two letters of the visit's number say that it is
    the number of this case: a slip in either of them, or a look at the wrong line of the day sheet, is refused.

    Each FILE becomes a new file that only those can open whom study.toml names, with a name that tells nothing. Nobody
    can open it on this laptop. Carry it to the researcher's computer and give it to 'cora export BUNDLE --with FOLDER'.
    The original stays: delete it yourself once the sealed file is copied, and keep the laptop's disk encrypted, since
    what was deleted can often be brought back.

    Exit codes: 0 all are sealed; 1 one was not, and why (those before it are); 2 typed wrongly.
    """
    found = desk(study)
    known = about(visit, case, Kind(kind) if kind else None)
    openers = ", ".join(one.fingerprint() for one in found.recipients)
    click.echo(f"Sealed so that these open it: {openers}")
    signed = f"signed: statement {found.statement}" if found.statement else "NOT SIGNED: compare with their holders"
    click.echo(f"Who can open is {signed}")
    for file in files:
        with progress(f"Sealing {file.name}") as show:
            target = seal_file(
                found,
                known,
                file,
                folder or file.parent,
                chance=SystemChance(),
                now=SystemClock().now(),
                progress=show,
            )
        click.echo(f"{file} → {target.name} ({known.visit}, {known.case})")
