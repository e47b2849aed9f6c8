"""Why a message is sent that nobody asked for, in the words of the contact ledger: handlers write, exports explain."""

from __future__ import annotations

from typing import Final

from cora_bot.study.visits.visit import News

INVITATION: Final = "invitation"
REMINDER: Final = "reminder"
LETTER: Final = "letter"
UNSPOKEN: Final = frozenset({News.NONE, News.CLOSING})
"""No message is sent about these."""


def of_occasion(kind: str, wave: str) -> str:
    """``kind`` is ``INVITATION`` or ``REMINDER``."""
    return f"{kind}:{wave}"


def of_visit(news: News) -> str:
    return f"visit:{news}"
