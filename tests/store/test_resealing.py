"""KR-30 every sealed column is sealed anew when keys are exchanged: a new one is either named there, or open."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary

from cora_bot.store import keystore, tables
from cora_bot.store.resealing import KEYS, MAIN

OPEN = {"id", "key", "hash", "relink"}
"""Names of columns that hold random ids and keyed indexes, as do those that end in ``_id``."""

APART = {("record", "blob"), ("parked_update", "sealed"), ("own_key", "sealed"), ("own_copy", "blob")}
"""Sealed to the researchers under the case's erasure key; sealed anew with its key; and a participant's own."""

LEFT = {("own_copy", "record_index")}
"""Needed only while a form is open: both generations' indexes are looked for until then."""


def columns() -> list[Column[object]]:
    stores = (tables.metadata, keystore.metadata)
    return [column for store in stores for table in store.tables.values() for column in table.columns]


def sealed_columns() -> set[tuple[str, str]]:
    return {
        (column.table.name, column.name)
        for column in columns()
        if isinstance(column.type, LargeBinary)
        and not (column.primary_key or column.name in OPEN or column.name.endswith(("_id", "_index")))
    }


def test_every_sealed_column_is_sealed_anew() -> None:
    named = {(place.table.name, place.column) for place in (*MAIN, *KEYS)}
    assert ("erasure", "key") in named  # which is called like an index
    assert (named - {("erasure", "key")}) | APART == sealed_columns()


def test_every_index_of_a_value_is_made_anew() -> None:
    indexed = {(place.table.name, place.index[0]) for place in (*MAIN, *KEYS) if place.index}
    assert indexed | LEFT == {
        (column.table.name, column.name) for column in columns() if column.name.endswith("_index")
    }
