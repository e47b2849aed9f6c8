"""Somebody's phone was taken: they are written to no more, and what stands in their chats goes.

Unlike a break or a stop it does not ask the chat, which is in other hands: the person is let go from every chat they
were reached in. Whoever writes there now is a stranger. A code for a new phone brings the person back, with everything.
"""

from __future__ import annotations

from dataclasses import replace

from cora_bot.base.logging import log
from cora_bot.store import chats, outbox, participants
from cora_bot.store.apply import retired
from cora_bot.store.conversations import whole
from cora_bot.usecases import fencing
from cora_bot.usecases.finding import find
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import blank

NOWHERE = b""
"""The chat of somebody who is reached in none."""


async def silence(house: House, code: str) -> int:
    """In how many chats they were reached. Repeatable. Raises ``CoraError`` for a code nobody has."""
    who, now = await find(house, code), house.clock.now()
    async with house.database.transaction() as tx:
        doors = await chats.lock(tx, await participants.all_chats_of(tx, who))
        halves = await participants.by_ids(tx, house.keys, [who])
        people = await whole(halves, house.keystore)
        fences = {each.id: fencing.fence_of(each, NOWHERE) for each in people.values()}
        await house.keystore.put_fences(fences, house.chance)
        hushed = await outbox.hush(tx, doors, now)
        await outbox.supersede(tx, doors, now)
        cards = [stored.chat for stored in doors.values()]
        tidied = [retired(chat, message, sent_at=at, now=now) for chat, message, at in hushed]
        tidied += [
            retired(each.id, each.card.message, sent_at=each.card.sent_at, now=now)
            for each in cards
            if each.card.message
        ]
        await outbox.put(tx, tidied, keys=house.keys, chance=house.chance, now=now)
        await chats.write(tx, [replace(each, card=blank(each.card)) for each in cards])
        # A chat of nobody is forgotten a day after it was last seen: until then what stands in it can still be emptied.
        await chats.note_seen(tx, {stored.chat.id: stored.last_message for stored in doors.values()}, now)
        await participants.leave_all(tx, who)
    log("silenced", chats=len(doors))
    return len(doors)
