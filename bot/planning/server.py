"""The planning page as a server on this machine.

Rules: it listens on a loopback address only; every address begins with a secret drawn at each start, which the command
prints; requests that name another host or come from another origin are refused. An uploaded workbook, with the files
beside it, is kept in memory until it is planned or the page ends. No script runs on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.planning import html, views
from bot.planning.uploads import Upload, read
from cora_bot.base.errors import CoraError
from cora_bot.study.visits.place_files import beside
from cora_bot.study.visits.workbook import template
from cora_bot.usecases.house import House
from cora_bot.usecases.visits import listing
from cora_bot.usecases.visits.inviting import offer
from cora_bot.usecases.visits.planning import Reading, plan, read_workbook

LOCAL_NAMES: Final = ("127.0.0.1", "::1", "localhost")
MOST_KEPT: Final = 3
GUARDS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Planning:
    """``async with Planning(house, contacting=check) as page``: it is served at ``page.url``.

    ``contacting`` raises ``CoraError`` where nobody may be written to yet; it is asked before invitations are sent.
    """

    def __init__(self, house: House, *, contacting: Callable[[], None], port: int = 0) -> None:
        self._house = house
        self._contacting = contacting
        self._port = port
        self._secret = house.chance.bytes(16).hex()
        self._kept: dict[str, Upload] = {}
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        return f"/{self._secret}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self.base}/"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[_guard], client_max_size=65_536)
        base = self.base
        app.add_routes(
            [
                web.get(f"{base}/", self._shown(self._home)),
                web.get(f"{base}/style.css", self._style),
                web.get(f"{base}/template.xlsx", self._template),
                web.post(f"{base}/check", self._shown(self._check)),
                web.post(f"{base}/plan", self._shown(self._plan)),
                web.get(f"{base}/trip/{{trip}}", self._shown(self._trip)),
                web.post(f"{base}/trip/{{trip}}/offer", self._shown(self._offer)),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _shown(self, act: Callable[[web.Request], Awaitable[str]]) -> Handler:
        """A page, or the sentence that says why not."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return web.Response(text=await act(request), content_type="text/html")
            except CoraError as error:
                said = views.failed(self.base, str(error), error.hint)
                return web.Response(text=said, content_type="text/html", status=400)

        return handle

    async def _style(self, _request: web.Request) -> web.Response:
        return web.Response(text=html.STYLE, content_type="text/css")

    async def _template(self, _request: web.Request) -> web.Response:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {"Content-Disposition": 'attachment; filename="trip.xlsx"'}
        return web.Response(body=template(), content_type=kind, headers=headers)

    async def _home(self, _request: web.Request) -> str:
        return views.home(self.base, await listing.every(self._house))

    async def _check(self, request: web.Request) -> str:
        sent = await read(request)
        reading = self._read(sent)
        digest = hashlib.sha256(sent.workbook).hexdigest()
        if reading.trip is not None:
            self._kept[digest] = sent
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return views.checked(self.base, reading, digest)

    def _read(self, sent: Upload) -> Reading:
        study, now = self._house.script.study, self._house.clock.now()
        return read_workbook(sent.workbook, study, now, file=sent.name, beside=beside(sent.files))

    async def _plan(self, request: web.Request) -> str:
        sent = self._kept.pop(str((await request.post()).get("digest", "")), None)
        if sent is None:
            raise CoraError("this workbook is not at hand any more", "Choose it once more and check it.")
        reading = self._read(sent)
        if reading.trip is None:
            return views.checked(self.base, reading, "")  # its first day has begun meanwhile
        done = await plan(self._house, reading.trip, reading.slots, reading.files)
        said = html.notice(f"{done.added} times added, {done.kept} kept, {done.removed} taken away")
        return await self._about(reading.trip.id, said)

    async def _trip(self, request: web.Request) -> str:
        return await self._about(request.match_info["trip"], "")

    async def _about(self, trip_id: str, said: str) -> str:
        lines, times = await listing.lines(self._house, trip_id), await listing.times(self._house, trip_id)
        return views.trip(self.base, trip_id, lines, times, said=said)

    async def _offer(self, request: web.Request) -> str:
        given, trip_id = await request.post(), request.match_info["trip"]
        until, most = _day(str(given.get("until", ""))), _count(str(given.get("most", "")))
        send = given.get("send") == "yes"
        if send:
            self._contacting()
        found = await offer(self._house, trip_id, most=most, until=until, send=send)
        if not send:
            return views.offered(self.base, trip_id, found, until=until, most=most)
        return await self._about(trip_id, html.notice(f"{len(found.codes)} people are invited"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CoraError(f"{text!r} is no day", "Choose the last day on which people can choose.") from error


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 5000:
        raise CoraError(f"{text!r} people cannot be invited", "Give a number from 1 to 5000.")
    return int(text)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    # Forms of a page without referrer say "null"; the secret in the address is what they know and others do not.
    foreign = origin not in (None, "null") and urlsplit(str(origin)).netloc != request.host
    if host not in LOCAL_NAMES or foreign:
        raise web.HTTPForbidden(text="from this machine only")
    response = await handler(request)
    response.headers.update(GUARDS)
    return response
