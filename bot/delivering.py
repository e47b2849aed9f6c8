"""The delivering loop: claims what is due, sends it at Telegram's pace, settles what became of it.

Chats are served side by side; order within a chat is the store's: it hands out one row of a chat at a time. A row is
claimed (committed as ``sending``) only when there is room to send it, since whatever is claimed and not settled at a
kill is uncertain. Outcomes are settled together, and are kept while the store is down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.api import TokenRefused
from bot.pacing import Backoff, Pace
from bot.sending import Sender
from bot.waiting import set_within
from cora_bot.base.clock import Clock, monotonic
from cora_bot.base.logging import log
from cora_bot.base.values import Value, replace
from cora_bot.usecases.deliver import ClaimInDoubt
from cora_bot.usecases.exchange import (
    Along,
    DeleteMessage,
    DeleteMessages,
    Outcome,
    Refused,
    Retry,
    SendFile,
    Sending,
    SendMessage,
    Sent,
)

MOST_AT_ONCE = 32  # at Telegram's pace for one bot; a bot that may send faster has more under way
DELETED_AT_ONCE = 100  # messages Telegram deletes with one call
GATHER = 0.004  # seconds in which outcomes are awaited that belong to one commit, while others are under way
LOOK_AGAIN = 1.0  # seconds without a wake-up after which rows whose retry fell due are looked for
STOP_GRACE = 8.0  # seconds sends under way may still take after the order to stop

Settled = tuple[Sending, Outcome]


class Outbox(Value):
    """The delivering usecase, as this loop needs it."""

    claim: Callable[[int], Awaitable[Sequence[Sending]]]
    settle: Callable[[Sequence[Settled]], Awaitable[None]]


class _Permit(Value):
    paid: bool


class Delivering:
    """``wake`` it after every commit that may have put something into the outbox."""

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        *,
        pace: Pace,
        clock: Clock,
        beat: Callable[[], None] = lambda: None,
        most: int = MOST_AT_ONCE,
        may_send: Callable[[], bool] = lambda: True,
        look_again: float = LOOK_AGAIN,
        observe: Callable[[str, str], None] = lambda _outcome, _reason: None,
    ) -> None:
        """``may_send`` is asked before each call; ``look_again``: where other processes fill the outbox, often.

        ``observe`` is told how each call ended, and why.
        """
        self._outbox = outbox
        self._sender = sender
        self._pace = pace
        self._most = most
        self._clock = clock
        self._beat = beat
        self._may_send = may_send
        self._look_again = look_again
        self._observe = observe
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._outcomes: list[Settled] = []
        self._claimed = 0
        self._asked = self._answered = 0
        self._idle = asyncio.Event()
        self._resting = False
        self._network = Backoff(first=0.5, most=15)
        self._quiet_until = 0.0
        self._token_refused = False

    def wake(self) -> None:
        self._changed.set()

    async def empty(self) -> None:
        """Returns when, after this call, a claim has found nothing to send now and nothing is under way."""
        self._asked += 1
        asked = self._asked
        if self._resting:  # otherwise a claim comes yet, and waking would only make it come twice
            self.wake()
        while self._answered < asked:
            self._idle.clear()
            await self._idle.wait()

    def stop(self) -> None:
        """``run`` comes to its end. Not by cancelling it: that could tear a transaction."""
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        """Delivers until it is to stop; then lets what is under way come to its end. Raises TokenRefused."""
        store = Backoff(first=0.2, most=15)
        try:
            while not self._stopping.is_set():
                try:
                    await self._round()
                    store.succeeded()
                    self._beat()
                except TokenRefused:
                    raise
                except Exception as error:  # whatever the store raises: outcomes are kept and settled later
                    log("deliver_failed", level=logging.ERROR, error=type(error).__name__)
                    await set_within(self._stopping, store.failed())
        finally:
            await self._finish()

    async def _round(self) -> None:
        self._changed.clear()
        await self._settle()
        if self._token_refused:
            raise TokenRefused
        asked, room = self._asked, 0 if self._quiet() else max(0, self._most - self._claimed)
        claimed = await self._claim(room)
        if not claimed and not self._claimed and not self._quiet():
            self._answered = asked
            self._idle.set()
        # Fewer than there was room for: nothing else can go before something changes, be it an outcome.
        if (claimed < room or not room) and not self._outcomes and (self._claimed or asked == self._asked):
            await self._rest()

    async def _rest(self) -> None:
        self._resting = True
        try:
            await set_within(self._changed, max(0.01, min(self._look_again, self._quiet() or self._look_again)))
            if len(self._under_way) > 1 and not self._stopping.is_set():
                await asyncio.sleep(GATHER)
        finally:
            self._resting = False

    def _quiet(self) -> float:
        return max(0.0, self._quiet_until - monotonic())

    async def _claim(self, room: int) -> int:
        try:
            claimed = await self._outbox.claim(room) if room else ()
        except ClaimInDoubt as doubt:
            # Nobody but this process may send, and it called none of them: they are given back with the next outcomes.
            self._outcomes += [(each, Retry(self._clock.now(), "claim_in_doubt")) for each in doubt.sendings]
            self._claimed += len(doubt.sendings)
            raise
        self._claimed += len(claimed)
        for sending in claimed:
            task = asyncio.create_task(self._deliver(sending))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(claimed)

    async def _settle(self) -> None:
        outcomes = tuple(self._outcomes)
        if outcomes:
            await self._outbox.settle(outcomes)
            del self._outcomes[: len(outcomes)]
            self._claimed -= len(outcomes)

    async def _deliver(self, sending: Sending) -> None:
        try:
            outcome = await self._send(sending)
        except Exception as error:  # ours to mend; the row must end, or its chat would wait for ever
            log("send_failed", level=logging.ERROR, row=sending.id, error=type(error).__name__)
            outcome = Refused("internal")
        self._outcomes.append((sending, outcome))
        self._changed.set()

    async def _send(self, sending: Sending) -> Outcome:
        permit = await self._permitted(sending)
        if permit is None:
            return Retry(self._clock.now(), "stopping")
        if not self._may_send():
            return Retry(self._clock.now(), "not_leading")
        try:
            outcome = await self._sender.send(sending, paid=permit.paid)
        except TokenRefused:
            self._token_refused = True
            return Retry(self._clock.now(), "token_refused", whole_bot=True)
        self._learn(sending, outcome)
        how, why = type(outcome).__name__.lower(), getattr(outcome, "reason", "")
        self._observe(how, why)
        log("sent", row=sending.id, outcome=how, reason=why)
        if isinstance(outcome, Sent) and sending.along:
            return replace(outcome, along=await self._along(sending))
        return outcome

    async def _along(self, sending: Sending) -> dict[int, str]:
        """What goes right behind what was sent, as far as it comes; the rest waits for its own turn.

        With as few calls as there can be: who writes a hundred messages must not have others wait while they go.
        """
        done: dict[int, str] = {}
        for begin in range(0, len(sending.along), DELETED_AT_ONCE):
            part = sending.along[begin : begin + DELETED_AT_ONCE]
            outcome = await self._delete(sending, part)
            if isinstance(outcome, Refused) and len(part) > 1:  # one of them, and nobody says which
                done |= await self._one_by_one(sending, part)
            elif isinstance(outcome, Sent | Refused):
                done |= dict.fromkeys((each.id for each in part), getattr(outcome, "reason", ""))
            if len(done) < begin + len(part):
                break
        return done

    async def _one_by_one(self, sending: Sending, part: Sequence[Along]) -> dict[int, str]:
        done: dict[int, str] = {}
        for each in part:
            outcome = await self._delete(sending, (each,))
            if not isinstance(outcome, Sent | Refused):
                break
            done[each.id] = getattr(outcome, "reason", "")
        return done

    async def _delete(self, sending: Sending, part: Sequence[Along]) -> Outcome:
        messages = tuple(each.message for each in part)
        call = DeleteMessages(messages) if len(messages) > 1 else DeleteMessage(*messages)
        return await self._send(replace(sending, id=part[0].id, call=call, along=()))

    async def _permitted(self, sending: Sending) -> _Permit | None:
        """Waits for its turn at Telegram's pace; None when the order to stop came first."""
        message = isinstance(sending.call, SendMessage | SendFile)
        while not self._stopping.is_set():
            now = monotonic()
            wait = self._pace.ask(sending.chat, now, message=message, unsolicited=sending.unsolicited)
            if wait <= 0:
                return _Permit(paid=False)
            if sending.unsolicited and isinstance(sending.call, SendMessage) and self._pace.ask_paid(sending.chat, now):
                return _Permit(paid=True)
            await set_within(self._stopping, wait)
        return None

    def _learn(self, sending: Sending, outcome: Outcome) -> None:
        """What one outcome says about those to come: a flood limit, or that the network is down."""
        if isinstance(outcome, Retry) and outcome.reason == "too_many":
            wait = (outcome.at - self._clock.now()).total_seconds()
            self._pace.hold(None if outcome.whole_bot else sending.chat, monotonic() + wait)
        elif isinstance(outcome, Retry) and outcome.reason == "not_sent":
            self._quiet_until = max(self._quiet_until, monotonic() + self._network.failed())
        else:
            self._network.succeeded()

    async def _finish(self) -> None:
        """Sends under way are waited for, those not begun are given back, all outcomes are settled."""
        self._stopping.set()
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=STOP_GRACE)
        for task in tuple(self._under_way):
            task.cancel()
        try:
            await self._settle()
        except Exception as error:  # the rows stay ``sending``; the next start recovers them
            log("settle_failed", level=logging.ERROR, error=type(error).__name__)
