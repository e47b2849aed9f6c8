"""Stores that were put back from a backup are made true again before anybody uses them.

The key store is the newer of the two, always: whoever was erased, cut off or fenced since the records were copied is
so again, first of all. Then nothing is sent twice and nothing late: whatever waited or fell due since may have been
sent, is noted as ``uncertain`` and goes on with the next message that is still to come. Nobody else works on the stores
meanwhile; cut short, it is begun again from the backup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from cora_bot.base.clock import to_millis
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.handlers import finishing
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store import occurrences, participants, records, remembered, tasks, trips, visits
from cora_bot.store import restored as rows
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Tx
from cora_bot.store.keystore import Fence
from cora_bot.store.participants import Half
from cora_bot.store.restored import Moment
from cora_bot.store.visits import Changed
from cora_bot.study.model import Step
from cora_bot.study.visits.reminders import following
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import News, Standing
from cora_bot.usecases import audit_log, cutting, taking_in
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import AT_ONCE, leave
from cora_bot.usecases.readable import Read, read_everyone
from cora_bot.vault.erasure import unwrap

RESTORED: Final = "restored"
RESTORED_AT: Final = "restored_at"
PAGE: Final = 500
EVERYTHING: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Applied:
    """What was made true: cases erased, people cut off, people fenced, messages and occasions that are uncertain."""

    erased: int
    cut: int
    fenced: int
    messages: int
    occasions: int


@dataclass(frozen=True, slots=True)
class Proved:
    """What opens: people with everything of theirs, and records under their erasure keys."""

    read: Read
    records: int


async def apply(house: House) -> Applied:
    """Raises ``CoraError`` where the stores are not of this study, these keys and each other."""
    await check_belongs(house)
    now = house.clock.now()
    erased = await _erase(house)
    cut = await _cut(house)
    await cutting.follow(house)
    fenced = await _fence(house)
    await taking_in.set_left_aside(house, RESTORED)
    async with house.database.transaction() as tx:
        messages = await rows.doubt_messages(tx, RESTORED, now)
        await rows.move_generations_on(tx)
        occasions = await _doubt_occasions(house, tx, now)
        meetings = await _doubt_meetings(house, tx, now)
        await remembered.write(tx, RESTORED_AT, str(to_millis(now)))
        facts = {"erased": str(erased), "cut": str(cut), "fenced": str(fenced), "meetings": str(meetings)}
        await audit_log.note(house, tx, Noted("restored", facts=facts))
    log("restored", cases=erased, people=cut + fenced, rows=messages, occurrences=occasions)
    return Applied(erased, cut, fenced, messages, occasions)


async def prove(house: House) -> Proved:
    """Opens everything the server can open. Raises ``CoraError`` for the first thing that does not."""
    try:
        async with house.database.read() as tx:
            read = await read_everyone(tx, house.keystore)
            return Proved(read, await _open_wraps(house, tx))
    except (NotOpened, KeyError, ValueError) as why:
        raise CoraError(
            f"a stored value does not open ({type(why).__name__})",
            "Is this the server's key file of that time, or one that still holds its keys? cora server-keys show",
        ) from None


async def _open_wraps(house: House, tx: Tx) -> int:
    after, count = b"", 0
    while page := await records.page(tx, after, PAGE):
        after = page[-1].id
        keys = await house.keystore.erasure_keys({each.case for each in page})
        for each in page:
            unwrap(keys[each.case], each.blob, case=each.case, record=each.id)
        count += len(page)
    return count


# ---- who is gone, and who wanted less ------------------------------------------------------------------------------


async def _erase(house: House) -> int:
    """Cases whose key was destroyed: their records go, and the next bundle lists them."""
    async with house.database.read() as tx:
        cases = await records.cases(tx)
    gone: list[bytes] = []
    for start in range(0, len(cases), PAGE):
        page = cases[start : start + PAGE]
        alive = await house.keystore.erasure_keys(page)
        gone += [case for case in page if case not in alive]
    async with house.database.transaction() as tx:
        await records.remove_cases(tx, gone, house.clock.now())
    return len(gone)


async def _cut(house: House) -> int:
    """People whose link was cut, or who refused meanwhile: they leave as they did then."""
    done, after = 0, b""
    while True:
        async with house.database.read() as tx:
            page = await participants.page(tx, house.keys, after, AT_ONCE)
            if not page:
                return done
            erased = set(await records.erased(tx))
        after = page[-1].id
        links = await house.keystore.links([half.id for half in page])
        gone = {half.id for half in page if _is_gone(half, half.id in links, erased)}
        if gone:
            async with house.database.transaction() as tx:
                done += await leave(house, tx, sorted(gone), still=partial(_among, gone))


def _among(gone: set[bytes], half: Half) -> bool:
    return half.id in gone


def _is_gone(half: Half, linked: bool, erased: set[bytes]) -> bool:
    if half.own_link is not None:
        return half.own_link.case in erased
    return not linked and half.status is not Status.ENROLLING


async def _fence(house: House) -> int:
    """Nobody is written to who said no since, under a purpose taken back, during a break, or in a chat they left."""
    fences, done = await house.keystore.fences(), 0
    ids = sorted(fences)
    for start in range(0, len(ids), AT_ONCE):
        async with house.database.transaction() as tx:
            some = ids[start : start + AT_ONCE]
            await rows.leave_chats(tx, {who: fences[who].chat for who in some})
            halves = await participants.by_ids(tx, house.keys, some)
            changed = [new for half in halves if (new := _fenced(half, fences[half.id])) != half]
            await rows.write_halves(tx, changed, keys=house.keys, chance=house.chance)
            done += len(changed)
    return done


def _fenced(half: Half, fence: Fence) -> Half:
    """Never more than both the copy and the fence allow."""
    if half.status is Status.ENROLLING:
        return half
    pauses = [each for each in (half.profile.paused_until, fence.paused_until) if each is not None]
    purposes = tuple(each for each in half.profile.purposes if each in fence.purposes)
    profile = replace(half.profile, purposes=purposes, paused_until=max(pauses, default=None))
    if fence.status is not Status.STOPPED:
        return replace(half, profile=profile)
    return replace(
        half, profile=profile, status=fence.status, withdrawal=fence.withdrawal, withdraws_at=fence.withdraws_at
    )


# ---- what may have been sent since ---------------------------------------------------------------------------------


async def _doubt_occasions(house: House, tx: Tx, now: datetime) -> int:
    """Occurrences that fell due since: noted as perhaps sent, and moved on to what is still to come."""
    due = sorted({each.participant for each in await occurrences.due(tx, now, EVERYTHING)})
    done = 0
    for start in range(0, len(due), PAGE):
        ids = due[start : start + PAGE]
        halves = await participants.by_ids(tx, house.keys, ids)
        chats = await participants.chats_of(tx, ids)
        standing = await occurrences.open_of(tx, ids)
        # Whoever may not be written to was not, and is not: the due loop says why.
        for who in sorted(half.id for half in halves if half.id in chats and _may_be_written_to(half, now)):
            doubted = [found for each in standing.get(who, ()) if (found := _doubted(each, now))]
            await occurrences.write(tx, {who: [after for after, _ in doubted]})
            await rows.note_doubts(tx, who, chats[who], [each for _, told in doubted for each in told], now)
            done += len(doubted)
    return done


async def _doubt_meetings(house: House, tx: Tx, now: datetime) -> int:
    """Meetings about which a message fell due since: it was perhaps sent, and what was answered is lost. The next one
    comes as planned, and somebody of the team asks the person how things stand.
    """
    due = await visits.due(tx, now, EVERYTHING)
    known = await visits.by_ids(tx, house.keys, [each.visit for each in due])
    slots = await trips.slots_by_id(tx, {each.slot for each in known.values() if each.slot is not None})
    people = {half.id: half for half in await participants.by_ids(tx, house.keys, {each.participant for each in due})}
    for each in due:
        before = known[each.visit]
        slot = slots.get(before.slot or 0) if before.standing is Standing.BOOKED else None
        news, at = _next_news(house, slot, people.get(each.participant), now)
        change = {each.participant: Changed(before, replace(before, due=news, next_at=at))}
        await visits.write(tx, change, keys=house.keys, chance=house.chance, now=now)
    await tasks.open_new(tx, [tasks.New(who, TaskReason.VISIT) for who in {each.participant for each in due}], now)
    return len(due)


def _next_news(house: House, slot: Slot | None, half: Half | None, now: datetime) -> tuple[News, datetime | None]:
    if slot is None or half is None:
        return News.NONE, None
    quiet = house.script.study.quiet
    return following(slot, quiet, zone=half.zone, hour=half.profile.hour, after=now) or (News.NONE, None)


def _may_be_written_to(half: Half, now: datetime) -> bool:
    until = half.profile.paused_until
    return half.status is Status.ACTIVE and (until is None or until <= now)


def _doubted(each: Occurrence, now: datetime) -> tuple[Occurrence, Sequence[Moment]] | None:
    """The occasion as if everything had been sent that fell due, and these messages; None when nothing did."""
    if each.next_at is None or each.next_at > now or (each.step is Step.OPENED and each.closes <= now):
        return None  # what had been begun and is over now ends as it always does, without a message
    fell_due = sorted({each.next_at, *(at for at in each.reminders if each.next_at < at <= now)})
    moments = [at for at in fell_due if at < each.closes]
    told = [
        Moment(each.wave, each.number, each.sent + place, at, first=each.step is Step.PLANNED and place == 1)
        for place, at in enumerate(moments, start=1)
    ]
    sent = replace(each, sent=each.sent + len(told))
    if each.closes <= now:
        step = Step.LAPSED if each.step is Step.PLANNED else Step.EXPIRED
        return finishing.ended(sent, step, now, RESTORED), told
    upcoming = next((at for at in each.reminders if at > now), each.closes)
    step = Step.INVITED if each.step is Step.PLANNED else each.step
    return replace(sent, step=step, next_at=upcoming), told
