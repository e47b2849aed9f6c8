"""V-10 two hundred people race for twenty times, in batches and from two processes: twenty meetings, nobody twice,
one hundred and eighty kind answers, no exception · V-11 the database itself refuses a second one on a seat."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables
from cora_bot.study.visits.visit import Standing
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.stores import Ground
from tests.support.trips import offered, stored, workbook
from tests.usecases.visits.guests import FIRST, NOW, UNTIL, deliver, everything_due, guest, pressing

PEOPLE, TIMES, BATCH = 200, 20, 25


def days() -> list[tuple[str, ...]]:
    """Five days of four times with one seat each."""
    return [(FIRST.replace(day=21 + n).isoformat(), "tirana", "ANNA", "09:00", "14:00", "", "1") for n in range(5)]


async def test_two_hundred_people_race_for_twenty_times(ground: Ground, script: Script) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    async with ground.opened(script) as house, ground.opened(script) as other:
        await asyncio.gather(*(guest(house, 5000 + n) for n in range(PEOPLE)))
        await stored(house, workbook(days()))
        await offered(house, UNTIL)
        await everything_due(house)
        async with house.database.read() as tx:
            slots = sorted((await tx.execute(select(tables.slot.c.id))).scalars())
        presses = [await pressing(house, 5000 + n, Act.BOOK, slots[n % TIMES]) for n in range(PEOPLE)]
        batches = [presses[start : start + BATCH] for start in range(0, PEOPLE, BATCH)]

        await asyncio.gather(*(_take([house, other][n % 2], each) for n, each in enumerate(batches)))
        answers = Counter(_kind(text) for text in await deliver(house))

        async with house.database.read() as tx:
            seats = (await tx.execute(select(tables.seat.c.visit_id))).scalars().all()
            booked = select(tables.visit.c.slot_id).where(tables.visit.c.standing == Standing.BOOKED.value)
            held = list((await tx.execute(booked)).scalars())
            parked = (await tx.execute(select(tables.parked_update.c.key))).all()

    assert len(slots) == TIMES
    assert sorted(held) == slots
    assert len({who for who in seats if who is not None}) == TIMES
    assert answers == Counter(booked=TIMES, kind=PEOPLE - TIMES)
    assert parked == []


async def _take(house: House, batch: list[Arrived]) -> None:
    await receive(house, batch)


def _kind(text: str) -> str:
    if p.BOOKED in text:
        return "booked"
    return "kind" if p.TIME_TAKEN in text or p.NO_TIME_FREE in text else text


async def test_seat_is_taken_once_whoever_writes(ground: Ground, script: Script) -> None:
    ground.clock.set(NOW)  # type: ignore[attr-defined]
    async with ground.opened(script) as house:
        await guest(house, 5000)
        await stored(house, workbook(days()))
        await offered(house, UNTIL)
        async with house.database.read() as tx:
            visit_id = (await tx.execute(select(tables.visit.c.id))).scalar_one()
            one, two, *_ = sorted((await tx.execute(select(tables.slot.c.id))).scalars())
        async with house.database.transaction() as tx:
            await tx.execute(update(tables.seat).where(tables.seat.c.slot_id == one).values(visit_id=visit_id))

        with pytest.raises(IntegrityError):
            async with house.database.transaction() as tx:
                await tx.execute(update(tables.seat).where(tables.seat.c.slot_id == two).values(visit_id=visit_id))
        with pytest.raises(IntegrityError):
            async with house.database.transaction() as tx:
                taken = select(tables.slot_cell).where(tables.slot_cell.c.slot_id == one).limit(1)
                cell = (await tx.execute(taken)).one()
                again = {"interviewer": cell.interviewer, "cell": cell.cell, "slot_id": two}
                await tx.execute(tables.slot_cell.insert().values(again))
