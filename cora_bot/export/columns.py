"""Names and order of the answer columns: the same for the same forms, whatever was answered.

A form's columns are the union over its versions: the newest version's in its order, then what only older ones have.
A column is named after its question, or by its whole path where one form uses a name twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cora_bot.base.values import Value
from cora_bot.forms.model import Column, Form


class FormColumns(Value):
    """One form id over all its versions, newest first. ``columns`` are (name, column) of every value it may carry."""

    form: str
    versions: tuple[Form, ...]
    columns: tuple[tuple[str, Column], ...]

    def names(self) -> dict[str, str]:
        """Names by ref."""
        return {column.ref: name for name, column in self.columns}

    @property
    def single(self) -> tuple[tuple[str, Column], ...]:
        """What is asked once at most: all that stands in no repeat."""
        return tuple((name, column) for name, column in self.columns if not column.repeats)

    @property
    def missing(self) -> str:
        """The name of the column that says why answers are missing: ``missing``, or longer if a question has that."""
        taken = {name for name, _ in self.columns}
        name = "missing"
        while name in taken:
            name += "_"
        return name

    def options(self, ref: str) -> tuple[str, ...]:
        """The option codes of ``ref`` over all versions, newest version's order first."""
        found: dict[str, None] = {}
        for form in self.versions:
            for column in form.columns:
                if column.ref == ref and column.question is not None:
                    found.update(dict.fromkeys(option.value for option in column.question.options))
        return tuple(found)


def form_columns(forms: Iterable[Form], *, first: Sequence[str] = ()) -> tuple[FormColumns, ...]:
    """Every form's columns, forms ordered as in ``first`` (form ids), the rest by id."""
    by_id: dict[str, list[Form]] = {}
    for form in forms:
        by_id.setdefault(form.id, []).append(form)
    order = sorted(by_id, key=lambda one: (first.index(one) if one in first else len(first), one))
    return tuple(_columns(one, sorted(by_id[one], key=_age, reverse=True)) for one in order)


def _age(form: Form) -> tuple[tuple[tuple[int, str], ...], str]:
    """Versions in the order people count them: 9 before 10, 2026-09 before 2026-10."""
    parts = re.findall(r"\d+|\D+", form.version)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts), form.hash


def _columns(form_id: str, versions: list[Form]) -> FormColumns:
    merged: dict[str, Column] = {}
    for form in versions:
        for column in form.columns:
            merged.setdefault(column.ref, column)
    names = [column.name for column in merged.values()]
    named = tuple(
        (column.name if names.count(column.name) == 1 else _path(column.ref), column) for column in merged.values()
    )
    return FormColumns(form_id, tuple(versions), named)


def _path(ref: str) -> str:
    """``/data/home/rooms`` as ``home.rooms``."""
    return ".".join(ref.strip("/").split("/")[1:])
