"""SP-01 a one-time code links a phone of the team; guessed codes are limited as invitations are
SP-02 a notice is a message apart, holds codes only, and is rather repeated than lost · SP-03 it is no contact
SP-04 whoever of the team takes part, does both in one chat · SP-05 a linked chat is not forgotten as a stranger's.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.prompt import Prompt
from cora_bot.store import ledger
from cora_bot.usecases import staff_phones
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import Gone, SendMessage, Sent, Uncertain
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from cora_bot.usecases.staff_phones import Notice, everybody, tell_staff
from tests.support.phone import Phone
from tests.support.turns import joined

WORD = p.STAFF_LINKED  # any sentence of ours


async def _added(house: House, name: str = "Anna", *, duty: bool = False, language: str = "en") -> str:
    return await staff_phones.add(house, name, language=language, duty=duty, expires_days=7)


async def _linked(house: House, phone: Phone, name: str = "Anna", *, duty: bool = False) -> None:
    await phone.happens(phone.started(await _added(house, name, duty=duty)))


async def _told(house: House, key: str = "k", names: tuple[str, ...] | None = ("Anna",), **codes: str) -> object:
    async with house.database.transaction() as tx:
        return await tell_staff(house, tx, Notice(key, WORD, codes), names=names)


async def _waiting(house: House) -> object:
    async with house.database.read() as tx:
        return (await tx.execute(text("SELECT count(*) FROM outbox WHERE state = 'pending'"))).scalar()


@pytest.mark.parametrize("typed", [False, True])
async def test_code_links_the_phone_it_is_sent_from(house: House, *, typed: bool) -> None:
    code, phone = await _added(house), Phone(house)
    await phone.happens(phone.written(code.lower()) if typed else phone.started(code))
    (anna,) = await everybody(house)

    assert phone.text == house.script.phrases.say(p.STAFF_LINKED, "de")
    assert (anna.name, anna.chat is not None, anna.blocked) == ("Anna", True, False)


async def test_code_is_good_once_and_only_the_last_one_made(house: House) -> None:
    old = await _added(house)
    new, first, second, third = await _added(house), Phone(house, 1), Phone(house, 2), Phone(house, 3)
    await first.happens(first.started(old))
    await second.happens(second.started(new))
    await third.happens(third.started(new))

    say = house.script.phrases.say
    assert [first.text, third.text] == [say(p.CODE_UNKNOWN, "de"), say(p.CODE_USED, "de")]
    await _told(house)
    assert [each.address for each in await claim(house)] == [2]


async def test_code_that_is_too_old_links_nothing(house: House) -> None:
    code, phone = await _added(house), Phone(house)
    house.clock.move(timedelta(days=7))  # type: ignore[attr-defined]
    await phone.happens(phone.started(code))

    assert [each.chat for each in await everybody(house)] == [None]


async def test_after_five_guesses_the_right_code_does_not_link_either(house: House) -> None:
    code, phone = await _added(house), Phone(house)
    for _ in range(5):
        await phone.happens(phone.written("AAAA-AAAA-AAAA"))
    await phone.happens(phone.started(code))
    shut = [each.chat for each in await everybody(house)]
    house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    await phone.happens(phone.started(code))

    assert (shut, (await everybody(house))[0].chat is not None) == ([None], True)


async def test_notice_comes_in_their_language_with_a_sound(house: House) -> None:
    phone = Phone(house)
    await phone.happens(phone.started(await _added(house, language="de")))
    told = await _told(house)
    (sending,) = await claim(house)

    assert told == ("Anna",)
    assert sending.call == SendMessage(Prompt(house.script.phrases.say(WORD, "de")), silent=False)


async def test_same_notice_is_put_once_and_one_phone_of_two_names_is_told_once(house: House) -> None:
    phone = Phone(house)
    await _linked(house, phone)
    await _linked(house, phone, "Duty phone", duty=True)
    for _ in range(2):
        await _told(house, names=("Anna", "Duty phone"))

    assert await _waiting(house) == 1


async def test_duty_is_whoever_is_marked_and_linked(house: House) -> None:
    await _linked(house, Phone(house, 1), "Anna")
    await _linked(house, Phone(house, 2), "Ben", duty=True)
    await _added(house, "Cem", duty=True)

    assert await _told(house, names=None) == ("Ben",)


@pytest.mark.parametrize("value", ["Anna Weber", "I am afraid", "نص", "", "x" * 41, "a\nb"])
async def test_notice_with_anything_but_codes_is_refused(house: House, value: str) -> None:
    await _linked(house, Phone(house))
    with pytest.raises(ValueError, match="codes only: case"):
        await _told(house, case=value)

    assert await _waiting(house) == 0


async def test_notice_of_unknown_fate_is_sent_again_until_it_is_given_up(house: House) -> None:
    await _linked(house, Phone(house))
    await _told(house)
    tries = 0
    while claimed := await claim(house):
        tries += 1
        await settle(house, [(each, Uncertain("no_answer")) for each in claimed])
        house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]

    assert tries == 6


async def test_who_blocked_the_bot_is_not_counted_as_reached(house: House) -> None:
    await _linked(house, Phone(house))
    await _told(house, "first")
    (sending,) = await claim(house)
    await settle(house, [(sending, Gone("blocked"))])

    assert (await _told(house, "second"), [each.blocked for each in await everybody(house)]) == ((), [True])


async def test_removed_staff_are_told_nothing_and_their_code_is_unknown(house: House) -> None:
    await _linked(house, Phone(house))
    code = await _added(house)
    await staff_phones.remove(house, "Anna")
    phone = Phone(house, 5)
    await phone.happens(phone.started(code))

    assert (await _told(house), await everybody(house)) == ((), [])
    assert phone.text == house.script.phrases.say(p.CODE_UNKNOWN, "de")
    with pytest.raises(CoraError, match="nobody of the team"):
        await staff_phones.remove(house, "Anna")


@pytest.mark.parametrize(("name", "language"), [("", "en"), ("A" * 41, "en"), ("a\tb\x00", "en"), ("Anna", "xx")])
async def test_names_and_languages_that_cannot_be_are_refused(house: House, name: str, language: str) -> None:
    with pytest.raises(CoraError):
        await _added(house, name, language=language)

    assert await everybody(house) == []


async def test_notice_is_no_contact_of_whoever_takes_part_on_that_phone(house: House) -> None:
    who = await joined(house, 700)
    assert who.participant is not None
    phone = Phone(house)
    await _linked(house, phone)
    await _told(house)
    await phone.deliver()
    async with house.database.read() as tx:
        assert await ledger.contacts(tx, [who.participant.id]) == {}


async def test_staff_who_take_part_go_on_below_the_notice(house: House) -> None:
    phone = Phone(house)
    await phone.enrol(returned="01.11.2026")
    await phone.happens(phone.pressed(Verb.SEEN))
    await _linked(house, phone)
    linked = phone.text
    await _told(house)
    await phone.deliver()
    notice = max(phone.messages)
    await receive(house, [phone.pressed(Verb.MENU)])
    (menu,) = await claim(house)
    await settle(house, [(menu, Sent(notice + 1))])

    assert linked == house.script.phrases.say(p.STAFF_LINKED, "de")
    assert isinstance(menu.call, SendMessage)


async def test_staff_can_enrol_with_an_invitation_on_their_phone(house: House) -> None:
    phone = Phone(house)
    await _linked(house, phone)
    (code,) = await make_tokens(house, 1, expires_days=7)
    await phone.happens(phone.started(code))

    assert (phone.text, await _told(house)) == ("🌐", ("Anna",))


async def test_linked_chat_is_not_purged_and_a_removed_one_is(house: House) -> None:
    await _linked(house, Phone(house, 1))
    await _linked(house, Phone(house, 2), "Ben")
    await staff_phones.remove(house, "Ben")
    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    await maintain(house)
    async with house.database.read() as tx:
        left = (await tx.execute(text("SELECT count(*) FROM chat"))).scalar()

    assert (left, await _told(house)) == (1, ("Anna",))
