"""Telegram posts: gathered for a few milliseconds, committed together, and answered 200 only after the commit.

A store in trouble is answered 503 with Retry-After: Telegram keeps the update then, and sends it again. Updates of one
batch are taken in the order of their numbers, since Telegram posts a chat's messages and presses side by side. Who does
not know the secret is turned away before anything is read. The pressed button is answered in the response itself,
which saves a call.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.api import Api, TokenRefused
from bot.inbound import ALLOWED_UPDATES, Ignored, understand, update_id
from bot.pacing import Backoff
from bot.receive.webhook_at import WebhookAt
from bot.render import TOAST_LIMIT, shorten
from bot.request import NotSent, Unanswered
from bot.serving import Served
from bot.waiting import set_within
from cora_bot.base.logging import log
from cora_bot.usecases.exchange import Arrived, Reaction

Receive = Callable[[Sequence[Arrived]], Awaitable[list[Reaction]]]

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MOST_BYTES: Final = 1 << 20
"""Telegram's own updates are half of this at most."""
BATCH: Final = 100
GATHER: Final = 0.005  # seconds
CONNECTIONS: Final = 100
LOOK_AT_STORE: Final = 10.0  # seconds without a post after which the store is looked at, for the sign of life
RETRY_AFTER: Final = 5  # seconds
TRIES: Final = 3
TRY_AGAIN: Final = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class _Post:
    number: int
    arrived: Arrived
    done: asyncio.Future[str | None]


class Webhook:
    """The receiving loop of a webhook. ``ready`` reads the store, and raises where that is in trouble."""

    def __init__(
        self,
        api: Api,
        receive: Receive,
        *,
        at: WebhookAt,
        ready: Callable[[], Awaitable[None]],
        gather: float = GATHER,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._api = api
        self._receive = receive
        self._at = at
        self._ready = ready
        self._gather = gather
        self._beat = beat
        self._posts: asyncio.Queue[_Post] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._served = Served(self.app(), host=at.host, port=at.port)

    @property
    def port(self) -> int:
        return self._served.port

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(self._at.path, self._post, methods=["POST"]),
                Route("/health", self._health),
                Route("/ready", self._readiness),
            ]
        )

    def stop(self) -> None:
        """``run`` comes to its end: what was posted is committed and answered first."""
        self._stopping.set()

    async def run(self) -> None:
        """Serves until it is to stop. Raises TokenRefused, and CoraError where it cannot listen."""
        await self._served.start()
        committing = asyncio.create_task(self._commit_all())
        try:
            await self._announce()
            await self._stopping.wait()
        finally:
            await self._served.stop()
            committing.cancel()
            await asyncio.gather(committing, return_exceptions=True)

    async def settled(self) -> None:
        """As with polling: here a spinner is stopped by the answer itself."""

    # ---- what is posted ----------------------------------------------------------------------------------------------

    async def _post(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._at.secret.encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        met = understand(body)
        if isinstance(met, Ignored):
            log("update_ignored", reason=met.reason)
            return _answer(met.callback, "")
        post = _Post(update_id(body) or 0, met, asyncio.get_running_loop().create_future())
        self._posts.put_nowait(post)
        toast = await post.done
        if toast is None:
            return Response(status_code=503, headers={"Retry-After": str(RETRY_AFTER)})
        return _answer(met.key.removeprefix("c:") if met.key.startswith("c:") else "", toast)

    async def _commit_all(self) -> None:
        while True:
            batch = await self._batch()
            if not batch:
                await self._look()
                continue
            toasts = await self._commit(sorted(batch, key=lambda one: one.number))
            for post in batch:
                if not post.done.done():
                    post.done.set_result(None if toasts is None else toasts.get(post.arrived.key, ""))

    async def _batch(self) -> list[_Post]:
        """What is posted within a few milliseconds; nothing, when nothing has come for a while."""
        try:
            async with asyncio.timeout(LOOK_AT_STORE):
                batch = [await self._posts.get()]
        except TimeoutError:
            return []
        if self._posts.qsize() < BATCH - 1:
            await asyncio.sleep(self._gather)
        while not self._posts.empty() and len(batch) < BATCH:
            batch.append(self._posts.get_nowait())
        return batch

    async def _commit(self, batch: Sequence[_Post]) -> dict[str, str] | None:
        """The toasts by key; None where nothing was committed. Two workers that met in the store are no trouble yet."""
        for left in reversed(range(TRIES)):
            try:
                reactions = await self._receive([post.arrived for post in batch])
            except Exception as error:  # whatever the store raises
                log("receive_failed", level=logging.ERROR, error=type(error).__name__, updates=len(batch))
                await asyncio.sleep(TRY_AGAIN if left else 0)
            else:
                self._beat()
                return {reaction.key: reaction.toast for reaction in reactions}
        return None

    async def _look(self) -> None:
        try:
            await self._ready()
            self._beat()
        except Exception as error:
            log("receive_failed", level=logging.ERROR, error=type(error).__name__, updates=0)

    # ---- what others ask ---------------------------------------------------------------------------------------------

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readiness(self, _request: Request) -> Response:
        """Whether a post would be taken: for a balancer."""
        try:
            async with asyncio.timeout(2):
                await self._ready()
        except Exception:
            return PlainTextResponse("the store is in trouble\n", status_code=503, headers={"Retry-After": "5"})
        return PlainTextResponse("ready\n")

    async def _announce(self) -> None:
        """Tells Telegram where to post; again and again until it has taken it."""
        backoff = Backoff()
        wanted = {
            "url": self._at.url,
            "secret_token": self._at.secret,
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": CONNECTIONS,
        }
        while not self._stopping.is_set():
            try:
                answer = await self._api.call("setWebhook", wanted)
            except (NotSent, Unanswered) as error:
                log("webhook_not_set", level=logging.WARNING, error=type(error).__name__)
            else:
                if answer.code == 200:
                    self._beat()
                    return
                if answer.code in (401, 404):
                    raise TokenRefused
                log("webhook_not_set", level=logging.ERROR, code=answer.code)
            await set_within(self._stopping, backoff.failed())


async def _body(request: Request) -> bytes | None:
    """None where it is longer than anything Telegram posts (it is read to its end, but not kept), or breaks off."""
    body, size = bytearray(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= MOST_BYTES:
                body += chunk
    except ClientDisconnect:
        return None
    return bytes(body) if size <= MOST_BYTES else None


def _answer(callback: str, toast: str) -> Response:
    """200, and with it the call that stops a pressed button's spinner."""
    if not callback:
        return Response(status_code=200)
    call = {"method": "answerCallbackQuery", "callback_query_id": callback}
    if toast:
        call["text"] = shorten(toast, TOAST_LIMIT)
    return Response(msgspec.json.encode(call), media_type="application/json")
