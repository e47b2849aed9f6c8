"""Faults to be injected into the Bot API: switched on by tests in this process, or over HTTP by other processes.

Rules: faults are tried in the order they were added; a spent one is gone. Chance comes from the world's seeded source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cora_bot.base.chance import Chance, below

_MILLION = 1_000_000


class Kind(StrEnum):
    CUT_BEFORE = "cut_before"  # the connection breaks before anything was done
    CUT_AFTER = "cut_after"  # done, but the connection breaks before the answer
    ERROR_BEFORE = "error_before"  # 5xx, nothing was done
    ERROR_AFTER = "error_after"  # 5xx, though it was done
    SLOW = "slow"  # the answer takes its time; the work is done first
    FLOOD = "flood"  # 429 with retry_after


@dataclass(slots=True)
class Fault:
    """``method`` is a Bot API method, "*" for all. ``count`` calls are hit, each with ``probability``; 0: no end."""

    kind: Kind
    method: str = "*"
    count: int = 1
    probability: float = 1.0
    status: int = 502
    milliseconds: int = 0
    retry_after: int = 1


class Faults:
    """The faults that are switched on."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._on: list[Fault] = []
        self.hits = 0

    def add(self, fault: Fault) -> None:
        self._on.append(fault)

    def clear(self) -> None:
        self._on.clear()

    @property
    def on(self) -> tuple[Fault, ...]:
        return tuple(self._on)

    def strike(self, method: str) -> tuple[Fault, ...]:
        """The faults that hit this call: any slowness, and at most one that changes the outcome."""
        hit: list[Fault] = []
        for fault in tuple(self._on):
            if fault.method.lower() not in ("*", method.lower()):
                continue
            if fault.kind is not Kind.SLOW and any(one.kind is not Kind.SLOW for one in hit):
                continue
            if below(self._chance, _MILLION) >= fault.probability * _MILLION:
                continue
            hit.append(fault)
            self._spend(fault)
        self.hits += len(hit)
        return tuple(hit)

    def _spend(self, fault: Fault) -> None:
        if fault.count == 1:
            self._on.remove(fault)
        elif fault.count > 1:
            fault.count -= 1
