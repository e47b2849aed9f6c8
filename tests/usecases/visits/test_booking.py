"""V-12 a seat is given back with the stop, the withdrawal, the consent, the erasure
V-13 what was taken, is over or stands on an old card gets a kind answer and changes nothing
V-14 of two changes at once one counts · V-15 who waits is told when a time is free, as many as are free
V-16 wishes are sealed, and do not stay on the server.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cora_bot.base.clock import SetClock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables, visits
from cora_bot.study.visits.trip import Way
from cora_bot.study.visits.visit import Standing, Visit, Wish
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import leave
from cora_bot.usecases.receive import receive
from tests.support.house import opened, premises
from tests.support.stores import Ground, all_bytes
from tests.support.trips import stored, workbook
from tests.usecases.visits.guests import NOW, deliver, everything_due, guest, invite, pressing, there, trip

ONE, TWO = 7001, 7002


@pytest.fixture
async def invited(house: House, ground: Ground) -> House:
    """A trip, and one person in Tirana who is invited."""
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await guest(house, ONE)
    await trip(house)
    await invite(house)
    return house


async def visit(house: House, address: int = ONE) -> Visit:
    found = (await there(house, address)).visit
    assert found is not None
    return found


async def press(house: House, act: Act, choice: int = 0, address: int = ONE) -> list[str]:
    await receive(house, [await pressing(house, address, act, choice)])
    return await deliver(house)


async def free_slots(house: House, address: int = ONE) -> list[int]:
    return [each.slot.id for each in (await there(house, address)).bookable if each.free]


async def tirana(house: House, address: int = ONE) -> list[int]:
    known = (await there(house, address)).bookable
    return [each.slot.id for each in known if each.free and each.slot.place == "tirana"]


async def taken(house: House) -> int:
    async with house.database.read() as tx:
        query = select(func.count()).select_from(tables.seat).where(tables.seat.c.visit_id.is_not(None))
        return int((await tx.execute(query)).scalar_one())


async def booked(house: House, address: int = ONE) -> int:
    """A time that this person has booked."""
    slot = (await tirana(house, address))[0]
    await press(house, Act.BOOK, slot, address)
    assert (await visit(house, address)).slot == slot
    return slot


async def test_booking_holds_a_seat_and_a_word(invited: House) -> None:
    slot = await booked(invited)
    found = await visit(invited)

    assert (found.standing, found.slot, found.seat, found.sequence, found.moves) == (Standing.BOOKED, slot, 1, 0, 0)
    assert 0 <= found.word < len(p.PICTURE_WORDS)
    assert (await taken(invited), slot in await free_slots(invited)) == (1, False)


@pytest.mark.parametrize("choice", [0, 1, 2], ids=["messages", "link", "answers"])
async def test_whoever_stops_gives_the_seat_back_in_the_same_turn(invited: House, choice: int) -> None:
    slot = await booked(invited)
    card = (await there(invited, ONE)).chat.card
    stop = Press(Verb.CONFIRM_STOP, card.generation, 0, choice)
    await receive(invited, [Arrived("stop", ONE, Pressed(stop, card.message or 1))])
    found = await visit(invited)

    assert (found.standing, found.reason, found.slot, found.next_at) == (Standing.CANCELLED, "stopped", None, None)
    assert (await taken(invited), slot in await free_slots(invited)) == (0, True)


async def test_consent_taken_back_gives_the_seat_back(invited: House) -> None:
    await booked(invited)
    before = await there(invited, ONE)
    questions = invited.script.forms[invited.script.study.enrolment.form].questions
    asked = next(each for each in questions if each.name == invited.script.study.enrolment.purposes["visits"])
    no = [option.value for option in asked.options].index("no")
    purposes = list(invited.script.study.enrolment.purposes)
    decide = Press(Verb.SET_CONSENT, before.chat.card.generation, purposes.index("visits"), no)
    await receive(invited, [Arrived("consent", ONE, Pressed(decide, before.chat.card.message or 1))])
    after = await there(invited, ONE)

    assert after.participant is not None
    assert "visits" not in after.participant.purposes
    assert after.visit is not None
    assert (after.visit.standing, after.visit.reason) == (Standing.CANCELLED, "no_consent")
    assert await taken(invited) == 0


async def test_erased_person_leaves_no_booking(invited: House) -> None:
    await booked(invited)
    person = (await there(invited, ONE)).participant
    assert person is not None
    async with invited.database.transaction() as tx:
        await leave(invited, tx, [person.id], still=lambda _: True)
    async with invited.database.read() as tx:
        left = (await tx.execute(select(func.count()).select_from(tables.visit))).scalar_one()

    assert (left, await taken(invited)) == (0, 0)


async def test_time_taken_between_showing_and_pressing_gets_a_kind_answer(invited: House) -> None:
    await guest(invited, TWO)
    await invite(invited)
    slots = await tirana(invited)
    shown = await pressing(invited, TWO, Act.BOOK, slots[0])
    await press(invited, Act.BOOK, slots[0])
    await receive(invited, [shown])
    said = await deliver(invited)

    assert [p.TIME_TAKEN in text for text in said] == [True]
    assert ((await visit(invited, TWO)).standing, await taken(invited)) == (Standing.INVITED, 1)


async def test_two_in_one_batch_get_two_answers(invited: House) -> None:
    await guest(invited, TWO)
    await invite(invited)
    slot = (await tirana(invited))[0]
    both = [await pressing(invited, address, Act.BOOK, slot) for address in (ONE, TWO)]
    await receive(invited, both)

    assert [(await visit(invited, address)).slot for address in (ONE, TWO)] == [slot, None]


async def test_seat_given_up_in_a_batch_is_free_for_the_next_in_it(invited: House) -> None:
    await guest(invited, TWO)
    await invite(invited)
    slot = await booked(invited)
    cancel = await pressing(invited, ONE, Act.CANCEL, 1)
    take = await pressing(invited, TWO, Act.BOOK, slot)
    await receive(invited, [cancel, take])

    assert [(await visit(invited, address)).slot for address in (ONE, TWO)] == [None, slot]
    assert await taken(invited) == 1


async def test_two_changes_at_once_leave_one_meeting(invited: House) -> None:
    """Both were shown the same card; the second press stands on an old card by then, and only shows how it is."""
    await booked(invited)
    first, second, *_ = await tirana(invited)
    presses = [await pressing(invited, ONE, Act.BOOK, slot) for slot in (first, second)]
    await receive(invited, presses)
    found = await visit(invited)

    assert (found.slot, found.moves, found.sequence) == (first, 1, 1)
    assert await taken(invited) == 1


async def test_button_of_an_old_card_changes_nothing(invited: House) -> None:
    slot = await booked(invited)
    old = Press(Verb.VISIT, 1, int(Act.CANCEL), 1)
    await receive(invited, [Arrived("old", ONE, Pressed(old, 1))])
    found = await visit(invited)

    assert (found.standing, found.slot) == (Standing.BOOKED, slot)


@pytest.mark.parametrize(
    ("act", "choice"),
    [
        (Act.BOOK, 2**31 - 1), (Act.PICK, 0), (Act.DAY, 0), (Act.DAYS, 99), (Act.CITY, 99), (Act.WISH, 3),
        (Act.SPEAK, 99), (Act.WAY, 99), (Act.LATE, 7), (Act.MET, 0), (Act.COME, 0),
    ],
)  # fmt: skip
async def test_forged_button_is_answered_and_changes_nothing(invited: House, act: Act, choice: int) -> None:
    said = await press(invited, act, choice)
    found = await visit(invited)

    assert len(said) == 1
    assert (found.standing, found.slot, found.late) == (Standing.INVITED, None, 0)


async def test_forged_act_shows_how_it_stands(invited: House) -> None:
    card = (await there(invited, ONE)).chat.card
    forged = Press(Verb.VISIT, card.generation, 999, 0)
    await receive(invited, [Arrived("forged", ONE, Pressed(forged, card.message or 1))])

    assert [p.MEETING_OFFER in text for text in await deliver(invited)] == [True]


async def test_time_that_is_over_cannot_be_booked(invited: House, ground: Ground) -> None:
    slot = (await tirana(invited))[0]
    shown = await pressing(invited, ONE, Act.BOOK, slot)
    ground.clock.set(datetime(2026, 12, 21, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    await receive(invited, [shown])

    assert (await visit(invited)).slot is None


async def test_meeting_that_has_begun_is_not_cancelled_any_more(invited: House, ground: Ground) -> None:
    slot = await booked(invited)
    ground.clock.set(datetime(2026, 12, 21, 8, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    await press(invited, Act.CANCEL, 1)
    await press(invited, Act.DECLINE)
    await press(invited, Act.BOOK, (await tirana(invited))[-1])

    assert ((await visit(invited)).standing, (await visit(invited)).slot) == (Standing.BOOKED, slot)


async def test_waiting_list_tells_as_many_as_are_free(house: House, ground: Ground) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    for address in (ONE, TWO, 7003):
        await guest(house, address)
    await stored(house, workbook([("2026-12-21", "tirana", "ANNA", "09:00", "10:00", "", "1")]))
    await invite(house)
    await booked(house)
    for address in (TWO, 7003):
        await press(house, Act.TELL_ME, address=address)
        ground.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert await everything_due(house) == []

    await press(house, Act.CANCEL, 1)
    said = await everything_due(house)

    assert said == [p.INVITATION]
    assert [(await visit(house, address)).standing for address in (TWO, 7003)] == [Standing.INVITED, Standing.WAITING]


async def test_waiting_person_is_not_told_of_what_does_not_fit(house: House, ground: Ground) -> None:
    """A time in Tirana is freed: who waits in Kabul hears nothing, who waits behind them in Tirana does."""
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    day = "2026-12-21"
    await stored(
        house,
        workbook(
            [
                (day, "tirana", "ANNA", "09:00", "10:00", "", "1"),
                (day, "kabul", "CYRUS", "09:00", "10:00", "", "1"),
            ]
        ),
    )
    await guest(house, ONE)
    await guest(house, TWO, country="AF")
    await guest(house, 7003, country="AF")
    await guest(house, 7004)
    await invite(house)
    await booked(house)
    (kabul,) = [each.slot.id for each in (await there(house, TWO)).bookable if each.slot.place == "kabul"]
    await press(house, Act.BOOK, kabul, TWO)
    for address in (7003, 7004):
        await press(house, Act.TELL_ME, address=address)
        ground.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    await press(house, Act.CANCEL, 1)
    said = [await everything_due(house) for _ in range(3)]
    standing = [(await visit(house, address)).standing for address in (7003, 7004)]

    assert [text for each in said for text in each] == [p.INVITATION]
    assert standing == [Standing.WAITING, Standing.INVITED]


async def test_wishes_are_sealed_and_only_what_chooses_stays(invited: House) -> None:
    for wish in (Wish.WOMAN, Wish.COMPANY, Wish.CHILDREN):
        await press(invited, Act.WISH, int(wish))
    async with invited.database.read() as tx:
        before = (await tx.execute(select(func.count()).select_from(tables.record))).scalar_one()
    await press(invited, Act.WISHED)
    async with invited.database.read() as tx:
        after = (await tx.execute(select(func.count()).select_from(tables.record))).scalar_one()
        stored_ = await visits.of_participants(tx, invited.keys, [(await there(invited, ONE)).participant.id])  # type: ignore[union-attr]
    (kept,) = stored_.values()

    assert after - before == 1
    assert (kept.wishes, kept.wished) == (Wish.WOMAN, True)


async def test_wished_for_woman_is_who_is_offered(invited: House) -> None:
    """A man's time is refused; where a woman is free at the same minute, it is hers that is booked."""
    await press(invited, Act.WISH, int(Wish.WOMAN))
    await press(invited, Act.WISHED)
    known = {each.slot.id: each.slot for each in (await there(invited, ONE)).bookable}
    men = [slot.id for slot in known.values() if slot.interviewer == "BEN"]
    said = await press(invited, Act.BOOK, men[-1])
    refused = (await visit(invited)).slot
    await press(invited, Act.BOOK, men[0])
    found = (await visit(invited)).slot

    assert (p.TIME_TAKEN in said[0], refused) == (True, None)
    assert found is not None
    assert (known[found].interviewer, known[found].starts) == ("ANNA", known[men[0]].starts)


async def test_phone_instead_keeps_the_time(invited: House) -> None:
    slot = await booked(invited)
    await press(invited, Act.WAY, 1)
    found = await visit(invited)

    assert (found.way, found.slot, found.sequence) == (Way.PHONE, slot, 1)


async def test_home_gives_the_time_back_and_waits_for_the_team(invited: House) -> None:
    await booked(invited)
    await press(invited, Act.WAY, 3)
    found = await visit(invited)

    assert (found.standing, found.request.value, await taken(invited)) == (Standing.ASKED, "home", 0)


async def test_own_data_name_the_meeting(invited: House) -> None:
    await booked(invited)
    card = (await there(invited, ONE)).chat.card
    ask = Press(Verb.MY_DATA, card.generation)
    await receive(invited, [Arrived("own data", ONE, Pressed(ask, card.message or 1))])
    (said,) = await deliver(invited)

    assert "Meeting: Monday, December 21, 2026 (\u206821.12.2026\u2069), 09:00 · Morning · \u2068Tirana\u2069" in said


async def test_exact_place_wishes_and_word_lie_nowhere_in_plain_text(tmp_path: Path) -> None:
    """What would lead somebody who has the disk to a door; what is open is planted, so that the search can find."""
    async with opened(premises(tmp_path, SetClock(NOW), seed="a disk")) as house:
        await guest(house, ONE)
        await trip(house)
        await invite(house)
        await press(house, Act.WISH, int(Wish.CHILDREN))
        await press(house, Act.WISHED)
        await booked(house)
        kept = all_bytes(tmp_path)

    assert b"tirana" in kept
    assert [word for word in (b"Rruga Shembull", b"41.3275", b"children come along") if word in kept] == []
