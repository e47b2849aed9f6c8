"""Withdrawals whose time to undo them is over: the link goes, or link and answers. Hourly, and after a crash again."""

from __future__ import annotations

from cora_bot.base.logging import log
from cora_bot.store import participants
from cora_bot.store.audit_log import Noted
from cora_bot.store.participants import Half
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import AT_ONCE, leave


async def carry_out(house: House) -> int:
    """Deletes who withdrew and can no longer undo it; how many. The key store follows after (``cutting.follow``)."""
    done = 0
    while count := await _some(house):
        done += count
    if done:
        log("withdrawn", people=done)
    return done


async def _some(house: House) -> int:
    now = house.clock.now()

    def due(half: Half) -> bool:
        return half.withdraws_at is not None and half.withdraws_at <= now

    async with house.database.transaction() as tx:
        found = await participants.withdrawing(tx, now, AT_ONCE)
        left = await leave(house, tx, found, still=due) if found else 0
        if left:
            await audit_log.note(house, tx, Noted("withdrawn", facts={"people": str(left)}))
        return left
