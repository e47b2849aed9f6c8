"""``cora book``: a study as one document for an ethics board."""

from __future__ import annotations

from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import click

from cora_bot.base.catalogs import load_catalogs
from cora_bot.base.clock import SystemClock
from cora_bot.base.resources import shipped
from cora_bot.cli.catalogs import SOURCE_LANGUAGE, sentences
from cora_bot.cli.new_files import check_new
from cora_bot.dialogue.approval import changed_texts
from cora_bot.dialogue.script import Script
from cora_bot.export import book as ethics_book
from cora_bot.export.book.approval import table
from cora_bot.export.book.media import MOST_BYTES
from cora_bot.usecases.load_study import load_script

HTML = ".html"


@click.command()
@click.argument("study", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to be written (.html). An existing one is not overwritten.",
)
@click.option(
    "--lang",
    "language",
    default="en",
    show_default=True,
    type=click.Choice(ethics_book.LANGUAGES),
    help="Language of the document's own words; the texts people see are there in all languages.",
)
@click.option(
    "--returned",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of return of the example's calendar, as 2027-01-15.  [default: today]",
)
def book(study: Path, path: Path, language: str, returned: datetime | None) -> None:
    """Write a whole study as one document for an ethics board. For ANY machine; needs no key and no network.

    Every text in every language, the sounds, pictures and films of the forms, the schedule with a calendar, where
    answers go and who can read them, how long they are kept, what is sealed when, how far texts were reviewed, versions
    and hashes. Open the file in a browser to print it or save it as PDF. Then prints what to write into study.toml once
    the texts are approved: from then on, other texts stop enrolment until they are approved as well.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    check_new(path, "Print it from a browser, there also as PDF.", HTML)
    catalogs = load_catalogs(shipped("locales"))
    script = load_script(study, catalogs=catalogs)
    reviews = {code: str(one.review) for code, one in catalogs.items()} | {SOURCE_LANGUAGE: "original"}
    today = SystemClock().now().date()
    facts = ethics_book.Facts(
        today, version("cora-bot"), _day(returned) or today, tuple(sentences()), reviews, _held(script)
    )
    path.write_text(ethics_book.document(script, facts, language), encoding="utf-8")
    click.echo(f"{path}: {script.study.title}, {len(script.forms)} forms, {len(script.study.languages)} languages")
    changed = changed_texts(script.study, script.forms, script.media)
    if script.study.approval and not changed:
        click.echo("The texts are those that were approved.")
        return
    for part in changed:
        click.echo(f"changed since it was approved: {part}")
    click.echo(f"\nOnce these texts are approved, write at the end of study.toml:\n\n{table(script, facts)}", nl=False)


def _held(script: Script) -> dict[str, ethics_book.Held]:
    """The files of the folder media, as far as they have room in one document."""
    held: dict[str, ethics_book.Held] = {}
    room = MOST_BYTES
    for name, file in sorted(script.media.items()):
        size = Path(file.path).stat().st_size
        fits = size <= room
        room -= size if fits else 0
        held[name] = ethics_book.Held(size, Path(file.path).read_bytes() if fits else b"")
    return held


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
