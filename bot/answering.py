"""``answerCallbackQuery``: stops a pressed button's spinner and shows a short text. Unrecorded and harmless.

It goes out only after the press is committed. Losing one loses nothing: the card itself shows what was stored. A
query older than Telegram allows, a cut connection, a full queue: all the same, and no reason to try again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from bot.api import Api
from bot.render import TOAST_LIMIT, shorten
from bot.request import NotSent, Unanswered
from cora_bot.base.logging import log

MOST_AT_ONCE = 16
MOST_WAITING = 1000
ANSWER_TIMEOUT = 10.0


class Answering:
    """Sends answers in the background."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, callback: str, toast: str = "") -> None:
        """Begins to answer one press and returns."""
        if len(self._tasks) >= MOST_WAITING:
            return
        task = asyncio.create_task(self._answer(callback, toast))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def answer_all(self, toasts: Iterable[tuple[str, str]]) -> None:
        for callback, toast in toasts:
            self.answer(callback, toast)

    async def settled(self) -> None:
        """Returns when nothing is under way."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, callback: str, toast: str) -> None:
        payload: dict[str, object] = {"callback_query_id": callback}
        if toast:
            payload["text"] = shorten(toast, TOAST_LIMIT)
        async with self._slots:
            try:
                answer = await self._api.call("answerCallbackQuery", payload, read_timeout=ANSWER_TIMEOUT)
            except (NotSent, Unanswered):
                log("spinner_lost", level=logging.DEBUG)
                return
        if answer.code != 200:
            log("spinner_refused", level=logging.DEBUG, code=answer.code)
