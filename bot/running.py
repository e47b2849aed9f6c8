"""``cora run``: the bot as a process, with what watches it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import click

from bot.app import App, Connection, Role
from bot.garbage import search_later
from bot.meters import Meters
from bot.pinging import Pinging
from bot.receive.webhook_at import WebhookAt
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.hardening import no_core_dumps
from cora_bot.base.logging import start_logging
from cora_bot.base.pulse import LOOPS, Loop, Pulse, pulse_file
from cora_bot.cli.alone import alone
from cora_bot.cli.open_house import bot_token, open_house, server_settings
from cora_bot.settings import Settings
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
    search_later()
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
            from bot.metrics import Watching  # noqa: PLC0415 - a web server, where one is wanted
            from bot.serving import Served  # noqa: PLC0415

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
