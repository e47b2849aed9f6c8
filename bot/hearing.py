"""When the bot last heard from Telegram, kept in the store: a silence longer than a press lives has swallowed presses.

The receiving loop beats; what a beat means for the people who pressed in vain is the usecase's. Noted twice a minute
at most, for each note is a commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.pacing import Backoff
from bot.waiting import set_within
from cora_bot.base.clock import monotonic
from cora_bot.base.logging import log
from cora_bot.usecases.silence import PRESS_LIVES

NOTED_EVERY = 30.0  # seconds


class Hearing:
    """``heard`` is told how long this process heard nothing; None: this is the first it hears."""

    def __init__(self, heard: Callable[[timedelta | None], Awaitable[int]], *, every: float = NOTED_EVERY) -> None:
        self._heard = heard
        self._every = every
        self._last: float | None = None
        self._noted: float | None = None
        self._silence: timedelta | None = None
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    def beat(self) -> None:
        """Telegram has handed over what it had, and it is committed."""
        now = monotonic()
        last, self._last = self._last, now
        silence = None if last is None else timedelta(seconds=now - last)
        if silence is None or silence > PRESS_LIVES or self._noted is None or now - self._noted >= self._every:
            self._silence = _longer(self._silence, silence) if self._changed.is_set() else silence
            self._noted = now
            self._changed.set()

    def stop(self) -> None:
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        backoff = Backoff(first=1, most=30)
        while not self._stopping.is_set():
            await self._changed.wait()
            if self._stopping.is_set():
                return
            silence = self._silence
            self._changed.clear()
            try:
                await self._heard(silence)
                backoff.succeeded()
            except Exception as error:  # whatever the store raises: a silence is not forgotten because it is down
                log("heard_failed", level=logging.ERROR, error=type(error).__name__)
                self._silence = _longer(self._silence, silence) if self._changed.is_set() else silence
                self._changed.set()
                await set_within(self._stopping, backoff.failed())


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """Nothing heard before is the longest."""
    return None if one is None or other is None else max(one, other)
