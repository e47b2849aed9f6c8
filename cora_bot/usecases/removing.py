"""What people wrote leaves their chats, apart from what is sent to them: whoever waits for a reply goes first.

``owed`` says what may be deleted now; ``deliver.settle`` takes what became of it. In between nothing is committed, as
there is nothing that a second deletion could do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from cora_bot.base.errors import NotOpened
from cora_bot.base.logging import log
from cora_bot.store import leases, removals
from cora_bot.store.removals import Owed
from cora_bot.usecases.exchange import DELETED_AT_ONCE, Removal
from cora_bot.usecases.halting import may_send
from cora_bot.usecases.house import House


async def owed(house: House) -> list[Removal]:
    """Those that have waited longest; the same again until they are settled."""
    now = house.clock.now()
    async with house.database.read() as tx:
        found = await removals.owed(tx, now) if await may_send(tx, now) else []
    wanted: list[Removal] = []
    unreadable: list[bytes] = []
    for each in found:
        try:
            wanted += _parts(each, each.address_for(house.keys))
        except NotOpened:
            unreadable.append(each.chat)
    if unreadable:
        await _give_up(house, unreadable)
    return wanted


def _parts(each: Owed, address: int) -> Iterator[Removal]:
    for begin in range(0, len(each.messages), DELETED_AT_ONCE):
        yield Removal(each.chat, address, each.messages[begin : begin + DELETED_AT_ONCE], each.attempts)


async def _give_up(house: House, chats: Sequence[bytes]) -> None:
    """Where a chat is cannot be read: it must not be looked at again and again."""
    async with house.database.transaction() as tx:
        await leases.hold(tx, leases.SENDER, house.database.fence)
        await removals.forget(tx, chats)
    for each in chats:
        log("removal_unreadable", level=logging.ERROR, chat=each.hex())
