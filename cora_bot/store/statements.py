"""The few statements both engines spell alike but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Integer, Table, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from cora_bot.store.database import Tx

Upsert = sqlite.Insert | postgresql.Insert


def upsert(tx: Tx, table: Table) -> Upsert:
    """An INSERT that can say what to do on conflict."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def is_flag(column: Column[bool], value: bool) -> ColumnElement[bool]:
    """``column == value`` for a Flag: SQLAlchemy writes ``= true`` for a plain comparison, which no integer is."""
    return type_coerce(column, Integer) == int(value)
