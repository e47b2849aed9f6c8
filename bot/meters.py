"""What one process counts of its own work, for whoever watches it (``metrics.py``, ``pinging.py``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cora_bot.base.clock import monotonic
from cora_bot.base.pulse import Loop

SILENT_AFTER = 120.0  # seconds


@dataclass(slots=True)
class Meters:
    """What this process has seen since it began."""

    outcomes: Counter[str] = field(default_factory=Counter)
    floods: int = 0
    updates: int = 0
    tick: float = 0.0
    beats: dict[Loop, float] = field(default_factory=dict)

    def sent(self, outcome: str, reason: str) -> None:
        self.outcomes[outcome] += 1
        self.floods += reason == "too_many"

    def beat(self, loop: Loop) -> None:
        self.beats[loop] = monotonic()

    def alive(self, loops: tuple[Loop, ...]) -> bool:
        """Whether each of these loops has gone round lately."""
        now = monotonic()
        return all(now - self.beats.get(loop, -SILENT_AFTER) < SILENT_AFTER for loop in loops)
