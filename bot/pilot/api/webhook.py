"""Telegram's way of posting updates: one queue for each chat and kind, retried until they are taken or expire.

Rules: the next update of a queue goes only when the one before it was taken; messages and presses of a chat are two
queues. A refused post is repeated at once, then at growing distances, or when ``Retry-After`` says. A response may
carry one call. Real seconds throughout: a set clock would never let a distance end.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp

from bot.pilot.queue import Queued
from bot.pilot.text import Json
from bot.pilot.world import World

SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
PATIENCE: Final = aiohttp.ClientTimeout(total=60)
MOST: Final = 60.0

Line = tuple[int, bool]


class Courier:
    """Posts one world's updates while a webhook is set. ``perform`` makes the call a response carries.

    ``soon``: seconds before the second repetition; each further one waits twice as long.
    """

    def __init__(self, world: World, perform: Callable[[str, Json], Awaitable[object]], *, soon: float = 2.0) -> None:
        self._world = world
        self._perform = perform
        self._soon = soon
        self._busy: dict[Line, asyncio.Task[None]] = {}
        self._work: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        self.posted: list[tuple[int, int]] = []
        """(update, HTTP status) of every post; 0: no answer."""

    def start(self) -> None:
        self._work = asyncio.create_task(self._run())

    async def stop(self) -> None:
        tasks = [*self._busy.values(), *([self._work] if self._work else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._work = None
        if self._session is not None:
            await self._session.close()

    async def _run(self) -> None:
        queue = self._world.queue
        while True:
            revision = queue.bell.revision
            webhook = self._world.profile.webhook
            if webhook.get("url"):
                most = int(str(webhook.get("max_connections") or 40))
                for queued in queue.waiting():
                    if len(self._busy) >= most:
                        break
                    line = _line(queued)
                    if line not in self._busy:
                        self._busy[line] = asyncio.create_task(self._deliver(line, queued))
            await queue.bell.wait(after=revision, seconds=0.5)

    async def _deliver(self, line: Line, queued: Queued) -> None:
        failures = 0
        try:
            while queued.update_id in self._world.queue and (url := str(self._world.profile.webhook.get("url") or "")):
                status, after = await self._post(url, queued)
                self.posted.append((queued.update_id, status))
                if 200 <= status < 300:
                    self._world.queue.drop(queued.update_id)
                    return
                failures += 1
                await asyncio.sleep(after or (0.0 if failures == 1 else min(MOST, self._soon * 2 ** (failures - 2))))
        finally:
            del self._busy[line]
            self._world.queue.bell.ring()

    async def _post(self, url: str, queued: Queued) -> tuple[int, float]:
        """Status and the seconds of Retry-After; (0, 0) where nothing answered."""
        self._session = self._session or aiohttp.ClientSession(timeout=PATIENCE)
        headers = {SECRET: secret} if (secret := self._world.profile.webhook_secret) else {}
        try:
            async with self._session.post(url, json=queued.as_json(), headers=headers) as answer:
                body = await answer.read()
                if answer.status == 200 and body:
                    await self._carried(await answer.json())
                return answer.status, float(answer.headers.get("Retry-After") or 0)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, 0.0

    async def _carried(self, call: Json) -> None:
        with contextlib.suppress(Exception):  # its result is told to nobody
            await self._perform(str(call.pop("method", "")), call)


def _line(queued: Queued) -> Line:
    payload = queued.payload
    shown = payload.get("message") if queued.kind == "callback_query" else payload
    chat = shown.get("chat") if isinstance(shown, dict) else None
    return int(chat.get("id", 0)) if isinstance(chat, dict) else 0, queued.kind == "callback_query"
