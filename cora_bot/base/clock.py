"""The only place that reads a clock.

Instants are timezone-aware ``datetime`` in UTC; in storage they are whole milliseconds since 1970 (``to_millis``).
A day a person names (a return date, a date answer) is a ``date`` and is never converted.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 2**42  # milliseconds, to the year 2109: as seconds in a float they still round to the same microsecond


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)


class TravelClock:
    """The machine's clock plus an offset (seconds, as text) kept in a file: time travel shared by several processes.

    For demonstrations and simulations only; ``cora run`` takes it only together with a loopback Bot API.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mtime = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        try:
            mtime = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if mtime != self._mtime:
            text = self._path.read_text(encoding="utf-8").strip()
            if text:
                self._offset = timedelta(seconds=float(text))
                self._mtime = mtime
        return self._offset

    def move(self, by: timedelta) -> None:
        """Moves everyone who shares the file. Atomic: readers see the old offset or the new one."""
        part = self._path.with_suffix(".part")
        part.write_text(str((self.offset() + by).total_seconds()), encoding="utf-8")
        part.replace(self._path)


def monotonic() -> float:
    """Seconds for measuring durations; the origin means nothing."""
    return time.monotonic()


def to_millis(instant: datetime) -> int:
    """An aware instant as milliseconds since 1970, rounded down."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def from_millis(millis: int) -> datetime:
    if 0 <= millis < _EXACT:
        return datetime.fromtimestamp(millis / 1_000, UTC)  # a third of the other's time; every row has several
    return EPOCH + timedelta(0, millis // 1_000, millis % 1_000 * 1_000)
