"""Column types that SQLite STRICT and PostgreSQL both take: Integer, Text and LargeBinary underneath, nothing else.

Integer is 32 bits on PostgreSQL, so whatever comes from outside (message ids) or counts milliseconds is ``Whole``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from cora_bot.base.clock import from_millis, to_millis

Whole = BigInteger().with_variant(Integer(), "sqlite")


class _Changed(TypeDecorator[Any]):
    """``store`` and ``read`` change a value on its way in and out; ``Prepared`` calls them without SQLAlchemy.

    Nothing (None) stays what it is.
    """

    impl: Any = Text
    cache_ok = True

    store: Callable[[Any], Any]
    read: Callable[[Any], Any]

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self.store(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self.read(value)


class Instant(_Changed):
    """An aware datetime, stored as whole milliseconds since 1970."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    store = staticmethod(to_millis)
    read = staticmethod(from_millis)


class Local(_Changed):
    """A naive wall-clock moment, stored as ISO text."""

    cache_ok = True

    store = staticmethod(datetime.isoformat)
    read = staticmethod(datetime.fromisoformat)


class Instants(_Changed):
    """A short list of instants, stored as milliseconds parted by spaces."""

    cache_ok = True

    @staticmethod
    def store(value: tuple[datetime, ...]) -> str:
        return " ".join(str(to_millis(instant)) for instant in value)

    @staticmethod
    def read(value: str) -> tuple[datetime, ...]:
        return tuple([from_millis(int(part)) for part in value.split()])


class Flag(_Changed):
    """Yes or no, stored as 1 or 0."""

    impl = Integer
    cache_ok = True

    store = staticmethod(int)
    read = staticmethod(bool)


# Ids, index values and sealed blobs: the same bytes to the database, different promises to the reader.
Id = LargeBinary
Sealed = LargeBinary


def among(column: str, values: Iterable[StrEnum]) -> str:
    """That ``column`` is one of them, for a constraint. Spelled out, since SQLite makes a table of each longer list
    every time a row is written."""
    return " OR ".join(f"{column} = '{value}'" for value in values)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The database refuses any other word in ``column``."""
    return CheckConstraint(among(column, words), name=column)
