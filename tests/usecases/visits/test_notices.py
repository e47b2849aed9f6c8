"""V-30 late, moved, cancelled reach the interviewer's own phone at once, with codes and no name; nobody else hears."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.study.visits.visit import number_of
from cora_bot.usecases import staff_phones
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import Arrived, SendMessage
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.visits import arranging
from tests.support.phone import Phone
from tests.support.stores import Ground
from tests.usecases.visits.guests import NOW, deliver, guest, invite, pressing, there, trip

ONE = 7001


@pytest.fixture
async def team(house: House, ground: Ground) -> tuple[Phone, Phone]:
    """Anna and Ben with linked phones; one person has booked Anna's first time."""
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    phones = (Phone(house, 100), Phone(house, 101))
    for phone, name in zip(phones, ("ANNA", "BEN"), strict=True):
        code = await staff_phones.add(house, name, language="en", duty=False, expires_days=7)
        await phone.happens(phone.written(code))
    await guest(house, ONE)
    await trip(house)
    await invite(house)
    slots = [each.slot.id for each in (await there(house, ONE)).bookable if each.slot.interviewer == "ANNA"]
    await receive(house, [await pressing(house, ONE, Act.BOOK, slots[0])])
    await deliver(house)
    for phone in phones:
        phone.messages.clear()
    return phones


async def heard(house: House, phones: tuple[Phone, Phone]) -> list[list[str]]:
    """What each phone is told now."""

    said: list[list[str]] = [[], []]
    while claimed := await claim(house):
        for each in claimed:
            if isinstance(each.call, SendMessage):
                for index, phone in enumerate(phones):
                    if each.address == phone.address:
                        said[index].append(each.call.prompt.text)
        await settle(house, [(each, phones[0].take(each)) for each in claimed])
    return said


async def about(house: House) -> tuple[str, str]:
    known = await there(house, ONE)
    assert known.participant is not None
    assert known.visit is not None
    return known.participant.code, number_of(known.visit.id)


async def press(house: House, act: Act, choice: int = 0) -> None:
    await receive(house, [await pressing(house, ONE, act, choice)])


async def test_lateness_is_told_with_codes_alone(house: House, ground: Ground, team: tuple[Phone, Phone]) -> None:
    ground.clock.set(datetime(2026, 12, 21, 7, tzinfo=UTC))  # type: ignore[attr-defined]
    await press(house, Act.LATE, 30)
    case, number = await about(house)

    assert await heard(house, team) == [[f"{case} comes about 30 minutes later: {number}, 2026-12-21, 09:00."], []]


async def test_other_interviewer_hears_of_the_new_time_and_the_old_one_that_it_is_off(
    house: House, team: tuple[Phone, Phone]
) -> None:
    slots = [each.slot for each in (await there(house, ONE)).bookable if each.slot.place == "shkodra"]
    await press(house, Act.BOOK, slots[0].id)
    case, number = await about(house)

    assert await heard(house, team) == [
        [f"{case} does not come: {number}, 2026-12-21, 09:00."],
        [f"{case} has another time now: {number}, 2026-12-23, 10:00."],
    ]


async def test_same_interviewer_hears_of_a_new_time_once(house: House, team: tuple[Phone, Phone]) -> None:
    slots = [each.slot.id for each in (await there(house, ONE)).bookable if each.slot.interviewer == "ANNA"]
    await arranging.move(house, (await about(house))[0], slots[1])
    case, number = await about(house)

    assert await heard(house, team) == [[f"{case} has another time now: {number}, 2026-12-21, 10:15."], []]


@pytest.mark.parametrize("how", ["cancel", "stop"])
async def test_who_does_not_come_is_told(house: House, team: tuple[Phone, Phone], how: str) -> None:
    case, number = await about(house)
    if how == "cancel":
        await press(house, Act.CANCEL, 1)
    else:
        card = (await there(house, ONE)).chat.card
        stop = Press(Verb.CONFIRM_STOP, card.generation)
        await receive(house, [Arrived("stop", ONE, Pressed(stop, card.message or 1))])

    assert await heard(house, team) == [[f"{case} does not come: {number}, 2026-12-21, 09:00."], []]


async def test_interviewer_who_is_ill_is_not_told_of_it(house: House, team: tuple[Phone, Phone]) -> None:
    await arranging.ill(house, "spring", "ANNA", datetime(2026, 12, 21, tzinfo=UTC).date())

    assert await heard(house, team) == [[], []]
