"""The Bot API over HTTP: reads a call, lets faults strike, answers in Telegram's shapes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from aiohttp import web

from bot.pilot.api.call import ApiError, Parameters, flood
from bot.pilot.api.table import METHODS, NAMES
from bot.pilot.api.updates import Poller
from bot.pilot.api.webhook import Courier
from bot.pilot.faults import Fault, Faults, Kind
from bot.pilot.text import Json
from bot.pilot.world import Call, World


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json


async def read_parameters(request: web.Request) -> Parameters:
    """Query, form fields (url-encoded or multipart) and JSON bodies, later ones winning."""
    given: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON object") from None
        given |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            given[name] = (
                value if isinstance(value, str) else value.file.read() if isinstance(value, web.FileField) else b""
            )
    return Parameters(given)


class BotApi:
    """Answers ``/bot<TOKEN>/<method>`` for one world."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self.poller = Poller(world)
        self.courier = Courier(world, self.carried)

    async def carried(self, method: str, given: Json) -> object:
        """A call that came in the response to a webhook's post."""
        call = Parameters(given)
        answer = await self._perform(self._world.token, NAMES.get(method.lower(), ""), call)
        self._world.calls.append(Call(method, call.given, answer.status))
        return answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = NAMES.get(request.match_info["method"].lower(), "")
        try:
            call = await read_parameters(request)
        except ApiError as error:
            return _respond(Answer(error.code, error.as_json()))
        struck = self._faults.strike(method or request.match_info["method"])
        answer = await self._answer(request.match_info["token"], method, call=call, struck=struck)
        slow = sum(fault.milliseconds for fault in struck if fault.kind is Kind.SLOW)
        if slow:
            await asyncio.sleep(slow / 1000)
        if method and method != "getUpdates":
            self._world.calls.append(Call(method, call.given, 0 if answer is None else answer.status))
        if answer is not None:
            return _respond(answer)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _answer(self, token: str, method: str, *, call: Parameters, struck: tuple[Fault, ...]) -> Answer | None:
        """The answer under the faults that struck; None where the connection is to be cut."""
        kinds = {fault.kind: fault for fault in struck}
        if Kind.CUT_BEFORE in kinds:
            return None
        if Kind.ERROR_BEFORE in kinds:
            return _broken(kinds[Kind.ERROR_BEFORE].status)
        if Kind.FLOOD in kinds:
            return Answer(429, flood(kinds[Kind.FLOOD].retry_after).as_json())
        answer = await self._perform(token, method, call)
        if Kind.CUT_AFTER in kinds:
            return None
        if Kind.ERROR_AFTER in kinds:
            return _broken(kinds[Kind.ERROR_AFTER].status)
        return answer

    async def _perform(self, token: str, method: str, call: Parameters) -> Answer:
        if token != self._world.token:
            return Answer(401, ApiError(401, "Unauthorized").as_json())
        if not method:
            return Answer(404, ApiError(404, "Not Found: method not found").as_json())
        try:
            result = await self._result(method, call)
        except ApiError as error:
            return Answer(error.code, error.as_json())
        return Answer(200, {"ok": True, "result": result})

    async def _result(self, method: str, call: Parameters) -> object:
        match method:
            case "getUpdates":
                return await self.poller.get_updates(call)
            case "setWebhook":
                return self.poller.set_webhook(call)
            case "deleteWebhook":
                return self.poller.delete_webhook(call)
            case "getWebhookInfo":
                return self.poller.webhook_info(call)
            case _:
                return METHODS[method](self._world, call)


def _broken(status: int) -> Answer:
    words = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return Answer(status, {"ok": False, "error_code": status, "description": words.get(status, "Server Error")})


def _respond(answer: Answer) -> web.Response:
    text = json.dumps(answer.body, ensure_ascii=True)
    return web.Response(status=answer.status, text=text, content_type="application/json")
