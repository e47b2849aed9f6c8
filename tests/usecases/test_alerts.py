"""AL-05 an alert is stored with the answer and tells one person on duty, without content · AL-06 while nobody takes it
the next is told, and then all of them · AL-07 it is taken from a phone of the team and from no other · AL-08 it stays
open until it is done, and goes with a person who goes · AL-09 while nobody can be reached it is tried again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.cli.trial import AWAY, Trial
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Mode
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.scene import Scene
from cora_bot.usecases import alerts, staff_entry, staff_phones
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due, next_moment
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import leave
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from cora_bot.usecases.withdrawing import carry_out
from tests.dialogue.test_alerting import HELP, RULES, SAFE, SETTINGS
from tests.support.one_form import chat_form, script_around
from tests.support.opening import all_records
from tests.support.phone import Phone
from tests.support.stores import Ground
from tests.support.turns import joined, meet, write

FOUR_HOURS = timedelta(hours=4)


@pytest.fixture
async def watched(house: House) -> AsyncIterator[House]:
    """A house whose one form alerts."""
    house = replace(house, script=script_around(chat_form(SAFE, SETTINGS), alerts=RULES, local_help=HELP))
    await register_forms(house)
    yield house


async def _asked(house: House, address: int = 700) -> Phone:
    """Somebody who agreed to the alerts stands at the first question."""
    await joined(house, address, language="en", purposes=frozenset({"help"}), told_removal=True)
    before = await meet(house, address)
    scene, walk = questions.begin(Scene(before, house.script, house.clock.now(), house.chance), "test")
    await write(house, before, questions.ask(scene, walk), f"begin {address}")
    phone = Phone(house, address)
    phone.count = 50
    await phone.deliver()
    return phone


async def _unsafe(house: House, address: int = 700) -> None:
    phone = await _asked(house, address)
    await receive(house, [phone.pressed(Verb.CHOOSE, 1)])


async def _staff(house: House, name: str, address: int) -> Phone:
    phone = Phone(house, address)
    code = await staff_phones.add(house, name, language="en", duty=True, expires_days=1)
    await phone.happens(phone.started(code))
    return phone


async def _said(house: House, *phones: Phone) -> list[str | None]:
    """What goes out now, as it arrives on these phones: the text of the newest message, None where none came."""
    by_address = {phone.address: phone for phone in phones}
    before = {phone.address: phone.count for phone in phones}
    while claimed := await claim(house):
        for each in claimed:
            await settle(house, [(each, by_address.get(each.address, Phone(house, each.address)).take(each))])
    return [phone.text if phone.count > before[phone.address] else None for phone in phones]


async def test_alert_tells_the_first_on_duty_with_a_code_and_no_content(watched: House) -> None:
    anna, ben = await _staff(watched, "Anna", 1), await _staff(watched, "Ben", 2)
    await _unsafe(watched)
    said = await _said(watched, anna, ben)
    (alert,) = await alerts.listed(watched)

    assert said == [p.ALERT.format(case=alert.code, number=alert.number), None]
    person = (await meet(watched, 700)).participant
    assert (person is not None, person and person.code) == (True, alert.code)


async def test_alert_and_its_details_are_committed_with_the_answer(ground: Ground, watched: House) -> None:
    await _unsafe(watched)
    async with ground.opened(watched.script) as other:
        (alert,) = await alerts.listed(other)
        records = await all_records(other, ground.identities)
        async with other.database.read() as tx:
            (stored,) = (await tx.execute(text("SELECT sealed FROM alert"))).scalars()

    assert [(head.kind, body["values"]) for head, body in records] == [("alert", {"/data/safe": "no"})]
    assert alert.code.encode() not in stored


async def test_untaken_alert_goes_to_the_next_and_then_to_all_until_taken(watched: House) -> None:
    phones = await _staff(watched, "Anna", 1), await _staff(watched, "Ben", 2)
    await _unsafe(watched)
    heard = [await _said(watched, *phones)]
    for _ in range(3):
        watched.clock.move(FOUR_HOURS)  # type: ignore[attr-defined]
        await due(watched)
        heard.append(await _said(watched, *phones))

    told = [[said is not None for said in each] for each in heard]
    assert told == [[True, False], [False, True], [True, True], [True, True]]
    assert str(heard[1][1]).startswith("Nobody has taken it yet")


async def test_nobody_is_told_again_before_the_time_is_over(watched: House) -> None:
    anna, ben = await _staff(watched, "Anna", 1), await _staff(watched, "Ben", 2)
    await _unsafe(watched)
    await _said(watched, anna, ben)
    watched.clock.move(FOUR_HOURS - timedelta(seconds=1))  # type: ignore[attr-defined]
    moment = await next_moment(watched)

    assert (await alerts.escalate(watched), await _said(watched, anna, ben)) == (0, [None, None])
    assert moment == watched.clock.now() + timedelta(seconds=1)


async def test_taken_alert_rests_and_the_others_hear_of_it(watched: House) -> None:
    anna, ben = await _staff(watched, "Anna", 1), await _staff(watched, "Ben", 2)
    await _unsafe(watched)
    await _said(watched, anna, ben)
    press = anna.pressed(Verb.TAKE)
    reactions = await receive(watched, [press])
    (alert,) = await alerts.listed(watched)
    said = await _said(watched, anna, ben)
    watched.clock.move(timedelta(days=1))  # type: ignore[attr-defined]

    assert reactions == [Reaction(press.key, p.ALERT_NOTED)]
    assert (alert.taken_by, alert.next_at) == ("Anna", None)
    assert said == [None, p.ALERT_TAKEN.format(case=alert.code, number=alert.number)]
    assert await alerts.escalate(watched) == 0


async def test_second_who_wants_to_take_it_is_told_that_somebody_has_it(watched: House) -> None:
    anna, ben = await _staff(watched, "Anna", 1), await _staff(watched, "Ben", 2)
    await _unsafe(watched)
    await _said(watched, anna, ben)
    taking = anna.pressed(Verb.TAKE)
    late = Arrived("late", 2, taking.input)
    reactions = await receive(watched, [taking, late])

    assert [each.toast for each in reactions] == [p.ALERT_NOTED, p.ALERT_HAS_SOMEBODY]


@pytest.mark.parametrize("address", [700, 4711])
async def test_press_from_any_other_phone_takes_nothing(watched: House, address: int) -> None:
    await _staff(watched, "Anna", 1)
    await _unsafe(watched)
    (alert,) = await alerts.listed(watched)
    forged = Pressed(Press(Verb.TAKE, choice=alert.number), 9)
    reactions = await receive(watched, [Arrived("x", address, forged)])

    assert reactions == [Reaction("x", "")]
    assert [each.taken_by for each in await alerts.listed(watched)] == [None]


async def test_press_with_a_number_that_is_no_alert_changes_nothing(watched: House) -> None:
    await _staff(watched, "Anna", 1)
    reactions = await receive(watched, [Arrived("x", 1, Pressed(Press(Verb.TAKE, choice=99), 9))])

    assert reactions == [Reaction("x", p.ALERT_HAS_SOMEBODY)]


async def test_alert_that_nobody_can_hear_waits_and_reaches_who_comes(watched: House) -> None:
    await _unsafe(watched)
    (unheard,) = await alerts.listed(watched)
    await _said(watched)
    ben = await _staff(watched, "Ben", 2)
    watched.clock.move(alerts.UNHEARD)  # type: ignore[attr-defined]
    await due(watched)

    assert (unheard.told, [each.told for each in await alerts.listed(watched)]) == (0, [2])
    assert await _said(watched, ben) == [p.ALERT.format(case=unheard.code, number=unheard.number)]


async def test_done_alert_is_no_longer_listed_and_cannot_be_done_twice(watched: House) -> None:
    await _unsafe(watched)
    (alert,) = await alerts.listed(watched)
    await alerts.done(watched, alert.number)

    assert await alerts.listed(watched) == []
    assert await alerts.escalate(watched) == 0
    with pytest.raises(CoraError, match="no open alert"):
        await alerts.done(watched, alert.number)


async def test_interview_that_staff_enter_alerts_when_it_is_stored(watched: House) -> None:
    await _staff(watched, "Anna", 1)
    phone = await _asked(watched)
    person = (await meet(watched, phone.address)).participant
    assert person is not None
    interview = await staff_entry.begin(watched, person.code, "test", mode=Mode.PHONE)
    trial = Trial(watched.script, interview.begun, chance=watched.chance, mode=Mode.PHONE, without=AWAY)
    for line in ("2", "1", "not today", "nothing"):
        assert trial.answer(line, watched.clock.now())
    before = await alerts.listed(watched)
    await staff_entry.keep(watched, interview, trial.turns)

    assert (before, [each.code for each in await alerts.listed(watched)]) == ([], [person.code])


async def test_alert_of_a_person_who_is_gone_goes(watched: House) -> None:
    await _unsafe(watched, 700)
    await _unsafe(watched, 701)
    kept, gone = (await alerts.listed(watched))[1], await meet(watched, 700)
    assert gone.participant is not None
    async with watched.database.transaction() as tx:
        await leave(watched, tx, [gone.participant.id], still=lambda _: True)
    await carry_out(watched)
    await maintain(watched)
    await maintain(watched)

    assert [each.code for each in await alerts.listed(watched)] == [kept.code]
