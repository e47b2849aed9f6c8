"""``cora invite``: one-time codes and links for people who are asked face to face."""

from __future__ import annotations

import asyncio

import click

from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.invite import MOST, make_tokens

LINK = "https://t.me/{bot}?start={code}"


@click.command()
@click.option("--count", required=True, type=click.IntRange(1, MOST), help="How many.")
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long each can be used, in days."
)
def invite(count: int, days: int) -> None:
    """Make one-time enrolment codes, and links where CORA_BOT is set. For the SERVER.

    Each is good for one person, once. They are shown here this one time: the server keeps only a fingerprint of them.
    Refuses while the study is not ready: at least two must be able to open the answers and have opened a test.

    Exit codes: 0 made; 1 not made, and why; 2 typed wrongly.
    """
    settings = server_settings()
    for code in asyncio.run(_make(settings, count, days)):
        link = LINK.format(bot=settings.bot, code=code)
        click.echo(f"{code}\t{link}" if settings.bot else code)


async def _make(settings: Settings, count: int, days: int) -> list[str]:
    async with open_house(settings) as house:
        return await make_tokens(house, count, expires_days=days)
