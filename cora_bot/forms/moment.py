"""What surrounds one pass over a form: the frozen instant, the person's zone, what the channel fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cora_bot.base.chance import Chance


@dataclass(frozen=True, slots=True)
class Moment:
    """``now`` is aware; ``zone`` an IANA name. ``preload`` answers ``jr:preload`` properties (``deviceid`` …)."""

    now: datetime
    zone: str
    preload: Mapping[str, str]
    chance: Chance

    def local(self) -> datetime:
        return self.now.astimezone(ZoneInfo(self.zone))
