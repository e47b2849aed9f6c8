"""Enrolment tokens, by keyed index: the store cannot say what a token was, only whether this one is still good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from cora_bot.dialogue.conversation import TokenState
from cora_bot.store.database import Tx
from cora_bot.store.prepared import prepared, several
from cora_bot.store.tables import token
from cora_bot.vault.working import WorkingKeys

OPEN, USED = "open", "used"


_LOOK_UP = prepared(select(token).where(token.c.hash.in_(several("hashes"))).order_by(token.c.hash).with_for_update())


def index(keys: WorkingKeys, secret: str) -> bytes:
    return keys.index(b"token", secret.encode())


def indexes(keys: WorkingKeys, secret: str) -> tuple[bytes, ...]:
    """Where a code made under any generation of the keys may stand: a code itself is not known, so it stays there."""
    return keys.indexes(b"token", secret.encode())


async def add(
    tx: Tx,
    cards: Mapping[bytes, int | None],
    *,
    now: datetime,
    expires_at: datetime,
    relink: bytes | None = None,
    staff: str | None = None,
) -> None:
    """By hash, the number of the card a token stands on (None: on none). Written by hash: the order says nothing.

    ``relink``: the participant whom these tokens move to the phone they are used on. ``staff``: who of the team gets
    their notices in the chat they are used in.
    """
    same = {"state": OPEN, "relink": relink, "staff": staff, "made_at": now, "expires_at": expires_at}
    rows = [{"hash": each, "card": cards[each]} | same for each in sorted(cards)]
    await tx.execute(insert(token), rows)


async def look_up(tx: Tx, hashes: Collection[bytes], now: datetime) -> dict[bytes, TokenState]:
    """What each of these is, locked: two people with the same token are told apart."""
    found = dict.fromkeys(hashes, TokenState("unknown"))
    for row in await tx.execute(_LOOK_UP, {"hashes": list(hashes)}):
        state = "used" if row.state == USED else "valid" if now < row.expires_at else "expired"
        found[row.hash] = TokenState(state, row.relink, row.card, row.staff or "")
    return found


async def use(tx: Tx, hashes: Collection[bytes], now: datetime) -> None:
    if hashes:
        unused = token.c.hash.in_(hashes) & (token.c.state == OPEN)
        await tx.execute(update(token).where(unused).values(state=USED, used_at=now))


async def forget_relinks(tx: Tx, people: Collection[bytes]) -> None:
    """Codes for a new phone of people who are gone lead nowhere."""
    if people:
        await tx.execute(delete(token).where(token.c.relink.in_(people)))


async def forget_staff(tx: Tx, name: str) -> None:
    """Codes made for this member of staff before lead nowhere."""
    await tx.execute(delete(token).where(token.c.staff == name))


async def last_expiry(tx: Tx, made_before: datetime) -> datetime | None:
    """When the last of the tokens made before then is no longer good."""
    query = select(func.max(token.c.expires_at)).where(token.c.made_at < made_before)
    last: datetime | None = (await tx.execute(query)).scalar()
    return last


async def forget_all(tx: Tx) -> None:
    """No code lets anybody in any more."""
    await tx.execute(delete(token))
