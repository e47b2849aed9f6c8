"""The delivering loop: claims what is due, sends it at Telegram's pace, settles what became of it.

Chats are served side by side; order within a chat is the store's: it hands out one row of a chat at a time. A row is
claimed (committed as ``sending``) only when there is room to send it, since whatever is claimed and not settled at a
kill is uncertain. Outcomes are settled together, and are kept while the store is down.

What people wrote is removed beside that: at once while little happens, else every other second, with one call for all
that a chat owes by then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from bot.api import TokenRefused
from bot.pacing import Backoff, Pace
from bot.sending import Sender
from bot.waiting import set_within
from cora_bot.base.clock import Clock, monotonic
from cora_bot.base.logging import log
from cora_bot.base.values import Value, replace
from cora_bot.usecases.deliver import ClaimInDoubt
from cora_bot.usecases.exchange import (
    Outcome,
    Refused,
    Removal,
    Retry,
    SendFile,
    Sending,
    SendMessage,
)

MOST_AT_ONCE = 32  # at Telegram's pace for one bot; a bot that may send faster has more under way
REMOVALS_AT_ONCE = 16
REMOVED_EVERY = 2.0  # seconds between two looks at what is to be removed, if the first found something
YIELDS = 5.0  # seconds after such a look in which replies go first; then what people wrote has stood long enough
GATHER = 0.004  # seconds in which outcomes are awaited that belong to one commit, while others are under way
LOOK_AGAIN = 1.0  # seconds without a wake-up after which rows whose retry fell due are looked for
STOP_GRACE = 8.0  # seconds sends under way may still take after the order to stop

Settled = tuple[Sending | Removal, Outcome]


class Outbox(Value):
    """The delivering usecase, as this loop needs it. ``owed``: what is to be removed now."""

    claim: Callable[[int], Awaitable[Sequence[Sending]]]
    owed: Callable[[], Awaitable[Sequence[Removal]]]
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
        self._claimed = self._removing = 0
        self._removed_at = -REMOVED_EVERY
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
        owed = await self._remove() if self._may_remove() else 0
        if not claimed and not owed and not self._claimed and not self._removing and not self._quiet():
            self._answered = asked
            self._idle.set()
        # Fewer than there was room for: nothing else can go before something changes, be it an outcome.
        under_way = self._claimed or self._removing
        if (claimed < room or not room) and not self._outcomes and (under_way or asked == self._asked):
            await self._rest()

    async def _rest(self) -> None:
        self._resting = True
        try:
            waits = [each for each in (self._quiet(), self._until_removal()) if each > 0]
            await set_within(self._changed, max(0.01, min([self._look_again, *waits])))
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
            self._begin(self._deliver(sending))
        return len(claimed)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _until_removal(self) -> float:
        return self._removed_at + REMOVED_EVERY - monotonic()

    def _may_remove(self) -> bool:
        """Not while the last ones are under way: it is not written down anywhere that they are."""
        in_time = self._until_removal() <= 0 or self._asked > self._answered
        return in_time and not self._removing and not self._quiet()

    async def _remove(self) -> int:
        """Gives back how many removals it has begun."""
        owed = await self._outbox.owed()
        if owed:
            self._removed_at = monotonic()
        self._removing += len(owed)
        waiting = iter(owed)
        for _ in range(min(REMOVALS_AT_ONCE, len(owed))):
            self._begin(self._delete_each(waiting))
        return len(owed)

    async def _delete_each(self, waiting: Iterator[Removal]) -> None:
        for removal in waiting:
            await self._delete(removal)

    async def _delete(self, removal: Removal) -> None:
        """One message that may not be deleted stops those that go with the same call: then each goes alone."""
        outcome = await self._outcome(removal)
        if isinstance(outcome, Refused) and len(removal.messages) > 1:
            alone = [replace(removal, messages=(each,)) for each in removal.messages]
            self._removing += len(alone) - 1
            self._outcomes += [(each, await self._outcome(each)) for each in alone]
        else:
            self._outcomes.append((removal, outcome))
        self._changed.set()

    async def _settle(self) -> None:
        outcomes = tuple(self._outcomes)
        if outcomes:
            await self._outbox.settle(outcomes)
            del self._outcomes[: len(outcomes)]
            removed = sum(isinstance(each, Removal) for each, _ in outcomes)
            self._removing -= removed
            self._claimed -= len(outcomes) - removed

    async def _deliver(self, sending: Sending) -> None:
        self._outcomes.append((sending, await self._outcome(sending)))
        self._changed.set()

    async def _outcome(self, sending: Sending | Removal) -> Outcome:
        try:
            outcome = await self._send(sending)
        except Exception as error:  # ours to mend; the row must end, or its chat would wait for ever
            log("send_failed", level=logging.ERROR, chat=sending.chat.hex(), error=type(error).__name__)
            return Refused("internal")
        how, why = type(outcome).__name__.lower(), getattr(outcome, "reason", "")
        if isinstance(sending, Sending):
            log("sent", row=sending.id, outcome=how, reason=why)
        else:
            log("removed", chat=sending.chat.hex(), count=len(sending.messages), outcome=how, reason=why)
        return outcome

    async def _send(self, sending: Sending | Removal) -> Outcome:
        if isinstance(sending, Removal):
            permit = await self._permitted_to_remove(sending)
        else:
            permit = await self._permitted(sending)
        if isinstance(permit, Retry):
            return permit
        if not self._may_send():
            return Retry(self._clock.now(), "not_leading")
        try:
            outcome = await self._sender.send(sending, paid=permit.paid)
        except TokenRefused:
            self._token_refused = True
            return Retry(self._clock.now(), "token_refused", whole_bot=True)
        self._learn(sending, outcome)
        self._observe(type(outcome).__name__.lower(), getattr(outcome, "reason", ""))
        return outcome

    async def _permitted(self, sending: Sending) -> _Permit | Retry:
        """Waits for its turn at Telegram's pace, or until the order to stop."""
        message = isinstance(sending.call, SendMessage | SendFile)
        while not self._stopping.is_set():
            now = monotonic()
            wait = self._pace.ask(sending.chat, now, message=message, yielding=sending.unsolicited)
            if wait <= 0:
                return _Permit(paid=False)
            if sending.unsolicited and isinstance(sending.call, SendMessage) and self._pace.ask_paid(sending.chat, now):
                return _Permit(paid=True)
            await set_within(self._stopping, wait)
        return Retry(self._clock.now(), "stopping")

    async def _permitted_to_remove(self, removal: Removal) -> _Permit | Retry:
        """Asks once more after the order to stop: what need not wait goes yet. A chat that Telegram holds for long is
        put off, since no others are looked for before the last of these has come to its end."""
        while True:
            now = monotonic()
            yields = self._removed_at + YIELDS - now
            if not (wait := self._pace.ask(removal.chat, now, message=False, yielding=yields > 0)):
                return _Permit(paid=False)
            if self._stopping.is_set() or self._pace.held(removal.chat, now) > REMOVED_EVERY:
                return Retry(self._clock.now() + timedelta(seconds=wait), "pace")
            await set_within(self._stopping, min(wait, yields) if yields > 0 else wait)

    def _learn(self, sending: Sending | Removal, outcome: Outcome) -> None:
        """What one outcome says about those to come: a flood limit, or that the network is down."""
        if isinstance(outcome, Retry) and outcome.reason == "too_many":
            wait = (outcome.at - self._clock.now()).total_seconds()
            self._pace.hold(None if outcome.whole_bot else sending.chat, monotonic() + wait)
        elif isinstance(outcome, Retry) and outcome.reason == "not_sent":
            self._quiet_until = max(self._quiet_until, monotonic() + self._network.failed())
        else:
            self._network.succeeded()

    async def _finish(self) -> None:
        """Sends under way are waited for, those not begun are given back, all outcomes are settled.

        What people wrote goes yet, as far as it need not wait for the pace: the next start may be days away.
        """
        self._stopping.set()
        until = monotonic() + STOP_GRACE
        await self._wind_up(until)
        if not self._token_refused and self._may_send() and not self._removing and not self._quiet():
            with suppress(Exception):  # whatever the store raises: it is owed still
                await self._remove()
            await self._wind_up(until)

    async def _wind_up(self, until: float) -> None:
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=max(0.0, until - monotonic()))
        for task in tuple(self._under_way):
            task.cancel()
        try:
            await self._settle()
        except Exception as error:  # the rows stay ``sending``; the next start recovers them
            log("settle_failed", level=logging.ERROR, error=type(error).__name__)
