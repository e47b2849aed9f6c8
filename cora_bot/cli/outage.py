"""``cora outage``: when people of a place could not be reached. Silence then is no refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import click

from cora_bot.base.logging import start_logging
from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.study.stretch import Outage
from cora_bot.usecases import outage as outages
from cora_bot.usecases.house import House
from cora_bot.usecases.outage import Replanned

COLUMNS = ("id", "place", "from", "until")
FORMS = {"%Y-%m-%d": timedelta(days=1), "%Y-%m-%d %H:%M": timedelta(), "%Y-%m-%dT%H:%M": timedelta()}
Given = TypeVar("Given")


@click.command()
@click.argument("place", required=False)
@click.option("--from", "begins", metavar="DAY", help="Its first day, or moment: 2027-01-10 or '2027-01-10 14:30'.")
@click.option("--to", "ends", metavar="DAY", help="Its last day, to midnight; or the moment at which it ended.")
@click.option("--list", "listing", is_flag=True, help="Show what has been entered, with its numbers.")
@click.option("--remove", type=int, metavar="ID", help="Take an outage back, by its number.")
def outage(place: str | None, begins: str | None, ends: str | None, *, listing: bool, remove: int | None) -> None:
    """Enter an outage at PLACE: no internet, no Telegram, no power. For the SERVER.

    PLACE is a country of the study as in study.toml (AF) or a time zone (Asia/Kabul); times are local there. While it
    lasts, nothing is sent unasked to people there. Windows that are open become longer by it, and reminders that would
    fall into it come after it. Entered afterwards, it opens again what ended unseen, where the longer window still
    lasts; else the occasion counts as not attempted. The same outage entered twice changes nothing. The bot may run.

    Exit codes: 0 done; 1 not done, and why; 2 typed wrongly.
    """
    entering = place is not None or begins is not None or ends is not None
    if entering + listing + (remove is not None) != 1:
        raise click.UsageError("give PLACE with --from and --to, or --list, or --remove ID")
    if listing:
        _show(asyncio.run(_in_house(outages.every)))
        return
    start_logging()
    if remove is not None:
        done = asyncio.run(_in_house(lambda house: outages.remove(house, remove)))
        click.echo(f"outage {remove} is taken back")
    else:
        if place is None or begins is None or ends is None:
            raise click.UsageError("PLACE, --from and --to belong together")
        first, last = _moment(begins, "--from", closing=False), _moment(ends, "--to", closing=True)
        done = asyncio.run(_in_house(lambda house: outages.enter(house, place, first, last)))
        click.echo("outage {}: {}, {} until {} local time".format(*_row(done.outage)))
    _account(done)


async def _in_house(act: Callable[[House], Awaitable[Given]]) -> Given:
    async with open_house(server_settings(), contacting=False) as house:
        return await act(house)


def _moment(text: str, option: str, *, closing: bool) -> datetime:
    """A day means from its midnight; as the end, until the next."""
    for form, rest in FORMS.items():
        try:
            return datetime.strptime(text.strip(), form) + rest * closing  # noqa: DTZ007 - wall time at the place
        except (ValueError, OverflowError):
            continue
    raise click.BadParameter(f"{text!r} is no day or moment (2027-01-10, '2027-01-10 14:30')", param_hint=option)


def _account(done: Replanned) -> None:
    click.echo(f"{done.moved} windows moved, {done.reopened} opened again, {done.unreached} ended unreached")


def _show(found: tuple[Outage, ...]) -> None:
    click.echo(tables.as_table([COLUMNS, *(_row(each) for each in found)]), nl=False)


def _row(one: Outage) -> tuple[str, ...]:
    return str(one.id), one.place, _minute(one.begins), _minute(one.ends)


def _minute(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H:%M}"
