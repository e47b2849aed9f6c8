"""OC-01 a correction moves what waits and nothing else · OC-02 what was cancelled and is still to come lives again
OC-03 due work is found by its time, earliest first · OC-04 the count of sent messages never falls.
"""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.turn import Turn
from cora_bot.store import occurrences
from cora_bot.store.occurrences import Due
from cora_bot.study.model import Planned, Step
from cora_bot.usecases.house import House
from tests.support.stores import BEGIN
from tests.support.turns import DAY, HOUR, joined, occurrence, planned, write


class Life:
    """One person's schedule over several turns."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def begin(self) -> Life:
        self.stored = await joined(self.house, 700)
        return self

    async def turn(
        self, plan: tuple[Planned, ...] | None, *changed: Occurrence, status: Status = Status.ACTIVE
    ) -> list[tuple[str, int, Step, str]]:
        assert self.stored.participant is not None
        who = replace(self.stored.participant, status=status)
        await write(
            self.house, self.stored, Turn(replace(self.stored, participant=who), plan=plan, occurrences=changed)
        )
        return [(each.wave, each.number, each.step, each.reason) for each in await self.all()]

    async def all(self) -> list[Occurrence]:
        assert self.stored.participant is not None
        async with self.house.database.read() as tx:
            return (await occurrences.all_of(tx, [self.stored.participant.id]))[self.stored.participant.id]


async def test_correction_moves_what_waits_and_nothing_else(house: House) -> None:
    life = await Life(house).begin()
    first = tuple(planned("check_in", number, BEGIN + number * 30 * DAY) for number in (1, 2, 3))
    await life.turn(first, occurrence("check_in", 1, BEGIN + 30 * DAY, Step.COMPLETE, next_at=None))
    moved = tuple(planned("check_in", number, BEGIN + (number * 30 + 5) * DAY) for number in (1, 2))
    await life.turn(moved)
    found = await life.all()

    opens = [BEGIN + 30 * DAY, BEGIN + 65 * DAY, BEGIN + 90 * DAY]
    steps = [Step.COMPLETE, Step.PLANNED, Step.CANCELLED]
    assert [(1, opens[0], steps[0]), (2, opens[1], steps[1]), (3, opens[2], steps[2])] == [
        (each.number, each.opens, each.step) for each in found
    ]
    assert [None, opens[1], None] == [each.next_at for each in found]
    assert (planned("check_in", 2, opens[1]).reminders, "replanned") == (found[1].reminders, found[2].reason)


async def test_everything_that_waits_is_cancelled_when_the_person_stops(house: House) -> None:
    life = await Life(house).begin()
    await life.turn((planned("arrival", 1, BEGIN), planned("check_in", 1, BEGIN + 30 * DAY)))
    found = await life.turn((), status=Status.STOPPED)

    expected = [("arrival", 1, Step.CANCELLED, "stopped"), ("check_in", 1, Step.CANCELLED, "stopped")]
    assert expected == found


async def test_cancelled_one_lives_again_only_if_it_is_still_to_come(house: House) -> None:
    life = await Life(house).begin()
    plan = (planned("arrival", 1, BEGIN + DAY), planned("check_in", 1, BEGIN + 30 * DAY))
    await life.turn(plan)
    await life.turn(())
    house.clock.move(20 * DAY)  # type: ignore[attr-defined]
    found = await life.turn(plan)

    assert found == [("arrival", 1, Step.CANCELLED, "replanned"), ("check_in", 1, Step.PLANNED, "")]


async def test_what_a_turn_changed_wins_over_its_plan(house: House) -> None:
    life = await Life(house).begin()
    invited = occurrence("arrival", 1, BEGIN, Step.INVITED, sent=1, next_at=BEGIN + DAY)
    found = await life.turn((planned("arrival", 1, BEGIN + 9 * DAY),), invited)

    assert found == [("arrival", 1, Step.INVITED, "")]
    assert await life.all() == [invited]


async def test_sent_messages_stay_counted_when_an_occurrence_begins_anew(house: House) -> None:
    life = await Life(house).begin()
    await life.turn(None, occurrence("arrival", 1, BEGIN, Step.INVITED, sent=2))
    await life.turn(None, occurrence("arrival", 1, BEGIN + 9 * DAY))

    assert [(each.step, each.sent) for each in await life.all()] == [(Step.PLANNED, 2)]


async def test_due_ones_are_found_earliest_first_and_final_ones_never(house: House) -> None:
    life = await Life(house).begin()
    await life.turn(
        None,
        occurrence("late", 1, BEGIN - HOUR),
        occurrence("later", 1, BEGIN),
        occurrence("ahead", 1, BEGIN + HOUR),
        occurrence("done", 1, BEGIN - DAY, Step.EXPIRED, next_at=None),
    )
    assert life.stored.participant is not None
    who = life.stored.participant.id
    async with house.database.read() as tx:
        due = await occurrences.due(tx, BEGIN, 9)
        first = await occurrences.due(tx, BEGIN, 1)
        nothing = await occurrences.due(tx, BEGIN - DAY, 9)
        next_due = await occurrences.next_due(tx, [who])

    assert (due, first, nothing) == ([Due(who, "late", 1), Due(who, "later", 1)], [Due(who, "late", 1)], [])
    assert next_due == {who: BEGIN - HOUR}
