"""Tasks for people of the team: who is wanted about whom, and why. Never a word of what a person said.

One person has at most one open task of each reason, and one for each occasion that was missed, ever: the database holds
it, so that opening is repeatable.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select, update

from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store.database import Tx
from cora_bot.store.statements import is_flag, upsert
from cora_bot.store.tables import chat, chat_participant, occurrence, participant, task
from cora_bot.study.model import Step

MISSED: Final = frozenset({"not_opened", "put_away", "not_finished", "blocked", "unreachable", "wrong_person"})
"""Reasons for which an occasion ended that say: nobody was there, or nobody wanted. A break, an outage, a server that
was off are none: they say nothing about the person."""


class New(NamedTuple):
    """A task to be opened; ``wave`` and ``number`` of the occasion that was missed."""

    participant: bytes
    reason: TaskReason
    wave: str = ""
    number: int = 0


class Task(Value):
    """One task. ``passed_to`` is whose it is now, ``done_by`` "" also where it settled itself."""

    id: int
    participant: bytes
    reason: TaskReason
    wave: str
    number: int
    opened_at: datetime
    passed_to: str
    done_at: datetime | None
    done_by: str


def is_missed(each: Occurrence) -> bool:
    """Whether this occasion ended in a way that somebody of the team should know before the next one."""
    return each.step in (Step.EXPIRED, Step.LAPSED) and each.reason in MISSED


async def open_new(tx: Tx, found: Sequence[New], now: datetime) -> None:
    """Opens what is not open already. The hour is kept, not the moment: the age of a task is counted in days."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = [
        {
            "participant_id": each.participant,
            "reason": each.reason,
            "wave": each.wave,
            "number": each.number,
            "opened_at": hour,
            "passed_to": "",
            "done_by": "",
        }
        for each in dict.fromkeys(found)
    ]
    if rows:
        await tx.execute(upsert(tx, task).on_conflict_do_nothing(), rows)


async def settle(tx: Tx, now: datetime) -> int:
    """Closes what has settled itself; how many. Somebody who stopped is nobody's task any more."""
    mine = participant.c.id == task.c.participant_id
    left = exists().where(mine, participant.c.status != Status.ACTIVE.value)
    here = and_(chat_participant.c.participant_id == task.c.participant_id, chat.c.id == chat_participant.c.chat_id)
    reached = exists().where(here, is_flag(chat.c.blocked, False))
    answered = exists().where(
        occurrence.c.participant_id == task.c.participant_id,
        occurrence.c.step.in_([Step.COMPLETE.value, Step.PARTIAL.value]),
        occurrence.c.finished_at > task.c.opened_at,
    )
    over = or_(
        left,
        and_(task.c.reason.in_([TaskReason.UNREACHABLE.value, TaskReason.UNTOLD.value]), reached),
        and_(task.c.reason == TaskReason.MISSED.value, answered),
    )
    result = await tx.execute(update(task).where(task.c.done_at.is_(None), over).values(done_at=now))
    return result.rowcount


async def close_of(tx: Tx, who: bytes, reason: TaskReason, now: datetime) -> None:
    """What was to be done about this person for this reason has happened."""
    await tx.execute(update(task).where(_open(who, reason)).values(done_at=now))


def _open(who: bytes, reason: TaskReason) -> ColumnElement[bool]:
    return and_(task.c.participant_id == who, task.c.reason == reason.value, task.c.done_at.is_(None))


async def every(tx: Tx, *, closed: bool = False) -> list[Task]:
    """Open tasks of those who take part, oldest first; with ``closed`` all there are."""
    query = select(task).join(participant).order_by(task.c.opened_at, task.c.id)
    if not closed:
        query = query.where(task.c.done_at.is_(None), participant.c.status == Status.ACTIVE.value)
    return [_task(row) for row in await tx.execute(query)]


def _task(row: Row[Any]) -> Task:
    return Task(
        row.id, row.participant_id, TaskReason(row.reason), row.wave, row.number, row.opened_at,
        row.passed_to, row.done_at, row.done_by,
    )  # fmt: skip


async def by_id(tx: Tx, number: int) -> Task | None:
    row = (await tx.execute(select(task).where(task.c.id == number))).first()
    return _task(row) if row else None


async def pass_on(tx: Tx, number: int, to: str) -> None:
    await tx.execute(update(task).where(task.c.id == number, task.c.done_at.is_(None)).values(passed_to=to))


async def close(tx: Tx, number: int, by: str, now: datetime) -> None:
    done = {"done_at": now, "done_by": by}
    await tx.execute(update(task).where(task.c.id == number, task.c.done_at.is_(None)).values(done))
