"""SH-01 a chat speaks with one of several people, and each picture changes with whom; SH-02 what is due to one does not
touch the other; SH-03 a code for a new phone moves a person, once, and the old chat knows nobody; SH-04 the team's
answer reaches one person; SH-05 /hide takes the card out of the chat."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening, Participant, Showing
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.store import occurrences, tables
from cora_bot.study.model import Step
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink
from cora_bot.usecases.people import people
from cora_bot.usecases.reply import MOST, reply
from tests.support.phone import Phone
from tests.support.stores import BEGIN
from tests.support.turns import HOUR, joined, meet, occurrence, person, write

FIRST, SECOND = 3, 5


async def _pair(house: House) -> tuple[Participant, Participant]:
    """Two people who share the chat at 700; it speaks with the second."""
    one = await joined(house, 700, opening=Opening.KNOCK, picture=FIRST)
    assert one.participant is not None
    other = person(house.chance, opening=Opening.KNOCK, picture=SECOND)
    alone = replace(one, participant=None)
    await write(house, alone, Turn(replace(alone, participant=other)))
    both = await meet(house, 700)
    assert both.participant is not None
    return one.participant, both.participant


async def test_chat_speaks_with_whose_picture_was_pressed(house: House) -> None:
    one, other = await _pair(house)
    phone = Phone(house)
    await phone.happens(phone.written("hello"))
    before = await meet(house, 700)
    await phone.happens(phone.pressed(Verb.PICTURE, FIRST))
    after = await meet(house, 700)

    assert before.participant is not None
    assert after.participant is not None
    assert (before.participant.id, [each.id for each in before.others]) == (other.id, [one.id])
    assert (after.participant.id, [each.id for each in after.others]) == (one.id, [other.id])
    assert phone.has(Verb.SET_PAUSE) is False
    assert phone.has(Verb.PAUSE) is True


async def test_what_is_due_goes_to_its_own_person_one_after_the_other(house: House) -> None:
    one, other = await _pair(house)
    for who in (one, other):
        about = replace(await meet(house, 700), participant=who)
        await write(house, about, Turn(about, occurrences=(occurrence("arrival", 1, BEGIN),)))
    phone = Phone(house)
    while await due(house):
        pass
    await phone.deliver()
    at_first = {who.id: await _step(house, who) for who in (one, other)}
    speaking = (await meet(house, 700)).participant
    house.clock.set(BEGIN + HOUR)  # type: ignore[attr-defined]
    while await due(house):
        pass
    await phone.deliver()

    assert sorted(step for step, _ in at_first.values()) == [Step.INVITED, Step.PLANNED]
    assert speaking is not None
    assert at_first[speaking.id][0] is Step.INVITED
    assert {(await _step(house, who))[0] for who in (one, other)} == {Step.INVITED}
    assert len(phone.messages) == 1


async def _step(house: House, who: Participant) -> tuple[Step, str]:
    async with house.database.read() as tx:
        (found,) = (await occurrences.all_of(tx, [who.id]))[who.id]
    return found.step, found.reason


async def test_code_for_a_new_phone_moves_the_person(house: House) -> None:
    old = Phone(house, 700)
    await old.enrol(returned="30.11.2026")
    (known,) = await people(house)
    code = await make_relink(house, known.code.lower().replace("-", " "), expires_days=7)
    new = Phone(house, 701)
    await new.happens(new.started(code))
    await old.deliver()
    here, there = await meet(house, 701), await meet(house, 700)
    await old.happens(old.written("/menu"))
    again = Phone(house, 702)
    await again.happens(again.started(code))

    assert here.participant is not None
    assert (here.participant.code, here.others) == (known.code, ())
    assert (there.participant, there.chat.card.showing) == (None, Showing.NOTHING)
    assert old.text.startswith("Guten Tag. Das ist ein privater Chat.")
    assert again.text.startswith("Dieser Code wurde schon benutzt.")
    assert new.has(Verb.PAUSE)


async def test_code_for_somebody_unknown_is_refused(house: House) -> None:
    with pytest.raises(CoraError, match="AAA-AAA"):
        await make_relink(house, "aaaaaa", expires_days=7)


async def test_answer_of_the_team_reaches_one_of_two(house: House) -> None:
    one, _ = await _pair(house)
    phone = Phone(house)
    waits = await reply(house, one.code, "  The office opens at nine.\n")
    await phone.deliver()
    announced = phone.text
    await phone.happens(phone.pressed(Verb.PICTURE, SECOND))
    other_saw = dict(phone.messages)
    await phone.happens(phone.arrived(Command(CommandName.HIDE, 90)))
    await phone.happens(phone.written("x"))
    await phone.happens(phone.pressed(Verb.PICTURE, FIRST))

    assert waits is False
    assert announced.startswith("Sie haben eine kurze Nachricht.")
    assert "nine" not in str(other_saw)
    assert "The office opens at nine." in phone.text


@pytest.mark.parametrize("text", ["", " \n", "x" * (MOST + 1)])
async def test_answer_that_is_empty_or_too_long_is_refused(house: House, text: str) -> None:
    known = (await joined(house, 700)).participant
    assert known is not None
    with pytest.raises(CoraError):
        await reply(house, known.code, text)


async def test_answer_to_who_wants_no_messages_is_refused_and_not_kept(house: House) -> None:
    before = await joined(house, 700)
    phone = Phone(house)
    await phone.happens(phone.arrived(Command(CommandName.STOP, 7)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, 0))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP))
    assert before.participant is not None
    with pytest.raises(CoraError, match="no more messages"):
        await reply(house, before.participant.code, "words")

    after = (await meet(house, 700)).participant
    assert after is not None
    assert after.letters == ()


async def test_hide_takes_the_card_out_of_the_chat(house: House) -> None:
    await joined(house, 700)
    phone = Phone(house)
    await phone.happens(phone.written("x"))
    shown = dict(phone.messages)
    await phone.happens(phone.arrived(Command(CommandName.HIDE, 9)))

    assert len(shown) == 1
    assert phone.messages == {}


async def test_text_of_the_team_stands_nowhere_in_the_open(house: House) -> None:
    known = (await joined(house, 700)).participant
    assert known is not None
    await reply(house, known.code, "planted words of the team")
    async with house.database.read() as tx:
        rows = [row for table in tables.metadata.tables.values() for row in await tx.execute(select(table))]

    assert len(rows) > 3
    assert "planted words" not in str(rows)
    assert p.INVITATION not in str(rows)
