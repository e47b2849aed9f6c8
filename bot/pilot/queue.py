"""The bot's update queue at Telegram: kept until acknowledged or expired.

Rules: asking with an offset drops everything below it; everything else is handed out again and again. Expiry goes by
the world's clock; the throttle of impatient polling goes by real seconds, as a set clock would never let it end.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from datetime import timedelta

from bot.pilot.bell import Bell
from bot.pilot.text import Json
from cora_bot.base.clock import Clock

DAY = timedelta(hours=24)
LIFETIMES = {"callback_query": timedelta(seconds=150)}
# Without allowed_updates a bot gets everything but these.
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_LIMIT = 100
MAX_TIMEOUT = 50
SAME_OFFSET_SOON = 0.5
SAME_OFFSET_WAIT = 3.0
FUTURE = 10


@dataclass(frozen=True, slots=True)
class Queued:
    update_id: int
    kind: str
    payload: Json

    def as_json(self) -> Json:
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates waiting for one bot."""

    def __init__(self, clock: Clock, *, first_id: int = 100_000_001, throttled: bool = True) -> None:
        self._clock = clock
        self._next_id = first_id
        self._waiting: dict[int, Queued] = {}
        self._expiries: list[tuple[float, int]] = []
        self._allowed: frozenset[str] | None = None
        self._last_offset: int | None = None
        self._last_asked = 0.0
        self.throttled = throttled
        self.bell = Bell()

    def __len__(self) -> int:
        self._expire()
        return len(self._waiting)

    @property
    def allowed(self) -> list[str]:
        return sorted(self._allowed or ())

    def allow(self, kinds: list[str]) -> None:
        """``allowed_updates``: holds for updates made from now on; an empty list is the default set."""
        self._allowed = frozenset(kinds) or None

    def add(self, kind: str, payload: Json) -> int:
        """Queues an update and gives its id; 0 when the bot did not ask for such updates."""
        if kind in UNASKED if self._allowed is None else kind not in self._allowed:
            return 0
        update_id = self._next_id
        self._next_id += 1
        expires = self._clock.now() + LIFETIMES.get(kind, DAY)
        self._waiting[update_id] = Queued(update_id, kind, payload)
        heapq.heappush(self._expiries, (expires.timestamp(), update_id))
        self.bell.ring()
        return update_id

    def __contains__(self, update_id: int) -> bool:
        self._expire()
        return update_id in self._waiting

    def waiting(self) -> list[Queued]:
        """What waits, in order."""
        self._expire()
        return list(self._waiting.values())

    def drop(self, update_id: int) -> None:
        """A webhook took it."""
        self._waiting.pop(update_id, None)

    def jump(self, to: int) -> None:
        """The next update gets this id. Telegram draws a new one, maybe lower, after a week without updates.

        Raises ValueError while updates wait: that week would have expired them.
        """
        if len(self):
            raise ValueError("updates are waiting: the id jumps only after a quiet week")
        self._next_id = to

    def clear(self) -> None:
        self._waiting.clear()
        self._expiries.clear()

    def throttle(self, offset: int, *, limit: int, timeout: int, at: float) -> tuple[int, int]:
        """Limit and timeout as Telegram bends them when the same offset is asked for again at ``at`` seconds."""
        limit, timeout = min(max(limit, 1), MAX_LIMIT), min(max(timeout, 0), MAX_TIMEOUT)
        if self.throttled and offset == self._last_offset:
            since = at - self._last_asked
            timeout = int(SAME_OFFSET_WAIT) if timeout < SAME_OFFSET_WAIT and since < SAME_OFFSET_WAIT else timeout
            limit = 1 if since < SAME_OFFSET_SOON else limit
        self._last_offset, self._last_asked = offset, at
        return limit, timeout

    def take(self, offset: int, limit: int) -> list[Json]:
        """Forgets what ``offset`` acknowledges, then hands out the next updates without forgetting them."""
        self._expire()
        start = self._start(offset)
        for update_id in list(itertools.takewhile(lambda one: one < start, self._waiting)):
            del self._waiting[update_id]
        # Telegram also caps an answer at 4 MiB; a hundred texts of 4096 units stay below that.
        return [queued.as_json() for queued in itertools.islice(self._waiting.values(), limit)]

    def _start(self, offset: int) -> int:
        if offset < 0:
            return max(self._next_id + offset, 0)
        # An offset from before a jump is out of range: Telegram falls back to the head of the queue.
        return 0 if offset > self._next_id + FUTURE else offset

    def _expire(self) -> None:
        now = self._clock.now().timestamp()
        while self._expiries and self._expiries[0][0] <= now:
            self._waiting.pop(heapq.heappop(self._expiries)[1], None)
