"""The page's other routes: live events, time travel, panels, invitations, faults, and the page itself.

Rules: nothing here decides; each route awaits what the composition root gave and shows its answer.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.pilot.faults import Fault, Faults, Kind
from bot.pilot.phones import Phones, phone_json, phones_json, read_object
from bot.pilot.pilot import Pilot
from bot.pilot.text import Json

PAGE = Path(__file__).parent / "page"
FILES = {
    "phone.css": "text/css",
    "beside.css": "text/css",
    "main.js": "text/javascript",
    "phone.js": "text/javascript",
    "beside.js": "text/javascript",
    "dom.js": "text/javascript",
    "api.js": "text/javascript",
    "bubbles.js": "text/javascript",
    "words.js": "text/javascript",
}
MAX_TRAVEL = timedelta(days=400)
HEARTBEAT = 10.0
# Changes come in bursts (a message, a toast, an edit); one picture of them is enough.
SETTLE = 0.03


class Controls:
    """The routes. ``closing`` ends the event streams when the server stops."""

    def __init__(self, pilot: Pilot, faults: Faults, phones: Phones) -> None:
        self._pilot = pilot
        self._world = pilot.world
        self._faults = faults
        self._phones = phones
        self.closing = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/page/{file}", self.file),
            web.get("/pilot", self.about),
            web.get("/pilot/events", self.events),
            web.post("/pilot/travel", self.travel),
            web.post("/pilot/next-event", self.next_event),
            web.post("/pilot/invite", self.invite),
            web.get("/pilot/server", self.server),
            web.post("/pilot/researcher", self.researcher),
            web.get("/pilot/faults", self.faults),
            web.post("/pilot/faults", self.add_fault),
            web.delete("/pilot/faults", self.clear_faults),
        ]

    async def page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def file(self, request: web.Request) -> web.FileResponse:
        name = request.match_info["file"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.FileResponse(PAGE / name, headers={"Content-Type": FILES[name]})

    async def about(self, _request: web.Request) -> web.Response:
        """Which parts of the page there are."""
        pilot = self._pilot
        parts = ("travel", "next_event", "server_holds", "researcher_open", "invite")
        given = {name: getattr(pilot, name) is not None for name in parts}
        return web.json_response(
            {"now": pilot.clock.now().isoformat(), "banner": dataclasses.asdict(pilot.banner)} | given
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The phone's state and the list of phones, again after every change, as server-sent events."""
        person = self._phones.find(request.query.get("phone", ""))
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            while not self.closing:
                revision = self._world.bell.revision
                state = json.dumps(phone_json(self._world, person) | {"phones": phones_json(self._world)})
                await response.write(f"data: {state}\n\n".encode())
                await self._world.bell.wait(after=revision, seconds=HEARTBEAT)
                await asyncio.sleep(SETTLE)
        except ConnectionError:
            pass
        return response

    async def travel(self, request: web.Request) -> web.Response:
        if self._pilot.travel is None:
            raise web.HTTPNotFound
        seconds = (await read_object(request)).get("seconds")
        if not isinstance(seconds, int | float) or not 0 < seconds <= MAX_TRAVEL.total_seconds():
            raise web.HTTPBadRequest(text="seconds: more than 0, at most 400 days")
        await self._pilot.travel(timedelta(seconds=seconds))
        self._world.changed()
        return self._when()

    async def next_event(self, _request: web.Request) -> web.Response:
        if self._pilot.next_event is None:
            raise web.HTTPNotFound
        what = await self._pilot.next_event()
        self._world.changed()
        return self._when(what or "Nothing lies ahead.")

    async def invite(self, _request: web.Request) -> web.Response:
        if self._pilot.invite is None:
            raise web.HTTPNotFound
        return web.json_response({"link": await self._pilot.invite()})

    async def server(self, _request: web.Request) -> web.Response:
        if self._pilot.server_holds is None:
            raise web.HTTPNotFound
        return web.json_response(await self._pilot.server_holds())

    async def researcher(self, _request: web.Request) -> web.Response:
        if self._pilot.researcher_open is None:
            raise web.HTTPNotFound
        return web.json_response(await self._pilot.researcher_open())

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"on": [dataclasses.asdict(one) for one in self._faults.on], "hits": self._faults.hits}
        )

    async def add_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.add(read_fault(await read_object(request)))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._faults.clear()
        return await self.faults(request)

    def _when(self, what: str = "") -> web.Response:
        return web.json_response({"now": self._pilot.clock.now().isoformat(), "what": what})


def read_fault(given: Json) -> Fault:
    """A fault from JSON: the fields of ``Fault``. Raises ValueError."""
    names = {field.name for field in dataclasses.fields(Fault)}
    if not given.keys() <= names:
        raise ValueError(f"a fault has {', '.join(sorted(names))}")
    numbers = {name: value for name, value in given.items() if name not in ("kind", "method")}
    if not all(isinstance(value, int | float) for value in numbers.values()):
        raise ValueError("numbers, please")
    fault = Fault(Kind(str(given.get("kind"))), str(given.get("method", "*")))
    for name, value in numbers.items():
        setattr(fault, name, value)
    return fault
