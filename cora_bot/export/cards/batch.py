"""What all cards of one making have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cora_bot.dialogue.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Batch:
    """``bot`` is the user name without @; ``until`` the last day on which the codes are good."""

    bot: str
    languages: tuple[str, ...]
    phrases: Phrases
    until: date
    staff_language: str
