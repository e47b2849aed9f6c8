"""The pulse of a running bot: when each of its loops last got something done, in a small file beside the stores.

The file is a sign of life for ``cora health`` and holds nothing else: losing it loses nothing. A loop beats only after
it has truly gone round (Telegram answered, the store was read), so a loop that turns in vain falls silent.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from cora_bot.base.clock import Clock, from_millis, to_millis
from cora_bot.base.logging import log

SILENT_AFTER: Final = timedelta(minutes=2)
"""Longer than one long poll with its grace; a loop that says nothing for this long does not work."""

_EVERY: Final = timedelta(seconds=5)


class Loop(StrEnum):
    """What must go on for the bot to be of use."""

    RECEIVE = "receive"
    DUE = "due"
    DELIVER = "deliver"


LOOPS: Final[Mapping[str, tuple[Loop, ...]]] = {
    "all": tuple(Loop),
    "receive": (Loop.RECEIVE,),
    "send": (Loop.DUE, Loop.DELIVER),
}
"""What goes round in a process, by what it does of the whole (``cora run --only``)."""

CONFLICT: Final = "conflict"
"""No loop: when another process was last seen to poll with this bot's token."""


class Pulse:
    """Writes the file at most every few seconds. A file that cannot be written stops nothing but the sign of life."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._beats: dict[str, int] = {}
        self._written: dict[str, datetime] = {}
        self._failed = False

    def beat(self, loop: Loop) -> None:
        self._note(loop)

    def conflict(self) -> None:
        """Another process polls with this token."""
        self._note(CONFLICT)

    def _note(self, loop: str) -> None:
        now = self._clock.now()
        self._beats[loop] = to_millis(now)
        last = self._written.get(loop)
        if last is None or abs(now - last) >= _EVERY:
            self._written[loop] = now
            self._write()

    def end(self) -> None:
        """No sign of life is left: the bot was told to stop, or is about to begin."""
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        try:
            part.touch(mode=0o600)
            part.write_text(json.dumps(self._beats), encoding="utf-8")
            part.replace(self._path)
            self._failed = False
        except OSError as error:
            if not self._failed:
                log("pulse_failed", level=logging.ERROR, error=type(error).__name__)
            self._failed = True


def read_pulse(path: Path) -> dict[str, datetime]:
    """The last beat of each loop; empty when there is no pulse, or none that can be read."""
    try:
        beats = json.loads(path.read_text(encoding="utf-8"))
        return {str(loop): from_millis(int(beat)) for loop, beat in beats.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def pulse_file(home: Path, role: str = "all") -> Path:
    """Where a process of this role leaves its signs of life."""
    return home / ("pulse.json" if role == "all" else f"pulse-{role}.json")


def read_pulses(home: Path) -> dict[str, dict[str, datetime]]:
    """The beats of each role that has any."""
    found = {role: read_pulse(pulse_file(home, role)) for role in LOOPS}
    return {role: beats for role, beats in found.items() if beats}


def silent(beats: Mapping[str, datetime], now: datetime, loops: Collection[Loop] = tuple(Loop)) -> list[Loop]:
    """The loops that have not beaten for too long. A beat from the future is none: the clock was set back since."""
    return [loop for loop in loops if loop not in beats or abs(now - beats[loop]) > SILENT_AFTER]
