"""Somebody's phone was taken: they are written to no more, and what stands in their chats goes.

Unlike a break or a stop it does not ask the chat, which is in other hands. The person is moved to a chat that nobody
can reach: an address no person has, marked as blocked. Whoever writes in the old chat is a stranger there. A code for a
new phone brings the person back, with everything that was planned.
"""

from __future__ import annotations

from typing import Final

from cora_bot.base.chance import below
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.store import above, chats, outbox, participants
from cora_bot.store.apply import retired, silenced
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx
from cora_bot.usecases import audit_log, fencing
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import blank

_ADDRESSES: Final = 2**62
"""Numbers below zero are groups at Telegram, and the bot is in none."""


async def silence(house: House, code: str) -> None:
    """Repeatable. Raises ``CoraError`` for a code nobody has."""
    who, now = await find(house, code), house.clock.now()
    async with house.database.transaction() as tx:
        address = -1 - below(house.chance, _ADDRESSES)
        made = await chats.open_doors(tx, house.keys, [address], now=now, chance=house.chance)
        nowhere = made[address].chat
        await chats.write(tx, [replace(nowhere, blocked=True)])
        await fencing.note_moved(house, tx, {who: nowhere.id})
        await participants.join(tx, {nowhere.id: who}, now)
        left = await chats.lock(tx, await participants.leave_others(tx, {who: nowhere.id}))
        await _tidy(house, tx, left)
        await audit_log.note(house, tx, Noted("silenced", Subject(who, as_code(code))))
    log("silenced", chats=len(left))


async def _tidy(house: House, tx: Tx, left: dict[bytes, Stored]) -> None:
    now = house.clock.now()
    hushed = await above.hush(tx, left, now)
    await outbox.supersede(tx, left, now)
    cards = [stored.chat for stored in left.values()]
    tidied = [parcel for each in hushed for parcel in silenced(each, now)]
    tidied += [
        retired(one.id, one.card.message, sent_at=one.card.sent_at, now=now) for one in cards if one.card.message
    ]
    await outbox.put(tx, tidied, keys=house.keys, chance=house.chance, now=now)
    await chats.write(tx, [replace(each, card=blank(each.card)) for each in cards])
    # A chat of nobody is forgotten a day after it was last seen: until then what stands in it can still be emptied.
    await chats.note_seen(tx, {stored.chat.id: stored.last_message for stored in left.values()}, now)
