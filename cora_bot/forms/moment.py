"""What surrounds one pass over a form: the frozen instant, the person's zone, what the channel fills in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value


class Moment(Value):
    """``now`` is aware; ``zone`` an IANA name. ``preload`` answers ``jr:preload`` properties (``deviceid`` …).

    ``last`` is what the person's last finished record of this form keeps (``Walk.kept``): value by path. ``entities``
    is what is known of the person beyond one form: data set -> property -> value; ``name`` is its id.
    """

    now: datetime
    zone: str
    preload: Mapping[str, str]
    chance: Chance
    last: Mapping[str, str] = {}
    entities: Mapping[str, Mapping[str, str]] = {}

    def local(self) -> datetime:
        return self.now.astimezone(ZoneInfo(self.zone))
