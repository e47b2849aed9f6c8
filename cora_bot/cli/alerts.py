"""``cora alerts``: at whose answers somebody must look, and whether somebody does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.store.alerts import Alert
from cora_bot.usecases import alerts as usecase

COLUMNS = ("number", "case", "raised", "open for", "told", "taken by", "taken")


@click.command()
@click.option("--done", "number", metavar="NUMBER", type=click.IntRange(1), help="Note that this one was looked after.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def alerts(number: int | None, *, as_csv: bool) -> None:
    """List the alerts that are open, oldest first: case code, since when, who has taken it. For the SERVER.

    An alert means that a person answered something of which the form says that somebody must look. What it was lies
    sealed in the next bundle: make one, have it exported, read alerts.csv. Times are in UTC.

    Exit codes: 0 listed, or noted as done; 1 not, and why; 2 typed wrongly.
    """
    if number is not None:
        alert = asyncio.run(_done(server_settings(), number))
        click.echo(f"alert {number}, {alert.code}: done")
        return
    found, now = asyncio.run(_read(server_settings()))
    rows = [COLUMNS, *(_row(each, now) for each in found)]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


async def _read(settings: Settings) -> tuple[list[Alert], datetime]:
    async with open_house(settings, contacting=False) as house:
        return await usecase.listed(house), house.clock.now()


async def _done(settings: Settings, number: int) -> Alert:
    async with open_house(settings, contacting=False) as house:
        return await usecase.done(house, number)


def _row(each: Alert, now: datetime) -> tuple[str, ...]:
    taken = f"{each.taken_at:%Y-%m-%d %H:%M}" if each.taken_at else ""
    told = str(each.told) if each.told else "NOBODY"
    return (
        str(each.number),
        each.code,
        f"{each.at:%Y-%m-%d %H:%M}",
        _age(now - each.at),
        told,
        each.taken_by or "",
        taken,
    )


def _age(span: timedelta) -> str:
    hours = int(span / timedelta(hours=1))
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h"
