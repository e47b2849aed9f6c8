"""OU-01 an outage stretches the windows of people there and of nobody else · OU-02 entered twice it changes nothing
OU-03 entered afterwards it opens again what ended unseen, or says that silence was no answer · OU-04 what was
answered, begun, put away or called off stays · OU-05 taken back, all is as it was · OU-06 what waits for its end is
sent once it is taken back · OU-07 impossible outages are refused in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.handlers.inviting import GRACE
from cora_bot.dialogue.turn import Turn
from cora_bot.store import occurrences
from cora_bot.study.model import Step
from cora_bot.study.schedule import placed
from cora_bot.study.stretch import Outage
from cora_bot.usecases import outage as outages
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.outage import Replanned
from tests.support.phone import Phone
from tests.support.turns import DAY, HOUR, invited, joined, meet, write

KABUL = ZoneInfo("Asia/Kabul")
OPENS = datetime(2027, 1, 5, 11)
BEGINS, ENDS = datetime(2027, 1, 10), datetime(2027, 1, 15)


def kabul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KABUL)


def check_in(house: House, number: int = 1, opens: datetime = OPENS, **changes: object) -> Occurrence:
    """A check-in as the shipped study plans it for somebody in Kabul: twelve days, reminders after three and seven."""
    planned = placed(house.script.study.wave("check_in"), number, opens, KABUL)
    drawn = Occurrence(
        planned.wave, number, planned.local, planned.opens, planned.closes, planned.reminders, next_at=planned.opens
    )
    return replace(drawn, **changes)  # type: ignore[arg-type]


async def somebody(house: House, *planned: Occurrence, address: int = 700, **who: object) -> bytes:
    fields: dict[str, object] = {"zone": "Asia/Kabul", "country": "AF", "hour": 11}
    before = await joined(house, address, **(fields | who))
    await write(house, before, Turn(before, occurrences=planned))
    assert before.participant is not None
    return before.participant.id


async def of(house: House, who: bytes) -> list[Occurrence]:
    async with house.database.read() as tx:
        return (await occurrences.all_of(tx, [who]))[who]


async def entered(house: House, place: str = "AF", begins: datetime = BEGINS, ends: datetime = ENDS) -> Replanned:
    return await outages.enter(house, place, begins, ends)


def counts(done: Replanned) -> tuple[int, int, int]:
    return done.moved, done.reopened, done.unreached


def clock(house: House, text: str) -> None:
    house.clock.set(kabul(text))  # type: ignore[attr-defined]


# ---- entered before it comes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["AF", "af", "Asia/Kabul", " asia/kabul "])
async def test_windows_there_are_longer_and_others_are_not(house: House, place: str) -> None:
    there = await somebody(house, check_in(house), check_in(house, 2, OPENS + 31 * DAY))
    same_zone = await somebody(house, check_in(house), address=701, country="other")
    elsewhere = await somebody(house, check_in(house), address=702, country="IR", zone="Asia/Tehran")

    done = await entered(house, place)

    by_zone = "/" in place
    assert counts(done) == (2 if by_zone else 1, 0, 0)
    assert (await of(house, there))[0].closes == kabul("2027-01-22T11:00")
    assert (await of(house, there))[0].reminders == (kabul("2027-01-08T11:00"), kabul("2027-01-17T11:00"))
    assert (await of(house, there))[1] == check_in(house, 2, OPENS + 31 * DAY)
    assert ((await of(house, same_zone))[0] == check_in(house)) is not by_zone
    assert await of(house, elsewhere) == [check_in(house)]


async def test_occasion_outside_the_outage_keeps_its_plan_whatever_the_study_says_by_now(house: House) -> None:
    """Planned when the wave was still open for twenty days: only an outage inside its window may place it anew."""
    old_plan = check_in(house, 2, OPENS + 31 * DAY)
    old_plan = replace(old_plan, closes=old_plan.opens + 20 * DAY)
    who = await somebody(house, old_plan)

    assert counts(await entered(house)) == (0, 0, 0)
    assert await of(house, who) == [old_plan]


async def test_entered_twice_changes_nothing(house: House) -> None:
    clock(house, "2027-01-12T09:00")
    who = await somebody(
        house,
        check_in(house, step=Step.INVITED, sent=1, next_at=kabul("2027-01-12T11:00")),
        check_in(house, 2, OPENS + 9 * DAY),
        check_in(house, 3, OPENS - 5 * DAY, step=Step.EXPIRED, sent=3, next_at=None, reason="not_opened",
                 finished_at=kabul("2027-01-12T11:00")),
        check_in(house, 4, OPENS - 30 * DAY, step=Step.EXPIRED, sent=3, next_at=None, reason="not_opened"),
    )  # fmt: skip
    first = await entered(house)
    once = await of(house, who)
    second = await entered(house)

    assert counts(first) == (2, 1, 0)
    assert (first.outage, counts(second)) == (second.outage, (0, 0, 0))
    assert await of(house, who) == once
    assert [each.id for each in await outages.every(house)] == [first.outage.id]


async def test_overlapping_outages_count_once_in_whatever_order(house: House) -> None:
    who = await somebody(house, check_in(house))
    other = await somebody(house, check_in(house), address=701)
    await entered(house, ends=datetime(2027, 1, 13))
    await entered(house, "Asia/Kabul", begins=datetime(2027, 1, 12))

    assert [each.closes for each in (*await of(house, who), *await of(house, other))] == [
        kabul("2027-01-22T11:00")
    ] * 2  # fmt: skip


async def test_whole_course_over_an_outage(house: House) -> None:
    """Nothing comes from its first to its last minute; the message comes at the hour after, reminders in step."""
    who = await somebody(house, check_in(house, opens=datetime(2027, 1, 12, 11)))
    await entered(house)
    phone = Phone(house)
    arrived = []
    moment = kabul("2027-01-11T11:00")
    while moment < kabul("2027-02-03T00:00"):
        house.clock.set(moment)  # type: ignore[attr-defined]
        while await due(house):
            pass
        arrived += [house.clock.now() for each in await phone.deliver() if each.unsolicited]
        moment += HOUR
    (found,) = await of(house, who)

    assert arrived == [kabul(f"2027-01-{day}T11:00") for day in (15, 18, 22)]
    assert (found.step, found.reason, found.closes) == (Step.EXPIRED, "not_opened", kabul("2027-01-27T00:00"))


async def test_reminder_that_was_sent_is_not_sent_again(house: House) -> None:
    clock(house, "2027-01-16T09:00")
    invited_then = check_in(house, step=Step.INVITED, sent=3, next_at=kabul("2027-01-17T11:00"))
    once_reminded = check_in(house, step=Step.INVITED, sent=2, next_at=kabul("2027-01-17T11:00"))
    both = [await somebody(house, each, address=n) for n, each in ((700, invited_then), (701, once_reminded))]
    await entered(house)

    assert [(await of(house, who))[0].next_at for who in both] == [
        kabul("2027-01-22T11:00"), kabul("2027-01-17T11:00"),
    ]  # fmt: skip


async def test_hour_the_person_asked_for_stays(house: House) -> None:
    clock(house, "2027-01-09T09:00")
    later = kabul("2027-01-09T12:00")
    who = await somebody(house, check_in(house, step=Step.INVITED, sent=1, next_at=later))
    await entered(house)

    assert (await of(house, who))[0].next_at == later


async def test_begun_one_in_its_last_day_goes_on(house: House) -> None:
    clock(house, "2027-01-17T15:00")
    closes = check_in(house).closes
    begun = check_in(house, step=Step.OPENED, sent=3, opened_at=kabul("2027-01-06T12:00"), next_at=closes + GRACE)
    who = await somebody(house, begun)
    await entered(house)

    (found,) = await of(house, who)
    assert (found.step, found.closes, found.next_at) == (
        Step.OPENED, kabul("2027-01-22T11:00"), kabul("2027-01-22T11:00"),
    )  # fmt: skip


# ---- entered afterwards ----------------------------------------------------------------------------------------------


def unseen(house: House, **changes: object) -> Occurrence:
    """Ended in the outage: open from 2 to 14 January, three messages, never opened."""
    ended = check_in(house, opens=datetime(2027, 1, 2, 11))
    fields: dict[str, object] = {
        "step": Step.EXPIRED,
        "sent": 3,
        "next_at": None,
        "reason": "not_opened",
        "finished_at": ended.closes,
    }
    return replace(ended, **(fields | changes))  # type: ignore[arg-type]


async def test_what_ended_unseen_is_asked_again_while_its_longer_window_lasts(house: House) -> None:
    clock(house, "2027-01-16T09:00")
    who = await somebody(house, unseen(house))

    done = await entered(house)
    (again,) = await of(house, who)
    while await due(house):
        pass
    arrived = [each.unsolicited for each in await Phone(house).deliver()]

    assert counts(done) == (0, 1, 0)
    assert (again.step, again.reason, again.closes, again.finished_at) == (
        Step.PLANNED, "outage", kabul("2027-01-19T11:00"), None,
    )  # fmt: skip
    assert arrived == [True]
    assert [(each.step, each.sent) for each in await of(house, who)] == [(Step.INVITED, 4)]


async def test_what_ended_unseen_and_is_over_counts_as_not_attempted(house: House) -> None:
    clock(house, "2027-01-25T09:00")
    never_sent = unseen(house, step=Step.LAPSED, sent=0, reason="late")
    people = [await somebody(house, each, address=n) for n, each in ((700, unseen(house)), (701, never_sent))]

    done = await entered(house)

    assert counts(done) == (0, 0, 2)
    assert [(each.step, each.reason) for who in people for each in await of(house, who)] == [
        (Step.EXPIRED, "outage"), (Step.LAPSED, "outage"),
    ]  # fmt: skip


async def test_what_ended_after_the_outage_had_its_chance(house: House) -> None:
    clock(house, "2027-02-25T09:00")
    ended = check_in(
        house, step=Step.EXPIRED, sent=3, next_at=None, reason="not_opened", finished_at=kabul("2027-01-17")
    )
    who = await somebody(house, ended)

    assert counts(await entered(house)) == (0, 0, 0)
    assert await of(house, who) == [ended]


@pytest.mark.parametrize(
    "changes",
    [
        {"step": Step.COMPLETE, "reason": "", "opened_at": kabul("2027-01-03T12:00")},
        {"step": Step.PARTIAL, "reason": "not_finished", "opened_at": kabul("2027-01-03T12:00")},
        {"step": Step.EXPIRED, "reason": "not_finished", "opened_at": kabul("2027-01-03T12:00")},
        {"step": Step.EXPIRED, "reason": "put_away", "put_away": 1},
        {"step": Step.CANCELLED, "reason": "stopped"},
        {"step": Step.LAPSED, "reason": "paused", "sent": 0},
        {"step": Step.EXPIRED, "reason": "not_opened", "put_away": 1},
        {"step": Step.EXPIRED, "reason": "not_opened", "opened_at": kabul("2027-01-03T12:00")},
    ],
)
@pytest.mark.parametrize("now", ["2027-01-16T09:00", "2027-01-25T09:00"])
async def test_what_was_no_silence_stays(house: House, changes: dict[str, object], now: str) -> None:
    clock(house, now)
    ended = unseen(house, **changes)
    who = await somebody(house, ended)

    assert counts(await entered(house)) == (0, 0, 0)
    assert await of(house, who) == [ended]


async def test_nothing_opens_again_for_who_stopped_since(house: House) -> None:
    clock(house, "2027-01-16T09:00")
    who = await somebody(house, unseen(house), status=Status.STOPPED)
    await entered(house)

    assert [(each.step, each.reason) for each in await of(house, who)] == [(Step.EXPIRED, "outage")]


async def test_one_that_opens_again_waits_for_the_one_that_is_open(house: House) -> None:
    clock(house, "2027-01-16T09:00")
    current = check_in(house, 2, step=Step.INVITED, sent=1, next_at=kabul("2027-01-20T11:00"))
    who = await somebody(house, unseen(house), current)
    await entered(house)
    while await due(house):
        pass

    assert [(each.step, each.reason) for each in await of(house, who)] == [
        (Step.PLANNED, "outage"), (Step.INVITED, ""),
    ]  # fmt: skip
    assert await claim(house) == []

    clock(house, "2027-01-19T11:00")  # the longer window is over, and nobody could be asked once more
    while await due(house):
        pass
    (first, _) = await of(house, who)
    assert (first.step, first.reason) == (Step.LAPSED, "outage")


# ---- taken back ------------------------------------------------------------------------------------------------------


async def test_taken_back_everything_is_as_it_was(house: House) -> None:
    clock(house, "2027-01-09T09:00")
    sent = check_in(house, step=Step.INVITED, sent=1, next_at=kabul("2027-01-12T11:00"))
    before = [sent, check_in(house, 2, OPENS + 8 * DAY)]
    who = await somebody(house, *before)
    done = await entered(house)
    between = await of(house, who)
    await outages.remove(house, done.outage.id)

    assert [each.closes for each in between] == [before[0].closes + 5 * DAY, before[1].closes + 37 * HOUR]
    assert await of(house, who) == before
    assert await outages.every(house) == ()


async def test_taken_back_silence_is_silence_again(house: House) -> None:
    clock(house, "2027-02-09T09:00")
    who = await somebody(house, unseen(house))
    done = await entered(house)
    between = await of(house, who)
    await outages.remove(house, done.outage.id)

    assert ([each.reason for each in between], await of(house, who)) == (["outage"], [unseen(house)])


async def test_what_waited_for_its_end_comes_once_it_is_taken_back(house: House) -> None:
    clock(house, "2027-01-12T11:00")
    waits = await somebody(house, check_in(house, opens=datetime(2027, 1, 12, 11)))
    done = await entered(house)
    written = await joined(house, 701, zone="Asia/Kabul", country="AF")
    await invited(house, written)
    while await due(house):
        pass
    held, none = (await of(house, waits))[0], await claim(house)

    await outages.remove(house, done.outage.id)
    while await due(house):
        pass

    assert ((held.reason, held.next_at), none) == (("outage", kabul("2027-01-15T11:00")), [])
    assert sorted(each.address for each in await claim(house)) == [700, 701]


async def test_shortened_by_entering_another_and_taking_the_first_back(house: House) -> None:
    who = await somebody(house, check_in(house))
    first = await entered(house, ends=datetime(2027, 2, 20))
    await entered(house)
    await outages.remove(house, first.outage.id)

    assert (await of(house, who))[0].closes == kabul("2027-01-22T11:00")


async def test_who_enrols_later_gets_longer_windows_too(house: House) -> None:
    await entered(house)
    known = (await meet(house, 700)).outages

    assert known == (Outage("AF", BEGINS, ENDS, known[0].id),)


# ---- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["DE", "other", "Europe/Berlin", "Asia/Kabull", "", "../etc/passwd"])
async def test_place_where_nobody_can_be_is_refused(house: House, place: str) -> None:
    with pytest.raises(CoraError) as error:
        await entered(house, place)

    assert str(error.value) == f"nobody of this study can be in {place!r}"
    assert "AF, AL" in error.value.hint
    assert "Asia/Kabul" in error.value.hint
    assert await outages.every(house) == ()


@pytest.mark.parametrize(
    ("begins", "ends", "message"),
    [
        (ENDS, BEGINS, "the outage ends before it begins"),
        (BEGINS, BEGINS, "the outage ends before it begins"),
        (BEGINS, BEGINS + timedelta(days=367), "the outage lasts more than a year"),
        (datetime(2072, 1, 1), datetime(2072, 1, 2), "the outage lies more than five years from today"),
        (datetime(1, 1, 1), datetime(1, 1, 2), "the outage lies more than five years from today"),
        (datetime(9999, 12, 30), datetime(9999, 12, 31), "the outage lies more than five years from today"),
    ],
)
async def test_impossible_days_are_refused(house: House, begins: datetime, ends: datetime, message: str) -> None:
    with pytest.raises(CoraError, match=message):
        await entered(house, begins=begins, ends=ends)
    assert await outages.every(house) == ()


async def test_unknown_number_cannot_be_taken_back(house: House) -> None:
    with pytest.raises(CoraError, match="there is no outage 7"):
        await outages.remove(house, 7)
