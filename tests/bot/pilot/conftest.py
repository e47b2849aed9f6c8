"""One emulator per test on a clock that stands still, and the thinnest possible Bot API client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.pilot import Emulator, Limits, Person, World
from bot.pilot.text import Json
from cora_bot.base.clock import SetClock

NOON = datetime(2025, 3, 20, 12, 0, tzinfo=UTC)


@dataclass
class Line:
    """Calls the Bot API over HTTP; gives the status and the whole answer."""

    http: aiohttp.ClientSession
    emulator: Emulator

    async def call(self, method: str, **parameters: object) -> tuple[int, Json]:
        url = f"{self.emulator.base_url}{self.emulator.token}/{method}"
        async with self.http.post(url, json=parameters) as response:
            return response.status, await response.json()

    async def result(self, method: str, **parameters: object) -> object:
        status, answer = await self.call(method, **parameters)
        assert (status, answer.get("ok")) == (200, True), answer
        return answer["result"]

    async def refusal(self, method: str, **parameters: object) -> Json:
        status, answer = await self.call(method, **parameters)
        assert status == answer["error_code"], answer
        return answer

    async def updates(self, **parameters: object) -> list[Any]:
        found = await self.result("getUpdates", **parameters)
        assert isinstance(found, list)
        return found

    async def send(self, person: Person, text: str = "Hello", **parameters: object) -> int:
        message = await self.result("sendMessage", chat_id=person.id, text=text, **parameters)
        assert isinstance(message, dict)
        return int(message["message_id"])


def buttons(*labels: str) -> Json:
    return {"inline_keyboard": [[{"text": label, "callback_data": f"data {label}"}] for label in labels]}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
async def emulator(clock: SetClock) -> AsyncIterator[Emulator]:
    """Without the limits on speed; the tests of those switch them on."""
    world = World(clock=clock, limits=Limits(enabled=False), throttled=False)
    async with Emulator(world=world) as running:
        yield running


@pytest.fixture
async def line(emulator: Emulator) -> AsyncIterator[Line]:
    async with aiohttp.ClientSession() as http:
        yield Line(http, emulator)


@pytest.fixture
def person(emulator: Emulator) -> Person:
    """Someone who has pressed Start; that update is already gone."""
    person = emulator.world.person()
    person.start()
    emulator.world.queue.clear()
    return person
