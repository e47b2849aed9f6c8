"""The key store: a small store apart from the main one, with its own short backups.

Beside links and erasure keys it holds what a restored main store must not forget (``fence``: who stopped, took a
consent back, paused or moved since), and how often it was changed: a copy older than the records is found out by that.

It holds two things a seized or stolen main store must not: the link (participant → case and code, sealed under the link
key) and each case's erasure key. Destroying a row here is what erases a person; the file is rewritten after it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, delete, select, true

from cora_bot.base.chance import Chance, case_code, new_id
from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Status, Withdrawal
from cora_bot.store.codec import open_value, seal_value
from cora_bot.store.database import Database, Tx, connect
from cora_bot.store.participants import Link
from cora_bot.store.prepared import prepared, several
from cora_bot.store.statements import upsert
from cora_bot.store.types import Id, Sealed, Whole
from cora_bot.vault.erasure import new_erasure_key
from cora_bot.vault.working import Purpose, WorkingKeys

metadata = MetaData()

link = Table(
    "link",
    metadata,
    Column("participant_id", Id, primary_key=True),
    Column("code_index", Id, nullable=False, unique=True),
    Column("sealed", Sealed, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

erasure = Table(
    "erasure",
    metadata,
    Column("case_id", Id, primary_key=True),
    Column("key", Sealed, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

fence = Table(
    "fence",
    metadata,
    Column("participant_id", Id, primary_key=True),
    Column("sealed", Sealed, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

mark = Table(
    "mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("number", Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

_TRIES = 20
_LINKS = prepared(select(link.c.participant_id, link.c.sealed).where(link.c.participant_id.in_(several("people"))))
_ERASURE_KEYS = prepared(select(erasure).where(erasure.c.case_id.in_(several("cases"))))
_ID, _CHANGES = "id", "changes"


def code_index(keys: WorkingKeys, code: str) -> bytes:
    return keys.index(b"code", code.encode())


def erasure_context(case: bytes) -> bytes:
    """What a case's erasure key is bound to."""
    return b"erasure" + case


def fence_context(participant_id: bytes) -> bytes:
    """What somebody's fence is bound to."""
    return b"fence" + participant_id


class Fence(Value):
    """What somebody wanted last, as far as it limits what may be done: nothing restored may go beyond it.

    ``chat`` is where they are reached.
    """

    status: Status
    withdrawal: Withdrawal | None
    withdraws_at: datetime | None
    purposes: tuple[str, ...]
    paused_until: datetime | None
    chat: bytes


class KeyStore(Value):
    """An open key store. Everything it does is its own committed transaction."""

    database: Database
    keys: WorkingKeys

    @classmethod
    async def open(cls, url: str, keys: WorkingKeys, *, serving: bool = False) -> KeyStore:
        """``serving`` as with ``Database.open``."""
        database = Database(connect(url, serving=serving))
        async with database.transaction() as tx:
            await tx.run_sync(metadata.create_all)
        return cls(database, keys)

    async def close(self) -> None:
        await self.database.close()

    async def create_case(self, participant_id: bytes, case: bytes, code: str, chance: Chance) -> Link:
        """The link and erasure key of a person, committed before the case's first record. Repeatable.

        Gives back the link that stands: an earlier one of this person, or one with another code where ``code`` is
        already somebody else's.
        """
        async with self.database.transaction() as tx:
            standing = (await self._links(tx, [participant_id])).get(participant_id)
            if standing is None:
                standing = await self._add_link(tx, participant_id, Link(case, code), chance)
                await _count(tx)
            key = self.keys.seal(Purpose.LINK, erasure_context(standing.case), new_erasure_key(chance), chance)
            add = upsert(tx, erasure).on_conflict_do_nothing(index_elements=["case_id"])
            await tx.execute(add, {"case_id": standing.case, "key": key})
            return standing

    async def _add_link(self, tx: Tx, participant_id: bytes, wanted: Link, chance: Chance) -> Link:
        for _ in range(_TRIES):
            row = {
                "participant_id": participant_id,
                "code_index": code_index(self.keys, wanted.code),
                "sealed": seal_value(self.keys, Purpose.LINK, participant_id, wanted, chance),
            }
            add = upsert(tx, link).on_conflict_do_nothing(index_elements=["code_index"])
            added = await tx.execute(add.returning(link.c.participant_id), row)
            if added.scalar_one_or_none() is not None:
                return wanted
            wanted = Link(wanted.case, case_code(chance))
        raise LookupError("no free case code was drawn")

    async def links(self, participant_ids: Collection[bytes]) -> dict[bytes, Link]:
        """By participant; who has none is absent."""
        if not participant_ids:
            return {}
        async with self.database.read() as tx:
            return await self._links(tx, participant_ids)

    async def _links(self, tx: Tx, participant_ids: Collection[bytes]) -> dict[bytes, Link]:
        return {
            row.participant_id: open_value(self.keys, Purpose.LINK, row.participant_id, row.sealed, Link)
            for row in await tx.execute(_LINKS, {"people": list(participant_ids)})
        }

    async def erasure_keys(self, cases: Collection[bytes]) -> dict[bytes, bytes]:
        """By case; a destroyed one is absent."""
        if not cases:
            return {}
        async with self.database.read() as tx:
            rows = await tx.execute(_ERASURE_KEYS, {"cases": list(cases)})
            return {row.case_id: self.keys.open(Purpose.LINK, erasure_context(row.case_id), row.key) for row in rows}

    async def find_code(self, code: str) -> bytes | None:
        """The participant whom researchers know by this code."""
        wanted = self.keys.indexes(b"code", code.encode())
        async with self.database.read() as tx:
            found: bytes | None = (
                await tx.execute(select(link.c.participant_id).where(link.c.code_index.in_(wanted)))
            ).scalar()
            return found

    async def delete_link(self, participant_ids: Collection[bytes]) -> None:
        """Cuts these people off their cases for good. Repeatable."""
        theirs = (fence, fence.c.participant_id.in_(participant_ids))
        await self._destroy((link, link.c.participant_id.in_(participant_ids)), theirs)

    async def destroy_key(self, cases: Collection[bytes]) -> None:
        """Makes every record of these cases unopenable for anybody, and rewrites the store. Repeatable."""
        await self._destroy((erasure, erasure.c.case_id.in_(cases)))

    async def put_fences(self, fences: Mapping[bytes, Fence], chance: Chance) -> None:
        """What these people wanted last, by participant; committed before the main store says the same."""
        if not fences:
            return
        rows = [
            {
                "participant_id": who,
                "sealed": seal_value(self.keys, Purpose.LINK, fence_context(who), each, chance),
            }
            for who, each in fences.items()
        ]
        async with self.database.transaction() as tx:
            insert = upsert(tx, fence)
            changed = {"sealed": insert.excluded.sealed}
            await tx.execute(insert.on_conflict_do_update(index_elements=["participant_id"], set_=changed), rows)
            await _count(tx)

    async def fences(self) -> dict[bytes, Fence]:
        """By participant; who never changed anything has none."""
        async with self.database.read() as tx:
            return {
                row.participant_id: open_value(
                    self.keys, Purpose.LINK, fence_context(row.participant_id), row.sealed, Fence
                )
                for row in await tx.execute(select(fence))
            }

    async def identity(self, chance: Chance) -> str:
        """The random name of this key store and all its copies, drawn at the first call."""
        async with self.database.transaction() as tx:
            add = upsert(tx, mark).on_conflict_do_nothing(index_elements=["name"])
            await tx.execute(add, {"name": _ID, "value": new_id(chance).hex(), "number": 0})
            found: str = (await tx.execute(select(mark.c.value).where(mark.c.name == _ID))).scalar_one()
            return found

    async def changes(self) -> int:
        """How often it was changed: of two copies the one with the higher number is the newer."""
        async with self.database.read() as tx:
            return (await tx.execute(select(mark.c.number).where(mark.c.name == _CHANGES))).scalar() or 0

    async def has_links(self) -> bool:
        async with self.database.read() as tx:
            return (await tx.execute(select(link.c.participant_id).limit(1))).first() is not None

    async def drop_links(self) -> None:
        """Cuts everybody off their cases for good; the erasure keys stay. Repeatable."""
        await self._destroy((link, true()), (fence, true()))

    async def _destroy(self, *rows: tuple[Table, ColumnElement[bool]]) -> None:
        async with self.database.transaction() as tx:
            for table, which in rows:
                await tx.execute(delete(table).where(which))
            await _count(tx)
        await self._rewrite()

    async def _rewrite(self) -> None:
        """No copy of a destroyed row stays: VACUUM writes the file anew, the checkpoint empties its log."""
        async with self.database.outside() as plain:
            if self.database.is_sqlite:
                await plain.exec_driver_sql("VACUUM")
                await plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                await plain.exec_driver_sql("VACUUM FULL link, erasure, fence")


async def _count(tx: Tx) -> None:
    insert = upsert(tx, mark)
    more = {"number": mark.c.number + 1}
    counted = insert.on_conflict_do_update(index_elements=["name"], set_=more)
    await tx.execute(counted, {"name": _CHANGES, "value": "", "number": 1})
