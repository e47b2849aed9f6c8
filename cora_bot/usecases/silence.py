"""A silence longer than a button press lives: whoever pressed meanwhile pressed in vain, and has to be told.

Telegram keeps a press for 150 seconds and a message for a day. Who pressed cannot be known, so every live card changes
visibly once. These are edits, so no phone rings; and they are spread over time, for people who answer go first.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from cora_bot.base.clock import from_millis, to_millis
from cora_bot.base.logging import log
from cora_bot.dialogue.handlers.housekeeping import MISSED_PRESS, PRESSED
from cora_bot.dialogue.turn import Chore
from cora_bot.store import chats, chores, remembered
from cora_bot.usecases.house import House

PRESS_LIVES: Final = timedelta(seconds=150)
BETWEEN: Final = timedelta(milliseconds=100)
"""Ten cards a second: a third of what Telegram lets a bot write."""


async def heard(house: House, really: timedelta | None = None) -> int:
    """Notes that Telegram has been heard; after too long a silence every live card is to change. Gives how many.

    ``really``: how long this process heard nothing, by a clock that nobody sets; None when it has just begun.
    """
    now = house.clock.now()
    # Every chat is looked at, and nobody waits for that: a card that has changed since is left alone by its chore.
    async with house.database.read() as tx:
        before = await remembered.read(tx, remembered.HEARD)
        silence = now - from_millis(int(before)) if before else timedelta()
        missed = min(silence, really or silence) > PRESS_LIVES
        live = await chats.live(tx, PRESSED) if missed else []
    async with house.database.transaction() as tx:
        await remembered.write(tx, remembered.HEARD, str(to_millis(now)))
        await chores.write(
            tx,
            [(chat, Chore(MISSED_PRESS, card, now + BETWEEN * place)) for place, (chat, card) in enumerate(live)],
        )
    if not missed:
        return 0
    log("silence_ended", level=logging.WARNING, seconds=round(silence.total_seconds()), cards=len(live))
    return len(live)
