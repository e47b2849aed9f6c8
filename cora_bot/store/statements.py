"""The few statements both engines spell alike but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ColumnElement, Integer, Table, type_coerce
from sqlalchemy.dialects import sqlite

from cora_bot.store.database import Tx
from cora_bot.store.prepared import postgresql_insert

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def upsert(tx: Tx, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on conflict."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql_insert(table)


def is_flag(column: Column[bool], value: bool) -> ColumnElement[bool]:
    """``column == value`` for a Flag: SQLAlchemy writes ``= true`` for a plain comparison, which no integer is."""
    return type_coerce(column, Integer) == int(value)
