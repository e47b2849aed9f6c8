"""TI-01 what is taken in is sealed, not handled; handled once, in the transaction in which it goes
TI-02 what a process left when it ended is handled by the next, in order; what is too new may be somebody else's
TI-03 one that cannot be handled or read is parked, and the rest goes on · TI-04 after a restore nothing of it is sent.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from cora_bot.dialogue.inputs import Text
from cora_bot.store import tables
from cora_bot.usecases import restoring
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import UNHANDLED, maintain
from cora_bot.usecases.parked import ALL, drop, replay, waiting
from cora_bot.usecases.parking import INPUTS
from cora_bot.usecases.taking_in import handle, handle_left, take_in
from tests.support.killed import Killed, killed_after
from tests.support.stores import Ground


def said(number: int, words: str = "geheim") -> Arrived:
    return Arrived(f"m:{700 + number}:1:0", 700 + number, Text(words, 1))


async def counts(house: House) -> tuple[object, ...]:
    """What is taken in, handled and parked, and the replies."""
    names = ("taken_in", "update_seen", "parked_update", "outbox")
    async with house.database.read() as tx:
        return tuple([(await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in names])


async def sealed(house: House) -> bytes:
    async with house.database.read() as tx:
        return bytes((await tx.execute(text("SELECT sealed FROM taken_in"))).scalar_one())


async def test_batch_taken_in_is_sealed_and_not_handled(house: House) -> None:
    await take_in(house, [said(1), said(2)])

    assert await counts(house) == (1, 0, 0, 0)
    assert b"geheim" not in await sealed(house)


async def test_it_is_handled_once_however_often(house: House) -> None:
    taken = await take_in(house, [said(1), said(2)])
    await handle(house, taken)
    once = await counts(house)
    await handle(house, taken)

    assert (once, await counts(house)) == ((0, 2, 0, 2), (0, 2, 0, 2))


async def test_two_batches_of_the_same_moment_go_each_for_itself(house: House) -> None:
    first, second = await take_in(house, [said(1)]), await take_in(house, [said(2)])
    await handle(house, first)

    assert await counts(house) == (1, 1, 0, 1)
    assert await handle_left(house) == 1
    await handle(house, second)
    assert await counts(house) == (0, 2, 0, 2)


async def test_it_stays_where_the_store_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = await take_in(house, [said(1)])

    async def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr("cora_bot.usecases.receive.apply", full)
        with pytest.raises(OperationalError):
            await handle(house, taken)

    assert await counts(house) == (1, 0, 0, 0)


async def test_next_process_handles_what_is_left_in_order(ground: Ground, house: House) -> None:
    """Two messages of one chat in two batches: the second is what was said last."""
    later = Arrived("m:701:2:0", 701, Text("later", 2))
    for each in (said(1), later):
        await take_in(house, [each])
    async with ground.opened(house.script) as other:
        handled = await handle_left(other)
        again = await handle_left(other)
        seen = await counts(other)
        async with other.database.read() as tx:
            last = (await tx.execute(text("SELECT last_message FROM chat"))).scalar()

    assert (handled, again, seen[:3], last) == (2, 0, (0, 2, 0), 2)


@pytest.mark.parametrize("commits", [1, 2])
async def test_death_in_the_middle_of_it_doubles_nothing(house: House, commits: int) -> None:
    """One by one, as after a kill: some are handled, and the batch is still there."""
    await take_in(house, [said(1), said(2)])
    house.database.careful = 100
    with pytest.raises(Killed), killed_after(house, 2 * commits):
        await handle_left(house)
    between = await counts(house)
    await handle_left(house)

    assert between == (1, commits, 0, commits)
    assert await counts(house) == (0, 2, 0, 2)


async def test_poisoned_one_is_parked_and_the_rest_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from cora_bot.usecases import receive as receiving

    handles = receiving.advance

    def chokes(before: object, happened: Text, **known: object) -> object:
        if happened.text == "poison":
            raise KeyError
        return handles(before, happened, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "advance", chokes)
    await take_in(house, [said(1), said(2, "poison"), said(3)])
    await handle_left(house)

    assert await counts(house) == (0, 3, 1, 2)


async def test_somebody_elses_is_left_to_them_for_a_while(house: House) -> None:
    await take_in(house, [said(1)])
    house.clock.move(UNHANDLED - timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)
    early = await counts(house)
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await maintain(house)

    assert (early[:2], (await counts(house))[:2]) == ((1, 0), (0, 1))


async def test_input_of_another_version_is_parked_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(house, [said(1)])
    with monkeypatch.context() as patch:
        patch.delitem(INPUTS, "Text")
        await handle_left(house)
        (unread,) = await waiting(house)
    parked = await waiting(house)

    assert unread.went_on is None
    assert [(each.kind, each.error) for each in parked] == [("Text", "NotOpened")]
    assert await replay(house, ALL) == {parked[0].id: ""}
    assert await counts(house) == (0, 1, 0, 1)


@pytest.mark.parametrize("spoilt", [b"spoilt", None])
async def test_batch_that_cannot_be_read_is_parked_as_it_is(house: House, spoilt: bytes | None) -> None:
    taken = await take_in(house, [said(1)])
    value = spoilt or house.keys.seal("batch", taken.id, msgspec.json.encode("no list"), house.chance)  # type: ignore[arg-type]
    async with house.database.transaction() as tx:
        await tx.execute(update(tables.taken_in).values(sealed=value))
    await handle_left(house)
    (line,) = await waiting(house)

    assert (line.kind, line.went_on) == ("Batch", None)
    assert await drop(house, ALL) == 1
    assert (await counts(house))[2] == 0


async def test_after_a_restore_it_waits_for_somebody_to_look(house: House) -> None:
    await take_in(house, [said(1), said(2)])
    await restoring.apply(house)
    parked = await waiting(house)

    assert [(each.kind, each.error) for each in parked] == [("Text", restoring.RESTORED)] * 2
    assert await counts(house) == (0, 2, 2, 0)
