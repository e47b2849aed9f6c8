"""``cora people``: who takes part, by case code, without any content."""

from __future__ import annotations

import asyncio
from datetime import datetime

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.people import Person
from cora_bot.usecases.people import people as everyone

COLUMNS = ("code", "language", "zone", "status", "last_contact", "next_due")


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def people(*, as_csv: bool) -> None:
    """List who takes part: case code, language, zone, status, last contact, next message. For the SERVER.

    Shows no address and no answer. Times are in UTC.

    Exit codes: 0 listed; 1 not listed, and why; 2 typed wrongly.
    """
    rows = [COLUMNS, *(_row(person) for person in asyncio.run(_read(server_settings())))]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


async def _read(settings: Settings) -> list[Person]:
    async with open_house(settings, contacting=False) as house:
        return await everyone(house)


def _row(person: Person) -> tuple[str, ...]:
    times = (_minute(person.last_contact), _minute(person.next_due))
    return (person.code, person.language, person.zone, person.status.value, *times)


def _minute(instant: datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else ""
