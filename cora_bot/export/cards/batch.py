"""What all cards of one making have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cora_bot.dialogue.phrases import Phrases

MOST_ON_HALF_A_SHEET: Final = 6


@dataclass(frozen=True, slots=True)
class Batch:
    """``bot`` is the user name without @; ``until`` the last day on which the codes are good."""

    bot: str
    languages: tuple[str, ...]
    phrases: Phrases
    until: date
    staff_language: str

    @property
    def per_page(self) -> int:
        """Two cards on a sheet, or one where more languages need its room."""
        return 2 if len(self.languages) <= MOST_ON_HALF_A_SHEET else 1
