"""``cora panic``: what an operator does when somebody is at the door. The order is that of what matters most.

First nothing is sent any more, without a question. Then, after a typed confirmation: a last bundle is sealed to the
researchers, chats are wiped for as long as was said, and the server's keys are destroyed. Each step says what it did.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from bot.api import Api
from bot.request import AiohttpRequest
from bot.wiping import wipe
from cora_bot.base.clock import monotonic
from cora_bot.base.errors import CoraError
from cora_bot.base.hardening import no_core_dumps
from cora_bot.cli.alone import alone
from cora_bot.cli.open_house import bot_token, open_clock, open_house, server_settings
from cora_bot.cli.server_key_file import KeyFile, key_file, key_path
from cora_bot.settings import Settings
from cora_bot.store.database import Database, connect
from cora_bot.usecases import halting
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.halting import Holdings
from cora_bot.usecases.house import House
from cora_bot.vault import private_files
from cora_bot.vault.age_files import SealedWriter

WORDS: Final = "forget everything"
HOLDER: Final = "last bundle (cora panic)"
BOT_ENDS_WITHIN: Final = 30.0
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own in it


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for. ``seconds``: how long chats may be wiped; 0: not at all."""

    seconds: int
    bundle: bool


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--only-stop", is_flag=True, help="Stop sending, and destroy nothing.")
@click.option("--over", is_flag=True, help="Take the stop back: the bot may be started again.")
@click.option("--wipe-chats", is_flag=True, help="Before the keys go, delete what still stands in people's chats.")
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    default=120,
    show_default=True,
    help="How long chats are wiped at most.",
)
@click.option("--no-bundle", is_flag=True, help="Seal no last bundle: records that are in none are lost.")
def panic(*, dry_run: bool, only_stop: bool, over: bool, wipe_chats: bool, seconds: int, no_bundle: bool) -> None:
    """Stop sending at once; then, when that is confirmed, destroy the server's keys for good. For the SERVER.

    The stop needs no key and no answer: a running bot ends within seconds. Then it asks for the words 'forget
    everything'. Typed, they seal a last bundle to the researchers into the data folder, delete what still stands in
    chats (--wipe-chats), and overwrite and delete the server's key file, with the file of its passphrase. Addresses,
    links and open questionnaires are lost for good then, to you as well. The audit log says that it was done, also in
    the last bundle. Copies elsewhere (the envelope, backups) are
    not reached, and on some disks an overwritten file can be recovered. Revoke the token at @BotFather as well.

    Exit codes: 0 done, or said; 1 not all of it, and what; 2 typed wrongly.
    """
    if dry_run + only_stop + over > 1:
        raise click.UsageError("--dry-run, --only-stop and --over are three different things")
    no_core_dumps()
    settings = server_settings()
    wanted = _Wanted(seconds if wipe_chats else 0, not no_bundle)
    if over:
        asyncio.run(_lift(settings))
        click.echo("The stop is taken back. Start the bot: systemctl start cora")
        return
    if not dry_run:
        asyncio.run(_stop(settings))
        click.echo("Sending is stopped. A running bot ends within seconds.")
        if only_stop:
            click.echo("Nothing was destroyed. cora panic --over takes the stop back.")
            return
    _say(settings, asyncio.run(_holdings(settings)), wanted)
    if not dry_run:
        _forget(settings, wanted)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """The main store alone: no key is needed for it."""
    database = Database(connect(settings.database))
    try:
        yield database
    finally:
        await database.close()


async def _lift(settings: Settings) -> None:
    async with _database(settings) as database:
        await halting.lift(database, open_clock(settings))


async def _stop(settings: Settings) -> None:
    async with _database(settings) as database:
        await halting.halt(database, open_clock(settings))


async def _note(settings: Settings, wanted: _Wanted, files: int) -> None:
    facts = {
        "files": str(files),
        "last_bundle": "yes" if wanted.bundle else "no",
        "wiping_seconds": str(wanted.seconds),
    }
    async with _database(settings) as database:
        await halting.note_forgetting(database, open_clock(settings), facts)


async def _holdings(settings: Settings) -> Holdings:
    async with _database(settings) as database:
        return await halting.holdings(database)


def _say(settings: Settings, found: Holdings, wanted: _Wanted) -> None:
    files = ", ".join(str(path) for path in _key_files(settings))
    last = f"sealed to the researchers into {_last_bundle(settings)}" if wanted.bundle else "NOT made (--no-bundle)"
    chats = f"for {wanted.seconds} seconds at most" if wanted.seconds else "not touched (--wipe-chats)"
    for line in (
        f"messages that wait: {found.waiting}, never sent",
        f"last bundle: {last}",
        f"what stands in {found.chats} chats: {chats}",
        f"destroyed: {files}",
        f"lost for good with it: addresses and links of {found.people} people, {found.sessions} open questionnaires",
        f"records: {found.records}; those in a bundle, the last one included, open with the researchers' keys; "
        "no other ones, as their outer lock is the server's",
        "not reached: copies of the key file and backups elsewhere; what Telegram keeps; the token",
    ):
        click.echo(f"  {line}")


def _forget(settings: Settings, wanted: _Wanted) -> None:
    typed = click.prompt(f"Type '{WORDS}' to go on", default="", show_default=False, err=True)
    if typed.strip() != WORDS:
        raise CoraError("nothing was destroyed; sending stays stopped", "cora panic --over takes the stop back.")
    files = _key_files(settings)
    keys = key_file(settings) if wanted.bundle or wanted.seconds else None
    asyncio.run(_note(settings, wanted, len(files)))  # before the last bundle, which carries it
    if keys is not None:
        asyncio.run(_while_keys_are_there(settings, keys, wanted))
    _wait_for_the_bot(settings)
    for path in files:
        private_files.destroy(path)
        click.echo(f"destroyed: {path}")
    click.echo("Now revoke the token: @BotFather, /revoke. Burn the copy of the key, if you can reach it.")


def _key_files(settings: Settings) -> list[Path]:
    words = settings.server_passphrase_file
    return [key_path(settings), *([words] if words and words.is_file() else [])]


def _last_bundle(settings: Settings) -> Path:
    return settings.home / f"last-bundle-{open_clock(settings).now():%Y-%m-%dT%H%M%SZ}.age"


async def _while_keys_are_there(settings: Settings, file: KeyFile, wanted: _Wanted) -> None:
    async with open_house(settings, contacting=False, file=file) as house:
        if wanted.bundle:
            await _seal_last_bundle(house, _last_bundle(settings))
        if wanted.seconds:
            await _wipe(settings, house, wanted.seconds)


async def _seal_last_bundle(house: House, path: Path) -> None:
    """Nothing of it lies on the disk in the open, where the machine has a folder in memory."""
    with _in_memory() as folder:
        written = await write_bundle(house, folder / "bundle", holder=HOLDER)
        with private_files.new_file(path) as target, (folder / "bundle").open("rb") as bundle:
            sealed = SealedWriter(target, house.recipients, house.chance)
            while piece := bundle.read(1 << 20):
                sealed.write(piece)
            sealed.close()
    click.echo(f"last bundle: {path}, {written.records} records. age --decrypt opens it; then: cora export")


@contextmanager
def _in_memory() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cora-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _wipe(settings: Settings, house: House, seconds: int) -> None:
    async with AiohttpRequest(read_timeout=10) as request:
        api = Api(request, token=bot_token(settings), base_url=settings.api)
        try:
            wiped = await wipe(house, api, seconds=seconds)
        except CoraError as why:  # a refused token: the rest must still happen
            click.echo(f"chats were not wiped: {why}", err=True)
            return
    click.echo(f"chats: {wiped.deleted} messages deleted, {wiped.emptied} emptied, {wiped.left} still there")


def _wait_for_the_bot(settings: Settings) -> None:
    """The keys are in its memory until it has ended."""
    until = monotonic() + BOT_ENDS_WITHIN
    while True:
        try:
            with alone(settings.home):
                return
        except CoraError:
            if monotonic() > until:
                click.echo("the bot still runs, with the keys in its memory: systemctl kill cora", err=True)
                return
        asyncio.run(asyncio.sleep(0.2))
