"""Invitations: the codes that let people in. They are shown once, to whoever makes them; the store keeps an index."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.approval import changed_texts
from cora_bot.dialogue.script import Script
from cora_bot.store import counters, tokens
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.codes import new_code, secret
from cora_bot.usecases.house import House

MOST = 10_000


def check_approved(script: Script) -> None:
    """Raises CoraError naming what changed where the texts are not those that were approved."""
    changed = changed_texts(script.study, script.forms, script.media)
    if changed:
        raise CoraError(
            "the texts people see are not those that were approved: " + "; ".join(changed),
            "Put the approved texts back, or have the new ones approved and write [approval] anew: cora book STUDY",
        )


async def make_tokens(house: House, count: int, *, expires_days: int) -> list[str]:
    """``count`` codes such as ``K7F2-QXAC-9MNP``, each good once; the link's ``start`` parameter is the same code."""
    if not 1 <= count <= MOST:
        raise CoraError(f"{count} codes cannot be made at once", f"give a number from 1 to {MOST}")
    if expires_days < 1:
        raise CoraError("codes must be good for at least a day", "give a larger number of days")
    check_approved(house.script)
    await check_belongs(house)
    now = house.clock.now()
    codes = {new_code(house.chance) for _ in range(count)}
    while len(codes) < count:
        codes.add(new_code(house.chance))
    hashes = [tokens.index(house.keys, secret(code)) for code in codes]
    async with house.database.transaction() as tx:
        await tokens.add(tx, sorted(hashes), now=now, expires_at=now + timedelta(days=expires_days))
        await counters.raise_by(tx, Counter(tokens_made=count))
    log("tokens_made", count=count)
    return sorted(codes)
