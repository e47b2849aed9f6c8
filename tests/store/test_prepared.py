"""What every update needs is spelled once and goes to SQLite directly: it must do what SQLAlchemy does.

PREP-01 values go in and come out as with SQLAlchemy, on both engines: instants, flags, enums, blobs, nothing
PREP-02 a list may be empty, of one, or of many
PREP-03 several rows at once are written, and give back what they are asked to
PREP-04 what the database refuses is SQLAlchemy's error and shows no value; the transaction can still be undone
PREP-05 a transaction that ends by an exception leaves nothing, and the connection serves the next one
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from cora_bot.store.database import Database, Tx
from cora_bot.store.prepared import prepared, prepared_insert, several
from cora_bot.store.tables import chat, update_seen
from cora_bot.store.tx import Line
from cora_bot.usecases.house import House

NOW = datetime(2027, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SECRET = b"a secret that no error shows"
ROW = {
    "id": b"1", "address_index": b"i1", "address": SECRET, "generation": 3, "revision": 0, "showing": "nothing",
    "message": 2**40, "sent_at": NOW, "buried": True, "shown_at": None, "misses": 0, "misses_since": None,
    "blocked": False, "last_message": 7, "last_seen": NOW + timedelta(hours=1),
}  # fmt: skip
OTHERS = [ROW | {"id": name.encode(), "address_index": b"i" + name.encode()} for name in "23456789"]
THESE = select(chat).where(chat.c.id.in_(several("ids"))).order_by(chat.c.id)
PUT = prepared_insert(chat, lambda statement: statement.on_conflict_do_nothing(index_elements=["id"]))
MARK = prepared_insert(
    update_seen,
    lambda statement: statement.on_conflict_do_nothing(index_elements=["key"]).returning(update_seen.c.key),
)


async def _ids(tx: Tx, wanted: list[bytes]) -> list[bytes]:
    return list((await tx.execute(prepared(THESE), {"ids": wanted})).scalars())


async def test_values_are_those_of_sqlalchemy(house: House) -> None:
    async with house.database.transaction() as tx:
        await tx.execute(PUT, ROW)
        await tx.execute(insert(chat), OTHERS[0])
        fast = [tuple(row) for row in await tx.execute(prepared(THESE), {"ids": [b"1", b"2"]})]
        slow = [tuple(row) for row in await tx.execute(THESE, {"ids": [b"1", b"2"]})]
        row = (await tx.execute(prepared(THESE), {"ids": [b"1"]})).one()
    assert fast == slow
    assert (row.sent_at, row.shown_at, row.buried, row.blocked, row.message) == (NOW, None, True, False, 2**40)
    assert (type(row.buried), type(row.address)) == (bool, bytes)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 9])
async def test_list_of_any_length(house: House, count: int) -> None:
    wanted = [str(number).encode() for number in range(1, count + 1)]
    async with house.database.transaction() as tx:
        await tx.execute(PUT, [ROW, *OTHERS])
        assert await _ids(tx, wanted) == wanted


async def test_fixed_list_beside_one_that_is_given(house: House) -> None:
    statement = prepared(THESE.where(chat.c.misses.in_([0, 5, 6]), chat.c.generation == bindparam("old")))
    async with house.database.transaction() as tx:
        await tx.execute(PUT, [ROW, *OTHERS])
        assert len((await tx.execute(statement, {"ids": [b"1", b"9"], "old": 3})).all()) == 2
        assert (await tx.execute(statement, {"ids": [b"1", b"9"], "old": 4})).first() is None


async def test_nothing_may_stand_in_a_statement(house: House) -> None:
    forget = prepared(update(chat).where(chat.c.id == bindparam("of")).values(sent_at=None, buried=False))
    async with house.database.transaction() as tx:
        await tx.execute(PUT, ROW)
        await tx.execute(forget, {"of": b"1"})
        row = (await tx.execute(prepared(THESE), {"ids": [b"1"]})).one()
    assert (row.sent_at, row.buried) == (None, False)


async def test_several_rows_give_back_what_was_new(house: House) -> None:
    def rows(keys: str) -> list[dict[str, object]]:
        return [{"key": key.encode(), "at": NOW} for key in keys]

    async with house.database.transaction() as tx:
        assert set((await tx.execute(MARK, rows("ab"))).scalars()) == {b"a", b"b"}
        assert set((await tx.execute(MARK, rows("bcd"))).scalars()) == {b"c", b"d"}
        assert (await tx.execute(MARK, rows("d"))).scalar_one_or_none() is None


async def test_change_counts_the_rows_it_touched(house: House) -> None:
    blocked = prepared(update(chat).where(chat.c.id.in_(several("ids"))).values(blocked=True, misses=bindparam("new")))
    async with house.database.transaction() as tx:
        await tx.execute(PUT, [ROW, *OTHERS])
        assert (await tx.execute(blocked, {"ids": [b"1", b"2", b"0"], "new": 4})).rowcount == 2
        found = (await tx.execute(prepared(THESE), {"ids": [b"2"]})).one()
    assert (found.blocked, found.misses) == (True, 4)


async def test_refusal_is_sqlalchemys_and_shows_no_value(house: House) -> None:
    with pytest.raises(IntegrityError) as refused:
        async with house.database.transaction() as tx:
            await tx.execute(PUT, [ROW, ROW | {"id": b"x"}])
    assert "secret" not in str(refused.value)
    async with house.database.transaction() as tx:
        assert await _ids(tx, [b"1", b"x"]) == []


async def test_exception_undoes_everything_and_the_next_transaction_works(house: House) -> None:
    for _ in range(3):
        with pytest.raises(LookupError):
            async with house.database.transaction() as tx:
                await tx.execute(PUT, ROW)
                raise LookupError
    async with house.database.transaction() as tx:
        assert await _ids(tx, [b"1"]) == []
        await tx.execute(PUT, ROW)
    async with house.database.read() as tx:
        assert await _ids(tx, [b"1"]) == [b"1"]


async def test_readers_see_one_moment(house: House) -> None:
    async with house.database.read() as view:
        assert await _ids(view, [b"1"]) == []
        async with house.database.transaction() as tx:
            await tx.execute(PUT, ROW)
        assert await _ids(view, [b"1"]) == []
    async with house.database.read() as view:
        assert await _ids(view, [b"1"]) == [b"1"]


async def test_connection_that_cannot_be_undone_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'cora.db'}")

    async def fails(_: Line) -> None:
        raise LookupError

    with monkeypatch.context() as patched:
        patched.setattr(Line, "undo", fails)
        with pytest.raises(LookupError):
            async with database.transaction() as tx:
                await tx.execute(PUT, ROW)
                raise ValueError
    assert database._idle == []
    async with database.transaction() as tx:
        assert await _ids(tx, [b"1"]) == []
    await database.close()
