"""A counter that rings: whoever waits learns that something changed, and can look for itself what."""

from __future__ import annotations

import asyncio

from cora_bot.base.clock import monotonic


class Bell:
    """``revision`` grows with every ring; nobody misses one by not listening at that moment."""

    def __init__(self) -> None:
        self.revision = 0
        self._event: asyncio.Event | None = None  # made only when someone waits: most rings are heard by nobody

    def ring(self) -> None:
        self.revision += 1
        if self._event is not None:
            self._event.set()
            self._event = None

    async def wait(self, *, after: int, seconds: float) -> bool:
        """Waits until the revision is past ``after``; false when it is not within ``seconds`` real seconds."""
        end = monotonic() + seconds
        while self.revision <= after:
            left = end - monotonic()
            if left <= 0:
                return False
            if self._event is None:
                self._event = asyncio.Event()
            try:
                await asyncio.wait_for(self._event.wait(), left)
            except TimeoutError:
                return False
        return True
