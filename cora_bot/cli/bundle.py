"""``cora bundle``: what a researcher carries from the server to their own computer."""

from __future__ import annotations

import asyncio
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
@click.option("--holder", required=True, help="Who carries this copy away, e.g. 'Anna'. Noted in the log line.")
def bundle(path: Path, holder: str) -> None:
    """Write sealed records and open facts into one file to carry away. For the SERVER.

    The file holds no address and no key; only those named in study.toml can open its answers, on their own computers,
    with 'cora export'. It lists who had their answers erased, so that the next export leaves them out.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    if path.exists():
        raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.")
    if not path.absolute().parent.is_dir():
        raise CoraError(f"there is no folder {path.absolute().parent}", "Make it first, or choose another place.")
    start_logging()
    written = asyncio.run(_write(server_settings(), path, holder))
    click.echo(f"{path}: bundle {written.bundle}")
    click.echo(f"{written.records} sealed records of {written.cases} people; {written.erased} erased")


async def _write(settings: Settings, path: Path, holder: str) -> Written:
    async with open_house(settings, contacting=False) as house:
        return await write_bundle(house, path, holder=holder)
