"""Queries and SQLite's plans for them.

QP-01 due work and claims cost what is due: every such query goes through an index that holds nothing else
QP-02 what is asked all the time is planned once
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.store import chats, chores, occurrences, outbox, participants, removals, sessions, updates, visits
from cora_bot.store.database import Database, Tx
from cora_bot.store.occurrences import Due
from cora_bot.vault.working import WorkingKeys
from tests.support.stores import BEGIN

KEYS = WorkingKeys.generate(SeededChance("plans"))
QUERIES: dict[str, Callable[[Tx], Awaitable[object]]] = {
    "replies to send": lambda tx: outbox.heads(tx, BEGIN, 30, unsolicited=False),
    "unsolicited messages to send": lambda tx: outbox.heads(tx, BEGIN, 30, unsolicited=True),
    "the row a chat sends": lambda tx: outbox.first_of(tx, [b"c"], BEGIN),
    "what is to be removed": lambda tx: removals.owed(tx, BEGIN),
    "rows in flight": outbox.sending,
    "what a message is about": lambda tx: occurrences.standing(tx, [Due(b"p", "arrival", 1)]),
    "whom a message is for": lambda tx: participants.by_ids(tx, KEYS, [b"p"]),
    "the visit a message is about": lambda tx: visits.untold(tx, [b"v"]),
    "sent rows": lambda tx: outbox.by_ids(tx, [1, 2]),
    "chats, locked": lambda tx: chats.lock(tx, {b"c"}),
    "due occurrences": lambda tx: occurrences.due(tx, BEGIN, 100),
    "due chores": lambda tx: chores.due(tx, BEGIN, 100),
    "the next moment": occurrences.earliest,
    "idle strangers": lambda tx: chats.purge_strangers(tx, BEGIN),
    "idle sessions": lambda tx: sessions.purge_enrolling(tx, BEGIN),
    "old update keys": lambda tx: updates.forget_before(tx, BEGIN),
}

ALSO_UNPREPARED = {"rows in flight", "the visit a message is about"}

# These hold only what is under way, however large the store.
SMALL = {
    "SCAN update_attempt",
    "SCAN outbox USING INDEX uq_outbox_in_flight",
    "SCAN participant USING INDEX ix_participant_enrolling",
}


@pytest.mark.parametrize("name", QUERIES)
async def test_query_searches_by_index_alone(tmp_path: Path, name: str) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")
    made: list[str] = []
    plan: list[str] = []
    async with database.transaction() as tx:
        assert tx._line is not None
        tx._line.raw.set_trace_callback(made.append)
        await QUERIES[name](tx)
        tx._line.raw.set_trace_callback(None)
        for statement in made:
            rows = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
            plan += [row[3] for row in rows]
    await database.close()

    walks = [step for step in plan if step.startswith("SCAN") or "rowid<" in step]
    assert [step for step in walks if step not in SMALL] == []
    assert plan != []


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in ALSO_UNPREPARED])
async def test_query_is_planned_once(tmp_path: Path, name: str) -> None:
    """A bound value that one of SQLite's partial indexes asks for would have it planned anew at every run."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")
    planned: list[object] = []

    def authorize(*what: object) -> int:
        planned.append(what)
        return sqlite3.SQLITE_OK

    async with database.transaction() as tx:
        assert tx._line is not None
        tx._line.raw.set_authorizer(authorize)
        await QUERIES[name](tx)
        first, planned[:] = list(planned), []
        await QUERIES[name](tx)
        tx._line.raw.set_authorizer(None)
    await database.close()

    assert (bool(first), planned) == (True, [])
