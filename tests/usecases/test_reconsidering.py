"""CS-01 a purpose given up is over in the store at once, and a planned message already in the outbox is not sent
CS-02 given again, what is still to come comes · CS-03 every decision is a consent of its own on the researcher's
computer, and the wide table holds the last one of each purpose · CS-04 /mydata counts what is held, of nobody else
CS-05 a new version of the text comes before the next question, once.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from cora_bot.base.chance import SeededChance
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.export.export_bundle import export_bundle
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground
from tests.support.turns import meet

CHECK_INS, NO, YES = 0, 1, 0


async def _enrolled(house: House) -> Phone:
    await recover(house)
    phone = Phone(house)
    await phone.enrol(returned="30.11.2026")
    return phone


async def _decide(phone: Phone, answer: int) -> None:
    await phone.happens(phone.arrived(Command(CommandName.MY_DATA, 90)))
    await phone.happens(phone.pressed(Verb.CONSENTS))
    await phone.happens(phone.pressed(Verb.CONSENT))
    await phone.happens(phone.pressed(Verb.SET_CONSENT, answer))


async def _steps(house: House) -> list[tuple[str, str, int]]:
    query = "SELECT step, reason, count(*) FROM occurrence GROUP BY step, reason ORDER BY step, reason"
    async with house.database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(query))]


async def test_purpose_given_up_is_over_at_once_and_comes_again_when_given(house: House) -> None:
    phone = await _enrolled(house)
    before = await _steps(house)
    await _decide(phone, NO)
    given_up = await _steps(house)
    await _decide(phone, YES)

    assert before == [("planned", "", 13)]
    assert given_up == [("cancelled", "no_consent", 13)]
    assert await _steps(house) == before


async def test_message_in_the_outbox_is_not_sent_after_the_purpose_was_given_up(house: House) -> None:
    phone = await _enrolled(house)
    house.clock.set(BEGIN + timedelta(days=13))  # type: ignore[attr-defined]
    while await due(house):
        pass
    await receive(house, [phone.arrived(Command(CommandName.MY_DATA, 90))])
    await phone.deliver()
    await phone.happens(phone.pressed(Verb.CONSENTS))
    await phone.happens(phone.pressed(Verb.CONSENT))
    await phone.happens(phone.pressed(Verb.SET_CONSENT, NO))

    assert await _steps(house) == [("cancelled", "no_consent", 13)]
    assert p.INVITATION not in [prompt.text for prompt in phone.messages.values()]


async def test_decisions_reach_the_researcher_with_the_last_one_in_the_wide_table(
    tmp_path: Path, house: House, ground: Ground
) -> None:
    phone = await _enrolled(house)
    house.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    await _decide(phone, NO)
    await write_bundle(house, tmp_path / "b", holder="Anna")
    account = export_bundle(
        tmp_path / "b", ground.identities, tmp_path / "out", language="", now=house.clock.now(),
        chance=SeededChance(1), progress=lambda *_: None,
    )  # fmt: skip
    (wide,) = _rows(tmp_path / "out" / "answers_wide.csv")
    ledger = _rows(tmp_path / "out" / "consents.csv")

    assert (account.fits, account.kinds) == (True, {"consent": 2})
    assert (wide["consent.purpose_check_ins"], wide["consent.agree"], wide["consent.country"]) == ("no", "yes", "AF")
    assert [row["taken"] for row in ledger] == ["read", "changed"]
    said = {
        row["value"] for row in _rows(tmp_path / "out" / "answers_long.csv") if row["question"] == "purpose_check_ins"
    }
    assert said == {"yes", "no"}


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


async def test_mydata_counts_what_is_held_of_this_person_alone(house: House) -> None:
    phone = await _enrolled(house)
    other = Phone(house, 701)
    await other.enrol(returned="30.11.2026")
    await _decide(other, NO)
    counted = []
    for one in (phone, other):
        await one.happens(one.arrived(Command(CommandName.MY_DATA, 95)))
        counted.append([place for place in (1, 2, 3) if f"verschlossen: \u2068{place}\u2069" in one.text])

    assert counted == [[1], [2]]


async def test_new_version_of_the_text_comes_before_the_next_question_once(house: House) -> None:
    phone = await _enrolled(house)
    consent = replace(house.script.forms["consent"], hash="f" * 64)
    forms = {**house.script.forms, "consent": consent}
    changed = replace(
        house, script=replace(house.script, forms=forms, versions={**house.script.versions, "f" * 64: consent})
    )
    phone.house = changed
    house.clock.set(BEGIN + timedelta(days=13, hours=1))  # type: ignore[attr-defined]
    while await due(changed):
        pass
    await phone.deliver()
    say = house.script.phrases.say
    invitation = phone.text
    await phone.happens(phone.pressed(Verb.OPEN))
    instead = phone.text.startswith(say(p.TEXT_CHANGED, "de"))
    await phone.happens(phone.pressed(Verb.RENEW, 0))
    await phone.happens(phone.arrived(Command(CommandName.MENU, 95)))
    await phone.happens(phone.pressed(Verb.OPEN))
    mine = (await meet(house, 700)).participant

    assert (invitation, instead) == (say(p.INVITATION, "de"), True)
    assert (phone.has(Verb.RENEW), phone.has(Verb.DONE)) == (False, True)
    assert mine is not None
    assert mine.consent_hash == "f" * 64
