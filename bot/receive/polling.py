"""getUpdates: a batch, understood, committed, and only then acknowledged by the next offset.

Where more waits than one fetch brings, a batch is committed as it came, and handled while the next is on its way: else
each would wait for the way to Telegram and for the handling, one after the other.

The offset is nowhere stored: Telegram hands out again whatever was not acknowledged, and the receiving usecase knows
every update's natural key. After a week without updates Telegram may begin again with any number, so an offset that has
grown old is dropped. Asking again for the same offset is throttled by Telegram, so a batch that cannot be
committed is kept here and tried again; nothing is fetched meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from bot.answering import Answering
from bot.api import Answer, Api, TokenRefused
from bot.inbound import ALLOWED_UPDATES, Ignored, understand, update_id
from bot.pacing import Backoff
from bot.request import NotSent, Unanswered
from bot.waiting import set_within
from cora_bot.base.clock import monotonic
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.taking_in import TakenIn

G = TypeVar("G")
T = TypeVar("T")

BATCH = 100
LONG_POLL = 25
GATHER = 0.15  # at most so many seconds between two fetches that are not full: small commits are dear
TOGETHER = 5  # updates that are waited for, where so many come within that time
SHORTEST = 6  # the wait is never shorter than this part of it
STALE = 6 * 24 * 3600.0  # seconds without an update after which the offset is dropped
EXPLAINED_EVERY = 3600.0  # seconds between two explanations of the same conflict
NETWORK_GRACE = 15.0  # beyond the long poll, before a silent connection is given up

_BATCH = msgspec.json.Decoder(list[msgspec.Raw])


class Understood(Value):
    """One batch: what arrived, in Telegram's order, the presses to answer in any case, and the offset behind it."""

    arrived: tuple[Arrived, ...]
    callbacks: tuple[str, ...]
    offset: int


class Intake(Value):
    """The receiving usecases, as this loop needs them: a batch handled, taken in, and handled that was taken in."""

    receive: Callable[[Sequence[Arrived]], Awaitable[list[Reaction]]]
    take_in: Callable[[Sequence[Arrived]], Awaitable[TakenIn]]
    handle: Callable[[TakenIn], Awaitable[list[Reaction]]]


class Spacing:
    """How long a fetch waits for the one before, in seconds: so long that a handful of updates comes together.

    Whoever is alone waits for nobody: the first update after a silence ends the long poll it finds.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self.seconds = longest / SHORTEST

    def learn(self, came: int) -> None:
        """``came``: updates of a fetch this long after the last."""
        wanted = self.seconds * TOGETHER / max(1, came)
        self.seconds = min(self._longest, max(self._longest / SHORTEST, (self.seconds + wanted) / 2))


class Polling:
    """The receiving loop. ``long_poll`` and ``gather`` (at most) are in seconds, ``batch`` are updates.

    ``beat`` is told whenever Telegram has handed over what it had; not before the last batch is handled or taken in.
    ``conflict`` is told whenever another process was seen to poll with this token.
    """

    def __init__(
        self,
        api: Api,
        intake: Intake,
        *,
        batch: int = BATCH,
        long_poll: int = LONG_POLL,
        gather: float = GATHER,
        backoff: Backoff | None = None,
        beat: Callable[[], None] = lambda: None,
        conflict: Callable[[], None] = lambda: None,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._api = api
        self._intake = intake
        self._batch = batch
        self._long_poll = long_poll
        self._spacing = Spacing(gather)
        self._backoff = backoff or Backoff()
        self._beat = beat
        self._on_conflict = conflict
        self._seconds = seconds
        self._moved_at = seconds()
        self._explained_at: float | None = None
        self._answering = Answering(api)
        self._offset = 0
        self._reached = False
        self._stopping = asyncio.Event()
        self._fetching: asyncio.Timeout | None = None
        self._handling: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """``run`` comes to its end: a fetch is broken off, a commit under way is not."""
        if self._fetching is not None and not self._stopping.is_set():
            self._fetching.reschedule(0)
        self._stopping.set()

    async def run(self) -> None:
        """Polls until it is to stop. Raises TokenRefused."""
        try:
            while not self._stopping.is_set():
                await self._take(await self._fetch_unless_stopped())
        finally:
            self._stopping.set()  # also where the token is refused: no store is waited for then
            await self._handled()
            await self._answering.close()

    async def _fetch_unless_stopped(self) -> list[msgspec.Raw]:
        """Not in a task of its own: its request goes out at once, before whatever else waits for its turn."""
        try:
            async with asyncio.timeout(None) as self._fetching:
                return await self._fetch()
        except TimeoutError:
            return []
        finally:
            self._fetching = None

    async def once(self) -> int:
        """One fetch, handled; the number of updates fetched. For tests."""
        count = await self._take(await self._fetch())
        await self._handled()
        return count

    async def _take(self, fetched: list[msgspec.Raw]) -> int:
        began = monotonic()
        understood = digest(fetched)
        if len(fetched) == self._batch and understood.arrived:
            await self._take_in(understood)
            return len(fetched)
        await self._handled()
        if fetched:
            await self._commit(understood)
        if 0 < len(fetched) < self._batch:
            self._spacing.learn(len(fetched))
            await asyncio.sleep(max(0.0, self._spacing.seconds - (monotonic() - began)))
        return len(fetched)

    async def settled(self) -> None:
        """Returns when nothing is being handled and no spinner answered."""
        await self._handled()
        await self._answering.settled()

    async def _commit(self, understood: Understood) -> None:
        arrived = understood.arrived
        reactions = await self._until_stored(self._intake.receive, arrived, len(arrived)) if arrived else []
        if reactions is not None:
            self._acknowledge(understood)
            self._answer(understood, reactions)

    async def _take_in(self, understood: Understood) -> None:
        """The batch is handled by a task of its own; one at a time, in their order."""
        taken = await self._until_stored(self._intake.take_in, understood.arrived, len(understood.arrived))
        if taken is not None:
            self._acknowledge(understood)
            await self._handled()
            self._handling = asyncio.create_task(self._handle(taken, understood))

    async def _handle(self, taken: TakenIn, understood: Understood) -> None:
        await asyncio.sleep(0)  # the next fetch goes out first
        reactions = await self._until_stored(self._intake.handle, taken, len(taken.batch))
        if reactions is not None:
            self._answer(understood, reactions)

    async def _handled(self) -> None:
        """What was taken in last is handled, or the order has come to stop and the store is not there."""
        if self._handling is not None:
            await self._handling

    def _acknowledge(self, understood: Understood) -> None:
        # Not the highest ever seen: after a quiet week Telegram may begin again with a lower number.
        self._offset, self._moved_at = understood.offset, self._seconds()

    def _answer(self, understood: Understood, reactions: Sequence[Reaction]) -> None:
        toasts = dict.fromkeys(understood.callbacks, "")
        toasts.update({reaction.key.removeprefix("c:"): reaction.toast for reaction in reactions})
        self._answering.answer_all(toasts.items())

    async def _until_stored(self, work: Callable[[G], Awaitable[T]], given: G, updates: int) -> T | None:
        """What the work gives, however long the store takes to come back. None: told to stop before that.

        Nothing is lost then: what is not committed is not acknowledged, and comes again; what was taken in stays there.
        """
        backoff = Backoff(first=0.2, most=30)
        while True:
            try:
                return await work(given)
            except Exception as error:  # whatever the store raises
                log("receive_failed", level=logging.ERROR, error=type(error).__name__, updates=updates)
            if await set_within(self._stopping, backoff.failed()):
                return None

    async def _fetch(self) -> list[msgspec.Raw]:
        # Until Telegram was reached nothing is waited for there: whether it can be is to be known at once.
        wait = self._long_poll if self._reached else 0
        asked = {"limit": self._batch, "timeout": wait, "allowed_updates": ALLOWED_UPDATES}
        if offset := self._fresh_offset():
            asked["offset"] = offset
        try:
            answer = await self._api.call("getUpdates", asked, read_timeout=self._long_poll + NETWORK_GRACE)
        except (NotSent, Unanswered) as error:
            return await self._pause("poll_failed", error=type(error).__name__)
        if answer.code != 200:
            return await self._refused(answer)
        try:
            fetched = _BATCH.decode(answer.result)
        except msgspec.MsgspecError:
            return await self._pause("poll_unreadable")
        self._backoff.succeeded()
        self._reached = True
        self._beat()
        return fetched

    def _fresh_offset(self) -> int:
        """0 once it is stale: it was acknowledged long ago, and new updates may have lower numbers."""
        if self._seconds() - self._moved_at > STALE:
            self._offset = 0
        return self._offset

    async def _refused(self, answer: Answer) -> list[msgspec.Raw]:
        if answer.code in (401, 404):
            raise TokenRefused
        if answer.code == 409 and "webhook" in answer.description:
            log("poll_conflict", level=logging.WARNING, because="a webhook is set for this bot; it is taken away")
            return await self._drop_webhook()
        if answer.code == 409:
            return await self._conflict()
        if answer.code == 429:
            await asyncio.sleep(answer.retry_after)
        return await self._pause("poll_refused", code=answer.code)

    async def _conflict(self) -> list[msgspec.Raw]:
        """Another process polls with this token: said once, and again each hour; each takes updates from the other."""
        now = self._seconds()
        if self._explained_at is None or now - self._explained_at >= EXPLAINED_EVERY:
            self._explained_at = now
            log(
                "poll_conflict",
                level=logging.ERROR,
                because="another process polls with this bot's token, here or on another machine: stop it, "
                "or give this study a bot of its own; if nobody of you runs it, revoke the token at @BotFather",
            )
        self._on_conflict()
        await asyncio.sleep(self._backoff.failed())
        return []

    async def _drop_webhook(self) -> list[msgspec.Raw]:
        try:
            await self._api.call("deleteWebhook", {"drop_pending_updates": False})
        except (NotSent, Unanswered):
            log("webhook_not_dropped", level=logging.WARNING)
        return await self._pause("poll_refused", code=409)

    async def _pause(self, action: str, **ids: str | int) -> list[msgspec.Raw]:
        pause = self._backoff.failed()
        log(action, level=logging.WARNING, pause=pause, **ids)
        await asyncio.sleep(pause)
        return []


def digest(fetched: Sequence[msgspec.Raw]) -> Understood:
    """A fetched batch, understood. Pure."""
    arrived: list[Arrived] = []
    callbacks: list[str] = []
    offset = 0
    for update in fetched:
        offset = max(offset, (update_id(update) or 0) + 1)
        met = understand(update)
        match met:
            case Ignored(reason, callback):
                log("update_ignored", reason=reason)
                callbacks += [callback] if callback else []
            case Arrived(key):
                arrived.append(met)
                callbacks += [key.removeprefix("c:")] if key.startswith("c:") else []
    return Understood(tuple(arrived), tuple(callbacks), offset)
