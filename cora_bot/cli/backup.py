"""``cora backup``: both stores, while the bot works, each sealed into a file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import click

from cora_bot.base.errors import CoraError
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.cli.passphrases import EXISTING, new_passphrase
from cora_bot.settings import Settings
from cora_bot.usecases.backing_up import Made, Target, back_up
from cora_bot.usecases.backup_file import Part, Sealing
from cora_bot.vault import private_files
from cora_bot.vault.agefile import Recipient

_FOLDER = click.Path(path_type=Path, file_okay=False)
KEEP_RECORDS, KEEP_KEYS = 30, 7


@click.command()
@click.option("--to", "folder", required=True, type=_FOLDER, help="Folder for the files; outside the data folder.")
@click.option("--keys-to", type=_FOLDER, help="Folder for the key store's files.  [default: keys in --to]")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    help="Who can open them: age1pq1…, or a .public.txt file. More than once for several people.",
)
@click.option("--passphrase-file", type=EXISTING, help="Seal them under the passphrase in this file instead.")
@click.option(
    "--keep",
    "keep_records",
    type=click.IntRange(1, 3650),
    default=KEEP_RECORDS,
    show_default=True,
    help="Days after which files of the records are deleted here.",
)
@click.option(
    "--keep-keys",
    type=click.IntRange(1, 365),
    default=KEEP_KEYS,
    show_default=True,
    help="Days after which files of the key store are deleted here.",
)
def backup(
    folder: Path,
    keys_to: Path | None,
    recipients: Sequence[str],
    passphrase_file: Path | None,
    *,
    keep_records: int,
    keep_keys: int,
) -> None:
    """Copy both stores while the bot works, each sealed into a file of its own. For the SERVER.

    Two files appear, named by the time (UTC): records-….age and keys-….age, for their owner alone, whole or not at all.
    They are age files: --recipient needs no secret on this server, so a timer can do it. The server's key file is in
    neither: keep its copy apart. Files of before are deleted when their time is over; of each kind the newest stays.
    Keep the key store's only days: an old copy brings back who was erased since. 'cora restore --check' tries them.

    Exit codes: 0 made; 1 not, and why, every older file is untouched; 2 typed wrongly.
    """
    settings = server_settings()
    to = sealing(recipients, passphrase_file)
    target = Target(
        records=folder,
        keys=keys_to or folder / "keys",
        to=to,
        keep_records=timedelta(days=keep_records),
        keep_keys=timedelta(days=keep_keys),
    )
    for each in (target.records, target.keys):
        _check_outside(settings, each)
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = asyncio.run(_back_up(settings, target))
    click.echo(f"{Part.RECORDS}: {made.records}")
    click.echo(f"{Part.KEYS}: {made.keys}")
    for path in made.deleted:
        click.echo(f"deleted, its time was over: {path}")


async def _back_up(settings: Settings, target: Target) -> Made:
    async with open_house(settings, contacting=False) as house:
        try:
            return await back_up(house, target, settings.scratch / "backup")
        finally:
            with suppress(OSError):  # a restore has something there at this moment
                settings.scratch.rmdir()


def sealing(recipients: Sequence[str], passphrase_file: Path | None) -> Sealing:
    """Whom a file is sealed to, or under which passphrase. Raises ``CoraError`` for neither and for both."""
    if bool(recipients) == (passphrase_file is not None):
        raise CoraError("say who can open the files", "Either --recipient, once or more, or --passphrase-file.")
    if passphrase_file is not None:
        return new_passphrase(passphrase_file)
    return tuple(_recipient(each) for each in recipients)


def _recipient(text: str) -> Recipient:
    if text.startswith("age1"):
        return Recipient.parse(text)
    lines = private_files.read(Path(text)).decode("utf-8", "replace").splitlines()
    found = next((line.strip() for line in lines if line.startswith("age1")), "")
    return Recipient.parse(found)


def _check_outside(settings: Settings, folder: Path) -> None:
    if settings.home.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise CoraError(
            f"{folder} lies in the data folder",
            "Whoever loses that folder would lose the backups with it: name another.",
        )
