"""Column types that SQLite STRICT and PostgreSQL both take: Integer, Text and LargeBinary underneath, nothing else.

Integer is 32 bits on PostgreSQL, so whatever comes from outside (message ids) or counts milliseconds is ``Whole``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from cora_bot.base.clock import from_millis, to_millis

Whole = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole milliseconds since 1970."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_millis(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else from_millis(value)


class Local(TypeDecorator[datetime]):
    """A naive wall-clock moment, stored as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


class Instants(TypeDecorator[tuple[datetime, ...]]):
    """A short list of instants, stored as milliseconds parted by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[datetime, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else " ".join(str(to_millis(instant)) for instant in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[datetime, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(from_millis(int(part)) for part in value.split())


class Flag(TypeDecorator[bool]):
    """Yes or no, stored as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:  # noqa: ARG002
        return None if value is None else bool(value)


# Ids, index values and sealed blobs: the same bytes to the database, different promises to the reader.
Id = LargeBinary
Sealed = LargeBinary


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """The database refuses any other word in ``column``."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)
