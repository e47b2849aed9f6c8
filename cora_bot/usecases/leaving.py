"""People leave the main store for good, set by set: whoever withdrew, whose time is over, or everybody at the end.

What stands in their chats is emptied in the same transaction. No message says that it happened. The key store follows
after the commit (``cutting.follow``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Card, Showing, Status, Withdrawal
from cora_bot.store import above, chats, outbox, participants
from cora_bot.store.apply import forget_people, retired, silenced
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.store.participants import Half
from cora_bot.usecases.house import House

AT_ONCE = 200
"""So many leave in one transaction."""


async def leave(house: House, tx: Tx, ids: Sequence[bytes], *, still: Callable[[Half], bool]) -> int:
    """Deletes these people as far as ``still`` holds of them behind the locks of their chats; how many.

    Answers go with whoever took them back, or never agreed; of everybody else they stay, and nothing leads to them.
    """
    now = house.clock.now()
    reached = await participants.chats_of(tx, ids)
    await chats.lock(tx, set(reached.values()))
    # Whoever came back while the lock was waited for stays.
    leaving = [half for half in await participants.by_ids(tx, house.keys, ids) if still(half)]
    await _tidy(house, tx, {reached[half.id] for half in leaving if half.id in reached})
    people = await whole(leaving, house.keystore)
    gone = {each.id: each.case if _takes_answers(each.withdrawal, each.status) else None for each in people.values()}
    linked = frozenset(half.id for half in leaving if half.own_link is None)
    await forget_people(tx, gone, linked=linked, keys=house.keys, now=now)
    return len(leaving)


def _takes_answers(withdrawal: Withdrawal | None, status: Status) -> bool:
    return withdrawal is Withdrawal.ANSWERS or status is Status.ENROLLING


async def _tidy(house: House, tx: Tx, chat_ids: set[bytes]) -> None:
    """What we still show in these chats goes, and nothing waits for them; somebody who shares a chat keeps theirs."""
    now: datetime = house.clock.now()
    reached = await participants.of_chats(tx, house.keys, chat_ids)
    alone = {chat_id for chat_id, people in reached.items() if len(people) == 1}
    doors = await chats.lock(tx, alone)
    left = [stored.chat for stored in doors.values()]
    hushed = await above.hush(tx, alone, now)
    await outbox.supersede(tx, alone, now)
    cards = [each for each in left if each.card.message]
    tidied = [parcel for each in hushed for parcel in silenced(each, now)]
    tidied += [retired(each.id, each.card.message, sent_at=each.card.sent_at, now=now) for each in cards]
    await outbox.put(tx, tidied, keys=house.keys, chance=house.chance, now=now)
    await chats.write(tx, [replace(each, card=blank(each.card)) for each in left])
    # A chat of nobody is forgotten a day after it was last seen: until then what stands in it can still be emptied.
    await chats.note_seen(tx, {stored.chat.id: stored.last_message for stored in doors.values()}, now)


def blank(card: Card) -> Card:
    """The card when nobody is spoken with there: whatever is pressed on it is out of date."""
    return replace(card, generation=card.generation + 1, showing=Showing.NOTHING)
