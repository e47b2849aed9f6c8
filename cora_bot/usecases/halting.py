"""All sending stopped at once, by one row that every process looks at before it sends, plans or takes anything.

It needs no key: whoever can write to the database can stop it. What is being sent at that very moment comes to its end.

It is in the audit log, in the same transaction, as is whatever else ``cora panic`` does. But nothing of it depends on
the log: where that cannot be written, it is done all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from cora_bot.base.clock import Clock, from_millis, to_millis
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.values import Value
from cora_bot.store import audit_log, participants, records, remembered
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Database, Tx
from cora_bot.store.outbox import PENDING
from cora_bot.store.tables import chat, outbox, session


class Halted(CoraError):  # noqa: N818 - it names what happened
    """Sending was stopped. Its exit code is of its own, so that a service manager does not start it again and again."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(
            "sending was stopped by 'cora panic'",
            "Where the server's keys are still there, and it is safe: cora panic --over",
        )


class Holdings(Value):
    """What the database shows without any key: people, open forms, chats, messages that wait, sealed records."""

    people: int
    sessions: int
    chats: int
    waiting: int
    records: int


async def halt(database: Database, clock: Clock) -> None:
    """From this commit on nothing is sent, planned or taken. Repeatable."""
    try:
        async with database.transaction() as tx:
            await _stop(tx, clock)
            await audit_log.append_of_nobody(tx, Noted("halted"), clock.now())
    except Exception as error:
        log("panic_not_noted", level=logging.ERROR, error=type(error).__name__)
        async with database.transaction() as tx:
            await _stop(tx, clock)
    log("halted", level=logging.ERROR)


async def _stop(tx: Tx, clock: Clock) -> None:
    await remembered.write(tx, remembered.HALTED, str(to_millis(clock.now())))


async def lift(database: Database, clock: Clock) -> None:
    """The bot may be started again. Repeatable."""
    async with database.transaction() as tx:
        await remembered.forget(tx, remembered.HALTED)
        await audit_log.append_of_nobody(tx, Noted("halt_lifted"), clock.now())
    log("halt_lifted")


async def note_forgetting(database: Database, clock: Clock, facts: Mapping[str, str]) -> None:
    """Logged before the server's keys are destroyed, so that the last bundle carries it. Never raises."""
    try:
        async with database.transaction() as tx:
            await audit_log.append_of_nobody(tx, Noted("forgetting_server_keys", facts=facts), clock.now())
    except Exception as error:
        log("panic_not_noted", level=logging.ERROR, error=type(error).__name__)


async def may_send(tx: Tx, now: datetime) -> bool:
    """Whether anything may go: neither was sending stopped, nor does Telegram let the whole bot rest."""
    if await is_halted(tx):
        return False
    until = await remembered.read(tx, remembered.RESTING)
    return until is None or from_millis(int(until)) <= now


async def is_halted(tx: Tx) -> bool:
    return await remembered.read(tx, remembered.HALTED) is not None


async def check_not_halted(database: Database) -> None:
    """Raises ``Halted``."""
    async with database.read() as tx:
        if await is_halted(tx):
            raise Halted


async def holdings(database: Database) -> Holdings:
    """Counts alone; changes nothing."""
    async with database.read() as tx:
        people, _ = await participants.count(tx)
        waiting = select(func.count()).select_from(outbox).where(outbox.c.state == PENDING)
        return Holdings(
            people=people,
            sessions=int((await tx.execute(select(func.count()).select_from(session))).scalar_one()),
            chats=int((await tx.execute(select(func.count()).select_from(chat))).scalar_one()),
            waiting=int((await tx.execute(waiting)).scalar_one()),
            records=await records.count(tx),
        )
