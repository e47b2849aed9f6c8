"""``cora visits page``: the planning page on this machine."""

from __future__ import annotations

import asyncio
import webbrowser

import click

from bot.planning.server import Planning
from bot.waiting import told_to_stop
from cora_bot.cli.open_house import check_ready, open_house, server_settings
from cora_bot.cli.visits.group import visits_group
from cora_bot.usecases.signatures import check_signed


@click.command("page")
@click.option("--port", type=click.IntRange(0, 65535), default=8788, show_default=True, help="Port of the page.")
@click.option("--open/--no-open", "show", default=False, help="Open the page in the browser.")
def page(port: int, *, show: bool) -> None:
    """Plan, offer and watch trips in a browser instead of the terminal. For the SERVER; the bot may run.

    It is reached from this machine alone, or through a tunnel to it, at the address that is printed: whoever knows it
    can invite people. Pictures and voices that a workbook names are chosen beside it. It ends with Ctrl-C. Case codes
    only, no name.

    Exit codes: 0 stopped as told; 1 it could not run, and why; 2 typed wrongly.
    """
    asyncio.run(_serve(port, show=show))


async def _serve(port: int, *, show: bool) -> None:
    settings = server_settings()
    async with open_house(settings, contacting=False) as house:

        def contacting() -> None:
            check_ready(settings, house.script.study)
            check_signed(settings.study, house.script.study)

        async with Planning(house, contacting=contacting, port=port) as served:
            click.echo(f"The planning page is at {served.url}")
            click.echo("Press Ctrl-C to stop.")
            if show:
                webbrowser.open(served.url)
            await told_to_stop()


visits = visits_group
visits.add_command(page)
