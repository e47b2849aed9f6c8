"""How much Telegram lets a bot send: buckets that refill with real seconds.

Rules: 30 messages a second over all chats, one a second per private chat with short bursts, 20 a minute per group.
The burst sizes are our choice: Telegram names none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from cora_bot.base.clock import monotonic


@dataclass(frozen=True, slots=True)
class Pace:
    """``rate`` a second on the long run, ``burst`` at once."""

    rate: float
    burst: int


OVERALL = Pace(30, 30)
PRIVATE = Pace(1, 5)
GROUP = Pace(20 / 60, 20)


class Bucket:
    """Permits that refill with time."""

    def __init__(self, pace: Pace, at: float) -> None:
        self._pace = pace
        self._held = float(pace.burst)
        self._at = at

    def wait(self, at: float) -> float:
        """Seconds until one may be taken; 0 when it may be now."""
        self._held = min(self._pace.burst, self._held + (at - self._at) * self._pace.rate)
        self._at = at
        return 0.0 if self._held >= 1 else (1 - self._held) / self._pace.rate

    def take(self) -> None:
        self._held -= 1


class Limits:
    """Says how long a bot must wait before it may send to a chat."""

    def __init__(
        self,
        *,
        enabled: bool = True,
        overall: Pace = OVERALL,
        private: Pace = PRIVATE,
        group: Pace = GROUP,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self.enabled = enabled
        self._private, self._group, self._seconds = private, group, seconds
        self._overall = Bucket(overall, seconds())
        self._chats: dict[int, Bucket] = {}

    def refuse(self, chat_id: int, *, paid: bool = False) -> int:
        """0 and a permit taken, or the whole seconds of ``retry_after`` and nothing taken. ``paid``: no limit."""
        if not self.enabled or paid:
            return 0
        at = self._seconds()
        chat = self._chats.setdefault(chat_id, Bucket(self._private if chat_id > 0 else self._group, at))
        wait = max(self._overall.wait(at), chat.wait(at))
        if wait > 0:
            return max(1, math.ceil(wait))
        self._overall.take()
        chat.take()
        return 0
