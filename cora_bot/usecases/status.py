"""How the server stands, in numbers without a person: what waits and for how long, what is uncertain or set aside."""

from __future__ import annotations

from datetime import datetime

from cora_bot.base.clock import from_millis
from cora_bot.base.values import Value
from cora_bot.store import counters, leases, occurrences, outbox, remembered, removals, updates
from cora_bot.store.tables import State
from cora_bot.usecases.house import House


class Status(Value):
    """``lag``: seconds the oldest message that may go now has waited; ``due_lag``: those of what is due.

    ``removals``: messages of people that are still to leave their chats. ``heard``: when Telegram last handed over what
    it had. ``resting``: until when Telegram lets the whole bot send nothing. ``sender``: how often the sending has
    changed hands; 0 where one process does all.
    """

    replies: int
    unsolicited: int
    removals: int
    in_flight: int
    lag: float
    due: int
    due_lag: float
    uncertain: int
    failed: int
    parked: int
    parked_ever: int
    heard: datetime | None
    resting: datetime | None
    sender: int


async def status(house: House) -> Status:
    now = house.clock.now()
    async with house.database.read() as tx:
        standing = await outbox.standing(tx, now)
        due, due_since = await occurrences.overdue(tx, now)
        lease = await leases.look(tx, leases.SENDER)
        heard, resting = await remembered.read(tx, remembered.HEARD), await remembered.read(tx, remembered.RESTING)
        counted = await counters.read(tx)
        parked = await updates.parked_count(tx)
        to_remove, _ = await removals.waiting(tx)
    until = from_millis(int(resting)) if resting else None
    return Status(
        replies=standing.replies,
        unsolicited=standing.unsolicited,
        removals=to_remove,
        in_flight=standing.states.get(State.SENDING, 0),
        lag=_seconds(standing.since, now),
        due=due,
        due_lag=_seconds(due_since, now),
        uncertain=standing.states.get(State.UNCERTAIN, 0),
        failed=standing.states.get(State.FAILED, 0),
        parked=parked,
        parked_ever=counted.get("parked", 0),
        heard=from_millis(int(heard)) if heard else None,
        resting=until if until is not None and until > now else None,
        sender=lease.fence if lease else 0,
    )


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
