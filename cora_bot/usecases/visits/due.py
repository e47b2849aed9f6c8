"""What has fallen due about visits: messages, deadlines, and times that became free for those who wait.

As with check-ins, everything is read behind the locks at that moment; one that cannot be handled is put off.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from cora_bot.base.clock import to_millis
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Conversation
from cora_bot.dialogue.inputs import VisitDue
from cora_bot.store import chats, conversations, participants, trips, visits
from cora_bot.store.apply import Step, apply
from cora_bot.store.database import Tx
from cora_bot.store.visits import Due
from cora_bot.usecases.house import House
from cora_bot.usecases.replaying import handle_all
from cora_bot.usecases.sealing import seal_steps
from cora_bot.usecases.visits.seats import SeatBook

PUT_OFF = timedelta(hours=1)


async def due(house: House, limit: int) -> int:
    """Handles what is due about visits, earliest first; how many were."""
    await _wake(house)
    async with house.database.read() as tx:
        found = await visits.due(tx, house.clock.now(), limit)

    def replayed(error: Exception) -> None:
        log("visits_replayed", level=logging.WARNING, error=type(error).__name__, visits=len(found))

    async def put_off(each: Due, error: Exception) -> None:
        log("visit_put_off", level=logging.ERROR, error=type(error).__name__)
        async with house.database.transaction() as tx:
            await visits.put_off(tx, each.visit, house.clock.now() + PUT_OFF)

    return await handle_all(found, partial(_handle, house), replayed=replayed, set_aside=put_off)


async def _handle(house: House, found: Sequence[Due]) -> int:
    now = house.clock.now()
    async with house.database.transaction() as tx:
        reached = await participants.chats_of(tx, {each.participant for each in found})
        stored = await chats.lock(tx, set(reached.values()))
        # One person of a shared chat at a time; the others are still due when this is written.
        about = {chat_id: who for who, chat_id in reversed(reached.items())}
        loaded = await conversations.load(
            tx, list(stored.values()), keys=house.keys, keystore=house.keystore, about=about, now=now
        )
        lost = {each.participant for each in found if each.participant not in reached}
        lost_ones = await conversations.unreached(tx, lost, keys=house.keys, keystore=house.keystore, now=now)
        loaded.conversations.update(lost_ones)
        book = SeatBook(loaded.conversations.values())
        steps = []
        for each in found:
            chat_id = reached.get(each.participant, each.participant)
            if chat_id not in loaded.conversations:
                continue  # deleted meanwhile, and the visit with the person
            before = _about(loaded.conversations[chat_id], each, now)
            if before is None:
                await _passed_over(tx, loaded.conversations[chat_id], each)
                continue
            before = book.seen_by(before)
            turn = advance(before, VisitDue(), script=house.script, now=now, chance=house.chance)
            turn = replace(turn, conversation=_moving(turn.conversation, now))
            book.note(before, turn.conversation)
            moment = to_millis(before.visit.next_at) if before.visit and before.visit.next_at else 0
            steps.append(Step(before, turn, f"v/{each.visit.hex()}/{moment}"))
            loaded.conversations[chat_id] = conversations.carried_on(turn.conversation, turn.occurrences)
        steps, sealed = await seal_steps(house, steps, loaded.linked)
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
    return len(found)


def _about(conversation: Conversation, each: Due, now: datetime) -> Conversation | None:
    visit, person = conversation.visit, conversation.participant
    if person is None or person.id != each.participant or visit is None or visit.id != each.visit:
        return None
    return conversation if visit.next_at is not None and visit.next_at <= now else None


async def _passed_over(tx: Tx, conversation: Conversation, each: Due) -> None:
    """Somebody else was faster or comes first; but a visit of an earlier trip than the latest is over for good."""
    person, latest = conversation.participant, conversation.visit
    if person is not None and person.id == each.participant and (latest is None or latest.id != each.visit):
        await visits.put_off(tx, each.visit, None)


def _moving(after: Conversation, now: datetime) -> Conversation:
    """What was due and did not move would be due again at once, for ever."""
    visit = after.visit
    if visit is None or visit.next_at is None or visit.next_at > now:
        return after
    log("visit_did_not_move", level=logging.WARNING)
    return replace(after, visit=replace(visit, next_at=now + PUT_OFF))


async def _wake(house: House) -> None:
    """As many of those who wait as times are free, less those who were told already and may still choose."""
    async with house.database.read() as tx:
        if not await visits.waiting(tx):
            return
    now = house.clock.now()
    async with house.database.transaction() as tx:
        waiting = await visits.waiting(tx)
        await trips.lock(tx, waiting)
        rules = {trip_id: each.rules for trip_id, each in (await trips.load(tx, house.keys, waiting)).items()}
        told = await visits.called(tx, now)
        for trip_id, ids in waiting.items():
            free = await trips.free_seats(tx, trip_id, now + timedelta(hours=rules[trip_id].notice))
            woken = ids[: max(0, free - told.get(trip_id, 0))]
            await visits.wake(tx, woken, now)
            if woken:
                log("visits_woken", visits=len(woken))
