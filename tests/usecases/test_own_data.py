"""OD-01 the page says everything that can be read of a person, in their language, and nothing of anybody else's
OD-02 it holds no answer and no address · OD-03 what a form keeps readable stands on it · OD-04 that it was written is
logged; nobody unknown, nobody still enrolling gets one.
"""

from __future__ import annotations

from datetime import date

import pytest

from cora_bot.base.calendars import day
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.store import participants
from cora_bot.usecases import deliver
from cora_bot.usecases.audit_log import lines
from cora_bot.usecases.house import House
from cora_bot.usecases.own_data import own_data
from cora_bot.usecases.people import people
from tests.support.phone import Phone
from tests.support.turns import meet


async def _enrolled(house: House, address: int = 700) -> str:
    known = {each.code for each in await people(house)}
    await deliver.recover(house)
    phone = Phone(house, address)
    await phone.enrol(returned="20.11.2026")
    await phone.happens(phone.pressed(Verb.SEEN))
    return next(each.code for each in await people(house) if each.code not in known)


async def test_page_says_in_their_language_what_is_held(house: House) -> None:
    code = await _enrolled(house)
    made = await own_data(house, code.lower().replace("-", ""))

    assert (made.language, '<html lang="de" dir="ltr">' in made.html) == ("de", True)
    returned, first = day(date(2026, 11, 20), "de"), day(date(2026, 12, 4), "de")
    for text in (code, "Asia/Kabul", "Afghanistan", returned, f"• {first}", "Deutsch", "<br>"):
        assert text in made.html, text
    assert "{" not in made.html.partition("</style>")[2]


async def test_page_of_an_arabic_speaker_runs_from_right_to_left(house: House) -> None:
    code = await _enrolled(house)
    person = (await meet(house, 700)).participant
    assert person is not None
    async with house.database.transaction() as tx:
        changed = replace(person, language="ar")
        await participants.write(tx, [changed], linked=frozenset({person.id}), keys=house.keys, chance=house.chance)
    made = await own_data(house, code)

    assert '<html lang="ar" dir="rtl">' in made.html


async def test_page_is_of_one_person_alone(house: House) -> None:
    first, second = await _enrolled(house, 700), await _enrolled(house, 4711)
    made = await own_data(house, first)

    assert (first in made.html, second in made.html) == (True, False)
    assert [each for each in ("4711", ">700<") if each in made.html] == []


async def test_page_shows_what_forms_keep_readable_and_escapes_it(house: House) -> None:
    code = await _enrolled(house)
    person = (await meet(house, 700)).participant
    assert person is not None
    kept = replace(person, kept={"check_in": {"town": "<b>Herat</b>"}}, known={"job": "baker"})
    async with house.database.transaction() as tx:
        await participants.write(tx, [kept], linked=frozenset({person.id}), keys=house.keys, chance=house.chance)
    made = await own_data(house, code)

    assert ("&lt;b&gt;Herat&lt;/b&gt;" in made.html, "<b>" in made.html, "baker" in made.html) == (True, False, True)


async def test_messages_that_were_sent_and_what_became_of_occasions_stand_on_it(house: House) -> None:
    code = await _enrolled(house)
    made = await own_data(house, code)
    say = house.script.phrases.say

    assert say(p.HELD_SENT, "de", list="–").replace("\n", "<br>") in made.html
    assert made.html.count(say(p.HELD_TO_COME, "de")) > 5


async def test_writing_it_is_logged_with_whose_it_is(house: House) -> None:
    code = await _enrolled(house)
    await own_data(house, code)

    assert [(each.action, each.case) for each in await lines(house)][-1] == ("own_data_written", code)


async def test_nobody_unknown_has_a_page(house: House) -> None:
    with pytest.raises(CoraError, match="nobody is known"):
        await own_data(house, "K7F-2QX")
