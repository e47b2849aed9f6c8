"""Invitations: the codes that let people in. They are shown once, to whoever makes them; the store keeps an index."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.approval import changed_texts
from cora_bot.dialogue.placeholders import unfinished
from cora_bot.dialogue.script import Script
from cora_bot.store import counters, tokens
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.usecases import audit_log
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.codes import new_code, secret
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House
from cora_bot.usecases.severing import check_not_severed

MOST = 10_000


def check_approved(script: Script) -> None:
    """Raises CoraError naming what changed where the texts are not those that were approved."""
    changed = changed_texts(script.study, script.forms, script.media)
    if changed:
        raise CoraError(
            "the texts people see are not those that were approved: " + "; ".join(changed),
            "Put the approved texts back, or have the new ones approved and write [approval] anew: cora book STUDY",
        )


def check_finished(script: Script) -> None:
    """Raises CoraError while people would read a text that its author has not finished."""
    open_parts = unfinished(script.study, script.forms)
    if open_parts and not script.study.demo:
        raise CoraError(
            "texts that people see still hold ⟦ ⟧: " + "; ".join(open_parts),
            "Replace them in every language: cora check STUDY shows where.",
        )


async def make_relink(house: House, code: str, *, expires_days: int) -> str:
    """A code that moves the person with this case code to the phone or account it is used on."""
    await check_not_severed(house)
    who = await find(house, code)
    made = new_code(house.chance)
    now = house.clock.now()
    async with house.database.transaction() as tx:
        key = tokens.index(house.keys, secret(made))
        await tokens.add(tx, {key: None}, now=now, expires_at=now + timedelta(days=expires_days), relink=who)
        await counters.raise_by(tx, Counter(relinks_made=1))
        await audit_log.note(house, tx, Noted("relink_made", Subject(who, as_code(code))))
    log("relink_made")
    return made


async def make_tokens(house: House, count: int, *, expires_days: int, first_card: int | None = None) -> list[str]:
    """``count`` codes such as ``K7F2-QXAC-9MNP``, each good once; the link's ``start`` parameter is the same code.

    With ``first_card`` they are numbered from there in the order in which they are given back: the phone that takes one
    shows the number of its card.
    """
    if not 1 <= count <= MOST:
        raise CoraError(f"{count} codes cannot be made at once", f"give a number from 1 to {MOST}")
    if expires_days < 1:
        raise CoraError("codes must be good for at least a day", "give a larger number of days")
    check_finished(house.script)
    check_approved(house.script)
    await check_belongs(house)
    await check_not_severed(house)
    now = house.clock.now()
    codes = {new_code(house.chance) for _ in range(count)}
    while len(codes) < count:
        codes.add(new_code(house.chance))
    ordered = sorted(codes)
    numbered = {
        tokens.index(house.keys, secret(code)): None if first_card is None else first_card + place
        for place, code in enumerate(ordered)
    }
    async with house.database.transaction() as tx:
        await tokens.add(tx, numbered, now=now, expires_at=now + timedelta(days=expires_days))
        await counters.raise_by(tx, Counter(tokens_made=count))
        await audit_log.note(house, tx, Noted("tokens_made", facts={"count": str(count)}))
    log("tokens_made", count=count)
    return ordered
