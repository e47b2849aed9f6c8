"""`cora`: the core's commands plus those that need the chat face. The composition root."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import click

from bot.app import App, Connection, Role
from bot.demo import PASSPHRASE, Demo, Premises, prepare
from bot.doctor import Asked, telegram_checks
from bot.metrics import Meters, Watching
from bot.panic import panic
from bot.pinging import Pinging
from bot.planning.command import page
from bot.receive.webhook import WebhookAt
from bot.serving import Served
from bot.simulate.command import simulate_command
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.examination import Checked
from cora_bot.base.hardening import no_core_dumps
from cora_bot.base.logging import start_logging
from cora_bot.base.pulse import LOOPS, Loop, Pulse, pulse_file
from cora_bot.cli.alone import alone
from cora_bot.cli.doctor.command import doctor_command
from cora_bot.cli.doctor.examined import Examined
from cora_bot.cli.main import attach, cora_group
from cora_bot.cli.open_house import bot_token, open_house, server_settings
from cora_bot.cli.visits.group import visits_group
from cora_bot.settings import Settings, read_settings
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.rotating import take_up
from cora_bot.usecases.status import status as status_of


@click.command()
@click.option(
    "--only",
    type=click.Choice([Role.RECEIVE.value, Role.SEND.value]),
    help="This process only receives, or only sends (and plans, and fetches files). Needs PostgreSQL.",
)
def run(only: str | None) -> None:
    """Run the bot until it is told to stop (SIGTERM, Ctrl-C). For the SERVER.

    One process does everything. On PostgreSQL several can share the work: as many receivers as you like where Telegram
    posts (CORA_WEBHOOK_URL), and senders of which one sends while the others stand by. See docs/operations.md.

    Exit codes: 0 stopped as told, or by 'cora panic'; 1 it could not run, and why; 2 typed wrongly; 3 'cora panic'
    forbids it.
    """
    no_core_dumps()
    start_logging()
    asyncio.run(_run(Role(only or Role.ALL)))


async def _run(role: Role) -> None:
    settings = server_settings()
    if role is not Role.ALL and settings.store_files != (None, None):
        raise CoraError(
            "several processes cannot share SQLite files",
            "Set CORA_DATABASE and CORA_KEYSTORE to PostgreSQL, or leave --only out.",
        )
    pulse = Pulse(pulse_file(settings.home, role), SystemClock())
    async with open_house(settings, serving=True) as house:
        connection = _connection(settings, house, role)
        with alone(settings.home, role):
            pulse.end()  # what a kill left behind is no sign of life
            try:
                house = await take_up(house)  # noqa: PLW2901 - the same house, its newest keys sealing from now on
                await register_forms(house)
                meters = Meters()
                app = App(house, connection, beat=pulse.beat, conflict=pulse.conflict, meters=meters)
                async with watched(settings, house, meters, loops=LOOPS[role]):
                    await app.run()
            finally:
                pulse.end()


@asynccontextmanager
async def watched(settings: Settings, house: House, meters: Meters, *, loops: tuple[Loop, ...]) -> AsyncIterator[None]:
    """The numbers on this machine and the ping outside, where they are set."""
    async with AsyncExitStack() as stack:
        if settings.metrics is not None:
            watching = Watching(meters, partial(status_of, house), home=settings.home, loops=loops)
            served = Served(watching.app(), host=settings.metrics[0], port=settings.metrics[1])
            await served.start()
            stack.push_async_callback(served.stop)
        if settings.ping_url:
            pinging = Pinging(settings.ping_url, partial(meters.alive, loops))
            task = asyncio.create_task(pinging.run())
            stack.push_async_callback(asyncio.wait, (task,))
            stack.callback(pinging.stop)
        yield


def _connection(settings: Settings, house: House, role: Role) -> Connection:
    token = bot_token(settings)
    return Connection(
        token=token,
        base_url=settings.api,
        webhook=_webhook(settings, house, token),
        role=role,
        paid=settings.paid_broadcast,
    )


def _webhook(settings: Settings, house: House, token: str) -> WebhookAt | None:
    if not settings.webhook_url:
        return None
    # The same in every worker, without another secret to keep: whoever has the server's key has more than this opens.
    secret = house.keys.index(b"webhook", token.encode()).hex()
    return WebhookAt(settings.webhook_url, *settings.webhook_listen, secret)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where the demonstration keeps its things.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="Port of the page.")
@click.option("--open/--no-open", "show", default=False, help="Open the page in the browser.")
@click.option("--fresh", is_flag=True, help="Begin anew: deletes the demonstration's folder first.")
def pilot(folder: Path, port: int, *, show: bool, fresh: bool) -> None:
    """Show the whole product on this machine: a phone, the server, the researcher's computer. For ANY machine.

    Telegram is emulated on a loopback address; nothing leaves the machine. The page has time travel.

    Exit codes: 0 stopped as told; 1 it could not run, and why.
    """
    place = prepare(folder, fresh=fresh)
    asyncio.run(_pilot(place, port, show=show))


async def _pilot(place: Premises, port: int, *, show: bool) -> None:
    demo = Demo(place, port=port)
    address = await demo.start()
    try:
        async with open_house(read_settings(place.settings(address))) as house:
            await register_forms(house)
            # Told by the demonstration once the bot runs: whoever opens the page before finds nothing behind it.
            await demo.serve(house, partial(_ready, place, address, show=show))
    finally:
        await demo.stop()


async def _ready(place: Premises, address: str, *, show: bool) -> None:
    click.echo(f"The demonstration is at {address}")
    click.echo(f"Its folder is {place.folder}; the passphrase of its key files is {PASSPHRASE}")
    click.echo("Press Ctrl-C to stop.")
    if show:
        webbrowser.open(address)
    await _told_to_stop()


async def _told_to_stop() -> None:
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    await told.wait()


async def _telegram(examined: Examined) -> Sequence[Checked]:
    """The chat face's part of `cora doctor`."""
    settings = examined.settings
    try:
        token = bot_token(settings)
    except CoraError:
        return ()  # the core has said so
    return await telegram_checks(Asked(token, settings.api, settings.bot, examined.script, settings.webhook_url))


visits_group.add_command(page)
cora = attach(cora_group(), doctor_command(_telegram), run, panic, pilot, simulate_command)


def main() -> None:
    """Entry point of the `cora` command."""
    cora()
