"""RT-01 contacts go so long after the last contact, once nothing is planned; answers stay and open under another name
RT-02 somebody planned for, heard of or written to lately stays, and so does who is still enrolling · RT-03 the preview
counts what then goes, and changes nothing · RT-04 records go so long after the study was severed, with their keys
RT-05 it runs by itself once a day · RT-06 whoever is heard of between being found and being forgotten stays, and can be
heard of: nobody waits while people are looked through · RT-07 everybody is in one part, whatever their id
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from cora_bot.dialogue.conversation import Participant, Status
from cora_bot.dialogue.inputs import Command, CommandName, Text
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.store import participants, tables
from cora_bot.store.database import Tx
from cora_bot.study.model import Step
from cora_bot.usecases import cutting, retention, severing
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from cora_bot.usecases.retention import carry_out, preview
from tests.support.phone import Phone
from tests.support.stores import BEGIN
from tests.support.turns import DAY, joined, meet, occurrence, record, session, write

THREE_MONTHS = timedelta(days=90)  # 1 December to 1 March
TEN_YEARS = timedelta(days=3653)


async def _with_record(house: House, address: int, **fields: object) -> Participant:
    before = await joined(house, address, **fields)
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
    assert before.participant is not None
    return before.participant


async def _rows(house: House, *names: str) -> list[int]:
    async with house.database.read() as tx:
        return [int((await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()) for name in names]


async def test_contact_goes_after_three_months_and_answers_stay(tmp_path: Path, house: House) -> None:
    who = await _with_record(house, 700)
    house.clock.set(BEGIN + THREE_MONTHS)  # type: ignore[attr-defined]
    await maintain(house)
    on_the_day = await _rows(house, "participant")
    house.clock.move(DAY)  # type: ignore[attr-defined]
    await maintain(house)
    house.clock.move(2 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    await write_bundle(house, tmp_path / "b", holder="Anna")
    with open_bundle(tmp_path / "b") as bundle:
        named = [(case.case, case.status) for case in bundle.cases]

    assert on_the_day == [1]
    assert await _rows(house, "participant", "chat", "record", "erased_case", "cutting") == [0, 0, 1, 0, 0]
    assert (await house.keystore.links([who.id]), list(await house.keystore.erasure_keys([who.case]))) == (
        {}, [who.case],
    )  # fmt: skip
    assert named == [(who.case.hex(), "cut")]


async def test_who_is_planned_for_heard_of_or_enrolling_stays(house: House) -> None:
    planned = await joined(house, 700)
    await write(house, planned, Turn(planned, occurrences=(occurrence("arrival", 1, BEGIN + 200 * DAY),)))
    await joined(house, 701)
    await joined(house, 702, status=Status.ENROLLING)
    finished = await joined(house, 703)
    late = occurrence("arrival", 1, BEGIN, Step.COMPLETE, next_at=None, finished_at=BEGIN + 60 * DAY)
    await write(house, finished, Turn(finished, occurrences=(late,)))
    house.clock.set(BEGIN + 60 * DAY)  # type: ignore[attr-defined]
    phone = Phone(house, 701)
    await phone.happens(phone.arrived(Command(CommandName.MENU, 9)))
    house.clock.set(BEGIN + THREE_MONTHS + DAY)  # type: ignore[attr-defined]
    expired = await preview(house)
    await carry_out(house)

    assert (expired.contacts, await _rows(house, "participant")) == (0, [4])


async def test_preview_counts_what_then_goes_and_changes_nothing(house: House) -> None:
    for address in (700, 701):
        await _with_record(house, address, status=Status.STOPPED)
    house.clock.set(BEGIN + THREE_MONTHS + DAY)  # type: ignore[attr-defined]
    said = await preview(house)
    unchanged = await _rows(house, "participant", "record")
    done = await carry_out(house)

    assert (said, unchanged) == (done, [2, 2])
    assert (done.contacts, done.records, done.records_until) == (2, 0, None)


async def test_records_go_ten_years_after_the_end_with_their_keys(house: House) -> None:
    who = await _with_record(house, 700)
    prepared = await severing.prepare(house)
    house.clock.move(DAY)  # type: ignore[attr-defined]
    await severing.approve(house, prepared.code)
    house.clock.set(BEGIN + TEN_YEARS - DAY)  # type: ignore[attr-defined]
    await carry_out(house)
    before = await _rows(house, "record")
    house.clock.set(BEGIN + TEN_YEARS + 2 * DAY)  # type: ignore[attr-defined]
    said = await preview(house)
    await maintain(house)

    assert (before, said.records) == ([1], 1)
    assert await _rows(house, "record", "erased_case") == [0, 1]
    assert await house.keystore.erasure_keys([who.case]) == {}


async def test_it_runs_by_itself_once_a_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    real = retention.carry_out

    async def counted(house: House) -> retention.Expired:
        looked.append(1)
        return await real(house)

    monkeypatch.setattr(retention, "carry_out", counted)
    for _ in range(25):
        await maintain(house)
        house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]

    assert len(looked) == 2


async def test_killed_before_the_keystore_followed_is_ended_later(house: House) -> None:
    who = await _with_record(house, 700)
    house.clock.set(BEGIN + THREE_MONTHS + DAY)  # type: ignore[attr-defined]
    await carry_out(house)  # and then it was gone
    left = await house.keystore.links([who.id])
    await cutting.follow(house)

    assert (list(left), await house.keystore.links([who.id])) == ([who.id], {})
    assert (await meet(house, 700)).participant is None


async def test_who_is_heard_of_meanwhile_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    back, gone = await _with_record(house, 700), await _with_record(house, 701)
    house.clock.set(BEGIN + THREE_MONTHS + DAY)  # type: ignore[attr-defined]
    find, found = participants.silent, []

    async def slowly(tx: Tx, before: datetime, part: int) -> list[bytes]:
        here = await find(tx, before, part)
        found.extend(here)
        if back.id in here:
            async with asyncio.timeout(5):
                await receive(house, [Arrived("m:1", 700, Text("I am still here", 1))])
        return here

    monkeypatch.setattr(participants, "silent", slowly)
    await carry_out(house)
    async with house.database.read() as tx:
        left = (await tx.execute(text("SELECT id FROM participant"))).scalars().all()

    assert sorted(found) == sorted([back.id, gone.id])
    assert left == [back.id]


@pytest.mark.parametrize("size", [1, 5, participants.PART])
async def test_everybody_is_in_one_part(house: House, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(participants, "PART", size)
    ids = [bytes([first]) + rest for first in (0, 1, 127, 128, 254, 255) for rest in (bytes(15), b"\xff" * 15)]
    async with house.database.transaction() as tx:
        rows = [{"id": each, "status": "active", "language": "en", "zone": "UTC", "profile": b""} for each in ids]
        await tx.execute(insert(tables.participant), rows)
    later = BEGIN + THREE_MONTHS
    async with house.database.read() as tx:
        parts = [await participants.silent(tx, later, part) for part in await participants.parts(tx)]

    assert [each for part in parts for each in part] == ids
    assert len(parts) == len(ids) // size + 1
