"""The wiring of the chat face and its loops: receive, due, deliver, fetch.

Each loop only calls usecases; what is promised lies in the store, never in a loop. APScheduler is a ticker and nothing
more: a tick that is missed, late or cut off loses nothing, since the next one asks the store what is due.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.api import TELEGRAM, Api
from bot.delivering import LOOK_AGAIN, MOST_AT_ONCE, Delivering, Outbox, Settled
from bot.fetching import Fetches, Fetching
from bot.garbage import search_seldom
from bot.hearing import Hearing
from bot.leading import Leading, Leases
from bot.meters import Meters
from bot.pacing import OVERALL, PAID, PER_CHAT, Pace
from bot.profile import command_texts, prepare, telegram_bot
from bot.receive.polling import BATCH, GATHER, LONG_POLL, Intake, Polling
from bot.receive.webhook_at import WebhookAt
from bot.request import AiohttpRequest
from bot.sending import Sender
from cora_bot.base.clock import monotonic
from cora_bot.base.logging import log
from cora_bot.base.pulse import Loop
from cora_bot.store.downloads import Download
from cora_bot.usecases import deliver, due, fetching, leading, receive, removing, silence, taking_in
from cora_bot.usecases.exchange import Arrived, Reaction, Removal, Sending
from cora_bot.usecases.fetching import NotFetched
from cora_bot.usecases.halting import Halted
from cora_bot.usecases.house import House
from cora_bot.usecases.taking_in import TakenIn

if TYPE_CHECKING:
    from bot.receive.webhook import Webhook

TICK = 1.0  # seconds
LOOK_OFTEN = 0.1  # seconds between two looks into an outbox that other processes fill
DUE_BATCH = 100
FASTEST = 256  # sends under way of a bot that may send more than Telegram lets every bot
BESIDE = 32  # connections for what is no send: updates and files fetched, spinners answered


class Role(StrEnum):
    """What a process does of the whole, where several share a database."""

    ALL = "all"
    RECEIVE = "receive"
    SEND = "send"  # also looks for what is due, and fetches files


@dataclass(frozen=True, slots=True)
class Connection:
    """Which bot, where, how. ``rate`` 0 sends without any limit (simulations).

    ``batch``: updates of a fetch that is full; ``gather``: seconds between two that are not. ``tick``: seconds between
    two looks at what is due; 0: only when ``App.tick`` is called. ``webhook``: Telegram posts there, and nothing is
    fetched. ``paid``: check-ins beyond the free allowance are paid for.
    """

    token: str = field(repr=False)
    base_url: str = TELEGRAM
    rate: float = OVERALL
    per_chat: float = PER_CHAT
    long_poll: int = LONG_POLL
    read_timeout: float = 20
    batch: int = BATCH
    gather: float = GATHER
    tick: float = TICK
    webhook: WebhookAt | None = None
    role: Role = Role.ALL
    paid: bool = False

    @property
    def sends_at_once(self) -> int:
        return MOST_AT_ONCE if 0 < self.rate <= OVERALL else FASTEST


class App:
    """One bot of one study. Use ``run()`` in a process, ``async with`` in a test or a simulation."""

    def __init__(
        self,
        house: House,
        connection: Connection,
        *,
        beat: Callable[[Loop], None] = lambda _: None,
        conflict: Callable[[], None] = lambda: None,
        meters: Meters | None = None,
    ) -> None:
        """``beat`` is told each time a loop has gone round, ``conflict`` of another poller (``base/pulse.py``)."""
        self._house = house
        self._meters = meters or Meters()
        self._on_beat = beat
        self._connection = connection
        self._request = AiohttpRequest(
            connections=connection.sends_at_once + BESIDE, read_timeout=connection.read_timeout
        )
        api = Api(self._request, token=connection.token, base_url=connection.base_url)
        self._hearing = Hearing(self._heard)
        self._receiving = self._receiver(api, conflict)
        self._pace = Pace(connection.rate, connection.per_chat, paid=PAID if connection.paid else 0.0)
        self._sender = Sender(api, house.clock)
        self._delivering = self._leader() if house.database.shared else self._deliverer()
        self._fetching = Fetching(
            Fetches(self._claim_file, self._keep_file, self._file_failed), api, done=self._delivering.wake
        )
        self._ticking = asyncio.Lock()
        self._halted = asyncio.Event()
        self._loops: tuple[asyncio.Task[None], ...] = ()
        self._scheduler: AsyncIOScheduler | None = None

    def _receiver(self, api: Api, conflict: Callable[[], None]) -> Polling | Webhook:
        webhook = self._connection.webhook
        if webhook is not None:
            from bot.receive.webhook import Webhook  # noqa: PLC0415 - a web server, where one is wanted

            return Webhook(api, self._receive, at=webhook, ready=self._ready, beat=self._received)
        return Polling(
            api,
            Intake(self._receive, self._take_in, self._handle),
            batch=self._connection.batch,
            long_poll=self._connection.long_poll,
            gather=self._connection.gather,
            beat=self._received,
            conflict=conflict,
        )

    def _deliverer(self, may_send: Callable[[], bool] = lambda: True) -> Delivering:
        return Delivering(
            Outbox(self._claim, self._owed, self._settle),
            self._sender,
            pace=self._pace,
            clock=self._house.clock,
            beat=partial(self._beat, Loop.DELIVER),
            may_send=may_send,
            look_again=LOOK_OFTEN if self._connection.role is Role.SEND else LOOK_AGAIN,
            observe=self._meters.sent,
            most=self._connection.sends_at_once,
        )

    def _leader(self) -> Leading:
        house = self._house
        leases = Leases(
            partial(leading.look, house),
            partial(leading.take, house),
            partial(leading.renew, house),
            partial(leading.release, house),
            partial(leading.stand_by, house),
        )
        return Leading(leases, self._deliverer, beat=partial(self._beat, Loop.DELIVER))

    async def start(self) -> None:
        """Recovers what a kill left behind, checks the profile, starts the loops. Raises CoraError."""
        receives, sends = self._does(Role.RECEIVE), self._does(Role.SEND)
        await self._request.initialize()
        try:
            bot = telegram_bot(self._request, token=self._connection.token, base_url=self._connection.base_url)
            script = self._house.script
            await prepare(bot, script.study, command_texts(script.phrases, script.study))
            await deliver.begin(self._house)
            if not self._house.database.shared:
                await deliver.take_over(self._house)  # else whoever takes the lease does it
            if receives:
                await taking_in.handle_left(self._house)
        except BaseException:
            await self._request.shutdown()
            raise
        loops: list[tuple[str, Coroutine[None, None, None]]] = []
        if receives:
            loops.append(("receive", self._receiving.run()))
        if receives and self._connection.tick > 0:  # else time is told by somebody, and a silence means nothing
            loops.append(("hear", self._hearing.run()))
        if sends:
            loops += [("deliver", self._delivering.run()), ("fetch", self._fetching.run())]
        else:
            leading.stand_by(self._house)
        self._loops = tuple(asyncio.create_task(loop, name=name) for name, loop in loops)
        if sends and self._connection.tick > 0:
            self._scheduler = self._ticker()
        log("started")

    def _does(self, part: Role) -> bool:
        return self._connection.role in (Role.ALL, part)

    def _ticker(self) -> AsyncIOScheduler:
        ticker = AsyncIOScheduler()
        seconds = self._connection.tick
        ticker.add_job(
            self._tick_quietly, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        ticker.start()
        return ticker

    async def stop(self) -> None:
        """Ends the loops in order: nothing new is taken, what is under way is committed and settled."""
        loops, self._loops = self._loops, ()
        if self._scheduler is not None:
            self._scheduler.pause()
        async with self._ticking:  # shutting the scheduler down would cancel a tick in the middle of its transaction
            if self._scheduler is not None:
                self._scheduler.shutdown(wait=False)
                self._scheduler = None
            self._receiving.stop()
            self._delivering.stop()
            self._fetching.stop()
            self._hearing.stop()
            await asyncio.gather(*loops, return_exceptions=True)
        await self._request.shutdown()
        await self._note_end()
        log("stopped")

    async def _note_end(self) -> None:
        try:
            await deliver.end(self._house)
        except Exception as error:  # whatever the store raises: the next start is careful, no more
            log("end_not_noted", level=logging.WARNING, error=type(error).__name__)

    async def run(self) -> None:
        """Serves until SIGTERM or SIGINT, a halt, or until a loop fails. Raises what the loop raised (CoraError)."""
        ordered = self._halted
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ordered.set)
        try:
            async with self:
                search_seldom()
                stopping = asyncio.create_task(ordered.wait())
                done, _ = await asyncio.wait((stopping, *self._loops), return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                for task in done - {stopping}:
                    task.result()
        finally:
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(name)

    async def tick(self) -> None:
        """Everything that is due now, until nothing is. The scheduler and simulations call this same method."""
        async with self._ticking:
            began = monotonic()
            while await due.due(self._house, limit=DUE_BATCH):
                self._beat(Loop.DUE)
                self._delivering.wake()
            self._meters.tick = monotonic() - began
        self._beat(Loop.DUE)

    async def settle_all(self) -> None:
        """For tests: returns when nothing is left that can be sent now, and no spinner turns."""
        await self._fetching.empty()
        await self._delivering.empty()
        await self._receiving.settled()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _tick_quietly(self) -> None:
        if self._ticking.locked():
            return
        try:
            await self.tick()
        except Halted:
            self._halted.set()  # ``run`` comes to its end; nothing is sent meanwhile
        except Exception as error:  # the ticker must go on: the store may be back at the next tick
            log("due_failed", level=logging.ERROR, error=type(error).__name__)

    def _beat(self, loop: Loop) -> None:
        self._meters.beat(loop)
        self._on_beat(loop)

    async def _ready(self) -> None:
        """Raises where the store is in trouble."""
        await due.next_moment(self._house)

    def _received(self) -> None:
        self._beat(Loop.RECEIVE)
        self._hearing.beat()

    async def _heard(self, really: timedelta | None) -> int:
        return await silence.heard(self._house, really)

    async def _receive(self, batch: Sequence[Arrived]) -> list[Reaction]:
        reactions = await receive.receive(self._house, batch)
        self._note_handled(len(batch))
        return reactions

    async def _take_in(self, batch: Sequence[Arrived]) -> TakenIn:
        return await taking_in.take_in(self._house, batch)

    async def _handle(self, taken: TakenIn) -> list[Reaction]:
        reactions = await taking_in.handle(self._house, taken)
        self._note_handled(len(taken.batch))
        return reactions

    def _note_handled(self, updates: int) -> None:
        self._meters.updates += updates
        self._delivering.wake()
        self._fetching.wake()

    async def _claim(self, limit: int) -> Sequence[Sending]:
        return await deliver.claim(self._house, limit=limit)

    async def _owed(self) -> Sequence[Removal]:
        return await removing.owed(self._house)

    async def _claim_file(self) -> Download | None:
        return await fetching.claim(self._house)

    async def _keep_file(self, wanted: Download, chunks: AsyncIterator[bytes]) -> None:
        await fetching.keep(self._house, wanted, chunks)

    async def _file_failed(self, wanted: Download, why: NotFetched) -> None:
        await fetching.failed(self._house, wanted, why)

    async def _settle(self, settled: Sequence[Settled]) -> None:
        await deliver.settle(self._house, settled)
