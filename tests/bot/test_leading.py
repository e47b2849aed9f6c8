"""LE-01 who holds the lease delivers, and hands it back at the end · LE-02 who waits takes it when it has not moved
LE-03 a holder that cannot renew stops by itself before anybody may take over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot import leading
from bot.delivering import Delivering
from bot.leading import Leading, Leases
from cora_bot.store.leases import Lease


@dataclass
class Row:
    """The lease in the store, and whether the store answers."""

    lease: Lease | None = None
    down: bool = False
    standing_by: list[str] = field(default_factory=list)

    def of(self, name: str) -> Leases:
        async def look() -> Lease | None:
            self._answers()
            return self.lease

        async def take(seen: Lease | None) -> int | None:
            self._answers()
            if seen != self.lease:
                return None
            self.lease = Lease((seen.fence if seen else 0) + 1, (seen.beats if seen else 0) + 1, True)
            return self.lease.fence

        async def renew(fence: int) -> bool:
            self._answers()
            assert self.lease is not None
            if self.lease.fence != fence or not self.lease.held:
                return False
            self.lease = Lease(fence, self.lease.beats + 1, True)
            return True

        async def release(fence: int) -> None:
            self._answers()
            if self.lease is not None and self.lease.fence == fence:
                self.lease = Lease(fence, self.lease.beats, False)

        return Leases(look, take, renew, release, lambda: self.standing_by.append(name))

    def _answers(self) -> None:
        if self.down:
            raise OSError("down")


class Idle:
    """A delivering loop that delivers nothing, and knows whether it might."""

    def __init__(self, may_send: Callable[[], bool]) -> None:
        self.may_send = may_send
        self.ended = asyncio.Event()

    async def run(self) -> None:
        await self.ended.wait()

    def stop(self) -> None:
        self.ended.set()

    def wake(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "RENEWED_EVERY", 0.05)
    monkeypatch.setattr(leading, "TRUSTED", 0.4)
    monkeypatch.setattr(leading, "FREE_AFTER", 0.7)


class Process:
    def __init__(self, row: Row, name: str) -> None:
        self.loops: list[Idle] = []
        self.leading = Leading(row.of(name), self._deliverer)
        self.task = asyncio.create_task(self.leading.run())

    def _deliverer(self, may_send: Callable[[], bool]) -> Delivering:
        self.loops.append(Idle(may_send))
        return self.loops[-1]  # type: ignore[return-value]

    @property
    def leads(self) -> bool:
        return bool(self.loops) and not self.loops[-1].ended.is_set() and self.leading.may_send()

    async def until(self, leads: bool) -> None:
        async with asyncio.timeout(10):
            while self.leads != leads:
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self.leading.stop()
        await self.task


async def test_one_leads_and_the_other_follows_when_it_ends() -> None:
    row = Row()
    one = Process(row, "one")
    await one.until(True)
    two = Process(row, "two")
    await asyncio.sleep(1)
    before = two.leads
    await one.stop()
    await two.until(True)
    await two.stop()
    assert (before, row.lease and row.lease.held) == (False, False)


async def test_lease_of_a_killed_holder_is_taken() -> None:
    row = Row()
    one = Process(row, "one")
    await one.until(True)
    one.task.cancel()
    await asyncio.gather(one.task, return_exceptions=True)
    row.lease = Lease(1, 99, True)  # what a kill leaves behind: held, and never renewed again
    two = Process(row, "two")
    await asyncio.sleep(0.5)
    early = two.leads
    await two.until(True)
    await two.stop()
    assert early is False


async def test_holder_that_cannot_renew_stops_before_another_may_take_over() -> None:
    row = Row()
    one = Process(row, "one")
    await one.until(True)
    row.down = True
    await one.until(False)
    assert row.lease == Lease(1, row.lease.beats, True) if row.lease else False
    assert one.loops[0].ended.is_set() or not one.loops[0].may_send()
    row.down = False
    await one.until(True)
    await one.stop()
