"""Which updates are known already, which killed a process before, and which were parked. Keys by keyed index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.statements import upsert
from cora_bot.store.tables import parked_update, update_attempt, update_seen
from cora_bot.vault.working import WorkingKeys


class Parked(Value):
    key: bytes
    kind: str
    error: str
    sealed: bytes
    at: datetime


_CLAIM = prepared_insert(
    update_seen,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(update_seen.c.key),
)
_COUNT = prepared_insert(
    update_attempt,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["key"], set_={"attempts": update_attempt.c.attempts + 1, "at": insert.excluded.at}
    ).returning(update_attempt.c.attempts),
)
_FORGET = prepared(delete(update_attempt).where(update_attempt.c.key == bindparam("of")))
_FORGET_ATTEMPTS = prepared(delete(update_attempt).where(update_attempt.c.at < bindparam("before")))
_FORGET_SEEN = prepared(delete(update_seen).where(update_seen.c.at < bindparam("before")))
_FORGET_PARKED = prepared(delete(parked_update).where(parked_update.c.at < bindparam("before")))
_KNOWN = prepared(select(update_seen.c.key).where(update_seen.c.key.in_(several("keys"))))


def index(keys: WorkingKeys, key: str) -> bytes:
    return keys.index(b"update", key.encode())


async def seen_under_others(tx: Tx, keys: WorkingKeys, wanted: Collection[str]) -> set[str]:
    """Which of these updates were handled before the server's keys were exchanged. Asks nothing where they were not."""
    if not keys.others:
        return set()
    under = {each: key for key in wanted for each in keys.indexes(b"update", key.encode())[1:]}
    return {under[each] for each in await known(tx, under)}


async def claim(tx: Tx, hashes: Sequence[bytes], now: datetime) -> set[bytes]:
    """Marks these as known; gives back those that were not."""
    if not hashes:
        return set()
    rows = [{"key": each, "at": now} for each in sorted(hashes)]
    return set((await tx.execute(_CLAIM, rows)).scalars())


async def count_attempt(tx: Tx, key: bytes, now: datetime) -> int:
    """Counts one more attempt at this update; to be committed before the attempt is made."""
    return int((await tx.execute(_COUNT, {"key": key, "attempts": 1, "at": now})).scalar_one())


async def forget_attempt(tx: Tx, key: bytes) -> None:
    await tx.execute(_FORGET, {"of": key})


async def park(tx: Tx, parked: Parked) -> None:
    """Sets an update aside: it is known from now on, and its sealed content waits to be looked at."""
    row = {"key": parked.key, "kind": parked.kind, "error": parked.error, "sealed": parked.sealed, "at": parked.at}
    await tx.execute(upsert(tx, parked_update).on_conflict_do_nothing(index_elements=["key"]), row)
    await claim(tx, [parked.key], parked.at)
    await forget_attempt(tx, parked.key)


async def parked(tx: Tx) -> list[Parked]:
    query = select(parked_update).order_by(parked_update.c.at, parked_update.c.key)
    return [Parked(row.key, row.kind, row.error, row.sealed, row.at) for row in await tx.execute(query)]


async def forget_parked(tx: Tx, before: datetime) -> int:
    """Nobody has looked at these in time: they hold an address and what somebody wrote."""
    return (await tx.execute(_FORGET_PARKED, {"before": before})).rowcount


async def unpark(tx: Tx, key: bytes) -> None:
    """Takes an update up again: it is neither parked nor known."""
    await drop(tx, key)
    await tx.execute(delete(update_seen).where(update_seen.c.key == key))


async def drop(tx: Tx, key: bytes) -> None:
    """Forgets a parked update for good; it stays known, so that it never comes again."""
    await tx.execute(delete(parked_update).where(parked_update.c.key == key))


async def parked_count(tx: Tx) -> int:
    return int((await tx.execute(select(func.count()).select_from(parked_update))).scalar_one())


async def forget_before(tx: Tx, before: datetime) -> int:
    """Telegram hands out nothing older than a day: keys beyond the horizon are not needed, and may come anew."""
    await tx.execute(_FORGET_ATTEMPTS, {"before": before})
    return (await tx.execute(_FORGET_SEEN, {"before": before})).rowcount


async def known(tx: Tx, hashes: Collection[bytes]) -> set[bytes]:
    return set((await tx.execute(_KNOWN, {"keys": list(hashes)})).scalars())
