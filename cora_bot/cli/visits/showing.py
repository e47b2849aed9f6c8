"""``cora visits list | show``: how a trip stands."""

from __future__ import annotations

import asyncio
from datetime import datetime

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.usecases.visits import listing
from cora_bot.usecases.visits.listing import Line, Time

TRIPS = ("trip", "title", "invited", "meetings")
VISITS = (
    "case", "number", "outcome", "begins", "place", "interviewer", "way", "language", "late",
    "waits_for_us", "messages",
)  # fmt: skip
TIMES = ("time", "begins", "place", "interviewer", "seats", "taken_by")


@click.command("list")
@click.argument("trip", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def list_command(trip: str | None, *, as_csv: bool) -> None:
    """List the trips, or everybody invited to TRIP and how it stands. For the SERVER.

    Case codes only; times are local at the place. waits_for_us: somebody wants to be contacted (call), visited at home
    (home), or found nobody there (nobody_there).

    Exit codes: 0 listed; 1 not listed, and why; 2 typed wrongly.
    """
    rows = asyncio.run(_lines(trip) if trip else _trips())
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


async def _trips() -> list[tuple[str, ...]]:
    async with open_house(server_settings(), contacting=False) as house:
        found = await listing.every(house)
    return [TRIPS, *((trip.id, trip.title, str(invited), str(booked)) for trip, invited, booked in found)]


async def _lines(trip: str) -> list[tuple[str, ...]]:
    async with open_house(server_settings(), contacting=False) as house:
        return [VISITS, *(_visit(line) for line in await listing.lines(house, trip))]


def _visit(line: Line) -> tuple[str, ...]:
    visit, slot = line.visit, line.slot
    return (
        line.code,
        line.on_paper,
        line.outcome,
        _minute(line.local),
        slot.place if slot else "",
        slot.interviewer if slot else "",
        visit.way.value,
        line.language,
        str(visit.late or ""),
        visit.request.value,
        str(visit.sent),
    )


@click.command("show")
@click.argument("trip")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def show(trip: str, *, as_csv: bool) -> None:
    """Show every time of TRIP with its number, and which case codes have booked it. For the SERVER.

    Exit codes: 0 shown; 1 not shown, and why; 2 typed wrongly.
    """
    rows = [TIMES, *(_time(each) for each in asyncio.run(_times(trip)))]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


async def _times(trip: str) -> list[Time]:
    async with open_house(server_settings(), contacting=False) as house:
        return await listing.times(house, trip)


def _time(each: Time) -> tuple[str, ...]:
    slot = each.slot
    return (
        str(slot.id),
        _minute(each.local),
        slot.place,
        slot.interviewer,
        str(slot.seats),
        " ".join(each.taken),
    )


def _minute(local: datetime | None) -> str:
    return local.strftime("%Y-%m-%d %H:%M") if local else ""
