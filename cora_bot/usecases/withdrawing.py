"""Withdrawals whose time to undo them is over: the link goes, or link and answers. Hourly, and after a crash again.

What stands in the person's chat is emptied in the same transaction; no message says that it happened, because they
asked for none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cora_bot.base.logging import log
from cora_bot.dialogue.conversation import Card, Showing, Withdrawal
from cora_bot.store import chats, outbox, participants
from cora_bot.store.apply import forget_people, retired
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.participants import Half
from cora_bot.usecases.house import House

AT_ONCE = 200
"""So many are carried out in one transaction."""


async def carry_out(house: House) -> int:
    """Deletes who withdrew and can no longer undo it; how many. The key store follows after (``cutting.follow``)."""
    done = 0
    while count := await _some(house):
        done += count
    return done


async def _some(house: House) -> int:
    now = house.clock.now()
    async with house.database.transaction() as tx:
        found = await participants.withdrawing(tx, now, AT_ONCE)
        if not found:
            return 0
        reached = await participants.chats_of(tx, found)
        await chats.lock(tx, set(reached.values()))
        # Whoever came back while the lock was waited for has undone it.
        due = [half for half in await participants.by_ids(tx, house.keys, found) if _is_due(half, now)]
        await _tidy(house, tx, {reached[half.id] for half in due if half.id in reached})
        await _forget(house, tx, due, now)
    log("withdrawn", people=len(due))
    return len(due)


def _is_due(half: Half, now: datetime) -> bool:
    return half.withdraws_at is not None and half.withdraws_at <= now


async def _forget(house: House, tx: Tx, due: list[Half], now: datetime) -> None:
    people = await whole(due, house.keystore)
    gone = {each.id: each.case if each.withdrawal is Withdrawal.ANSWERS else None for each in people.values()}
    linked = frozenset(half.id for half in due if half.own_link is None)
    await forget_people(tx, gone, linked=linked, now=now)


async def _tidy(house: House, tx: Tx, chat_ids: set[bytes]) -> None:
    """What we still show in these chats goes, and nothing waits for them; somebody who shares a chat keeps theirs."""
    now = house.clock.now()
    reached = await participants.of_chats(tx, house.keys, chat_ids)
    alone = {chat_id for chat_id, people in reached.items() if len(people) == 1}
    doors = await chats.lock(tx, alone)
    left = [stored.chat for stored in doors.values()]
    await outbox.supersede(tx, alone, now)
    cards = [each for each in left if each.card.message]
    tidied = [retired(each.id, each.card.message, sent_at=each.card.sent_at, now=now) for each in cards]
    await outbox.put(tx, tidied, keys=house.keys, chance=house.chance, now=now)
    await chats.write(tx, [replace(each, card=blank(each.card)) for each in left])
    # A chat of nobody is forgotten a day after it was last seen: until then what stands in it can still be emptied.
    await chats.note_seen(tx, {stored.chat.id: stored.last_message for stored in doors.values()}, now)


def blank(card: Card) -> Card:
    """The card when nobody is spoken with there: whatever is pressed on it is out of date."""
    return replace(card, generation=card.generation + 1, showing=Showing.NOTHING)
