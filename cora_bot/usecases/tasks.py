"""What people of the team have to do about somebody, by case code. Copies that hold withdrawn answers stand beside it.

A task is opened by what happens (``store.apply``, ``due``), settles itself where what it is about is over
(``maintain``, ``reply``), and else waits for a person who notes it as done. What is to be done about a copy is written
nowhere: it follows from the stores (``copies``), and is done by noting that the copy was deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store import participants, tasks
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.usecases import copies
from cora_bot.usecases.house import House

COPY = "copy"
"""The reason of what is to be done about a copy."""
ORDER = (*(reason.value for reason in TaskReason), COPY)
MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class Duty:
    """One line. ``id`` names it; ``code`` is "" for a copy; ``about`` the occasion, or who holds the copy.

    ``with_whom`` is a name of staff, "" while it is nobody's.
    """

    id: str
    code: str
    reason: str
    about: str
    opened_at: datetime
    age: timedelta
    with_whom: str = ""
    done_at: datetime | None = None
    done_by: str = ""


async def duties(house: House, *, closed: bool = False) -> list[Duty]:
    """By reason, oldest first. With ``closed`` also what was done, as far as the people are still there."""
    now = house.clock.now()
    async with house.database.read() as tx:
        found = await tasks.every(tx, closed=closed)
        codes = await _codes(house, tx, {each.participant for each in found})
    lines = [_duty(each, codes.get(each.participant, ""), now) for each in found]
    lines += [_copy(each, now) for each in await copies.copies(house) if each.task is not copies.Task.NONE]
    return sorted(lines, key=lambda each: (ORDER.index(each.reason), each.opened_at, each.id))


async def _codes(house: House, tx: Tx, ids: set[bytes]) -> dict[bytes, str]:
    halves, _unreadable = await participants.readable(tx, house.keys, ids)
    return {who: person.code for who, person in (await whole(list(halves.values()), house.keystore)).items()}


def _duty(each: tasks.Task, code: str, now: datetime) -> Duty:
    about = f"{each.wave} {each.number}" if each.wave else ""
    age = max(now - each.opened_at, timedelta())
    return Duty(
        id=str(each.id),
        code=code,
        reason=each.reason.value,
        about=about,
        opened_at=each.opened_at,
        age=age,
        with_whom=each.passed_to,
        done_at=each.done_at,
        done_by=each.done_by,
    )


def _copy(each: copies.Copy, now: datetime) -> Duty:
    since = each.out.expires if each.task is copies.Task.OVERDUE else each.out.at
    return Duty(each.name[: copies.SHORTEST * 2], "", COPY, each.out.holder, since, now - since)


async def done(house: House, typed: str, *, by: str = "") -> str:
    """Notes a task as done; the person's code. Raises ``CoraError``."""
    name = _name(by)
    async with house.database.transaction() as tx:
        found = await _open(tx, typed)
        await tasks.close(tx, found.id, name, house.clock.now())
        code = await _codes(house, tx, {found.participant})
    log("task_done", reason=found.reason.value)
    return code.get(found.participant, "")


async def pass_on(house: House, typed: str, *, to: str) -> str:
    """Notes whose a task is now; the person's code. Raises ``CoraError``."""
    name = _name(to)
    if not name:
        raise CoraError("a task is passed on to somebody", "Give a name or a role with --to.")
    async with house.database.transaction() as tx:
        found = await _open(tx, typed)
        await tasks.pass_on(tx, found.id, name)
        code = await _codes(house, tx, {found.participant})
    log("task_passed_on", reason=found.reason.value)
    return code.get(found.participant, "")


async def _open(tx: Tx, typed: str) -> tasks.Task:
    text = typed.strip()
    found = await tasks.by_id(tx, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if found is None:
        raise CoraError(
            f"there is no task {typed!r}", "'cora tasks' lists them. A copy is done by 'cora bundles --gone BUNDLE'."
        )
    if found.done_at is not None:
        raise CoraError(f"task {text} was done already, on {found.done_at:%Y-%m-%d}")
    return found


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if len(name) > MOST_NAME or not name.isprintable():
        raise CoraError(f"a name has at most {MOST_NAME} letters", "It is the team's own: never a participant's.")
    return name


def reasons_of(found: Sequence[Duty]) -> dict[str, int]:
    """How many there are of each reason, in their order."""
    return {reason: count for reason in ORDER if (count := sum(each.reason == reason for each in found))}
