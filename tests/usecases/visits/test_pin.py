"""V-17 the exact place is a pin on the map above the card: only with the exact place, and gone with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.dialogue.visits.acts import Act
from cora_bot.dialogue.visits.cards import WAYS
from cora_bot.study.visits.trip import Slot, Way
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Call, DeleteMessage, SendMessage, SendPlace, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.stores import Ground
from tests.usecases.visits.guests import NOW, guest, invite, pressing, there, trip

ONE = 7001
PIN = SendPlace(41.3275, 19.8187)


@pytest.fixture
async def booked(house: House, ground: Ground) -> Slot:
    """A time in Tirana, whose place is on the map; Shkodra's is not. Its exact place is told a day before."""
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    await guest(house, ONE)
    await trip(house)
    await invite(house)
    return await _book(house, "tirana")


async def _book(house: House, place: str) -> Slot:
    slot = next(each.slot for each in (await there(house, ONE)).bookable if each.free and each.slot.place == place)
    await _press(house, Act.BOOK, slot.id)
    return slot


async def _press(house: House, act: Act, choice: int = 0) -> list[Call]:
    await receive(house, [await pressing(house, ONE, act, choice)])
    return await _delivered(house)


async def _delivered(house: House) -> list[Call]:
    """Everything sent, in order."""
    calls: list[Call] = []
    while claimed := await claim(house):
        calls += [each.call for each in claimed]
        await settle(house, [(each, Sent(2000 + each.id)) for each in claimed])
    return calls


def _a_day_before(ground: Ground, slot: Slot) -> None:
    ground.clock.set(slot.starts - timedelta(hours=23))  # type: ignore[attr-defined]


def _pins(calls: list[Call]) -> list[Call]:
    return [each for each in calls if isinstance(each, SendPlace)]


async def test_pin_comes_with_the_exact_place_and_not_before(house: House, ground: Ground, booked: Slot) -> None:
    assert _pins(await _press(house, Act.SHOW)) == []
    _a_day_before(ground, booked)
    assert _pins(await _press(house, Act.SHOW)) == []  # the person is asked first whether it still holds
    calls = await _press(house, Act.COME)
    kinds = [type(each) for each in calls if isinstance(each, SendPlace | SendMessage)]
    assert (_pins(calls), kinds) == ([PIN], [SendPlace, SendMessage])  # the card stands below


async def test_pin_goes_when_the_card_shows_something_else(house: House, ground: Ground, booked: Slot) -> None:
    _a_day_before(ground, booked)
    await receive(house, [await pressing(house, ONE, Act.COME)])
    stood = 0
    while claimed := await claim(house):
        stood = next((2000 + each.id for each in claimed if each.call == PIN), stood)
        await settle(house, [(each, Sent(2000 + each.id)) for each in claimed])
    assert stood
    calls = await _press(house, Act.LATE)
    assert (DeleteMessage(stood) in calls, _pins(calls)) == (True, [])


async def test_pin_goes_when_the_card_is_emptied(house: House, ground: Ground, booked: Slot) -> None:
    _a_day_before(ground, booked)
    assert _pins(await _press(house, Act.COME)) == [PIN]
    ground.clock.set(house.clock.now() + timedelta(minutes=30))  # type: ignore[attr-defined]
    while await due(house):
        pass
    assert any(isinstance(each, DeleteMessage) for each in await _delivered(house))


async def test_no_pin_for_a_talk_by_phone(house: House, ground: Ground, booked: Slot) -> None:
    _a_day_before(ground, booked)
    await _press(house, Act.WAY, WAYS.index(Way.PHONE))
    assert _pins(await _press(house, Act.COME)) == []


async def test_no_pin_where_the_workbook_has_none(house: House, ground: Ground, booked: Slot) -> None:
    slot = await _book(house, "shkodra")
    _a_day_before(ground, slot)
    assert _pins(await _press(house, Act.COME)) == []
