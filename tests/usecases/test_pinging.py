"""CT-01 the contact ping is planned, sent, held and over like any occasion, in neutral words, behind the knock
CT-02 Yes is an answer; a number that changes and "not for me" make it a task · CT-03 it counts as the one open thing
CT-04 `cora why` and the bundle's tables show it · CT-05 old and foreign presses do nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening
from cora_bot.dialogue.inputs import Command, CommandName, Press, Pressed, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.export import dispositions
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.study.model import CONTACT, Anchor, Step, Wave
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.tasks import duties
from cora_bot.usecases.why import why
from tests.support.phone import Phone
from tests.support.turns import DAY, HOUR, meet, write

RETURNED = "30.11.2026"
PING = Wave(CONTACT, "", Anchor.RETURN_DATE, "P5D", "", timedelta(days=4), (), "check_ins")
DAY_OF_PING = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)
HERE, ELSEWHERE = 0, 1


def with_ping(house: House, ping: Wave = PING) -> House:
    study = replace(house.script.study, contact_ping=ping)
    return replace(house, script=replace(house.script, study=study))


async def _run(house: House) -> None:
    while await due(house):
        pass


async def _enrolled(house: House, **changes: object) -> Phone:
    phone = Phone(house)
    await phone.enrol(returned=RETURNED)
    if changes:
        before = await meet(house, phone.address)
        assert before.participant is not None
        await write(house, before, Turn(replace(before, participant=replace(before.participant, **changes))))  # type: ignore[arg-type]
    return phone


async def _pinged(house: House, **changes: object) -> Phone:
    """Somebody to whom the neutral message has been sent."""
    phone = await _enrolled(house, **changes)
    house.clock.set(DAY_OF_PING)  # type: ignore[attr-defined]
    await _run(house)
    await phone.deliver()
    return phone


async def _step(house: House) -> tuple[Step, str, int]:
    from cora_bot.store import occurrences

    who = await _who(house)
    async with house.database.read() as tx:
        (ping,) = [each for each in (await occurrences.all_of(tx, [who]))[who] if each.wave == CONTACT]
    return ping.step, ping.reason, ping.sent


async def _who(house: House) -> bytes:
    person = (await meet(house, 700)).participant
    assert person is not None
    return person.id


async def _tasks(house: House) -> list[str]:
    return [each.reason for each in await duties(house)]


def said(house: House, phrase: str, **values: str) -> str:
    return house.script.phrases.say(phrase, "de", **values)


async def test_ping_is_one_neutral_message_and_a_question_behind_open(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    unasked = phone.text
    await phone.happens(phone.pressed(Verb.OPEN))
    assert unasked == said(house, p.INVITATION)
    assert phone.text == said(house, p.STILL_REACHED)
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    assert phone.text == said(house, p.THANKS)
    assert (await _step(house), await _tasks(house)) == ((Step.COMPLETE, "", 1), [])


async def test_without_the_setting_nobody_is_asked(house: House) -> None:
    phone = await _enrolled(house)
    house.clock.set(DAY_OF_PING)  # type: ignore[attr-defined]
    await _run(house)
    await phone.deliver()
    assert not phone.has(Verb.OPEN)


async def test_without_the_consent_nobody_is_asked(house: House) -> None:
    phone = await _pinged(with_ping(house, replace(PING, purpose="never_agreed_to")))
    assert not phone.has(Verb.OPEN)


async def test_changing_number_is_a_task_and_says_what_becomes_of_the_chat(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.REACHED, ELSEWHERE))
    assert phone.text == said(house, p.ELSEWHERE_MEANS, contact=house.script.study.team_contact["de"])
    assert (await _step(house), await _tasks(house)) == ((Step.COMPLETE, "", 1), ["contact"])


async def test_not_for_me_is_one_task_and_nothing_is_sent_for_weeks(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.WRONG_PERSON))
    person = (await meet(house, 700)).participant
    assert person is not None
    assert (person.wrong_person, person.paused_until) == (True, DAY_OF_PING + timedelta(weeks=4))
    assert (await _step(house), await _tasks(house)) == ((Step.EXPIRED, "wrong_person", 1), ["contact"])
    house.clock.move(14 * DAY)  # type: ignore[attr-defined]
    await _run(house)
    await phone.deliver()
    assert not phone.has(Verb.OPEN)


async def test_ping_stands_behind_the_knock(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house, opening=Opening.KNOCK, picture=3)
    unasked = phone.text
    await phone.happens(phone.pressed(Verb.PICTURE, 4))
    wrong = phone.text
    await phone.happens(phone.arrived(Command(CommandName.MENU, 90)))
    await phone.happens(phone.pressed(Verb.PICTURE, 3))
    assert said(house, p.STILL_REACHED) not in unasked + wrong
    assert phone.text == said(house, p.STILL_REACHED)


async def test_who_sees_messages_at_once_sees_the_question(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house, opening=Opening.AT_ONCE)
    assert phone.text == said(house, p.STILL_REACHED)
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    assert await _step(house) == (Step.COMPLETE, "", 1)


async def test_menu_leads_back_to_the_open_question(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.OPEN))
    through_menu = phone.text
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.HELP))
    await phone.happens(phone.pressed(Verb.RESUME))
    assert (through_menu, phone.text) == (said(house, p.STILL_REACHED), said(house, p.STILL_REACHED))


async def test_ping_that_nobody_opens_expires_with_one_message_and_a_task(house: House) -> None:
    house = with_ping(house)
    await _pinged(house)
    for _ in range(5):
        house.clock.move(DAY)  # type: ignore[attr-defined]
        await _run(house)
    assert (await _step(house), await _tasks(house)) == ((Step.EXPIRED, "not_opened", 1), ["missed"])


async def test_ping_that_was_opened_and_left_is_over_with_its_window(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    old = phone.pressed(Verb.REACHED, HERE)
    house.clock.move(4 * DAY)  # type: ignore[attr-defined]
    await _run(house)
    assert await _step(house) == (Step.EXPIRED, "not_finished", 1)
    await phone.happens(old)
    assert phone.text == said(house, p.CLOSED)
    assert await _step(house) == (Step.EXPIRED, "not_finished", 1)


async def test_open_ping_holds_what_comes_next(house: House) -> None:
    """One thing at a time: the ping is one."""
    house = with_ping(house, replace(PING, window=timedelta(days=30)))
    phone = await _pinged(house)
    house.clock.set(datetime(2026, 12, 15, 12, 0, tzinfo=UTC))  # type: ignore[attr-defined]
    await _run(house)
    held = (await why(house, (await _person(house)))).lines
    assert next((line.wave, line.state, line.why) for line in held if line.wave == "arrival") == (
        "arrival", "to come", "another occasion was open: one thing at a time",
    )  # fmt: skip
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    house.clock.move(DAY + HOUR)  # type: ignore[attr-defined]
    await _run(house)
    await phone.deliver()
    assert phone.text == said(house, p.INVITATION)


async def _person(house: House) -> str:
    person = (await meet(house, 700)).participant
    assert person is not None
    return person.code


async def test_quiet_hours_and_breaks_hold_it(house: House) -> None:
    house = with_ping(house)
    await _enrolled(house, paused_until=DAY_OF_PING + 2 * DAY)
    house.clock.set(DAY_OF_PING)  # type: ignore[attr-defined]
    await _run(house)
    assert await _step(house) == (Step.PLANNED, "paused", 0)


async def test_why_shows_it(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    lines = [line for line in (await why(house, await _person(house))).lines if line.wave == CONTACT]
    assert [(line.message, line.state) for line in lines] == [("invitation", "sent"), ("end", "complete")]


async def test_bundle_and_dispositions_hold_it(tmp_path: Path, house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    await write_bundle(house, tmp_path / "b", holder="Anna")
    with open_bundle(tmp_path / "b") as bundle:
        (fact,) = [each for each in bundle.occurrences if each.wave == CONTACT]
    assert dispositions.disposition(fact) == "complete"


async def test_answer_cannot_be_given_again_and_is_not_offered_to(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    press = phone.pressed(Verb.REACHED, ELSEWHERE)
    await phone.happens(phone.pressed(Verb.REACHED, HERE))
    await phone.happens(press)
    await phone.happens(phone.arrived(Command(CommandName.MENU, 91)))
    assert (await _step(house), await _tasks(house)) == ((Step.COMPLETE, "", 1), [])
    assert not phone.has(Verb.AGAIN)


@pytest.mark.parametrize("choice", [2, 99])
async def test_choice_that_was_never_offered_changes_nothing(house: House, choice: int) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    message, button = phone.button(Verb.REACHED, HERE)
    await phone.happens(phone.arrived(Pressed(Press(Verb.REACHED, button.press.card, 0, choice), message)))
    assert (await _step(house), await _tasks(house)) == ((Step.OPENED, "", 1), [])


async def test_press_without_any_ping_says_it_is_closed(house: House) -> None:
    phone = await _enrolled(with_ping(house))
    await phone.happens(phone.arrived(Command(CommandName.MENU, 91)))
    message, button = phone.button(Verb.HELP)
    await phone.happens(phone.arrived(Pressed(Press(Verb.REACHED, button.press.card, 0, ELSEWHERE), message)))
    assert phone.text == said(house, p.CLOSED)
    assert await _tasks(house) == []


async def test_task_of_a_changing_number_waits_for_a_person(house: House) -> None:
    house = with_ping(house)
    phone = await _pinged(house)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.happens(phone.pressed(Verb.REACHED, ELSEWHERE))
    await maintain(house)
    assert await _tasks(house) == ["contact"]
