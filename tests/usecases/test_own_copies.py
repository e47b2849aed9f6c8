"""OC-01 who asks for it keeps a copy that their key alone opens; the key is shown once and stands nowhere
OC-02 it holds what was answered from then on, free text sealed on arrival too · OC-03 without the study's word, or the
person's, there is none · OC-04 a new key ends the copies of the old one; who leaves takes them along
OC-05 nothing in the table leads from a participant to a record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.scene import Scene
from cora_bot.usecases.audit_log import lines
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.leaving import leave
from cora_bot.usecases.own_data import own_data
from cora_bot.vault.own_copy import open_own_key
from tests.support.phone import Phone
from tests.support.turns import meet, write

SECRET = "my cousin has a lorry"


@pytest.fixture
async def offering(house: House) -> AsyncIterator[House]:
    script = replace(house.script, study=replace(house.script.study, participant_copy=True))
    house = replace(house, script=script)
    await register_forms(house)
    yield house


async def _enrolled(house: House, address: int = 700) -> Phone:
    phone = Phone(house, address)
    await phone.enrol(returned="20.11.2026")
    await phone.happens(phone.pressed(Verb.SEEN))
    if phone.has(Verb.RESUME):
        await phone.happens(phone.pressed(Verb.RESUME))
    return phone


async def _key(phone: Phone) -> str:
    """Asks for a copy; the key as it stands on the card."""
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.MY_DATA))
    await phone.happens(phone.pressed(Verb.OWN_COPY))
    await phone.happens(phone.pressed(Verb.OWN_COPY, 1))
    said = phone.house.script.phrases.say(p.OWN_COPY_KEY, "de")
    return phone.text.removeprefix(said.partition("{key}")[0]).partition("\n")[0].strip("\u2068\u2069")


async def _answers(house: House, phone: Phone) -> None:
    """One form to its end, with ``SECRET`` where something is written."""
    before = await meet(house, phone.address)
    scene, walk = questions.begin(Scene(before, house.script, house.clock.now(), house.chance), "arrival")
    await write(house, before, questions.ask(scene, walk), f"begin {phone.address}")
    await phone.deliver()
    for _ in range(80):
        state = await meet(house, phone.address)
        if state.session is None:
            return
        labels = [one.label for row in phone.messages[max(phone.messages)].rows for one in row]
        if phone.has(Verb.TOGGLE) and not any("☑" in label for label in labels):
            await phone.happens(phone.pressed(Verb.TOGGLE))
        elif phone.has(Verb.CHOOSE):
            await phone.happens(phone.pressed(Verb.CHOOSE))
        elif phone.has(Verb.DONE):
            await phone.happens(phone.pressed(Verb.DONE))
        else:
            await phone.happens(phone.written(SECRET))
    raise AssertionError(phone.text)


async def _code(house: House, address: int = 700) -> str:
    person = (await meet(house, address)).participant
    assert person is not None
    return person.code


async def _count(house: House, table: str) -> object:
    async with house.database.read() as tx:
        return (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar()


async def test_copy_holds_what_was_answered_since_and_opens_with_the_key_alone(offering: House) -> None:
    phone = await _enrolled(offering)
    key = await _key(phone)
    await _answers(offering, phone)
    code = await _code(offering)
    made = await own_data(offering, code, own_code=key.lower().replace("-", " "))
    plain = await own_data(offering, code)

    assert (len(key), SECRET in made.html, SECRET in plain.html) == (19, True, False)
    with pytest.raises(CoraError, match="does not open"):
        await own_data(offering, code, own_code="AAAA-AAAA-AAAA-AAAA")


async def test_key_stands_nowhere_but_on_the_card(offering: House) -> None:
    phone = await _enrolled(offering)
    key = await _key(phone)
    async with offering.database.read() as tx:
        tables = (await tx.execute(text("SELECT sealed FROM own_key"))).scalars().all()
        payloads = (await tx.execute(text("SELECT count(*) FROM outbox WHERE payload IS NOT NULL"))).scalar()

    assert (payloads, key.replace("-", "").encode() in tables[0]) == (0, False)
    assert open_own_key(bytes(tables[0]), key.replace("-", "")) is not None
    assert [each.action for each in await lines(offering)][-1] == "own_copy_begun"


async def test_nothing_is_copied_for_who_did_not_ask(offering: House) -> None:
    phone = await _enrolled(offering)
    await _answers(offering, phone)

    assert await _count(offering, "own_copy") == 0
    with pytest.raises(CoraError, match="keeps no copy"):
        await own_data(offering, await _code(offering), own_code="AAAA")


async def test_study_that_does_not_offer_it_shows_no_button(house: House) -> None:
    await register_forms(house)
    phone = await _enrolled(house)
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.MY_DATA))

    assert phone.has(Verb.OWN_COPY) is False


async def test_new_key_ends_the_copies_of_the_old_one(offering: House) -> None:
    phone = await _enrolled(offering)
    old = await _key(phone)
    await _answers(offering, phone)
    kept = await _count(offering, "own_copy")
    new = await _key(phone)
    code = await _code(offering)
    made = await own_data(offering, code, own_code=new)

    assert (kept != 0, await _count(offering, "own_copy"), SECRET in made.html) == (True, 0, False)
    with pytest.raises(CoraError, match="does not open"):
        await own_data(offering, code, own_code=old)


async def test_who_leaves_takes_the_copies_along(offering: House) -> None:
    phone = await _enrolled(offering)
    await _key(phone)
    await _answers(offering, phone)
    person = (await meet(offering, 700)).participant
    assert person is not None
    async with offering.database.transaction() as tx:
        await leave(offering, tx, [person.id], still=lambda _: True)

    assert [await _count(offering, table) for table in ("own_copy", "own_key")] == [0, 0]


async def test_copies_say_nothing_of_the_record_or_case_they_are_of(offering: House) -> None:
    phone = await _enrolled(offering)
    await _key(phone)
    await _answers(offering, phone)
    person = (await meet(offering, 700)).participant
    assert person is not None
    async with offering.database.read() as tx:
        rows = [tuple(row) for row in await tx.execute(text("SELECT id, record_index, blob FROM own_copy"))]
        records = [bytes(each) for each in (await tx.execute(text("SELECT id FROM record"))).scalars()]
    shown = b"".join(bytes(cell) for row in rows for cell in row)

    assert (len(rows) > 1, [each for each in (*records, person.case) if each in shown]) == (True, [])
