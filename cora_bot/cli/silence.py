"""``cora silence``: for somebody whose phone was taken."""

from __future__ import annotations

import asyncio

import click

from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.usecases.finding import as_code
from cora_bot.usecases.silencing import silence


@click.command("silence")
@click.argument("case")
def silence_command(case: str) -> None:
    """Write to one person (K7F-2QX) no more, and empty their chat: their phone was taken. For the SERVER.

    Works beside the running bot, which deletes what it can. The person is let go from the chat: whoever writes there is
    a stranger to the bot. They still take part; 'cora invite --relink' gives them a code for a new phone. Answers stay.

    Exit codes: 0 done; 1 not, and why; 2 typed wrongly.
    """
    asyncio.run(_silence(case))
    click.echo(f"{as_code(case)} is written to no more; what stands in the chat goes")


async def _silence(case: str) -> None:
    async with open_house(server_settings(), contacting=False) as house:
        await silence(house, case)
