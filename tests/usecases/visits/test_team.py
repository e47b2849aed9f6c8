"""V-20 a dry run sends nothing and says who and why not · V-21 batches, each with its deadline
V-22 a trip is changed only as far as nobody's booking breaks, and no interviewer is in two places, of two trips either
V-23 what the team does is checked, told kindly, and told again by nobody · V-24 an interviewer who falls ill
V-25 messages: never more than the trip allows, never at night, and not when they have been opened meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.visits.acts import Act
from cora_bot.export.bundle_facts import moment
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.store import participants, tables
from cora_bot.study.visits.visit import Standing, Visit, disposition
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.people import people
from cora_bot.usecases.receive import receive
from cora_bot.usecases.tasks import duties
from cora_bot.usecases.visits import arranging
from cora_bot.usecases.visits.inviting import offer
from cora_bot.usecases.visits.listing import lines, times
from tests.support.stores import Ground
from tests.support.trips import offered, standard, stored, workbook
from tests.usecases.visits.guests import (
    FIRST,
    NOW,
    UNTIL,
    deliver,
    everything_due,
    guest,
    invite,
    pressing,
    there,
    trip,
)

ONE, TWO = 7001, 7002


@pytest.fixture
async def planned(house: House, ground: Ground) -> House:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await trip(house)
    return house


async def code(house: House, address: int = ONE) -> str:
    person = (await there(house, address)).participant
    assert person is not None
    return person.code


async def slots(house: House, address: int = ONE, *, who: str = "ANNA") -> list[int]:
    known = (await there(house, address)).bookable
    return [each.slot.id for each in known if each.free and each.slot.interviewer == who]


async def booked(house: House, address: int = ONE) -> int:
    slot = (await slots(house, address))[0]
    await receive(house, [await pressing(house, address, Act.BOOK, slot)])
    await deliver(house)
    return slot


async def counted(house: House, table: str = "visit") -> int:
    async with house.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(tables.metadata.tables[table]))).scalar_one())


async def test_dry_run_says_who_and_why_not_and_sends_nothing(planned: House) -> None:
    await guest(planned, ONE)
    await guest(planned, TWO, purposes=frozenset({"check_ins"}))
    await guest(planned, 7003, country="GE")
    await guest(planned, 7004, language="fa-AF", country="AF")
    before = await offer(planned, "spring", most=10, until=UNTIL, send=False)

    assert len(before.codes) == 3
    assert before.left_out == Counter({"did not agree to visits": 1})
    assert (await counted(planned), await everything_due(planned)) == (0, [])


async def test_who_is_invited_follows_the_workbook(house: House, ground: Ground) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await trip(house, countries="AL", languages="en", waves="arrival", alternatives="")
    for address, known in enumerate(
        [{}, {"language": "sq"}, {"country": "AF", "language": "en"}, {"purposes": frozenset({"check_ins"})}], start=ONE
    ):
        await guest(house, address, **known)  # type: ignore[arg-type]
    found = await offer(house, "spring", most=10, until=UNTIL, send=False)

    assert found.codes == ()
    assert found.left_out == Counter(
        {"wave not reached": 1, "another language": 1, "another country or zone": 1, "did not agree to visits": 1}
    )


async def test_batches_come_one_after_another(planned: House) -> None:
    for address in range(ONE, ONE + 5):
        await guest(planned, address)
    first = await offer(planned, "spring", most=2, until=UNTIL, send=True)
    second = await offer(planned, "spring", most=2, until=UNTIL, send=True)
    rest = await offer(planned, "spring", most=9, until=UNTIL, send=True)

    assert [len(each.codes) for each in (first, second, rest)] == [2, 2, 1]
    assert first.left_out["in a later batch"] == 3
    assert set(first.codes).isdisjoint(second.codes)
    assert await counted(planned) == 5


@pytest.mark.parametrize("until", [date(2026, 12, 10), date(2026, 12, 1), date(2027, 1, 1)])
async def test_impossible_deadline_is_refused(planned: House, until: date) -> None:
    await guest(planned, ONE)
    with pytest.raises(CoraError, match="deadline"):
        await offer(planned, "spring", most=2, until=until, send=True)


async def test_unknown_trip_is_refused(planned: House) -> None:
    with pytest.raises(CoraError, match="no trip"):
        await offer(planned, "autumn", most=2, until=UNTIL, send=True)


async def test_invitation_ends_with_its_deadline(planned: House, ground: Ground) -> None:
    await guest(planned, ONE)
    await invite(planned)
    ground.clock.set(datetime(2026, 12, 19, 9, tzinfo=UTC))  # type: ignore[attr-defined]
    while await due(planned):
        pass
    (line,) = await lines(planned, "spring")

    assert (line.visit.standing, line.outcome) == (Standing.EXPIRED, "unreachable")
    assert disposition(line.visit) == "unreachable"


async def test_whoever_missed_and_chose_no_other_time_has_missed(planned: House) -> None:
    """The deadline of the new offer ends it; it does not make of it an invitation that nobody answered."""
    visit = Visit(bytes(16), "spring", standing=Standing.EXPIRED, opened=True, misses=1)
    assert (disposition(visit), disposition(replace(visit, misses=0))) == ("missed", "no_answer")


async def test_same_workbook_again_changes_nothing(planned: House) -> None:
    await guest(planned, ONE)
    await invite(planned)
    slot = await booked(planned)
    before = await times(planned, "spring")
    await trip(planned)

    assert await times(planned, "spring") == before
    assert [each.taken for each in before if each.slot.id == slot] == [(await code(planned),)]


async def test_trip_that_moves_away_from_a_booking_is_refused(planned: House) -> None:
    await guest(planned, ONE)
    await invite(planned)
    await booked(planned)
    before = await times(planned, "spring")
    with pytest.raises(CoraError, match=await code(planned)):
        await stored(planned, workbook(standard(FIRST + timedelta(days=7))))

    assert await times(planned, "spring") == before


async def test_capacity_below_what_is_booked_is_refused(house: House, ground: Ground) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]

    def group(seats: str) -> bytes:
        return workbook([("2026-12-21", "tirana", "ANNA", "09:00", "10:00", "", seats)])

    await stored(house, group("3"))
    for address in (ONE, TWO):
        await guest(house, address)
    await invite(house)
    for address in (ONE, TWO):
        await booked(house, address)
    with pytest.raises(CoraError, match="2 people have booked"):
        await stored(house, group("1"))
    await stored(house, group("2"))
    (time,) = await times(house, "spring")

    assert (time.slot.seats, len(time.taken)) == (2, 2)


async def test_interviewer_is_not_in_two_places_of_two_trips(planned: House) -> None:
    other = workbook([("2026-12-21", "tirana", "ANNA", "10:00", "11:00", "", "1")], id="other")
    with pytest.raises(CoraError, match="busy"):
        await stored(planned, other)
    assert await counted(planned, "trip") == 1


async def test_ill_interviewer_frees_the_day_and_tells_everybody(planned: House) -> None:
    for address in (ONE, TWO):
        await guest(planned, address)
    await invite(planned)
    for address in (ONE, TWO):
        await booked(planned, address)
    count = await arranging.ill(planned, "spring", "ANNA", FIRST)
    said = await everything_due(planned)
    found = [(await there(planned, address)).visit for address in (ONE, TWO)]
    left = await times(planned, "spring")

    assert (count, said) == (arranging.CalledOff(2, 0), [p.INVITATION, p.INVITATION])
    assert [each and (each.standing, each.slot, each.misses) for each in found] == [(Standing.INVITED, None, 0)] * 2
    assert [each for each in left if each.slot.interviewer == "ANNA" and each.local.date() == FIRST] == []


async def test_bundle_says_of_each_visit_how_far_it_came(planned: House, tmp_path: Path) -> None:
    """The one was called off by the team after it was booked, the other has not opened the offer."""
    for address in (ONE, TWO):
        await guest(planned, address)
    await invite(planned)
    await receive(planned, [await pressing(planned, ONE, Act.SHOW)])
    await booked(planned, ONE)
    await arranging.ill(planned, "spring", "ANNA", FIRST)
    await everything_due(planned)
    over = max(each.slot.ends for each in await times(planned, "spring"))
    await write_bundle(planned, tmp_path / "b", holder="Anna")
    with open_bundle(tmp_path / "b") as bundle:
        facts = sorted(bundle.visits or (), key=lambda each: each.booked)

    assert [(each.outcome, each.opened, each.booked, each.starts) for each in facts] == [
        ("invited", False, False, ""),
        ("cancelled", True, True, ""),
    ]
    assert [(each.sent, moment(each.closes)) for each in facts] == [(1, over), (2, over)]


async def test_what_was_called_off_can_be_planned_again(planned: House) -> None:
    before = len(await times(planned, "spring"))
    await arranging.ill(planned, "spring", "ANNA", FIRST)
    await trip(planned)

    assert len(await times(planned, "spring")) == before


@pytest.mark.parametrize(("who", "on"), [("NOBODY", FIRST), ("ANNA", date(2026, 12, 24))])
async def test_ill_needs_somebody_with_times(planned: House, who: str, on: date) -> None:
    with pytest.raises(CoraError):
        await arranging.ill(planned, "spring", who, on)


async def test_team_cannot_do_what_does_not_fit(planned: House) -> None:
    await guest(planned, ONE)
    await guest(planned, TWO)
    with pytest.raises(CoraError, match="no visit"):
        await arranging.cancel(planned, await code(planned))
    await invite(planned)
    mine = await code(planned)
    for act in (arranging.cancel, arranging.done, arranging.missed):
        with pytest.raises(CoraError, match="no meeting"):
            await act(planned, mine)
    taken = await booked(planned, TWO)
    with pytest.raises(CoraError, match="no free seat"):
        await arranging.move(planned, mine, taken)
    with pytest.raises(CoraError, match="has no time"):
        await arranging.move(planned, mine, 9999)
    with pytest.raises(CoraError, match="nobody is known"):
        await arranging.move(planned, "AAA-AAA", taken)


async def test_missed_person_hears_one_kind_message(planned: House, ground: Ground) -> None:
    await guest(planned, ONE)
    await invite(planned)
    await booked(planned)
    ground.clock.set(datetime(2026, 12, 21, 9, 30, tzinfo=UTC))  # type: ignore[attr-defined]
    await everything_due(planned)
    await arranging.missed(planned, await code(planned))
    said = await everything_due(planned)
    ground.clock.move(timedelta(minutes=30))  # type: ignore[attr-defined]
    again = await everything_due(planned)
    (line,) = await lines(planned, "spring")

    assert (said, again) == ([p.INVITATION], [])
    assert [(duty.code, duty.reason) for duty in await duties(planned)] == [(line.code, "visit")]
    assert (line.visit.standing, line.visit.misses, line.outcome) == (Standing.INVITED, 1, "missed")


async def test_messages_end_where_the_trip_says(house: House, ground: Ground) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await trip(house, messages="3")
    await guest(house, ONE)
    await invite(house)
    await booked(house)
    rung = 1
    for _ in range(14 * 24):
        ground.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
        rung += (await everything_due(house)).count(p.INVITATION)

    assert rung == 3


async def test_message_with_nothing_left_to_open_is_not_sent(planned: House) -> None:
    """Judged at the moment of sending: what it was about has been seen, or is so no more."""
    await guest(planned, ONE)
    await offered(planned, UNTIL)
    while await due(planned):
        pass
    async with planned.database.transaction() as tx:
        await tx.execute(tables.visit.update().values(told=""))
    said = await deliver(planned)
    async with planned.database.read() as tx:
        query = select(tables.outbox.c.state, tables.outbox.c.outcome).where(tables.outbox.c.visit_id.is_not(None))
        ended = [tuple(row) for row in await tx.execute(query)]

    assert (said, ended) == ([], [("lapsed", "no_longer_due")])


async def test_list_holds_codes_and_no_wish(planned: House) -> None:
    await guest(planned, ONE)
    await invite(planned)
    await booked(planned)
    (line,) = await lines(planned, "spring")
    (person,) = await people(planned)

    assert (line.code, line.outcome, line.number[:2]) == (person.code, "booked", "V-")
    assert line.local == datetime(2026, 12, 21, 9)


async def test_contact_stays_as_long_as_a_meeting_is_to_come(house: House, ground: Ground) -> None:
    """Retention counts from the last contact; somebody with a meeting in May is not forgotten in April."""
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await stored(house, workbook([("2027-05-21", "tirana", "ANNA", "09:00", "13:00", "", "1")]))
    for address in (ONE, TWO):
        await guest(house, address)
    await offered(house, date(2027, 5, 1), most=1)
    await everything_due(house)
    async with house.database.read() as tx:
        invited = set((await tx.execute(select(tables.visit.c.participant_id))).scalars())
        ground.clock.set(datetime(2027, 4, 20, tzinfo=UTC))  # type: ignore[attr-defined]
        everybody = (await tx.execute(select(tables.participant.c.id))).scalars().all()
        silent = await participants.silent_among(tx, datetime(2027, 1, 20, tzinfo=UTC), everybody)

    assert (len(silent), invited & set(silent)) == (1, set())


@pytest.mark.parametrize(("act", "choice"), [(Act.CALL, 0), (Act.WAY, 3)])
async def test_what_only_the_team_can_arrange_is_a_task(planned: House, act: Act, choice: int) -> None:
    await guest(planned, ONE)
    await invite(planned)
    await booked(planned)
    for _ in range(2):  # asked twice, it is one task
        await receive(planned, [await pressing(planned, ONE, act, choice)])
        await deliver(planned)

    assert [(duty.code, duty.reason) for duty in await duties(planned)] == [(await code(planned), "visit")]


async def test_what_the_team_does_stands_in_the_audit_log(planned: House) -> None:
    await guest(planned, ONE)
    await invite(planned)
    await booked(planned)
    await arranging.cancel(planned, await code(planned))
    async with planned.database.read() as tx:
        actions = list((await tx.execute(select(tables.audit.c.action).order_by(tables.audit.c.seq))).scalars())

    assert [each for each in actions if each.startswith("visit")] == ["visits_offered", "visit_arranged"]
