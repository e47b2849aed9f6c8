"""One sender at a time, of several processes: who holds the lease delivers, the others watch and take over.

A holder trusts its lease for ``TRUSTED`` seconds from the moment it began to renew it; who waits takes it when it has
not moved for ``FREE_AFTER``, which is longer. Both are measured on a clock that only grows and goes on while a process
is frozen, so before each call a holder that slept knows it. What it had claimed is uncertain by then, not repeated.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.delivering import Delivering
from bot.waiting import set_within
from cora_bot.base.clock import monotonic
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.store.leases import Lease

RENEWED_EVERY = 1.0
TRUSTED = 5.0
FREE_AFTER = 6.5


class Leases(Value):
    """The leading usecase, as this loop needs it."""

    look: Callable[[], Awaitable[Lease | None]]
    take: Callable[[Lease | None], Awaitable[int | None]]
    renew: Callable[[int], Awaitable[bool]]
    release: Callable[[int], Awaitable[None]]
    stand_by: Callable[[], None]


class Leading:
    """Delivers while it holds the lease. ``deliverer`` makes the delivering loop, told how to ask whether it may."""

    def __init__(
        self,
        leases: Leases,
        deliverer: Callable[[Callable[[], bool]], Delivering],
        *,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._leases = leases
        self._deliverer = deliverer
        self._beat = beat
        self._stopping = asyncio.Event()
        self._until = 0.0
        self._delivering: Delivering | None = None
        self._began = asyncio.Event()

    def may_send(self) -> bool:
        return monotonic() < self._until

    def wake(self) -> None:
        if self._delivering is not None:
            self._delivering.wake()

    async def empty(self) -> None:
        """As the delivering loop's; until this process delivers it waits."""
        await self._began.wait()
        if self._delivering is not None:
            await self._delivering.empty()

    def stop(self) -> None:
        self._stopping.set()
        if self._delivering is not None:
            self._delivering.stop()

    async def run(self) -> None:
        """Waits for the lease, delivers while it is held, waits again. Raises TokenRefused."""
        self._leases.stand_by()
        while not self._stopping.is_set():
            fence = await self._won()
            if fence is not None:
                await self._lead(fence)

    async def _won(self) -> int | None:
        """The fence, once the lease is free and taken; None when told to stop before."""
        seen: Lease | None = None
        since = monotonic()
        while not self._stopping.is_set():
            try:
                found = await self._leases.look()
                if found != seen:
                    seen, since = found, monotonic()
                self._beat()
                began = monotonic()
                if found is None or not found.held or began - since > FREE_AFTER:
                    fence = await self._leases.take(found)
                    if fence is not None:
                        self._until = began + TRUSTED
                        return fence
            except Exception as error:  # whatever the store raises: the lease is looked at again
                log("lease_failed", level=logging.ERROR, error=type(error).__name__)
                self._leases.stand_by()
            await set_within(self._stopping, RENEWED_EVERY / 2)
        return None

    async def _lead(self, fence: int) -> None:
        self._delivering = self._deliverer(self.may_send)
        self._began.set()
        work = asyncio.create_task(self._delivering.run(), name="deliver")
        try:
            while not self._stopping.is_set() and not work.done() and self.may_send():
                await self._renew(fence)
                await set_within(self._stopping, RENEWED_EVERY)
        finally:
            self._delivering.stop()
            await asyncio.wait((work,))
            await self._resign(fence)
        work.result()

    async def _renew(self, fence: int) -> None:
        began = monotonic()
        try:
            async with asyncio.timeout(TRUSTED):
                kept = await self._leases.renew(fence)
        except Exception as error:  # whatever the store raises: the lease is trusted until its time is over
            log("lease_failed", level=logging.ERROR, error=type(error).__name__)
            return
        self._until = began + TRUSTED if kept else 0.0

    async def _resign(self, fence: int) -> None:
        self._delivering = None
        self._began.clear()
        lost, self._until = not self.may_send(), 0.0
        self._leases.stand_by()
        if lost:
            log("lease_lost", level=logging.WARNING, fence=fence)
            return
        try:
            await self._leases.release(fence)
        except Exception as error:  # it runs out by itself
            log("lease_failed", level=logging.ERROR, error=type(error).__name__)
