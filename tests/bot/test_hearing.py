"""HE-01 what the store is told of Telegram's silence: at first nothing is known, then seldom, then how long it was
HE-02 a silence is not forgotten while the store is down.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot import hearing
from bot.hearing import Hearing


class Store:
    def __init__(self, failures: int = 0) -> None:
        self.told: list[timedelta | None] = []
        self.failures = failures

    async def heard(self, silence: timedelta | None) -> int:
        if self.failures:
            self.failures -= 1
            raise OSError("down")
        self.told.append(silence)
        return 0


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(hearing, "monotonic", lambda: now[0])
    return now


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_store_is_told_seldom_and_of_every_long_silence(at: list[float]) -> None:
    store = Store()
    ears = Hearing(store.heard)
    task = asyncio.create_task(ears.run())
    for at[0] in (0, 5, 10, 29, 35, 40, 300, 305):
        ears.beat()
        await settled()
    ears.stop()
    await task
    assert store.told == [None, timedelta(seconds=6), timedelta(seconds=260)]


async def test_silence_is_not_forgotten_while_the_store_is_down(
    at: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store()
    ears = Hearing(store.heard)
    task = asyncio.create_task(ears.run())
    ears.beat()
    await settled()
    store.failures = 1
    at[0] = 500
    ears.beat()
    await settled()
    at[0] = 540
    ears.beat()
    async with asyncio.timeout(10):
        while len(store.told) < 2:
            await asyncio.sleep(0.02)
    ears.stop()
    await task
    assert store.told == [None, timedelta(seconds=500)]
