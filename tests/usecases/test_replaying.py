"""D-20 what fell due is handled together, and one by one where that fails; only the culprit is set aside
D-21 a store in trouble sets nothing aside · D-22 so it is with visits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from cora_bot.base.clock import SetClock
from cora_bot.dialogue import phrases as p
from cora_bot.store import tables
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.replaying import handle_all
from cora_bot.usecases.visits.due import PUT_OFF
from tests.support.trips import offered
from tests.usecases.visits.guests import NOW, UNTIL, deliver, guest, there, trip

TROUBLE = OperationalError("select", {}, Exception("the disk is full"))


class Run:
    """Numbers fall due; ``bad`` ones raise. What happened, in order."""

    def __init__(self, bad: Sequence[int] = (), trouble: int | None = None) -> None:
        self.bad, self.trouble = bad, trouble
        self.done: list[Sequence[int]] = []
        self.said: list[str] = []
        self.aside: list[tuple[int, str]] = []

    async def handle(self, found: Sequence[int]) -> int:
        if self.trouble in found:
            raise TROUBLE
        if set(found) & set(self.bad):
            raise ValueError
        self.done.append(list(found))
        return len(found)

    async def set_aside(self, each: int, error: Exception) -> None:
        self.aside.append((each, type(error).__name__))

    async def all(self, *found: int) -> int:
        def replayed(error: Exception) -> None:
            self.said.append(type(error).__name__)

        return await handle_all(found, self.handle, replayed=replayed, set_aside=self.set_aside)


async def test_all_go_together() -> None:
    run = Run()

    assert (await run.all(1, 2, 3), run.done, run.said, run.aside) == (3, [[1, 2, 3]], [], [])


async def test_nothing_due_is_nothing_done() -> None:
    run = Run()

    assert (await run.all(), run.done) == (0, [])


async def test_culprit_alone_is_set_aside() -> None:
    run = Run(bad=[2])

    assert (await run.all(1, 2, 3), run.done) == (3, [[1], [3]])
    assert (run.said, run.aside) == (["ValueError"], [(2, "ValueError")])


@pytest.mark.parametrize(("bad", "done"), [([], []), ([1], [[2]])], ids=["together", "one by one"])
async def test_store_in_trouble_sets_nothing_aside(bad: list[int], done: list[list[int]]) -> None:
    run = Run(bad=bad, trouble=3 if not bad else None)
    if bad:  # the trouble begins while they are taken one by one
        kept = run.set_aside

        async def then(each: int, error: Exception) -> None:
            await kept(each, error)
            run.trouble = 3

        run.set_aside = then  # type: ignore[method-assign]
    with pytest.raises(OperationalError):
        await run.all(1, 2, 3)

    assert (run.done, [each for each, _ in run.aside]) == (done, bad)


async def test_visit_that_cannot_be_read_holds_up_nobody(house: House, clock: SetClock) -> None:
    clock.set(NOW)
    await trip(house)
    for address in (7001, 7002):
        await guest(house, address)
    await offered(house, UNTIL)
    person = (await there(house, 7001)).participant
    assert person is not None
    mine = tables.visit.c.participant_id == person.id
    async with house.database.transaction() as tx:
        await tx.execute(update(tables.visit).where(mine).values(sealed=b"damaged"))
    while await due(house):
        pass
    async with house.database.read() as tx:
        waits = (await tx.execute(select(tables.visit.c.next_at).where(mine))).scalar_one()

    assert (await deliver(house), waits) == ([p.INVITATION], NOW + PUT_OFF)
