"""``cora visits template | check | plan | offer``: from an empty workbook to invitations."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import start_logging
from cora_bot.base.problems import errors
from cora_bot.cli.failures import show_problems
from cora_bot.cli.new_files import check_new
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.study.visits.place_files import told
from cora_bot.study.visits.workbook import template
from cora_bot.usecases.load_study import load_script
from cora_bot.usecases.visits.inviting import Offered, offer
from cora_bot.usecases.visits.planning import Planned, Reading, beside_workbook, plan, read_workbook

WORKBOOK = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template_command(file: Path) -> None:
    """Write an example workbook to FILE (.xlsx), to be filled in. For ANY machine.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    check_new(file, "A trip is an .xlsx workbook.", ".xlsx")
    file.write_bytes(template())
    click.echo(f"{file}: fill in the sheets, then: cora visits check {file}")


@click.command("check")
@WORKBOOK
@click.option(
    "--study",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the study.  [default: CORA_STUDY]",
)
@click.pass_context
def check(ctx: click.Context, file: Path, study: Path | None) -> None:
    """Name everything that is wrong with a trip's workbook, with sheet and row. For ANY machine with the study.

    Pictures and voices that its places name lie in the same folder: what is missing, too large or of another kind is
    named too, and who would get none. Nothing is stored and nobody is written to.

    Exit codes: 0 in order (warnings are shown); 1 something is wrong, and was named; 2 typed wrongly.
    """
    script = load_script(study or server_settings().study)
    found = beside_workbook(file)
    reading = read_workbook(file.read_bytes(), script.study, SystemClock().now(), file=file.name, beside=found)
    _tell(reading)
    ctx.exit(0 if reading.trip is not None else 1)


def _tell(reading: Reading) -> None:
    if reading.problems:
        show_problems(reading.problems)
    if reading.trip is None:
        return
    seats = sum(slot.seats for slot in reading.slots)
    days = {(slot.place, slot.starts.date()) for slot in reading.slots}
    click.echo(f"{reading.trip.id}: {len(reading.slots)} times with {seats} seats, on {len(days)} days")
    for line in told(reading.trip):
        click.echo(line)


@click.command("plan")
@WORKBOOK
def plan_command(file: Path) -> None:
    """Store the trip of a workbook; the same id again changes it. For the SERVER; the bot may run.

    The pictures and voices that its places name, from the same folder, are stored with it, sealed, and deleted a day
    after the last meeting; the files beside the workbook are yours to delete.

    Nobody is written to. Where a change would take away a time that somebody has booked, or seats that are taken,
    nothing is changed and their case codes are named. An interviewer is never at two places at a time, also of two
    trips.

    Exit codes: 0 stored; 1 not stored, and why; 2 typed wrongly.
    """
    start_logging()
    planned = asyncio.run(_plan(file, file.read_bytes()))
    click.echo(f"{planned.added} times added, {planned.kept} kept, {planned.removed} taken away")


async def _plan(file: Path, source: bytes) -> Planned:
    found = beside_workbook(file)
    async with open_house(server_settings(), contacting=False) as house:
        reading = read_workbook(source, house.script.study, house.clock.now(), file=file.name, beside=found)
        _tell(reading)
        if reading.trip is None:
            raise CoraError(f"{len(errors(reading.problems))} things are wrong in {file}", "Mend them and plan again.")
        return await plan(house, reading.trip, reading.slots, reading.files)


@click.command("offer")
@click.argument("trip")
@click.option("--until", required=True, metavar="DAY", help="Last day on which they can choose: 2027-04-01.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 5000), help="How many at most.")
@click.option("--send", is_flag=True, help="Invite them. Without it nothing is sent: the codes and counts are shown.")
def offer_command(trip: str, until: str, most: int, *, send: bool) -> None:
    """Invite people to TRIP: first show who that is, then again with --send. For the SERVER.

    Invited is who takes part, agreed to visits, and fits what the workbook says of country, zone, language and wave.
    Each call is one batch with its own deadline; call it again for the next one. Whoever finds no time free can wait
    for one. People get the neutral sentence, outside their quiet hours.

    Exit codes: 0 done or shown; 1 not done, and why; 2 typed wrongly.
    """
    start_logging()
    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise click.BadParameter(f"{until!r} is no day (2027-04-01)", param_hint="--until") from error
    _account(asyncio.run(_offer(trip, most, last, send=send)), send=send)


async def _offer(trip: str, most: int, until: date, *, send: bool) -> Offered:
    async with open_house(server_settings(), contacting=send) as house:
        return await offer(house, trip, most=most, until=until, send=send)


def _account(offered: Offered, *, send: bool) -> None:
    for code in offered.codes:
        click.echo(code)
    for cause, count in sorted(offered.left_out.items()):
        click.echo(f"not: {count} ({cause})")
    done = "are invited" if send else "would be invited; nothing was sent (--send does)"
    click.echo(f"{len(offered.codes)} people {done}; {offered.free} seats are free")
