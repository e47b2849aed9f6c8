"""What has fallen due: occurrences and chores. The cost is that of what is due, whoever else is enrolled.

Everything is read behind the lock, at the moment it falls due: not yet returned, withdrawn, paused, already answered
are seen then and not before. One that cannot be handled is put off for an hour and does not hold up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from cora_bot.base.clock import monotonic, to_millis
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Conversation, Occurrence
from cora_bot.dialogue.inputs import ChoreDue, OccurrenceDue
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store import alerts as stored_alerts
from cora_bot.store import chats, chores, conversations, occurrences, outbox, participants, removals, tasks, visits
from cora_bot.store.apply import Step, apply
from cora_bot.store.chores import Task
from cora_bot.store.conversations import Loaded
from cora_bot.store.occurrences import Due
from cora_bot.usecases import alerts, own_copies
from cora_bot.usecases.halting import check_not_halted
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.replaying import handle_all
from cora_bot.usecases.sealing import seal_steps
from cora_bot.usecases.visits import due as visiting

PUT_OFF = timedelta(hours=1)
MAINTAINED_EVERY = timedelta(hours=1)
LOG_KEPT = 60.0
"""Seconds (of this machine's time) after which what was deleted has left the database's log, too."""


async def due(house: House, *, limit: int = 100) -> int:
    """Handles what is due, earliest first, ``limit`` of each sort at most; how many were. Call again until it is 0.

    Raises ``Halted`` once sending was stopped by hand.
    """
    await check_not_halted(house.database)
    await _tidy(house)
    done = await _occurrences(house, limit) + await visiting.due(house, limit) + await _chores(house, limit)
    return done + await alerts.escalate(house)


async def _tidy(house: House) -> None:
    if house.database.standby:
        return  # whoever sends does it
    now, last = house.clock.now(), house.database.maintained_at
    if last is None or now - last >= MAINTAINED_EVERY:
        await maintain(house)
        house.database.maintained_at = now
    if monotonic() - house.database.emptied_at >= LOG_KEPT:
        await house.database.empty_log()


# ---- occurrences -----------------------------------------------------------------------------------------------------


async def _occurrences(house: House, limit: int) -> int:
    async with house.database.read() as tx:
        found = await occurrences.due(tx, house.clock.now(), limit)

    def replayed(error: Exception) -> None:
        log("due_replayed", level=logging.WARNING, error=type(error).__name__, occurrences=len(found))

    async def put_off(each: Due, error: Exception) -> None:
        log("due_put_off", level=logging.ERROR, error=type(error).__name__, wave=each.wave, number=each.number)
        async with house.database.transaction() as tx:
            await occurrences.put_off(tx, each, house.clock.now() + PUT_OFF)

    return await handle_all(found, partial(_handle, house), replayed=replayed, set_aside=put_off)


async def _handle(house: House, found: Sequence[Due]) -> int:
    """How many were not left to another process, which works on their chats at this moment."""
    now = house.clock.now()
    async with house.database.transaction() as tx:
        reached = await participants.chats_of(tx, {each.participant for each in found})
        stored = await chats.lock(tx, set(reached.values()), skip_locked=True)
        found = [each for each in found if reached.get(each.participant) in {None, *stored}]
        # One person of a shared chat at a time; the others are still due when this is written.
        about = {chat_id: who for who, chat_id in reversed(reached.items())}
        loaded = await conversations.load(
            tx, list(stored.values()), keys=house.keys, keystore=house.keystore, about=about
        )
        steps = []
        for each in found:
            chat_id = reached.get(each.participant)
            if chat_id is None:
                await occurrences.lapse(tx, each, "unreachable", now)
                await tasks.open_new(tx, _lost(each), now)
                continue
            before = _about(loaded, chat_id, each, now)
            if before is None:
                continue  # somebody else was faster, or comes first
            turn = advance(before, OccurrenceDue(), script=house.script, now=now, chance=house.chance)
            turn = replace(turn, occurrences=_never_at_once(before, turn.occurrences, now))
            steps.append(Step(before, turn, _key(each, before)))
            loaded.conversations[chat_id] = conversations.carried_on(turn.conversation, turn.occurrences)
        steps, sealed = await seal_steps(house, steps, loaded.linked)
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
        await own_copies.keep(house, tx, steps)
    return len(found)


def _lost(each: Due) -> list[tasks.New]:
    """Somebody has no chat any more: a task by itself, and the occasion that passed for it."""
    missed = tasks.New(each.participant, TaskReason.MISSED, each.wave, each.number)
    return [tasks.New(each.participant, TaskReason.UNREACHABLE), missed]


def _about(loaded: Loaded, chat_id: bytes, each: Due, now: datetime) -> Conversation | None:
    """The conversation about this occurrence; None when it is no longer due, or another person comes first."""
    conversation = loaded.conversations[chat_id]
    if conversation.participant is None or conversation.participant.id != each.participant:
        return None
    for planned in conversation.planned:
        if (planned.wave, planned.number) == (each.wave, each.number):
            is_due = planned.next_at is not None and planned.next_at <= now
            return replace(conversation, occurrence=planned) if is_due else None
    return None


def _never_at_once(before: Conversation, changed: tuple[Occurrence, ...], now: datetime) -> tuple[Occurrence, ...]:
    """What was due and did not move is put off: it would be due again at once, for ever."""
    about = before.occurrence
    if about is None:
        return changed
    mine = next((each for each in changed if (each.wave, each.number) == (about.wave, about.number)), about)
    if mine.next_at is None or mine.next_at > now:
        return changed
    log("due_did_not_move", level=logging.WARNING, wave=mine.wave, number=mine.number)
    others = tuple(each for each in changed if each is not mine)
    return (*others, replace(mine, next_at=now + PUT_OFF))


def _key(each: Due, before: Conversation) -> str:
    looked_at = before.occurrence.next_at if before.occurrence else None
    moment = to_millis(looked_at) if looked_at else 0
    return f"d/{each.participant.hex()}/{each.wave}/{each.number}/{moment}"


# ---- chores ----------------------------------------------------------------------------------------------------------


async def _chores(house: House, limit: int) -> int:
    async with house.database.read() as tx:
        found = await chores.due(tx, house.clock.now(), limit)

    def replayed(error: Exception) -> None:
        log("chores_replayed", level=logging.WARNING, error=type(error).__name__, chores=len(found))

    async def drop(each: Task, error: Exception) -> None:
        log("chore_dropped", level=logging.ERROR, error=type(error).__name__, chore=each.kind)
        async with house.database.transaction() as tx:
            await chores.remove(tx, [each])

    return await handle_all(found, partial(_do, house), replayed=replayed, set_aside=drop)


async def _do(house: House, found: Sequence[Task]) -> int:
    """As ``_handle``."""
    now = house.clock.now()
    async with house.database.transaction() as tx:
        stored = await chats.lock(tx, {each.chat for each in found}, skip_locked=True)
        found = [each for each in found if each.chat in stored]
        loaded = await conversations.load(tx, list(stored.values()), keys=house.keys, keystore=house.keystore)
        steps = []
        for each in found:
            before = loaded.conversations.get(each.chat)
            if before is None or before.chat.card.generation != each.card:
                continue  # the card shows something else by now
            event = ChoreDue(each.kind, each.card)
            turn = advance(before, event, script=house.script, now=now, chance=house.chance)
            steps.append(Step(before, turn, f"h/{each.chat.hex()}/{each.kind}/{each.card}"))
            loaded.conversations[each.chat] = conversations.carried_on(turn.conversation, turn.occurrences)
        steps, sealed = await seal_steps(house, steps, loaded.linked)
        await chores.remove(tx, found)
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
    return len(found)


async def next_moment(house: House) -> datetime | None:
    """When something falls due or may be sent next: for time travel, and for a ticker that wants to sleep."""
    async with house.database.read() as tx:
        planned = (await occurrences.earliest(tx), await visits.earliest(tx), await chores.earliest(tx))
        _, removal = await removals.waiting(tx)
        moments = (*planned, await outbox.earliest(tx), removal, await stored_alerts.earliest(tx))
    return min((each for each in moments if each is not None), default=None)
