"""`cora simulate`: runs a simulation and says what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from bot.simulate import ledger, reminding
from bot.simulate.comparing import Compared, compare
from bot.simulate.people import GROUP_EVERY, groups_of
from bot.simulate.reminding import TripLived
from bot.simulate.staging import MARK, Lived, Plan, not_a_simulation, simulate
from bot.simulate.team import AFTERWARDS, days_of
from cora_bot.base.clock import monotonic
from cora_bot.base.errors import CoraError
from cora_bot.base.hardening import no_core_dumps
from cora_bot.export.response import as_text

BEGIN = date(2027, 3, 1)
DAYS = 200
THREE_WEEKS = timedelta(weeks=3)


@click.command("simulate")
@click.option("--people", type=click.IntRange(1, 500), default=50, show_default=True, help="How many people take part.")
@click.option(
    "--days",
    type=click.IntRange(1, 1000),
    help="How many days go by.  [default: 200; with --trip until five days after it]",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed lives the same lives.")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder, or that of an earlier simulation, which is replaced.",
)
@click.option(
    "--study",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the study. [default: the shipped one]",
)
@click.option("--kills", type=click.IntRange(0, 1000), default=0, show_default=True, help="Kill the bot so often.")
@click.option(
    "--begin",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"The first day.  [default: {BEGIN}; with --trip three weeks before it, and the weeks in which people join]",
)
@click.option(
    "--trip",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Workbook of a trip of field visits: people book, move, cancel, miss, or are late.",
)
@click.option("--compare-only", is_flag=True, help="Only compare the diaries in --to with the export there again.")
@click.pass_context
def simulate_command(
    ctx: click.Context,
    *,
    people: int,
    days: int | None,
    seed: int,
    folder: Path,
    study: Path | None,
    kills: int,
    begin: datetime | None,
    trip: Path | None,
    compare_only: bool,
) -> None:
    """Let synthetic people live through a study in seconds, and compare their diaries with the export. For ANY machine.

    The real bot runs against an emulated Telegram on a loopback address; nothing leaves the machine. Prints every
    message that was to be sent unasked with its reason, and the response by wave. Writes export/, ledger.csv,
    diaries.csv, persons.html (what each person saw) and summary.json.

    With --trip everything happens at its own minute, and the phones are held against the seats of the server and
    visits.csv: nobody shares a seat, every reminder comes once, at the right minute of the person's own day, across a
    clock change too, and never in quiet hours.

    Exit codes: 0 diaries and export are the same; 1 something differs (it is named), or it could not run, and why.
    """
    no_core_dumps()
    if compare_only:
        if not (folder / MARK).exists():
            raise not_a_simulation(folder)
        ctx.exit(_say_compared(compare(folder / "diaries.csv", folder / "export"), ()))
    if not hasattr(os, "fork"):
        raise CoraError("a simulation cannot run on this system", "Use Linux or macOS.")
    first, count = _span(people, begin.date() if begin else None, days, trip)
    ctx.exit(_run(Plan(people, count, seed, folder.absolute(), first, study, kills, trip)))


def _span(people: int, begin: date | None, days: int | None, trip: Path | None) -> tuple[date, int]:
    """The first day and how many there are. Raises ``CoraError`` where the trip does not fit between them."""
    if trip is None:
        return begin or BEGIN, days or DAYS
    first, last = days_of(trip)
    begin = begin or first - GROUP_EVERY * groups_of(people) - THREE_WEEKS
    needed = (last - begin).days + AFTERWARDS
    if days is not None and days < needed:
        raise CoraError("the trip is not over by then", f"--days {needed} or more.")
    return begin, days or needed


def _run(plan: Plan) -> int:
    began = monotonic()
    with click.progressbar(length=plan.days, label="Days", file=sys.stderr) as bar:

        def progress(now: datetime) -> None:
            bar.update(max(0, (now - plan.start).days - bar.pos))

        lived = asyncio.run(simulate(plan, progress))
    seconds = monotonic() - began
    for line in ledger.lines(lived.ledger):
        click.echo(line)
    click.echo()
    click.echo(as_text(lived.account.response))
    click.echo()
    forgotten = lived.compared.forgotten
    trip = lived.trip
    if trip is not None:
        for line in reminding.lines(trip):
            click.echo(line)
        click.echo()
    others = [
        *(trip.differences if trip is not None else ()),
        *lived.account.differences,
        *ledger.not_on_the_phones(lived.ledger, lived.people, forgotten),
    ]
    summary = _summary(plan, lived, seconds, others)
    (plan.folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    click.echo(f"{plan.people} people, {plan.days} days, {lived.simulation.bot.kills} kills: {seconds:.0f} s")
    click.echo(f"What each person saw: {plan.folder / 'persons.html'}")
    return _say_compared(lived.compared, others)


def _say_compared(compared: Compared, others: tuple[str, ...] | list[str]) -> int:
    for difference in (*compared.differences, *others):
        click.echo(f"DIFFERENCE: {difference}")
    same = not compared.differences and not others
    click.echo(
        f"{compared.sittings} sittings, {compared.cells} cells compared: "
        + ("diaries and export are the same" if same else "THEY ARE NOT THE SAME: see the lines above")
    )
    return 0 if same else 1


def _summary(plan: Plan, lived: Lived, seconds: float, others: list[str]) -> dict[str, object]:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "people": plan.people,
        "days": plan.days,
        "seed": plan.seed,
        "begin": plan.begin.isoformat(),
        "kills": lived.simulation.bot.kills,
        "seconds": round(seconds, 1),
        "processor_seconds": {
            "people_and_telegram": round(own.ru_utime + own.ru_stime, 1),
            "bot": round(children.ru_utime + children.ru_stime, 1),
        },
        "rounds": lived.simulation.rounds,
        "ticks": lived.simulation.ticks,
        "calls": dict(sorted(Counter(call.method for call in lived.simulation.world.calls).items())),
        "trip": _of_trip(lived.trip) if lived.trip is not None else None,
        "joined": sum(bool(one.diary.code) for one in lived.people),
        "forgotten": len(lived.compared.forgotten),
        "sittings": lived.compared.sittings,
        "cells": lived.compared.cells,
        "messages": dict(sorted(Counter(row[7] for row in lived.ledger[1:]).items())),
        "differences": [*lived.compared.differences, *others],
        "records": {"sealed": lived.account.sealed, "opened": lived.account.opened, "exported": lived.account.exported},
    }


def _of_trip(trip: TripLived) -> dict[str, object]:
    return {
        "invited": trip.invited,
        "bookings": trip.bookings,
        "outcomes": trip.outcomes,
        "reminders_at_their_minute": trip.reminders,
        "withheld": trip.withheld,
    }
