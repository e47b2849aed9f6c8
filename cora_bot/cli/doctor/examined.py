"""What the checks examine, and how another room adds its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cora_bot.base.examination import Checked
from cora_bot.dialogue.script import Script
from cora_bot.settings import Settings
from cora_bot.vault.working import WorkingKeys


@dataclass(frozen=True, slots=True)
class Examined:
    """A server. ``script`` and ``keys`` are None where they could not be read, which has then been said."""

    settings: Settings
    script: Script | None = None
    keys: WorkingKeys | None = None


Checks = Callable[[Examined], Awaitable[Sequence[Checked]]]
"""More to be examined, by a room that the core does not know: the chat face's token and profile."""
