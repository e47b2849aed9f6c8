"""``cora why``: each planned message of one person, sent or not, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.why import Line, Told
from cora_bot.usecases.why import why as told

COLUMNS = ("time", "wave", "number", "message", "state", "why")


@click.command()
@click.argument("case")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def why(case: str, *, as_csv: bool) -> None:
    """Show each planned message of the person with code CASE, sent or not, and why. For the SERVER.

    In order of time, which is the person's local time. Shows no address, no answer and no text of a message. Replies to
    what the person did are left out. Where an occasion is over, a line says how it ended.

    Exit codes: 0 shown; 1 not shown, and why (for example, nobody has this code); 2 typed wrongly.
    """
    found = asyncio.run(_read(server_settings(), case))
    rows = [COLUMNS, *_rows(found)]
    if as_csv:
        click.echo(tables.as_csv(rows), nl=False)
        return
    click.echo(f"{found.code}, {found.status.value}; times in {found.zone}")
    click.echo(tables.as_table(rows), nl=False)


async def _read(settings: Settings, case: str) -> Told:
    async with open_house(settings, contacting=False) as house:
        return await told(house, case)


def _rows(found: Told) -> Iterator[tuple[str, ...]]:
    for line in found.lines:
        yield (f"{found.local(line):%Y-%m-%d %H:%M}", *_cells(line))


def _cells(line: Line) -> tuple[str, ...]:
    number = "" if line.number is None else str(line.number)
    return line.wave, number, line.message, line.state, line.why
