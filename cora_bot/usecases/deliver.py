"""From outbox to Telegram in two commits: ``claim`` says what will be sent, ``settle`` what became of it.

Between the two lies the call, outside any transaction. Whatever is claimed and never settled was perhaps sent:
unsolicited messages are then uncertain and never repeated; replies are repeated once; edits and deletions, which may be
repeated freely, go again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cora_bot.base.clock import from_millis
from cora_bot.base.logging import log
from cora_bot.dialogue.phrases import NEUTRAL
from cora_bot.dialogue.prompt import Prompt
from cora_bot.store import chats, outbox, remembered
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Change, Claimed, Ended, Waiting
from cora_bot.store.tables import Kind, Means
from cora_bot.usecases.exchange import Call, DeleteMessage, EditMessage, Sending, SendMessage
from cora_bot.usecases.house import House
from cora_bot.usecases.judging import judge
from cora_bot.usecases.settling import recover, settle

__all__ = ["claim", "recover", "settle"]

EDITABLE = timedelta(hours=48)
"""A card older than this is sent anew: nobody scrolls back to it, and it can no longer be deleted."""


async def claim(house: House, *, limit: int = 30) -> list[Sending]:
    """Commits up to ``limit`` rows as ``sending`` and gives them to be sent; replies before unsolicited messages."""
    now = house.clock.now()
    async with house.database.read() as tx:
        if not await _awake(tx, now):
            return []
        wanted = await outbox.heads(tx, now, limit, unsolicited=False)
        if len(wanted) < limit:
            wanted += await outbox.heads(tx, now, limit - len(wanted), unsolicited=True)
    if not wanted:
        return []
    async with house.database.transaction() as tx:
        # What was read a moment ago is read again behind the lock; a chat another process works on is left to it.
        doors = await chats.lock(tx, set(wanted), skip_locked=True)
        rows = await outbox.first_of(tx, doors, now)
        judged = await judge(house, tx, rows, now)
        calls = {row.id: _call(house, row, doors[row.chat], now) for row in rows if row.id not in judged}
        claims: list[Change] = [Claimed(row_id, _means(call)) for row_id, call in calls.items()]
        await outbox.change(tx, [*judged.values(), *claims], now)
    for change in judged.values():
        if isinstance(change, Ended):
            log("not_sent", row=change.id, state=change.state, outcome=change.outcome)
    return [_sending(house, row, doors[row.chat], calls[row.id]) for row in rows if row.id in calls]


async def _awake(tx: Tx, now: datetime) -> bool:
    until = await remembered.read(tx, remembered.RESTING)
    return until is None or from_millis(int(until)) <= now


def _sending(house: House, row: Waiting, door: Stored, call: Call) -> Sending:
    return Sending(
        id=row.id,
        chat=row.chat,
        address=door.address_for(house.keys),
        call=call,
        unsolicited=row.unsolicited,
        again=row.attempts > 0,
    )


def _call(house: House, row: Waiting, door: Stored, now: datetime) -> Call:
    match row.kind:
        case Kind.CARD:
            prompt = outbox.prompt_of(house.keys, row)
            card = door.chat.card
            old = card.sent_at is None or now - card.sent_at > EDITABLE
            if row.fresh or card.message is None or card.buried or old:
                return SendMessage(prompt, silent=not row.unsolicited)
            return EditMessage(card.message, prompt)
        case Kind.EMPTY:
            return EditMessage(row.message or 0, Prompt(NEUTRAL))
        case Kind.REMOVE | Kind.RETIRE:
            return DeleteMessage(row.message or 0)


def _means(call: Call) -> Means:
    match call:
        case SendMessage():
            return Means.SEND
        case EditMessage():
            return Means.EDIT
        case DeleteMessage():
            return Means.DELETE
