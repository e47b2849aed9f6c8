"""What became of what was claimed: one table of outcomes, the same after a call and after a crash."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cora_bot.base.clock import to_millis
from cora_bot.base.errors import NotOpened
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Chat
from cora_bot.dialogue.inputs import Blocked
from cora_bot.store import chats, conversations, leases, outbox, remembered, removals
from cora_bot.store.above import KEY, Standing
from cora_bot.store.apply import Step, apply, retired, silenced
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Parcel, Waiting
from cora_bot.store.outbox_changes import Again, Change, Ended, change, hold_chat, lapse_chats
from cora_bot.store.removals import Later, Message
from cora_bot.store.tables import Kind, Means, State
from cora_bot.usecases import audit_log, speaking
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.exchange import Gone, Outcome, Refused, Removal, Retry, Sending, Sent, Uncertain
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps

MOST_ATTEMPTS = 6
"""Calls that may be repeated freely are repeated this often; then they are given up."""

REPEATED_AFTER = timedelta(seconds=5)
CAREFUL = 100
"""So many updates Telegram hands out at once: those that were under way at a crash come again among them."""


@dataclass(slots=True)
class _Settlement:
    """What a set of outcomes adds up to."""

    now: datetime
    chats: dict[bytes, Stored]
    changes: list[Change] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    removed: list[Message] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    held: dict[bytes, datetime] = field(default_factory=dict)
    gone: dict[bytes, str] = field(default_factory=dict)
    resting: datetime | None = None

    def chat(self, row: Waiting) -> Chat:
        return self.chats[row.chat].chat

    def wait(self, chat: bytes, until: datetime, *, whole_bot: bool) -> None:
        if whole_bot:
            self.resting = max(until, self.resting or until)
        else:
            self.held[chat] = max(until, self.held.get(chat, until))

    def write_chat(self, chat: Chat) -> None:
        self.chats[chat.id] = replace(self.chats[chat.id], chat=chat)


async def settle(house: House, results: Sequence[tuple[Sending | Removal, Outcome]]) -> None:
    """Commits what became of claimed rows and of removals. A row that is no longer ``sending`` is left as it is."""
    now = house.clock.now()
    sent = [(each, outcome) for each, outcome in results if isinstance(each, Sending)]
    async with house.database.transaction() as tx:
        await leases.hold(tx, leases.SENDER, house.database.fence)
        stored = await chats.lock(tx, {sending.chat for sending, _ in sent})
        rows = await outbox.by_ids(tx, [sending.id for sending, _ in sent])
        settlement = _Settlement(now, dict(stored))
        for sending, outcome in sent:
            row = rows.get(sending.id)
            if row is not None and row.state is State.SENDING and row.chat in stored:
                _settle_one(settlement, row, outcome)
        for removal, outcome in results:
            if isinstance(removal, Removal):
                _settle_removal(settlement, removal, outcome)
        await speaking.remember(house, tx, sent)
        await _write(house, tx, settlement, before=stored)


async def begin(house: House) -> None:
    """At start: the study's forms are stored, and the versions that open sessions began on are taken up.

    The updates that were under way at a kill are taken one by one (``Database.careful``), so that one which kills the
    process is found out.
    """
    await check_belongs(house)
    house.database.careful = CAREFUL if await _was_killed(house) else 0
    await register_forms(house)
    await audit_log.note_study(house)


async def end(house: House) -> None:
    """At a clean end, when nothing is under way any more: the next start need not be careful."""
    async with house.database.transaction() as tx:
        await remembered.forget(tx, remembered.AT_WORK)


async def _was_killed(house: House) -> bool:
    """Whether whoever served before did not come to an end; where several serve, one of them may not have."""
    if house.database.shared:
        return True
    async with house.database.transaction() as tx:
        left = await remembered.read(tx, remembered.AT_WORK)
        await remembered.write(tx, remembered.AT_WORK, str(to_millis(house.clock.now())))
    return left is not None


async def recover(house: House) -> int:
    """``begin``, and ``take_over``."""
    await begin(house)
    return await take_over(house)


async def take_over(house: House) -> int:
    """What an earlier sender had claimed and never settled was perhaps sent. Gives back how many rows."""
    now = house.clock.now()
    async with house.database.transaction() as tx:
        await leases.hold(tx, leases.SENDER, house.database.fence)
        rows = await outbox.sending(tx)
        stored = await chats.lock(tx, {row.chat for row in rows})
        settlement = _Settlement(now, dict(stored))
        for row in rows:
            _settle_one(settlement, row, Uncertain("process_ended"))
        await _write(house, tx, settlement, before=stored)
    if rows:
        log("recovered", level=logging.WARNING, rows=len(rows))
    return len(rows)


async def _write(house: House, tx: Tx, settlement: _Settlement, *, before: dict[bytes, Stored]) -> None:
    now = settlement.now
    changed = [each.chat for chat_id, each in settlement.chats.items() if each is not before[chat_id]]
    await chats.write(tx, changed)
    await change(tx, settlement.changes, now)
    await outbox.put(tx, settlement.parcels, keys=house.keys, chance=house.chance, now=now)
    await removals.done(tx, settlement.removed)
    await removals.again(tx, settlement.later)
    await hold_chat(tx, settlement.held)
    if settlement.resting is not None:
        await remembered.write(tx, remembered.RESTING, str(to_millis(settlement.resting)))
    await _lose(house, tx, settlement.gone, now)


def _settle_one(settlement: _Settlement, row: Waiting, outcome: Outcome) -> None:
    match outcome:
        case Sent(message):
            _sent(settlement, row, message)
        case Retry(at, reason, whole_bot):
            settlement.changes.append(Again(row.id, at, doubts=row.doubts, fresh=row.fresh, outcome=reason))
            settlement.wait(row.chat, at, whole_bot=whole_bot)
        case Uncertain(reason):
            _doubtful(settlement, row, reason)
        case Refused(reason):
            _refused(settlement, row, reason)
        case Gone(reason):
            settlement.changes.append(Ended(row.id, State.FAILED, reason, row.message))
            settlement.gone[row.chat] = reason


def _sent(settlement: _Settlement, row: Waiting, message: int) -> None:
    kept = message if row.means is not Means.DELETE else row.message
    settlement.changes.append(Ended(row.id, State.SENT, "", kept))
    if row.kind is Kind.SPOKEN and settlement.chat(row).card.generation != row.generation:
        # Something else was asked while it was on its way.
        late = Standing(row.chat, message, settlement.now, row.reason == KEY)
        settlement.parcels += silenced(late, settlement.now)
    if row.kind is Kind.STAFF:
        _stands_below(settlement, row, message)
    if row.kind is not Kind.CARD or row.means is not Means.SEND:
        return
    stored = settlement.chats[row.chat]
    old = stored.chat.card
    # Something the person wrote after this message stands below it, and the dialogue has said so already.
    buried = old.buried and stored.last_message > message
    card = replace(old, message=message, sent_at=settlement.now, buried=buried)
    settlement.write_chat(replace(stored.chat, card=card))
    if old.message is not None and old.message != message:
        settlement.parcels.append(retired(row.chat, old.message, sent_at=old.sent_at, now=settlement.now))


def _settle_removal(settlement: _Settlement, removal: Removal, outcome: Outcome) -> None:
    match outcome:
        case Retry(at, _, whole_bot):
            settlement.later.append(Later(removal.chat, removal.messages, at, removal.attempts))
            settlement.wait(removal.chat, at, whole_bot=whole_bot)
        case Uncertain() if removal.attempts + 1 < MOST_ATTEMPTS:
            tried = removal.attempts + 1
            settlement.later.append(Later(removal.chat, removal.messages, _later(settlement, tried), tried))
        case Gone(reason):
            settlement.gone[removal.chat] = reason
        case Sent() | Refused() | Uncertain():
            settlement.removed += [(removal.chat, each) for each in removal.messages]


def _stands_below(settlement: _Settlement, row: Waiting, message: int) -> None:
    """Staff who take part themselves: the card lies above the notice now, and what comes next is sent anew."""
    chat = settlement.chat(row)
    if chat.card.message is not None and chat.card.message < message:
        settlement.write_chat(replace(chat, card=replace(chat.card, buried=True)))


def _doubtful(settlement: _Settlement, row: Waiting, reason: str) -> None:
    """It may have been delivered."""
    if row.unsolicited:
        settlement.changes.append(Ended(row.id, State.UNCERTAIN, reason, row.message))
        return
    # A notice to staff says twice what it says once: better that than never.
    repeatable = row.means is not Means.SEND or row.kind is Kind.STAFF
    if row.attempts < MOST_ATTEMPTS if repeatable else row.doubts == 0:
        doubts = row.doubts if repeatable else row.doubts + 1
        settlement.changes.append(
            Again(row.id, _later(settlement, row.attempts), doubts=doubts, fresh=row.fresh, outcome=reason)
        )
    else:
        settlement.changes.append(Ended(row.id, State.UNCERTAIN, reason, row.message))


def _later(settlement: _Settlement, attempts: int) -> datetime:
    """At once after the first time, then at growing distances."""
    return settlement.now + REPEATED_AFTER * ((1 << (attempts - 1)) - 1)


def _refused(settlement: _Settlement, row: Waiting, reason: str) -> None:
    """Telegram says no for good."""
    if row.kind is Kind.CARD and row.means is Means.EDIT:
        # The card's message is gone or cannot be edited: the same content goes out as a new message.
        chat = settlement.chat(row)
        settlement.write_chat(replace(chat, card=replace(chat.card, message=None, sent_at=None)))
        settlement.changes.append(Again(row.id, settlement.now, doubts=row.doubts, fresh=True, outcome=reason))
        return
    if row.kind is Kind.SPOKEN and reason == speaking.FILE_GONE and row.attempts < MOST_ATTEMPTS:
        settlement.changes.append(Again(row.id, settlement.now, doubts=row.doubts, fresh=row.fresh, outcome=reason))
        return
    settlement.changes.append(Ended(row.id, State.FAILED, reason, row.message))
    if row.kind is Kind.RETIRE:
        settlement.parcels.append(
            Parcel(
                row.chat, f"{row.chat.hex()}/{Kind.EMPTY}/{row.message}", Kind.EMPTY, message=row.message, reason="tidy"
            )
        )
    elif row.kind is Kind.CARD:
        log("card_refused", level=logging.ERROR, row=row.id)


async def _lose(house: House, tx: Tx, gone: dict[bytes, str], now: datetime) -> None:
    """Nobody can be reached in these chats: the people are marked so, and nothing waits for them."""
    if not gone:
        return
    for stored in (await chats.lock(tx, gone)).values():
        try:
            await _lose_one(house, tx, stored, now)
        except NotOpened:
            # One unreadable person must not keep every other outcome from being settled.
            log("gone_unreadable", level=logging.ERROR, chat=stored.chat.id.hex())
    await lapse_chats(tx, gone, "unreachable", now)
    await removals.forget(tx, gone)


async def _lose_one(house: House, tx: Tx, stored: Stored, now: datetime) -> None:
    loaded = await conversations.load(tx, [stored], keys=house.keys, keystore=house.keystore)
    before = loaded.conversations[stored.chat.id]
    turn = advance(before, Blocked(), script=house.script, now=now, chance=house.chance)
    step = Step(before, turn, f"g/{stored.chat.id.hex()}/{to_millis(now)}")
    steps, sealed = await seal_steps(house, [step], loaded.linked)
    await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
