"""``cora staff``: the team's own phones, which get notices without content."""

from __future__ import annotations

import asyncio

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.export.cards.front import LINK
from cora_bot.settings import Settings
from cora_bot.store.staff_phones import StaffPhone
from cora_bot.usecases import staff_phones

COLUMNS = ("name", "language", "duty", "phone", "linked")


@click.group("staff")
def staff() -> None:
    """The team's own phones, which get notices without content. For the SERVER.

    A notice says that something waits, with a case code: never a name or an answer of a participant.
    """


@staff.command()
@click.argument("name")
@click.option("--duty", is_flag=True, help="Is told, too, what goes to whoever is on duty.")
@click.option("--language", default="en", show_default=True, help="Language of the notices.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How long the code is good.")
def add(name: str, *, duty: bool, language: str, days: int) -> None:
    """Make a one-time code for NAME, and a link where CORA_BOT is set. For the SERVER.

    NAME opens the link, or sends the code to the bot, on the phone that is to get the notices. The code is shown this
    once. For somebody who is there already it changes duty and language at once, and the phone once it is used.

    Exit codes: 0 made; 1 not made, and why; 2 typed wrongly.
    """
    settings = server_settings()
    code = asyncio.run(_add(settings, name, language=language, duty=duty, days=days))
    click.echo(f"{code}\t{LINK.format(bot=settings.bot, code=code)}" if settings.bot else code)


@staff.command("list")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def list_command(*, as_csv: bool) -> None:
    """List who of the team is told things, and whether a phone is linked. For the SERVER.

    Exit codes: 0 listed; 1 not listed, and why; 2 typed wrongly.
    """
    rows = [COLUMNS, *(_row(each) for each in asyncio.run(_read(server_settings())))]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


@staff.command()
@click.argument("name")
def remove(name: str) -> None:
    """Nothing goes to NAME any more; a code that was not used is no longer good. For the SERVER.

    Exit codes: 0 removed; 1 nobody has this name; 2 typed wrongly.
    """
    asyncio.run(_remove(server_settings(), name))
    click.echo(f"{name}: gets no notices any more")


async def _add(settings: Settings, name: str, *, language: str, duty: bool, days: int) -> str:
    async with open_house(settings, contacting=False) as house:
        return await staff_phones.add(house, name, language=language, duty=duty, expires_days=days)


async def _read(settings: Settings) -> list[StaffPhone]:
    async with open_house(settings, contacting=False) as house:
        return await staff_phones.everybody(house)


async def _remove(settings: Settings, name: str) -> None:
    async with open_house(settings, contacting=False) as house:
        await staff_phones.remove(house, name)


def _row(each: StaffPhone) -> tuple[str, ...]:
    phone = "not linked yet" if each.chat is None else "has blocked the bot" if each.blocked else "linked"
    return (
        each.name,
        each.language,
        "yes" if each.duty else "",
        phone,
        f"{each.linked_at:%Y-%m-%d}" if each.linked_at else "",
    )
