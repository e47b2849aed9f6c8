"""What goes by itself: unfinished enrolments, who withdrew, strangers, update keys, ended replies; tasks that settled.

Hourly is often enough.
"""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.logging import log
from cora_bot.dialogue.spoken import STANDS
from cora_bot.store import above, chats, ledger, outbox, participants, place_files, records, sessions, tasks, updates
from cora_bot.store.apply import forget_people, silenced
from cora_bot.store.audit_log import Noted
from cora_bot.store.conversations import whole
from cora_bot.usecases import alerts, audit_log, cutting, retention, rotating, severing, taking_in, withdrawing
from cora_bot.usecases.belonging import note_changes
from cora_bot.usecases.house import House

UNFINISHED_ANSWERS = timedelta(hours=24)
UNFINISHED_PEOPLE = timedelta(days=30)
STRANGERS = timedelta(hours=24)
UPDATE_KEYS = timedelta(hours=48)
ENDED_REPLIES = timedelta(hours=48)
PLACES = timedelta(days=1)
"""So long after the last meeting of a trip the pictures and voices of its places are deleted."""

UNHANDLED = timedelta(minutes=10)
"""Whoever took updates in this long ago and has not handled them is not there any more."""

PARKED = timedelta(days=30)
"""So long there is time to find out why an update could not be handled."""


async def maintain(house: House) -> None:
    """Forgets what is due to be forgotten; repeats what a crash left half done, also in the key store.

    Last, some of what lies under earlier keys of the server is sealed anew, where they are being exchanged.
    """
    now = house.clock.now()
    await taking_in.handle_left(house, now - UNHANDLED)
    await severing.go_on(house)
    await withdrawing.carry_out(house)
    await retention.keep_promises(house)
    async with house.database.transaction() as tx:
        answers = await sessions.purge_enrolling(tx, now - UNFINISHED_ANSWERS)
        halves = await participants.unfinished(tx, house.keys, now - UNFINISHED_PEOPLE)
        linked = frozenset(half.id for half in halves if half.own_link is None)
        people = await whole(halves, house.keystore)
        gone = {each.id: each.case for each in people.values()}
        await forget_people(tx, gone, linked=linked, keys=house.keys, now=now)
        strangers = await chats.purge_strangers(tx, now - STRANGERS)
        await updates.forget_before(tx, now - UPDATE_KEYS)
        await updates.forget_parked(tx, now - PARKED)
        old = await above.spoken_before(tx, now - STANDS)
        parcels = [parcel for each in old for parcel in silenced(each, now)]
        await outbox.put(tx, parcels, keys=house.keys, chance=house.chance, now=now)
        await ledger.purge_replies(tx, now - ENDED_REPLIES)
        settled = await tasks.settle(tx, now)
        await place_files.purge(tx, now - PLACES)
        await alerts.forget(house, tx)
        if people:
            await audit_log.note(house, tx, Noted("unfinished_forgotten", facts={"people": str(len(people))}))
        waiting = await records.cuttings(tx)
    log(
        "maintained",
        answers=answers,
        people=len(people),
        strangers=strangers,
        cuttings=len(waiting),
        tasks=settled,
    )
    await cutting.follow(house)
    await rotating.go_on(house)
    await note_changes(house)
