"""The fetching loop: files that people sent, one after another, streamed from Telegram into sealed records.

One at a time: a file is at most some megabytes, and never more than a few parts of it are in memory. Nothing of it
touches a disk but sealed; neither its path nor Telegram's words about it are logged, for the path bears the token.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from bot.api import Api
from bot.pacing import Backoff
from bot.request import NotSent, Unanswered
from bot.waiting import set_within
from cora_bot.base.limits import MOST_FILE_BYTES
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.store.downloads import Download
from cora_bot.usecases.fetching import NotFetched

LOOK_AGAIN = 2.0  # seconds without a wake-up after which files whose next attempt fell due are looked for
GONE = ("file is too big", "wrong file", "invalid file", "file_id", "temporarily unavailable")


class _File(msgspec.Struct):
    file_path: str = ""
    file_size: int = 0


_FILE = msgspec.json.Decoder(_File)


class Fetches(Value):
    """The fetching usecase, as this loop needs it."""

    claim: Callable[[], Awaitable[Download | None]]
    keep: Callable[[Download, AsyncIterator[bytes]], Awaitable[None]]
    failed: Callable[[Download, NotFetched], Awaitable[None]]


class Fetching:
    """``wake`` it after every commit that may have brought a file; ``done`` is called after each that has ended."""

    def __init__(self, fetches: Fetches, api: Api, *, done: Callable[[], None]) -> None:
        self._fetches = fetches
        self._api = api
        self._done = done
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._asked = self._answered = 0

    def wake(self) -> None:
        self._changed.set()

    def stop(self) -> None:
        """``run`` comes to its end. A file under way is put off: its lease runs out, and it is fetched again."""
        self._stopping.set()
        self._changed.set()

    async def empty(self) -> None:
        """Returns when, after this call, a look has found nothing to fetch now."""
        self._asked += 1
        asked = self._asked
        self.wake()
        while self._answered < asked:
            self._idle.clear()
            await self._idle.wait()

    async def run(self) -> None:
        backoff = Backoff(first=0.5, most=30)
        while not self._stopping.is_set():
            asked = self._asked
            self._changed.clear()
            try:
                wanted = await self._fetches.claim()
                if wanted is not None:
                    await self._fetch(wanted)
                backoff.succeeded()
            except Exception as error:  # whatever the store raises: the row is due again when its lease runs out
                log("fetch_failed", level=logging.ERROR, error=type(error).__name__)
                await set_within(self._stopping, backoff.failed())
                continue
            if wanted is None:
                self._answered = asked
                self._idle.set()
                await set_within(self._changed, LOOK_AGAIN)

    async def _fetch(self, wanted: Download) -> None:
        try:
            await self._fetches.keep(wanted, self._chunks(wanted))
        except NotFetched as why:
            await self._fetches.failed(wanted, why)
        self._done()

    async def _chunks(self, wanted: Download) -> AsyncIterator[bytes]:
        if wanted.fetch is None:
            raise NotFetched("unreadable", for_good=True)
        try:
            path = await self._path(wanted.fetch.file)
            async for chunk in self._api.download(path):
                if self._stopping.is_set():
                    raise NotFetched("stopping")
                yield chunk
        except (NotSent, Unanswered) as error:
            failure = NotFetched(type(error).__name__)
        else:
            return
        raise failure  # outside the handler: the error under it knows the address, and the address bears the token

    async def _path(self, file: str) -> str:
        answer = await self._api.call("getFile", {"file_id": file})
        if answer.code != 200:
            for_good = answer.code == 400 and any(words in answer.description for words in GONE)
            raise NotFetched(f"status_{answer.code}", for_good=for_good)
        try:
            found = _FILE.decode(answer.result)
        except msgspec.MsgspecError:
            raise NotFetched("unreadable") from None
        if found.file_size > MOST_FILE_BYTES:
            raise NotFetched("too_large", for_good=True)
        if not found.file_path:
            raise NotFetched("no_path")
        return found.file_path
