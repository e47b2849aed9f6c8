"""PE-01 everyone who has joined is listed by code, with what the team may see · PE-02 who is enrolling is not."""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.turn import Turn
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import Refused, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.people import Person, people
from tests.support.stores import BEGIN
from tests.support.turns import DAY, invited, joined, occurrence, record, session, write


async def _someone(house: House, address: int, code: str, **fields: object) -> None:
    before = await joined(house, address, code=code, **fields)
    turn = Turn(before, records=(record(house.chance, session(house.chance), "x"),))
    await write(house, before, replace(turn, occurrences=(occurrence("arrival", 1, BEGIN + DAY),)))


async def test_people_are_listed_by_code_with_last_contact_and_next_due(house: House) -> None:
    await _someone(house, 700, "ZZZ-AAA", zone="Asia/Kabul")
    await _someone(house, 701, "AAA-ZZZ", status=Status.STOPPED)
    await _someone(house, 702, "MMM-MMM", status=Status.ENROLLING)
    async with house.database.transaction() as tx:
        from sqlalchemy import text

        await tx.execute(text("UPDATE occurrence SET step = 'cancelled', next_at = NULL WHERE participant_id = "
                              "(SELECT id FROM participant WHERE status = 'stopped')"))  # fmt: skip

    assert await people(house) == [
        Person("AAA-ZZZ", "de", "UTC", Status.STOPPED, None, None),
        Person("ZZZ-AAA", "de", "Asia/Kabul", Status.ACTIVE, None, BEGIN + DAY),
    ]


async def test_last_contact_is_what_was_sent_and_not_what_was_refused(house: House) -> None:
    for address, outcome in ((700, Sent(31)), (701, Refused("too_long"))):
        before = await joined(house, address)
        await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
        await invited(house, before)
        (sending,) = await claim(house)
        await settle(house, [(sending, outcome)])
    house.clock.move(DAY)  # type: ignore[attr-defined]
    found = await people(house)

    assert sorted(str(each.last_contact) for each in found) == sorted([str(BEGIN), "None"])
    assert {each.next_due for each in found} == {BEGIN + DAY}
