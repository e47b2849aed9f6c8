"""KS-01 a case is made once, whatever is repeated · KS-02 two people never share a code
KS-03 links and keys are sealed, and what is destroyed is in no file · KS-04 a link moved to another row never opens.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text, update

from cora_bot.base.chance import new_id
from cora_bot.base.errors import NotOpened
from cora_bot.store import keystore
from cora_bot.store.participants import Link
from cora_bot.usecases.house import House
from tests.support.stores import Ground, all_bytes


async def test_case_is_made_once_however_often_it_is_asked_for(house: House) -> None:
    who, case = new_id(house.chance), new_id(house.chance)
    first = await house.keystore.create_case(who, case, "K7F-2QX", house.chance)
    key = await house.keystore.erasure_keys([case])
    again = await house.keystore.create_case(who, case, "AAA-AAA", house.chance)

    assert (Link(case, "K7F-2QX"), first) == (first, again)
    assert key == await house.keystore.erasure_keys([case])
    assert who == await house.keystore.find_code("K7F-2QX")


async def test_code_that_is_taken_is_drawn_anew(house: House) -> None:
    people = [new_id(house.chance) for _ in range(2)]
    links = [await house.keystore.create_case(who, new_id(house.chance), "K7F-2QX", house.chance) for who in people]

    assert links[0].code == "K7F-2QX"
    assert links[1].code != "K7F-2QX"
    assert [await house.keystore.find_code(link.code) for link in links] == people


async def test_links_survive_reopening_and_go_one_by_one(ground: Ground, house: House) -> None:
    people = [new_id(house.chance) for _ in range(3)]
    for number, who in enumerate(people):
        await house.keystore.create_case(who, bytes([number]) * 16, f"AAA-AA{number}", house.chance)
    await house.keystore.delete_link([people[1]])
    await house.keystore.destroy_key([b"\2" * 16])
    async with ground.opened(house.script) as other:
        links = await other.keystore.links(people)
        keys = await other.keystore.erasure_keys([bytes([number]) * 16 for number in range(3)])

    assert links == {people[0]: Link(b"\0" * 16, "AAA-AA0"), people[2]: Link(b"\2" * 16, "AAA-AA2")}
    assert sorted(keys) == [b"\0" * 16, b"\1" * 16]


async def test_link_that_was_moved_to_another_row_does_not_open(house: House) -> None:
    mine, other = new_id(house.chance), new_id(house.chance)
    await house.keystore.create_case(mine, new_id(house.chance), "AAA-AAA", house.chance)
    async with house.keystore.database.transaction() as tx:
        await tx.execute(update(keystore.link).values(participant_id=other))

    with pytest.raises(NotOpened):
        await house.keystore.links([other])


async def test_destroyed_key_is_in_no_file(tmp_path: Path, ground: Ground, house: House) -> None:
    if ground.engine != "sqlite":
        pytest.skip("the files of the server are not ours to read")
    case = new_id(house.chance)
    await house.keystore.create_case(new_id(house.chance), case, "AAA-AAA", house.chance)
    async with house.keystore.database.read() as tx:
        sealed = (await tx.execute(text("SELECT key FROM erasure"))).scalar_one()
    before = all_bytes(tmp_path)
    await house.keystore.destroy_key([case])
    after = all_bytes(tmp_path)

    assert before.count(sealed) >= 1
    assert (after.count(sealed), after.count(case)) == (0, 0)
