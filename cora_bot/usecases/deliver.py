"""From outbox to Telegram in two commits: ``claim`` says what will be sent, ``settle`` what became of it.

Between the two lies the call, outside any transaction. Whatever is claimed and never settled was perhaps sent:
unsolicited messages are then uncertain and never repeated; replies are repeated once; edits and deletions, which may be
repeated freely, go again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cora_bot.base.errors import NotOpened
from cora_bot.base.logging import log
from cora_bot.dialogue.phrases import NEUTRAL
from cora_bot.dialogue.prompt import Prompt
from cora_bot.store import chats, leases, outbox
from cora_bot.store.chats import Stored
from cora_bot.store.database import Tx, is_outage
from cora_bot.store.outbox import Waiting
from cora_bot.store.outbox_changes import Change, Claimed, Ended, change
from cora_bot.store.tables import Kind, Means, State
from cora_bot.usecases import speaking
from cora_bot.usecases.exchange import (
    Above,
    Call,
    DeleteMessage,
    DeleteMessages,
    EditMessage,
    SendFile,
    Sending,
    SendKey,
    SendMessage,
    SendPlace,
)
from cora_bot.usecases.halting import may_send
from cora_bot.usecases.house import House
from cora_bot.usecases.judging import UNREADABLE, Verdict, judge
from cora_bot.usecases.settling import begin, end, recover, settle, take_over

__all__ = ["ClaimInDoubt", "begin", "claim", "end", "recover", "settle", "take_over"]

EDITABLE = timedelta(hours=48)
"""A card older than this is sent anew: nobody scrolls back to it, and it can no longer be deleted."""


class ClaimInDoubt(Exception):  # noqa: N818 -- it names what happened
    """The store failed while these were being claimed: whether they are is not known, that none was called is.

    To be settled as not begun. Until then a chat may seem to have something in flight, and nothing else goes there.
    """

    def __init__(self, sendings: Sequence[Sending]) -> None:
        super().__init__(f"{len(sendings)} rows")
        self.sendings = sendings


async def claim(house: House, *, limit: int = 30) -> list[Sending]:
    """Commits up to ``limit`` rows as ``sending`` and gives them to be sent; replies before unsolicited messages.

    Raises ``ClaimInDoubt`` where the store failed and may have committed all the same.
    """
    while True:
        now = house.clock.now()
        wanted = await _wanted(house, now, limit)
        sendings, verdicts = await _claim(house, wanted, now) if wanted else ([], [])
        for verdict in verdicts:
            if isinstance(verdict, Ended):
                log("not_sent", row=verdict.id, state=verdict.state, outcome=verdict.outcome)
        # Where all were put off or ended, others may stand behind them.
        if sendings or not verdicts:
            return sendings


async def _wanted(house: House, now: datetime, limit: int) -> list[bytes]:
    async with house.database.read() as tx:
        if not await may_send(tx, now):
            return []
        wanted = await outbox.heads(tx, now, limit, unsolicited=False)
        if len(wanted) < limit:
            wanted += await outbox.heads(tx, now, limit - len(wanted), unsolicited=True)
        return wanted


async def _claim(house: House, wanted: Sequence[bytes], now: datetime) -> tuple[list[Sending], list[Verdict]]:
    sendings: list[Sending] = []
    try:
        async with house.database.transaction() as tx:
            verdicts = await _claim_these(house, tx, wanted, now, sendings=sendings)
    except Exception as error:
        # A line that breaks behind COMMIT takes only the answer with it.
        if sendings and is_outage(error):
            raise ClaimInDoubt(sendings) from error
        raise
    return sendings, verdicts


async def _claim_these(
    house: House, tx: Tx, wanted: Sequence[bytes], now: datetime, *, sendings: list[Sending]
) -> list[Verdict]:
    await leases.hold(tx, leases.SENDER, house.database.fence)
    # What was read a moment ago is read again behind the lock; a chat another process works on is left to it.
    doors = await chats.lock(tx, set(wanted), skip_locked=True)
    rows = await outbox.first_of(tx, doors, now)
    judged = await judge(house, tx, rows, doors, now)
    spoken, unspoken = await speaking.prepared(house, tx, [row for row in rows if row.kind is Kind.SPOKEN])
    judged |= unspoken
    for row in rows:
        if row.id not in judged:
            _prepare(house, row, doors[row.chat], now, sendings=sendings, judged=judged, spoken=spoken)
    claims: list[Change] = [Claimed(each.id, _means(each.call)) for each in sendings]
    await change(tx, [*judged.values(), *claims], now)
    return list(judged.values())


def _prepare(
    house: House,
    row: Waiting,
    door: Stored,
    now: datetime,
    *,
    sendings: list[Sending],
    judged: dict[int, Verdict],
    spoken: Mapping[int, Above],
) -> None:
    """One row made ready; what cannot be opened fails alone and holds up nobody."""
    try:
        sendings.append(
            Sending(
                id=row.id,
                chat=row.chat,
                address=door.address_for(house.keys),
                call=spoken.get(row.id) or _call(house, row, door, now),
                unsolicited=row.unsolicited,
                again=row.attempts > 0,
            )
        )
    except NotOpened:
        judged[row.id] = Ended(row.id, State.FAILED, UNREADABLE)


def _call(house: House, row: Waiting, door: Stored, now: datetime) -> Call:
    match row.kind:
        case Kind.CARD:
            prompt = outbox.prompt_of(house.keys, row)
            card = door.chat.card
            old = card.sent_at is None or now - card.sent_at > EDITABLE
            if row.fresh or card.message is None or card.buried or old:
                return SendMessage(prompt, silent=not row.unsolicited)
            return EditMessage(card.message, prompt)
        case Kind.SPOKEN:
            raise LookupError(f"row {row.id} was not prepared")
        case Kind.STAFF:
            return SendMessage(outbox.prompt_of(house.keys, row), silent=False)
        case Kind.EMPTY:
            return EditMessage(row.message or 0, Prompt(NEUTRAL))
        case Kind.RETIRE:
            return DeleteMessage(row.message or 0)


def _means(call: Call) -> Means:
    match call:
        case SendMessage() | SendFile() | SendKey() | SendPlace():
            return Means.SEND
        case EditMessage():
            return Means.EDIT
        case DeleteMessage() | DeleteMessages():
            return Means.DELETE
