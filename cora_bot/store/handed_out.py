"""Copies that were carried away: which bundle, by whom, until when. Never what is in it.

A copy is open until somebody says that it was deleted; that its time has run out does not make it go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.tables import erased_case, handed_out


class HandedOut(Value):
    """One bundle. ``at``: from when on it may lack what the store learnt; ``gone_at``: it was said to be deleted."""

    bundle: bytes
    holder: str
    at: datetime
    expires: datetime
    gone_at: datetime | None = None


async def add(tx: Tx, copy: HandedOut) -> None:
    row = {"bundle_id": copy.bundle, "holder": copy.holder, "at": copy.at, "expires": copy.expires}
    await tx.execute(insert(handed_out), row)


async def every(tx: Tx) -> list[HandedOut]:
    """All copies, oldest first, those that are gone too."""
    rows = await tx.execute(select(handed_out).order_by(handed_out.c.at, handed_out.c.bundle_id))
    return [HandedOut(row.bundle_id, row.holder, row.at, row.expires, row.gone_at) for row in rows]


async def close(tx: Tx, bundle: bytes, now: datetime) -> None:
    still = handed_out.c.gone_at.is_(None)
    await tx.execute(update(handed_out).where(handed_out.c.bundle_id == bundle, still).values(gone_at=now))


async def open_until(tx: Tx) -> datetime | None:
    """When the last open copy is to be deleted; may be past. None when no copy is out."""
    query = select(func.max(handed_out.c.expires)).where(handed_out.c.gone_at.is_(None))
    last: datetime | None = (await tx.execute(query)).scalar()
    return last


async def erasures(tx: Tx) -> Sequence[datetime]:
    """When each erased case was erased."""
    return list((await tx.execute(select(erased_case.c.at).order_by(erased_case.c.at))).scalars())
