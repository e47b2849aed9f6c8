"""The emulator as a server on this machine: the Bot API, the phones, the page.

Rules: it listens on a loopback address or not at all; it answers only requests that name a loopback host and come from
no other origin, so that no page on the web can reach through a browser into it.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.pilot.api.files import Downloads
from bot.pilot.api.http import BotApi
from bot.pilot.api.webhook import Courier
from bot.pilot.controls import Controls
from bot.pilot.faults import Faults
from bot.pilot.phones import Phones
from bot.pilot.pilot import Pilot
from bot.pilot.world import DEMO_TOKEN, World
from cora_bot.base.clock import Clock, SystemClock
from cora_bot.base.errors import CoraError

LOOPBACK = ("127.0.0.1", "::1")
LOCAL_NAMES = (*LOOPBACK, "localhost")
MOST_SENT = 40 * 1024 * 1024  # of one request: a file a phone sends, in base64
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Emulator:
    """``async with Emulator(clock=clock) as emulator: Bot(token=emulator.token, base_url=emulator.base_url)``.

    Raises CoraError when asked to listen anywhere but on a loopback address.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        token: str = DEMO_TOKEN,
        world: World | None = None,
        pilot: Pilot | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        if host not in LOOPBACK:
            raise CoraError(f"the emulator does not listen on {host}", "use 127.0.0.1 or ::1: it knows no passwords")
        self.world = world or (pilot.world if pilot else World(clock=clock or SystemClock(), token=token))
        self.faults = Faults(self.world.chance)
        self._pilot = pilot or Pilot(self.world, self.world.clock)
        self._host, self._port = host, port
        self._api = BotApi(self.world, self.faults)
        self._phones = Phones(self.world)
        self._controls = Controls(self._pilot, self.faults, self._phones)
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def url(self) -> str:
        """Where the page is."""
        name = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{name}:{self._port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot's ``Bot`` takes as ``base_url``: it appends the token."""
        return f"{self.url}/bot"

    async def start(self) -> None:
        app = web.Application(middlewares=[_guard], client_max_size=MOST_SENT)
        app.add_routes([web.route("*", "/bot{token:[^/]+}/{method:[A-Za-z]+}", self._api.handle)])
        app.add_routes([web.get("/file/bot{token:[^/]+}/{path:.+}", Downloads(self.world).handle)])
        app.add_routes([*self._phones.routes(), *self._controls.routes()])
        app.on_shutdown.append(self._close)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self._api.courier.start()

    @property
    def courier(self) -> Courier:
        """What posts to a webhook."""
        return self._api.courier

    async def stop(self) -> None:
        await self._api.courier.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _close(self, _app: web.Application) -> None:
        self._controls.closing = True
        self._api.poller.close()
        self.world.changed()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in LOCAL_NAMES or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="from this machine only")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(GUARDS)
    return response
