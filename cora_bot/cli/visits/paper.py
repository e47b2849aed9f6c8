"""``cora visits sheets | feed``: what interviewers take along, as files. There is no public calendar address."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.export.appointments import Appointment, Gone, calendar_files, day_pdf, day_sheet, day_sheets
from cora_bot.export.appointments.calendar import BOOKED_FILE, CANCELLED_FILE
from cora_bot.export.appointments.words import WORDS
from cora_bot.usecases.visits import listing
from cora_bot.usecases.visits.appointments import appointments, gone
from cora_bot.vault.private_files import write_new

TO = click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="An empty folder, or one to be made.",
)


@click.command("sheets")
@click.argument("trip")
@TO
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only this day, as 2027-04-12.")
@click.option(
    "--lang", default="en", show_default=True, type=click.Choice(sorted(WORDS)), help="Language of the sheet."
)
def sheets(trip: str, folder: Path, day: datetime | None, lang: str) -> None:
    """Write day sheets of TRIP to print, as HTML and PDF: one for each interviewer and day. For the SERVER.

    Case codes, times, exact places and picture words; no name. They say where people will be: destroy them after the
    day.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    found, _, _ = asyncio.run(_read(trip))
    wanted = day_sheets(each for each in found if day is None or _on(each) == day.date())
    if not wanted:
        raise CoraError("there is no meeting to be printed", "cora visits list shows what is booked.")
    _new(folder)
    write_new(folder / "day-sheets.html", day_sheet.document(wanted, language=lang).encode())
    write_new(folder / "day-sheets.pdf", day_pdf.document(wanted, language=lang))
    click.echo(f"{folder}: {len(wanted)} sheets with {sum(len(each.visits) for each in wanted)} meetings")


@click.command("feed")
@click.argument("trip")
@TO
def feed(trip: str, folder: Path) -> None:
    """Write calendar files of TRIP: one .ics for each interviewer, and one of what was cancelled. For the SERVER.

    Only number, time, city and whether it is by phone or video: nothing personal. Write and import them again after
    changes: calendars replace what they know by its number.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    found, cancelled, study = asyncio.run(_read(trip))
    if not found and not cancelled:
        raise CoraError("there is no meeting yet", "cora visits list shows how it stands.")
    now = SystemClock().now()
    _new(folder)
    files: dict[str, str] = {}
    for interviewer in sorted({each.interviewer for each in found}):
        mine = [each for each in found if each.interviewer == interviewer]
        files |= {
            f"{interviewer}.ics": text
            for name, text in calendar_files(mine, study=study, now=now).items()
            if name == BOOKED_FILE
        }
    off = calendar_files(found, study=study, now=now, gone=cancelled)
    if CANCELLED_FILE in off:
        files[CANCELLED_FILE] = off[CANCELLED_FILE]
    for name, text in files.items():
        write_new(folder / name, text.encode())
    click.echo(f"{folder}: {', '.join(files)}")


def _on(each: Appointment) -> date:
    return each.local(each.starts).date()


async def _read(trip: str) -> tuple[list[Appointment], list[Gone], str]:
    """What takes place, what does not any more, and the study's id."""
    async with open_house(server_settings(), contacting=False) as house:
        lines = await listing.lines(house, trip)
        return appointments(lines), gone(lines), house.script.study.id


def _new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CoraError(f"{folder} is not an empty folder", "Give --to a new one.")
    folder.mkdir(mode=0o700, exist_ok=True)
