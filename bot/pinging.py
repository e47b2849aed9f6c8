"""A dead man's ping: an address outside is asked every minute while all is well, and raises the alarm when it is not.

The address learns when the server is up and nothing else: no body, no number. Off unless it is set.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from bot.waiting import set_within
from cora_bot.base.logging import log

EVERY = 60.0  # seconds
PATIENCE = aiohttp.ClientTimeout(total=20)


class Pinging:
    """``well`` says whether everything that should go round does."""

    def __init__(self, url: str, well: Callable[[], bool], *, every: float = EVERY) -> None:
        self._url = url
        self._well = well
        self._every = every
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        async with aiohttp.ClientSession(timeout=PATIENCE, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while not self._stopping.is_set():
                if self._well():
                    await self._ping(session)
                await set_within(self._stopping, self._every)

    async def _ping(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url, allow_redirects=False) as answer:
                if answer.status >= 400:
                    log("ping_refused", level=logging.WARNING, code=answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log("ping_failed", level=logging.WARNING, error=type(error).__name__)
