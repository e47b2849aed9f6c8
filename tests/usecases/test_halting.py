"""PA-05 a stop, its end, and that the server's keys go are in the audit log, without any key, and its chain holds
PA-06 whatever is wrong with the log, the stop stands.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from cora_bot.store import audit_log as stored
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.database import Tx
from cora_bot.usecases import halting
from cora_bot.usecases.audit_log import lines, note, verify
from cora_bot.usecases.house import House


async def has_done_something(house: House) -> None:
    async with house.database.transaction() as tx:
        await note(house, tx, Noted("tokens_made", facts={"count": "1"}))


async def told(house: House) -> list[tuple[str, str]]:
    return [(each.action, each.case) for each in await lines(house)]


async def stands(house: House) -> bool:
    async with house.database.read() as tx:
        return await halting.is_halted(tx)


async def test_stop_and_its_end_are_logged_without_a_key(house: House) -> None:
    await has_done_something(house)
    await halting.halt(house.database, house.clock)
    await halting.note_forgetting(house.database, house.clock, {"files": "1"})
    await halting.lift(house.database, house.clock)
    await has_done_something(house)

    actions = ["tokens_made", "halted", "forgetting_server_keys", "halt_lifted", "tokens_made"]
    assert await told(house) == [(action, "") for action in actions]
    assert [dict(each.facts) for each in await lines(house)][2] == {"files": "1"}
    assert ((await verify(house)).broken, await stands(house)) == (None, False)


async def test_server_on_which_nothing_was_ever_done_has_no_log(house: House) -> None:
    await halting.halt(house.database, house.clock)
    assert (await told(house), await stands(house)) == ([], True)


async def test_log_that_cannot_be_written_holds_nothing_up(house: House) -> None:
    await has_done_something(house)
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE audit RENAME TO taken_away"))
    await halting.halt(house.database, house.clock)
    await halting.note_forgetting(house.database, house.clock, {})
    assert await stands(house)
    async with house.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE taken_away RENAME TO audit"))
    assert await told(house) == [("tokens_made", "")]


async def test_stop_is_in_the_log_and_stands_at_the_same_moment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry is written where the stop is already seen, and nobody else sees either."""
    await has_done_something(house)
    seen: list[tuple[bool, bool]] = []
    written = stored.append_of_nobody

    async def looking(tx: Tx, *arguments: object) -> bool:
        done = await written(tx, *arguments)  # type: ignore[arg-type]
        seen.append((await halting.is_halted(tx), await stands(house)))
        return done

    monkeypatch.setattr(stored, "append_of_nobody", looking)
    await halting.halt(house.database, house.clock)
    assert (seen, await stands(house)) == ([(True, False)], True)


async def test_what_is_about_a_person_is_not_logged_without_a_key(house: House) -> None:
    await has_done_something(house)
    async with house.database.transaction() as tx:
        about = Noted("silenced", Subject(bytes(16), "K7F-2QX"))
        assert not await stored.append_of_nobody(tx, about, house.clock.now())
    assert await told(house) == [("tokens_made", "")]
