"""Who of several senders sends. Each call is one transaction; how long to wait between them is the loop's."""

from __future__ import annotations

import logging

from cora_bot.base.logging import log
from cora_bot.store import leases
from cora_bot.store.leases import Lease
from cora_bot.usecases import settling
from cora_bot.usecases.house import House


async def look(house: House) -> Lease | None:
    """The lease as it stands; None when nobody ever had it."""
    async with house.database.read() as tx:
        return await leases.look(tx, leases.SENDER)


async def take(house: House, seen: Lease | None) -> int | None:
    """Takes the lease from who let it run out, and what was in flight there is settled as uncertain.

    Gives the fence; None when somebody else was faster.
    """
    async with house.database.transaction() as tx:
        fence = await leases.take(tx, leases.SENDER, seen)
    if fence is not None:
        house.database.fence, house.database.standby = fence, False
        rows = await settling.take_over(house)
        log("leading", level=logging.WARNING, fence=fence, rows=rows)
    return fence


async def renew(house: House, fence: int) -> bool:
    """Whether it is still ours."""
    async with house.database.transaction() as tx:
        return await leases.renew(tx, leases.SENDER, fence)


async def release(house: House, fence: int) -> None:
    """Gives it back: the next one need not wait."""
    async with house.database.transaction() as tx:
        await leases.release(tx, leases.SENDER, fence)


def stand_by(house: House) -> None:
    """This process may not send: no lease has ever this fence."""
    house.database.fence, house.database.standby = 0, True
