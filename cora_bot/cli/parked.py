"""``cora parked``: messages that could not be handled and were set aside, sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from cora_bot.base.logging import start_logging
from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.usecases import parked as parked_updates
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.parked import Waiting

COLUMNS = ("id", "since", "kind", "error", "went_on")
Given = TypeVar("Given")


@click.command()
@click.option("--replay", metavar="ID|all", help="Handle it (or all, oldest first) as if it came now.")
@click.option("--anyway", is_flag=True, help="With --replay: also where the person has gone on since.")
@click.option("--drop", metavar="ID|all", help="Forget it for good.")
@click.pass_context
def parked(ctx: click.Context, replay: str | None, drop: str | None, *, anyway: bool) -> None:
    """List messages and presses that could not be handled and were set aside, sealed. For the SERVER.

    Shows when, of which kind, which class of error, and whether the person has written or pressed since (went_on): what
    they said then would count for what is asked now, so it is not replayed unless --anyway. Never shows what was said.
    Replay after the program was mended; what fails again stays. The bot may run.

    Exit codes: 0 done; 1 not done, or something failed again, and why; 2 typed wrongly.
    """
    if (replay is not None and drop is not None) or (anyway and replay is None):
        raise click.UsageError("give --replay ID, perhaps with --anyway, or --drop ID, or neither")
    if replay is not None:
        start_logging()
        failed = _told(asyncio.run(_in_house(lambda house: _replayed(house, replay, anyway=anyway))))
        if failed:
            ctx.exit(1)
    elif drop is not None:
        start_logging()
        count = asyncio.run(_in_house(lambda house: parked_updates.drop(house, drop)))
        click.echo(f"{count} dropped")
    else:
        rows = [COLUMNS, *(_row(each) for each in asyncio.run(_in_house(parked_updates.waiting)))]
        click.echo(tables.as_table(rows), nl=False)


async def _replayed(house: House, wanted: str, *, anyway: bool) -> dict[str, str]:
    await register_forms(house)
    return await parked_updates.replay(house, wanted, anyway=anyway)


def _told(done: dict[str, str]) -> bool:
    """Says what became of each; whether any is still parked."""
    for name, error in done.items():
        click.echo(f"{name}  {error or 'done'}")
    failed = sum(bool(error) for error in done.values())
    click.echo(f"{len(done) - failed} handled, {failed} still parked")
    return failed > 0


async def _in_house(act: Callable[[House], Awaitable[Given]]) -> Given:
    async with open_house(server_settings(), contacting=False) as house:
        return await act(house)


def _row(each: Waiting) -> tuple[str, ...]:
    went_on = {True: "yes", False: "no", None: "unreadable"}[each.went_on]
    return each.id, f"{each.at:%Y-%m-%d %H:%M}", each.kind, each.error, went_on
