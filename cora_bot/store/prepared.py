"""Statements that are put together once. What changes from one time to the next are the values, by name.

SQLAlchemy puts a statement together, looks for its compiled form, and binds and reads each value through layers that
cost many times what SQLite itself needs for our short statements. What every update needs is written down as
``Prepared``: SQLAlchemy still spells it, once and for both engines; on SQLite it then goes to the connection directly,
in this very thread, since it waits for nothing. Begin and commit, which may wait, stay errands to the connection's own.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from sqlalchemy import BindParameter, Executable, LargeBinary, Table, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_Ordered = tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]
_NAME: Final = re.compile(r"'(?:[^']|'')*'|:(\w+)")

_SQLITE: Final = sqlite.dialect(paramstyle="named", dbapi=sqlite3)


class Found(Protocol):
    """What a statement found: SQLAlchemy's result, as far as the store uses it."""

    @property
    def rowcount(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def scalars(self) -> Any: ...
    def scalar(self) -> Any: ...
    def scalar_one(self) -> Any: ...
    def scalar_one_or_none(self) -> Any: ...
    def first(self) -> Any: ...
    def one(self) -> Any: ...
    def all(self) -> Sequence[Any]: ...


class Prepared:
    """One statement, for both engines."""

    def __init__(self, on_sqlite: Executable, on_postgresql: Callable[[], Executable]) -> None:
        self._on_postgresql = on_postgresql
        self._on_sqlite = on_sqlite
        self._forms: dict[tuple[str, ...], _Form] = {}

    @cached_property
    def on_postgresql(self) -> Executable:
        return self._on_postgresql()

    def run(self, connection: sqlite3.Connection, values: Values | Sequence[Values] | None = None) -> Rows:
        """On SQLite, now. Several ``values`` (of the same names): once for each. Raises ``DBAPIError``."""
        each: Sequence[Values]
        if values is None:
            each = ({},)
        elif isinstance(values, dict) or isinstance(values, Mapping):  # noqa: SIM101 - asked of each statement: quickly
            each = (values,)
        else:
            each = values
        form = self._form(tuple(each[0]) if isinstance(self._on_sqlite, Insert) else ())
        try:
            return form.run(connection, each)
        except sqlite3.Error as error:
            raise told(error, form.text) from error

    def _form(self, names: tuple[str, ...]) -> _Form:
        """As it is spelled where exactly these columns are given."""
        form = self._forms.get(names)
        if form is None:
            form = self._forms[names] = _Form(self._on_sqlite, names)
        return form


def prepared(statement: Executable) -> Prepared:
    """A statement that both engines spell alike. Values that change are ``bindparam``s, lists of them ``several``."""
    return Prepared(statement, lambda: statement)


def prepared_insert(table: Table, finish: Callable[[Any], Any]) -> Prepared:
    """An INSERT; ``finish`` says what becomes of a row that is there already, and what is given back."""
    return Prepared(finish(sqlite.insert(table)), lambda: cast(Executable, finish(postgresql_insert(table))))


def postgresql_insert(table: Table) -> postgresql.Insert:
    """SQLAlchemy's for PostgreSQL; where the stores are SQLite, nothing of that is even imported."""
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - a part of each start that only some need

    return postgresql.insert(table)


def several(name: str) -> BindParameter[Any]:
    """A list of values, for ``in_``; it may be empty."""
    return bindparam(name, expanding=True)


class _Form:
    """A statement as SQLite takes it, and what is to be done with each value on the way in and out."""

    def __init__(self, statement: Executable, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=_SQLITE, column_keys=list(names) or None)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        binds: dict[str, BindParameter[Any]] = {name: compiled.binds[name] for name in compiled.params}
        ways = ((name, _way_in(bind)) for name, bind in binds.items() if bind.required)
        self._in = [(name, way) for name, way in ways if way is not None]
        self._fixed = {name: _fixed(bind) for name, bind in binds.items() if not bind.required}
        fixed_lists = [name for name, bind in binds.items() if bind.expanding and not bind.required]
        self.text, self._fixed = _written_out(*_spread(self.text, fixed_lists, self._fixed))
        self._lists = [name for name, bind in binds.items() if bind.expanding and bind.required]
        self._ordered: dict[str, _Ordered] = {}
        columns = list(getattr(statement, "exported_columns", ()))
        row = namedtuple("Row", [each.key for each in columns], rename=True) if columns else None
        self._row = None if row is None else partial(tuple.__new__, row)
        self._out = [(place, way) for place, each in enumerate(columns) if (way := _way_out(each.type)) is not None]

    def run(self, connection: sqlite3.Connection, each: Sequence[Values]) -> Rows:
        if len(each) > 1 and self._row is None and not self._lists:
            text, order = self._order(self.text)
            return Rows((), connection.executemany(text, [order(self._bound(values)) for values in each]).rowcount)
        rows: list[Any] = []
        touched = 0
        for values in each:
            named, bound = _spread(self.text, self._lists, self._bound(values))
            text, order = self._order(named)
            cursor = connection.execute(text, order(bound))
            if self._row is not None:
                rows += [self._read(values, self._row) for values in cursor.fetchall()]
            touched += cursor.rowcount
        return Rows(rows, touched)

    def _bound(self, values: Values) -> dict[str, Any]:
        bound = {**self._fixed, **values}
        for name, way in self._in:
            if (value := bound[name]) is not None:
                bound[name] = way(value)
        return bound

    def _order(self, named: str) -> _Ordered:
        """SQLite takes values by their places in half the time it needs to look each up by its name."""
        ordered = self._ordered.get(named)
        if ordered is None:
            ordered = self._ordered[named] = _in_order(named)
        return ordered

    def _read(self, values: tuple[Any, ...], make: Callable[[Sequence[Any]], Any]) -> Any:
        if not self._out:
            return make(values)
        read = list(values)
        for place, way in self._out:
            if (value := read[place]) is not None:
                read[place] = way(value)
        return make(read)


class Rows:
    """What a statement found, read already."""

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def scalars(self) -> Iterator[Any]:
        return (row[0] for row in self._rows)

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        return self.one()[0] if self._rows else None

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def all(self) -> Sequence[Any]:
        return self._rows


def _spread(text: str, lists: Sequence[str], bound: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Each list becomes so many values. Their number is a power of two, the last repeated: few texts to parse."""
    for name in lists:
        values = list(bound.pop(name))
        room = 1 << (len(values) - 1).bit_length() if values else 0
        bound.update(zip(_names(name, room), values + values[-1:] * (room - len(values)), strict=True))
        text = text.replace(f"__[POSTCOMPILE_{name}]", _listed(name, room))
    return text, bound


def _in_order(named: str) -> _Ordered:
    """The text with a place for each name, and what puts values in their order."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1] is None:  # something quoted
            return found[0]
        names.append(found[1])
        return "?"

    text = _NAME.sub(place, named)
    if len(names) > 1:
        return text, itemgetter(*names)
    return text, lambda bound: tuple(bound[name] for name in names)


def _written_out(text: str, fixed: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text with the values that never change in it; the others are left to be bound.

    SQLite plans a statement anew at every run if a bound value is what one of its partial indexes asks for: a value
    that stands in the text costs nothing.
    """
    left = {}
    for name, value in fixed.items():
        if isinstance(value, int | str | None):
            text = re.sub(rf":{re.escape(name)}\b", _literal(value).replace("\\", r"\\"), text)
        else:
            left[name] = value
    return text, left


def _literal(value: int | str | None) -> str:
    match value:
        case None:
            return "NULL"
        case str():
            quoted = value.replace("'", "''")
            return f"'{quoted}'"
        case _:
            return str(int(value))


@cache
def _names(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{number}" for number in range(count))


@cache
def _listed(name: str, count: int) -> str:
    return ", ".join(f":{one}" for one in _names(name, count))


def _way_in(bind: BindParameter[Any]) -> Convert | None:
    if isinstance(bind.type, LargeBinary):
        way = None  # bytes are bytes
    else:
        way = getattr(bind.type, "store", None) or bind.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    if way is None or not bind.expanding:
        return way
    return lambda values: [way(value) for value in values]


def _way_out(kind: Any) -> Convert | None:
    if isinstance(kind, LargeBinary):
        return None
    return getattr(kind, "read", None) or cast(
        Convert | None, kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    )


def _fixed(bind: BindParameter[Any]) -> Any:
    way = _way_in(bind)
    return bind.value if way is None or bind.value is None else way(bind.value)


def told(error: sqlite3.Error, text: str) -> Exception:
    """SQLAlchemy's own error for it, without the values."""
    told = DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True, dialect=_SQLITE)
    return cast(Exception, told)
