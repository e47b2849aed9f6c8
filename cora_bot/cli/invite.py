"""``cora invite``: one-time codes for people who are asked face to face, as text or as cards to be printed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from cora_bot.base.errors import CoraError
from cora_bot.cli.new_files import check_new
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.dialogue.script import Script
from cora_bot.export import cards
from cora_bot.export.cards.front import LINK
from cora_bot.settings import Settings
from cora_bot.study.check import check_never_show
from cora_bot.usecases.invite import MOST, make_relink, make_tokens
from cora_bot.vault import private_files

HTML, PDF = ".html", ".pdf"
BLANK = "AAAA-AAAA-AAAA"


@dataclass(frozen=True, slots=True)
class _Cards:
    """Where cards go, the first one's number, and the language of their staff side."""

    path: Path
    first: int
    language: str


@click.command()
@click.option("--count", type=click.IntRange(1, MOST), help="How many.")
@click.option(
    "--relink", metavar="CODE", help="Instead: one code that moves the person known by CODE (K7F-2QX) to a new phone."
)
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long each can be used, in days."
)
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write cards to print (.html, .pdf) instead of showing codes. Needs CORA_BOT. Nothing is overwritten.",
)
@click.option(
    "--first", default=1, show_default=True, type=click.IntRange(1, 999_999), help="Number of the first card."
)
@click.option(
    "--lang",
    "language",
    default="en",
    show_default=True,
    type=click.Choice(cards.STAFF_LANGUAGES),
    help="Language of the cards' staff side.",
)
def invite(count: int | None, relink: str | None, days: int, path: Path | None, *, first: int, language: str) -> None:
    """Make one-time enrolment codes, and links where CORA_BOT is set. For the SERVER.

    Each is good for one person, once. They are shown or written here this one time: the server keeps only a fingerprint
    of them. With --to they become numbered cards: a QR picture, the code to type, three steps in pictures and in every
    language of the study, and a checklist for the person at the desk on the back. Print the file on both sides (flip on
    the long edge); it holds good codes, so keep it as secret as they are. A .pdf is drawn here, without a browser, for
    studies in Latin, Greek, Cyrillic and Arabic letters; for others open the .html in a browser and print that. A phone
    that has taken a card's code shows the card's number.

    Refuses while the study is not ready: at least two must be able to open the answers and have opened a test, and
    texts that were approved must not have changed since.

    With --relink the one code is for somebody who takes part already and has a new phone, number or account: once it is
    used, they are reached there and nowhere else, and what still stands in the old chat is taken away where possible.

    Exit codes: 0 made; 1 not made, and why; 2 typed wrongly.
    """
    if (count is None) == (relink is None):
        raise click.UsageError("Give either --count or --relink.")
    settings = server_settings()
    if relink is not None:
        if path is not None:
            raise click.UsageError("--relink shows its code; --to makes cards for --count.")
        _show(settings, [asyncio.run(_relink(settings, relink, days))])
        return
    count = count or 0
    if path is not None:
        asyncio.run(_print(settings, count, days, _Cards(path, first, language)))
        return
    _show(settings, asyncio.run(_make(settings, count, days)))


def _show(settings: Settings, codes: list[str]) -> None:
    for code in codes:
        link = LINK.format(bot=settings.bot, code=code)
        click.echo(f"{code}\t{link}" if settings.bot else code)


async def _make(settings: Settings, count: int, days: int) -> list[str]:
    async with open_house(settings) as house:
        return await make_tokens(house, count, expires_days=days)


async def _relink(settings: Settings, code: str, days: int) -> str:
    async with open_house(settings) as house:
        return await make_relink(house, code, expires_days=days)


async def _print(settings: Settings, count: int, days: int, wanted: _Cards) -> None:
    """Everything that can be refused is, before a code is made."""
    if not settings.bot:
        raise CoraError("CORA_BOT is not set", "Cards carry a link: set CORA_BOT to the bot's user name, without @.")
    check_new(wanted.path, "Cards are a page for a browser, or a PDF.", HTML, PDF)
    write = _as_pdf if wanted.path.suffix.lower() == PDF else _as_html
    async with open_house(settings) as house:
        until = (house.clock.now() + timedelta(days=days - 1)).date()
        batch = _batch(house.script, settings.bot, until, wanted.language)
        write(batch, [BLANK], wanted.first)  # what cannot be drawn is refused now
        codes = await make_tokens(house, count, expires_days=days, first_card=wanted.first)
    private_files.write_new(wanted.path, write(batch, codes, wanted.first))
    click.echo(f"{wanted.path}: {count} cards, from number {wanted.first}, good until {until}")


def _as_html(batch: cards.Batch, codes: Sequence[str], first: int) -> bytes:
    return cards.document(batch, codes, first=first).encode()


def _as_pdf(batch: cards.Batch, codes: Sequence[str], first: int) -> bytes:
    from cora_bot.export.cards import pdf  # noqa: PLC0415 - fonts and shaping cost every other command half a second

    return pdf.document(batch, codes, first=first)


def _batch(script: Script, bot: str, until: date, staff_language: str) -> cards.Batch:
    """Raises CoraError where a word that must never be seen would stand on a card."""
    languages = tuple(language.code for language in script.study.languages)
    batch = cards.Batch(bot, languages, script.phrases, until, staff_language)
    problems = check_never_show(script.study.never_show, cards.texts(batch))
    if problems:
        found = "; ".join(sorted({problem.message for problem in problems}))
        raise CoraError(
            f"the cards would give the study away: {found}", "Change the bot's user name, or the translation."
        )
    return batch
