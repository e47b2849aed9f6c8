"""Waiting that an event cuts short."""

from __future__ import annotations

import asyncio
import signal


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Returns when ``event`` is set (true) or ``seconds`` have passed."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return event.is_set()


async def told_to_stop() -> None:
    """Returns at SIGTERM or Ctrl-C."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    await told.wait()
