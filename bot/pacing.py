"""How fast Telegram lets one bot write. Pure: seconds come in as arguments, on any scale that only grows.

30 calls a second over all chats, one new message a second to one chat with short bursts. Of all calls, edits and
deletions too, one chat gets no more than a person who answers quickly needs: whoever floods the bot spends nobody
else's part of the 30. Where Telegram refuses all the same, ``hold`` obeys.
Unsolicited messages, and removals, leave ``RESERVE`` of the overall allowance to people who wait for a reply. Beyond it
unsolicited ones may be paid for, where the study wants that (``paid``): Telegram takes up to 1,000 a second then.
Whoever does not leave the reserve is served in the order of asking, so that nobody's turn goes to somebody who came
later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

OVERALL: Final = 30.0
PER_CHAT: Final = 1.0
BURST: Final = 3.0
CALLS_PER_CHAT: Final = 3.0
CALLS_BURST: Final = 12.0
RESERVE: Final = 10.0
PAID: Final = 900.0
"""Messages a second that are paid for, below Telegram's limit, of which the free ones are a part."""

_PLACE_LASTS: Final = 1.0
"""Seconds after its turn in which a place is still kept for a chat."""

_SWEEP_EVERY: Final = 60.0


@dataclass(slots=True)
class _Bucket:
    """``size`` permits at most, refilled at ``rate`` a second."""

    rate: float
    size: float
    held: float
    at: float

    def wait(self, now: float, keep: float = 0.0) -> float:
        """Seconds until one may be taken and ``keep`` still be left."""
        self.held = min(self.size, self.held + max(0.0, now - self.at) * self.rate)
        self.at = max(now, self.at)
        return max(0.0, (1 + keep - self.held) / self.rate)

    def full(self, now: float) -> bool:
        return self.wait(now) == 0 and self.held >= self.size


@dataclass(slots=True)
class Pace:
    """The allowances of one bot. ``rate`` is the overall one; a rate of 0 is no limit at all."""

    rate: float = OVERALL
    per_chat: float = PER_CHAT
    burst: float = BURST
    paid: float = 0.0
    _paid: _Bucket | None = None
    _overall: _Bucket | None = None
    _chats: dict[bytes, _Bucket] = field(default_factory=dict)
    _calls: dict[bytes, _Bucket] = field(default_factory=dict)
    _turns: dict[bytes, float] = field(default_factory=dict)
    _held_until: dict[bytes, float] = field(default_factory=dict)
    _all_held_until: float = 0.0
    _swept_at: float = 0.0

    def ask(self, chat: bytes, now: float, *, message: bool, yielding: bool = False) -> float:
        """0 and the permit is taken, or the seconds after which to ask again.

        ``yielding``: it leaves the reserve to replies. Else the chat keeps its place among those who wait; their
        permits are taken from the allowance already.
        """
        self._sweep(now)
        if held := self.held(chat, now):
            return held
        if self.rate <= 0:
            return 0.0
        turn = None if yielding else self._turns.pop(chat, None)
        if turn is not None and now < turn + _PLACE_LASTS:
            return self._line_up(chat, turn, now)
        if self._overall is None:
            size = max(self.rate, 1.0)
            self._overall = _Bucket(self.rate, size, size, now)
        asked = [self._of(self._calls, chat, now, CALLS_PER_CHAT, CALLS_BURST)]
        if message:
            asked.append(self._chat(chat, now))
        alone = max(bucket.wait(now) for bucket in asked)
        overall = self._overall.wait(now, min(RESERVE, self._overall.size - 1) if yielding else 0.0)
        if alone > 0 or (yielding and overall > 0):
            return max(alone, overall)
        for bucket in (self._overall, *asked):
            bucket.held -= 1
        return self._line_up(chat, now + overall, now)

    def _line_up(self, chat: bytes, turn: float, now: float) -> float:
        """Seconds until the chat's turn, which is remembered while it has not come."""
        if turn > now:
            self._turns[chat] = turn
        return max(0.0, turn - now)

    def ask_paid(self, chat: bytes, now: float) -> bool:
        """Whether an unsolicited message that would have to wait may go now and be paid for; the permit is taken."""
        if not self.paid or self.held(chat, now) or self._chat(chat, now).wait(now) > 0:
            return False
        if self._paid is None:
            self._paid = _Bucket(self.paid, self.paid / 10, self.paid / 10, now)
        if self._paid.wait(now) > 0:
            return False
        self._paid.held -= 1
        self._chat(chat, now).held -= 1
        return True

    def held(self, chat: bytes, now: float) -> float:
        """Seconds which Telegram said to wait, the chat or the whole bot."""
        return max(0.0, self._all_held_until - now, self._held_until.get(chat, 0.0) - now)

    def hold(self, chat: bytes | None, until: float) -> None:
        """Telegram said: not before ``until``; to one chat, or (None) to anybody."""
        if chat is None:
            self._all_held_until = max(self._all_held_until, until)
            if self._overall is not None:  # or all who have a turn by then would go in the same moment
                self._overall.held += len(self._turns)
            self._turns.clear()
        else:
            self._held_until[chat] = max(self._held_until.get(chat, 0.0), until)

    def _chat(self, chat: bytes, now: float) -> _Bucket:
        return self._of(self._chats, chat, now, self.per_chat, self.burst)

    def _of(self, buckets: dict[bytes, _Bucket], chat: bytes, now: float, rate: float, size: float) -> _Bucket:
        if chat not in buckets:
            buckets[chat] = _Bucket(rate, size, size, now)
        return buckets[chat]

    def _sweep(self, now: float) -> None:
        """Forgets chats that are back to a full allowance: memory follows who is active, not who is enrolled."""
        if now - self._swept_at < _SWEEP_EVERY:
            return
        self._swept_at = now
        for buckets in (self._chats, self._calls):
            for chat in [chat for chat, bucket in buckets.items() if bucket.full(now)]:
                del buckets[chat]
        self._turns = {chat: turn for chat, turn in self._turns.items() if turn > now - _PLACE_LASTS}
        self._held_until = {chat: until for chat, until in self._held_until.items() if until > now}


@dataclass(slots=True)
class Backoff:
    """Growing pauses after failures in a row: ``first`` seconds, doubled up to ``most``."""

    first: float = 0.5
    most: float = 30.0
    failures: int = 0

    def failed(self) -> float:
        """The pause after one more failure."""
        self.failures += 1
        return float(min(self.most, self.first * 2.0 ** min(self.failures - 1, 30)))

    def succeeded(self) -> None:
        self.failures = 0
