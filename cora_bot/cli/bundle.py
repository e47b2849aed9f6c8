"""``cora bundle``: what a researcher carries from the server to their own computer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import click

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import start_logging
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.bundle import Written, write_bundle


@click.command()
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to be written, e.g. november.bundle. An existing one is not overwritten.",
)
@click.option("--holder", required=True, help="Who carries this copy away, e.g. 'Anna'. Noted for 'cora bundles'.")
@click.option(
    "--expires",
    "days",
    type=click.IntRange(1, 366),
    default=90,
    show_default=True,
    help="After so many days the holder has deleted the copy and what was exported from it.",
)
def bundle(path: Path, holder: str, days: int) -> None:
    """Write sealed records and open facts into one file to carry away. For the SERVER.

    The file holds no address and no key; only those named in study.toml can open its answers, on their own computers,
    with 'cora export'. It lists who had their answers erased, so that the next export leaves them out. The copy is
    noted with its holder and its end: 'cora bundles' lists what is still out.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    if path.exists():
        raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.")
    if not path.absolute().parent.is_dir():
        raise CoraError(f"there is no folder {path.absolute().parent}", "Make it first, or choose another place.")
    if not holder.strip():
        raise CoraError("the copy has no holder", "Name who carries it away: --holder Anna.")
    start_logging()
    written = asyncio.run(_write(server_settings(), path, holder.strip(), timedelta(days=days)))
    click.echo(f"{path}: bundle {written.bundle}")
    click.echo(f"{written.records} sealed records of {written.cases} people; {written.erased} erased")
    click.echo(f"to be deleted by {written.expires:%Y-%m-%d}; then note it: cora bundles --gone {written.bundle[:8]}")


async def _write(settings: Settings, path: Path, holder: str, lasts: timedelta) -> Written:
    async with open_house(settings, contacting=False) as house:
        return await write_bundle(house, path, holder=holder, lasts=lasts)
