"""TK-01 a task opens once for each missed occasion, for a lost chat, for words passed on; breaks and outages open none.
TK-02 it settles itself once it is over, and is nobody's once the person stopped · TK-03 it is passed on and done by
hand · TK-04 it holds no word, and goes with the person · TK-05 copies to be deleted stand beside them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Status
from cora_bot.dialogue.inputs import Blocked, Command, CommandName, Unblocked, Verb
from cora_bot.dialogue.turn import RecordKind, TaskReason, Turn
from cora_bot.store import tasks as store
from cora_bot.study.model import Step
from cora_bot.usecases import severing
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.copies import OVERLAP, close
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.reply import reply
from cora_bot.usecases.tasks import MOST_NAME, done, duties, pass_on
from tests.support.phone import Phone
from tests.support.stores import BEGIN
from tests.support.turns import DAY, HOUR, joined, meet, occurrence, record, session, write

CODE = "K7F-2QX"
MISSED = ("missed", "arrival 1")
SECRET = "the street where Valbona lives"


async def _someone(house: House, address: int = 700, *, code: str = CODE, **fields: object) -> Conversation:
    """A person with a case, who takes part."""
    before = await joined(house, address, code=code, **fields)
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
    return await meet(house, address)


async def _ended(house: House, step: Step, reason: str, *, number: int = 1, address: int = 700) -> None:
    before = await meet(house, address)
    over = occurrence("arrival", number, BEGIN - 8 * DAY, step, next_at=None, finished_at=BEGIN, reason=reason, sent=1)
    await write(house, before, Turn(before, occurrences=(over,)))


async def _open(house: House) -> list[tuple[str, str]]:
    return [(each.reason, each.about) for each in await duties(house)]


@pytest.mark.parametrize("reason", sorted(store.MISSED))
async def test_missed_occasion_opens_a_task(house: House, reason: str) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, reason)
    (duty,) = await duties(house)
    assert (duty.code, duty.reason, duty.about, duty.age.days) == (CODE, *MISSED, 0)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Step.LAPSED, "late"),
        (Step.LAPSED, "missed"),
        (Step.LAPSED, "merged"),
        (Step.LAPSED, "paused"),
        (Step.EXPIRED, "outage"),
        (Step.CANCELLED, "stopped"),
        (Step.PARTIAL, "not_finished"),
        (Step.COMPLETE, ""),
    ],
)
async def test_what_says_nothing_about_the_person_opens_none(house: House, step: Step, reason: str) -> None:
    await _someone(house)
    await _ended(house, step, reason)
    assert await _open(house) == []


async def test_window_that_closes_unopened_opens_one_task_and_no_second(house: House) -> None:
    before = await _someone(house)
    waiting = occurrence("arrival", 1, BEGIN, Step.INVITED, sent=1, next_at=BEGIN + 7 * DAY)
    await write(house, before, Turn(before, occurrences=(waiting,)))
    house.clock.set(BEGIN + 7 * DAY + HOUR)  # type: ignore[attr-defined]
    while await due(house):
        pass
    first = await duties(house)
    await done(house, first[0].id)
    await maintain(house)
    await _ended(house, Step.EXPIRED, "not_opened")  # written once more, whatever the cause
    assert [(each.reason, each.about) for each in first] == [MISSED]
    assert await _open(house) == []


async def test_each_missed_occasion_is_a_task_of_its_own(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    await _ended(house, Step.EXPIRED, "not_opened", number=2)
    assert await _open(house) == [MISSED, ("missed", "arrival 2")]


async def test_answering_a_later_occasion_settles_what_was_missed(house: House) -> None:
    before = await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    house.clock.move(3 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    waiting = await _open(house)
    now = house.clock.now()
    answered = occurrence("arrival", 2, now, Step.COMPLETE, next_at=None, opened_at=now, finished_at=now)
    await write(house, before, Turn(before, occurrences=(answered,)))
    await maintain(house)
    (settled,) = await duties(house, closed=True)
    assert (waiting, await _open(house)) == ([MISSED], [])
    assert (settled.done_at, settled.done_by) == (now, "")


async def test_blocked_chat_is_one_task_until_it_is_unblocked(house: House) -> None:
    await _someone(house)
    phone = Phone(house)
    await phone.happens(phone.arrived(Blocked()))
    await phone.happens(phone.arrived(Blocked()))
    await maintain(house)
    blocked = await _open(house)
    await phone.happens(phone.arrived(Unblocked()))
    await maintain(house)
    assert (blocked, await _open(house)) == ([("unreachable", "")], [])


async def test_blocked_chat_is_a_task_for_everybody_reached_there(house: House) -> None:
    await _someone(house, code="AAA-AAA")
    first = await meet(house, 700)
    other = await joined(house, 701, code="BBB-BBB")
    assert other.participant is not None
    async with house.database.transaction() as tx:
        moved = {"chat": first.chat.id, "who": other.participant.id}
        await tx.execute(text("UPDATE chat_participant SET chat_id = :chat WHERE participant_id = :who"), moved)
    phone = Phone(house)
    await phone.happens(phone.arrived(Blocked()))
    assert sorted(each.code for each in await duties(house)) == ["AAA-AAA", "BBB-BBB"]


async def test_person_without_a_chat_is_two_tasks(house: House) -> None:
    before = await _someone(house)
    waiting = occurrence("arrival", 1, BEGIN, next_at=BEGIN)
    await write(house, before, Turn(before, occurrences=(waiting,)))
    async with house.database.transaction() as tx:
        await tx.execute(text("DELETE FROM chat_participant"))
    assert await due(house) == 1
    assert await _open(house) == [("unreachable", ""), MISSED]


async def _writes(house: House) -> None:
    before = await meet(house, 700)
    passed_on = record(house.chance, session(house.chance), SECRET, RecordKind.MESSAGE)
    await write(house, before, Turn(before, records=(passed_on,), wanted=(TaskReason.MESSAGE,)))


async def test_words_passed_on_are_one_task_until_the_team_answers(house: House) -> None:
    await _someone(house)
    await _writes(house)
    await _writes(house)
    waiting = await _open(house)
    await reply(house, CODE, "We will call you.")
    answered = await _open(house)
    await _writes(house)
    assert (waiting, answered, await _open(house)) == ([("message", "")], [], [("message", "")])


async def test_text_that_is_really_passed_on_opens_a_task(house: House) -> None:
    phone = Phone(house)
    await phone.enrol(returned="30.11.2026")
    await phone.happens(phone.written(SECRET))
    before = await _open(house)
    await phone.happens(phone.pressed(Verb.PASS_ON))
    assert (before, await _open(house)) == ([], [("message", "")])


async def test_no_column_of_a_task_holds_a_word_of_the_person(house: House) -> None:
    await _someone(house)
    await _writes(house)
    async with house.database.read() as tx:
        (row,) = await tx.execute(text("SELECT * FROM task"))
    assert [cell for cell in row if SECRET in str(cell) or (isinstance(cell, bytes) and SECRET.encode() in cell)] == []
    assert row.opened_at % (60 * 60 * 1000) == 0


async def test_who_stopped_is_nobodys_task(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    phone = Phone(house)
    await phone.happens(phone.arrived(Command(CommandName.STOP, 90)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, 0))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP, 0))
    at_once = await _open(house)
    await phone.happens(phone.arrived(Blocked()))
    await maintain(house)
    assert (at_once, await _open(house)) == ([], [])
    assert [each.done_at is not None for each in await duties(house, closed=True)] == [True]


async def test_task_is_passed_on_and_done(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    (before,) = await duties(house)
    house.clock.move(9 * DAY)  # type: ignore[attr-defined]
    assert await pass_on(house, before.id, to="  Partner in   Tirana ") == CODE
    (passed,) = await duties(house)
    assert await done(house, before.id, by="Mira") == CODE
    (over,) = await duties(house, closed=True)
    assert (passed.with_whom, passed.age.days, passed.done_at) == ("Partner in Tirana", 9, None)
    assert (over.done_by, over.done_at) == ("Mira", BEGIN + 9 * DAY)
    assert await duties(house) == []


@pytest.mark.parametrize("typed", ["", "0", "99", "-1", "x", "1' OR 1", "٣", "9" * 40])
async def test_unknown_task_is_said_to_be_so(house: House, typed: str) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    with pytest.raises(CoraError, match="there is no task"):
        await done(house, typed)
    assert await _open(house) == [MISSED]


async def test_what_was_done_is_not_done_again(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    (one,) = await duties(house)
    await done(house, one.id)
    for again in (done(house, one.id), pass_on(house, one.id, to="Mira")):
        with pytest.raises(CoraError, match="was done already"):
            await again


@pytest.mark.parametrize("name", ["", "   ", "x" * (MOST_NAME + 1), "Mira\x1b[2J"])
async def test_task_is_passed_on_to_a_name(house: House, name: str) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    (one,) = await duties(house)
    with pytest.raises(CoraError, match=r"name|somebody"):
        await pass_on(house, one.id, to=name)


async def test_tasks_go_with_the_person(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    before = await meet(house, 700)
    await write(house, before, Turn(replace(before, participant=None, session=None)))
    assert await duties(house, closed=True) == []
    async with house.database.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM task"))).scalar() == 0


async def test_tasks_go_when_the_study_is_severed(house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    prepared = await severing.prepare(house)
    house.clock.move(DAY)  # type: ignore[attr-defined]
    await severing.approve(house, prepared.code)
    async with house.database.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM task"))).scalar() == 0


async def test_copies_with_withdrawn_answers_stand_beside_tasks(tmp_path: Path, house: House) -> None:
    await _someone(house)
    await _ended(house, Step.EXPIRED, "not_opened")
    await _someone(house, 701, code="BBB-BBB")
    written = await write_bundle(house, tmp_path / "b", holder="Anna")
    none = await _open(house)
    house.clock.move(OVERLAP)  # type: ignore[attr-defined]
    phone = Phone(house, 701)
    await phone.happens(phone.arrived(Command(CommandName.STOP, 90)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, 2))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP, 2))
    found = await duties(house)
    await close(house, written.bundle)
    assert none == [MISSED]
    assert [(each.reason, each.code, each.about) for each in found] == [
        ("missed", CODE, "arrival 1"),
        ("copy", "", "Anna"),
    ]
    assert found[1].id == written.bundle[:8]
    assert await _open(house) == [MISSED]


@pytest.mark.parametrize(
    "row",
    [
        {"reason": "curiosity"},
        {"reason": "missed"},
        {"wave": "arrival"},
        {"done_by": "Mira"},
        {"participant_id": b"nobody"},
    ],
)
async def test_database_refuses_impossible_tasks(house: House, row: dict[str, object]) -> None:
    before = await _someone(house)
    assert before.participant is not None
    good = {"participant_id": before.participant.id, "reason": "message", "wave": "", "number": 0, "done_by": ""}
    columns = "participant_id, reason, wave, number, opened_at, passed_to, done_by"
    values = ":participant_id, :reason, :wave, :number, 0, '', :done_by"
    statement = text(f"INSERT INTO task ({columns}) VALUES ({values})")
    with pytest.raises(IntegrityError):
        async with house.database.transaction() as tx:
            await tx.execute(statement, good | row)
    async with house.database.transaction() as tx:
        await tx.execute(statement, good)


async def test_enrolling_people_open_none(house: House) -> None:
    before = await joined(house, 700, status=Status.ENROLLING)
    assert before.participant is not None
    await _ended(house, Step.EXPIRED, "not_opened")
    async with house.database.transaction() as tx:
        await store.open_new(tx, [store.New(before.participant.id, TaskReason.MESSAGE)], BEGIN)
    assert await _open(house) == []
