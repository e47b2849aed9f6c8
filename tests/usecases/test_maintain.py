"""MT-01 unfinished answers, people and strangers are forgotten, those who take part are not
MT-02 update keys and ended replies go after their horizon, the contact ledger stays
MT-03 what a crash left half deleted in the key store is finished.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Text
from cora_bot.dialogue.turn import Turn
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import Arrived, Sent, Uncertain
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import UNFINISHED_PEOPLE, maintain
from cora_bot.usecases.parking import park
from cora_bot.usecases.receive import receive
from tests.support.stores import BEGIN
from tests.support.turns import DAY, HOUR, invited, joined, meet, person, record, session, shown, write


async def _counts(house: House, *names: str) -> list[object]:
    async with house.database.read() as tx:
        return [(await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in names]


async def _begun(house: House, address: int) -> bytes:
    """Somebody in the middle of the consent form, who has sealed an answer."""
    before = await meet(house, address)
    who, open_one = person(house.chance, Status.ENROLLING), session(house.chance)
    after = replace(before, participant=who, session=open_one)
    await write(house, before, Turn(after, records=(record(house.chance, open_one, "x"),)))
    return who.case


async def test_unfinished_enrolments_are_forgotten_in_two_steps(house: House) -> None:
    case = await _begun(house, 700)
    taking_part = await joined(house, 701)
    await write(house, taking_part, Turn(replace(taking_part, session=session(house.chance))))
    names = ("session", "participant", "record", "chat")
    house.clock.set(BEGIN + timedelta(hours=24))  # type: ignore[attr-defined]
    await maintain(house)
    on_the_hour = await _counts(house, *names)
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)
    a_day_on = await _counts(house, *names)
    house.clock.set(BEGIN + UNFINISHED_PEOPLE + timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)
    a_month_on = await _counts(house, *names)

    assert on_the_hour == [2, 2, 1, 2]
    assert a_day_on == [1, 2, 1, 2]
    assert a_month_on == [1, 1, 0, 1]
    assert await house.keystore.erasure_keys([case]) == {}
    assert await _counts(house, "cutting", "erased_case") == [0, 1]


async def test_strangers_are_forgotten_after_a_day_without_a_word(house: House) -> None:
    await receive(house, [Arrived("m:1", 700, Text("hello", 1)), Arrived("m:2", 701, Text("hello", 1))])
    house.clock.move(20 * HOUR)  # type: ignore[attr-defined]
    await receive(house, [Arrived("m:3", 701, Text("hello", 2))])
    house.clock.move(5 * HOUR)  # type: ignore[attr-defined]
    await maintain(house)

    assert await _counts(house, "chat") == [1]


async def test_update_keys_go_after_two_days(house: House) -> None:
    await receive(house, [Arrived("m:1", 700, Text("hello", 1))])
    house.clock.move(2 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    kept = await _counts(house, "update_seen")
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)

    assert (kept, await _counts(house, "update_seen")) == ([1], [0])


async def test_ended_replies_go_and_the_contact_ledger_stays(house: House) -> None:
    await shown(house, await joined(house, 700), "reply")
    await invited(house, await joined(house, 701))
    reply, unasked = await claim(house)
    await settle(house, [(reply, Sent(31)), (unasked, Uncertain("timed_out"))])
    waiting = await joined(house, 702)
    await shown(house, waiting, "still waiting")
    house.clock.move(3 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    async with house.database.read() as tx:
        left = [tuple(row) for row in await tx.execute(text("SELECT unsolicited, state FROM outbox ORDER BY id"))]

    assert left == [(1, "uncertain"), (0, "pending")]


async def test_deletion_cut_short_by_a_crash_is_finished(house: House) -> None:
    case = await _begun(house, 700)
    enrolling = await meet(house, 700)
    await write(house, enrolling, Turn(replace(enrolling, participant=None, session=None)))  # and then it was gone
    assert list(await house.keystore.erasure_keys([case])) == [case]

    await maintain(house)
    assert await house.keystore.erasure_keys([case]) == {}
    assert await _counts(house, "cutting") == [0]


async def test_parked_updates_are_forgotten_when_nobody_looked_at_them_in_time(house: House) -> None:
    await park(house, Arrived("m/9/9", 9, Text("hello", 9, "en")), "ValueError")
    house.clock.move(30 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    kept = await _counts(house, "parked_update")
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)

    assert (kept, await _counts(house, "parked_update")) == ([1], [0])
