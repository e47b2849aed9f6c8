"""PK-01 parked updates are listed without a word of theirs · PK-02 replayed once, in one transaction, or still parked
PK-03 what a person said is not put under another question · PK-04 dropped means gone, and never handled again
PK-05 what met a store in trouble, however often, is not parked as if it had killed the process.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.dialogue.inputs import Text
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.parked import ALL, drop, replay, waiting
from cora_bot.usecases.parking import park
from cora_bot.usecases.receive import MOST_ATTEMPTS, receive
from cora_bot.usecases.settling import CAREFUL
from tests.support.killed import Killed, killed_after

HELLO = Arrived("m:700:1:0", 700, Text("geheim", 1))


async def _count(house: House, table: str) -> object:
    async with house.database.read() as tx:
        return (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar()


async def test_parked_update_is_listed_without_its_words(house: House) -> None:
    await park(house, HELLO, "ValueError")
    (line,) = await waiting(house)

    assert (line.kind, line.error, line.went_on, len(line.id)) == ("Text", "ValueError", False, 16)
    assert "geheim" not in repr(line)


async def test_replayed_update_is_handled_once_and_parked_no_longer(house: House) -> None:
    await park(house, HELLO, "ValueError")
    (line,) = await waiting(house)

    assert await replay(house, line.id[:8]) == {line.id: ""}
    assert (await _count(house, "outbox"), await _count(house, "parked_update")) == (1, 0)
    await receive(house, [HELLO])
    assert await _count(house, "outbox") == 1
    with pytest.raises(CoraError):
        await replay(house, line.id)


async def test_update_that_fails_again_stays_parked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await park(house, HELLO, "ValueError")
    (line,) = await waiting(house)

    def broken(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr("cora_bot.usecases.receive.advance", broken)

    assert await replay(house, ALL) == {line.id: "KeyError"}
    assert (await _count(house, "parked_update"), await _count(house, "update_seen")) == (1, 1)


async def test_kill_after_a_replay_does_not_handle_it_twice(house: House) -> None:
    await park(house, HELLO, "ValueError")
    with pytest.raises(Killed), killed_after(house, 1):
        await replay(house, ALL)

    assert await replay(house, ALL) == {}
    assert await _count(house, "outbox") == 1


async def test_words_of_somebody_who_went_on_are_not_put_under_another_question(house: House, clock: SetClock) -> None:
    await park(house, HELLO, "ValueError")
    clock.move(timedelta(minutes=5))
    await receive(house, [Arrived("m:700:2:0", 700, Text("later", 2))])
    (line,) = await waiting(house)

    assert (line.went_on, await replay(house, ALL)) == (True, {line.id: "WentOn"})
    with pytest.raises(CoraError, match="gone on"):
        await replay(house, line.id)
    assert await replay(house, line.id, anyway=True) == {line.id: ""}


async def test_dropped_update_is_gone_and_never_handled(house: House) -> None:
    await park(house, HELLO, "ValueError")

    assert await drop(house, ALL) == 1
    await receive(house, [HELLO])
    assert (await _count(house, "outbox"), await waiting(house)) == (0, [])


async def test_update_that_met_a_store_in_trouble_again_and_again_is_handled_and_not_parked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a start on a full disk: the attempt could be counted, the update itself could not be stored."""

    def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", None, Exception("disk is full"))

    house.database.careful = CAREFUL
    monkeypatch.setattr("cora_bot.usecases.receive.advance", full)
    for _ in range(MOST_ATTEMPTS + 2):
        with pytest.raises(OperationalError):
            await receive(house, [HELLO])
    monkeypatch.undo()
    await receive(house, [HELLO])
    assert (await _count(house, "outbox"), await _count(house, "parked_update")) == (1, 0)
    assert await _count(house, "update_attempt") == 0


@pytest.mark.parametrize("wanted", ["", "00", "ffffffffffffffff"])
async def test_unknown_id_is_refused(house: House, wanted: str) -> None:
    await park(house, HELLO, "ValueError")
    with pytest.raises(CoraError, match="no parked update"):
        await drop(house, wanted)
    assert await _count(house, "parked_update") == 1
