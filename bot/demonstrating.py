"""``cora pilot``: the demonstration, served until it is told to stop."""

from __future__ import annotations

import asyncio
import webbrowser
from functools import partial
from pathlib import Path

import click

from bot.demo import PASSPHRASE, Demo, Premises, prepare
from bot.waiting import told_to_stop
from cora_bot.cli.open_house import open_house
from cora_bot.settings import read_settings
from cora_bot.usecases.forms import register_forms


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where the demonstration keeps its things.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="Port of the page.")
@click.option("--open/--no-open", "show", default=False, help="Open the page in the browser.")
@click.option("--fresh", is_flag=True, help="Begin anew: deletes the demonstration's folder first.")
def pilot(folder: Path, port: int, *, show: bool, fresh: bool) -> None:
    """Show the whole product on this machine: a phone, the server, the researcher's computer. For ANY machine.

    Telegram is emulated on a loopback address; nothing leaves the machine. The page has time travel.

    Exit codes: 0 stopped as told; 1 it could not run, and why.
    """
    place = prepare(folder, fresh=fresh)
    asyncio.run(_pilot(place, port, show=show))


async def _pilot(place: Premises, port: int, *, show: bool) -> None:
    demo = Demo(place, port=port)
    address = await demo.start()
    try:
        async with open_house(read_settings(place.settings(address))) as house:
            await register_forms(house)
            # Told by the demonstration once the bot runs: whoever opens the page before finds nothing behind it.
            await demo.serve(house, partial(_ready, place, address, show=show))
    finally:
        await demo.stop()


async def _ready(place: Premises, address: str, *, show: bool) -> None:
    click.echo(f"The demonstration is at {address}")
    click.echo(f"Its folder is {place.folder}; the passphrase of its key files is {PASSPHRASE}")
    click.echo("Press Ctrl-C to stop.")
    if show:
        webbrowser.open(address)
    await told_to_stop()
