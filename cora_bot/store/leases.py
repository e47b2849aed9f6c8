"""One of several processes at a time: a row with a growing fence. No clock is compared with another machine's.

Who waits watches ``beats``: when they have not moved for longer than a holder trusts its own lease, the lease is free.
Whoever writes on the strength of it says its fence inside the same transaction (``hold``): a holder that slept through
its end is refused there. While such a transaction is open nobody can take the lease.
"""

from __future__ import annotations

from sqlalchemy import select, update

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.statements import is_flag, upsert
from cora_bot.store.tables import lease

SENDER = "sender"


class Fenced(Exception):  # noqa: N818 -- it names what happened
    """Another process holds the lease by now."""


class Lease(Value):
    """As it stands. ``held``: nobody has given it back."""

    fence: int
    beats: int
    held: bool


async def look(tx: Tx, name: str) -> Lease | None:
    row = (await tx.execute(select(lease).where(lease.c.name == name))).first()
    return Lease(row.fence, row.beats, row.held) if row else None


async def take(tx: Tx, name: str, seen: Lease | None) -> int | None:
    """The new fence; None when somebody else was faster than what was ``seen``."""
    if seen is None:
        first = {"name": name, "fence": 1, "beats": 1, "held": True}
        insert = upsert(tx, lease).on_conflict_do_nothing(index_elements=["name"]).returning(lease.c.fence)
        begun: int | None = (await tx.execute(insert, first)).scalar_one_or_none()
        return begun
    taken = (
        update(lease)
        .where(lease.c.name == name, lease.c.fence == seen.fence, lease.c.beats == seen.beats)
        .values(fence=lease.c.fence + 1, beats=lease.c.beats + 1, held=True)
        .returning(lease.c.fence)
    )
    fence: int | None = (await tx.execute(taken)).scalar_one_or_none()
    return fence


async def renew(tx: Tx, name: str, fence: int) -> bool:
    """Whether it is still ours."""
    ours = update(lease).where(lease.c.name == name, lease.c.fence == fence, is_flag(lease.c.held, True))
    return (await tx.execute(ours.values(beats=lease.c.beats + 1))).rowcount > 0


async def release(tx: Tx, name: str, fence: int) -> None:
    await tx.execute(update(lease).where(lease.c.name == name, lease.c.fence == fence).values(held=False))


async def hold(tx: Tx, name: str, fence: int | None) -> None:
    """Nobody takes the lease before this transaction ends. Raises ``Fenced``. None: there is nobody to share with."""
    if fence is None:
        return
    ours = select(lease.c.fence).where(lease.c.name == name, lease.c.fence == fence).with_for_update(read=True)
    if (await tx.execute(ours)).first() is None:
        raise Fenced
