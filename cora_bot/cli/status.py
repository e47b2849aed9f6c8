"""``cora status``: how the server stands, as a table."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable
from datetime import datetime

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.pulse import read_pulses
from cora_bot.cli import tables
from cora_bot.cli.health import told
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.status import Status
from cora_bot.usecases.status import status as status_of

MEGABYTE = 1 << 20


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def status(*, as_csv: bool) -> None:
    """Show how the server stands: what waits, what is uncertain, what was set aside. For the SERVER.

    Numbers without a person. lag: seconds the oldest message that may go now has waited. The bot may run.

    Exit codes: 0 shown; 1 not shown, and why; 2 typed wrongly.
    """
    settings = server_settings()
    rows = [("what", "now"), *_rows(settings, asyncio.run(_read(settings)), SystemClock().now())]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


async def _read(settings: Settings) -> Status:
    async with open_house(settings, contacting=False) as house:
        return await status_of(house)


def _rows(settings: Settings, stands: Status, now: datetime) -> Iterable[tuple[str, str]]:
    pulses = read_pulses(settings.home) or {"all": {}}
    yield from ((f"process {role}", told(beats, now, role=role)) for role, beats in pulses.items())
    yield "Telegram heard", _minute(stands.heard)
    yield "replies waiting", str(stands.replies)
    yield "check-ins waiting", str(stands.unsolicited)
    yield "to be removed", str(stands.removals)
    yield "being sent", str(stands.in_flight)
    yield "lag (s)", f"{stands.lag:.0f}"
    yield "due, not looked at", str(stands.due)
    yield "due for (s)", f"{stands.due_lag:.0f}"
    yield "sending rests until", _minute(stands.resting)
    yield "uncertain", str(stands.uncertain)
    yield "failed", str(stands.failed)
    yield "parked", f"{stands.parked} (ever: {stands.parked_ever})"
    yield "sender changed", f"{stands.sender} times" if stands.sender else "–"
    yield "disk free (MB)", str(shutil.disk_usage(settings.home).free // MEGABYTE)


def _minute(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}" if instant else "–"
