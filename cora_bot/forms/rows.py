"""The rows of a form's sheets with their numbers, and where in them each path of the form is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cora_bot.base.values import Value

GROUPS = re.compile(r"(begin|end)[ _](group|repeat|loop)\Z")


class Row(Value):
    number: int
    cells: Mapping[str, str]

    def get(self, *names: str) -> str:
        """The first filled cell among these columns."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


class Workbook(Value):
    """``book`` is the dict pyxform converts; ``headers`` keep the columns of each sheet in their order."""

    sheets: Mapping[str, tuple[Row, ...]]
    headers: Mapping[str, tuple[str, ...]]
    book: Mapping[str, Any]

    def rows(self, sheet: str) -> tuple[Row, ...]:
        return self.sheets.get(sheet, ())


@dataclass(frozen=True, slots=True)
class Places:
    """Where each path of the instance, and each choice list, is written."""

    by_path: Mapping[str, int] = field(default_factory=dict)
    by_list: Mapping[str, int] = field(default_factory=dict)

    def row(self, path: str) -> int | None:
        return self.by_path.get(path.partition("/")[2].partition("/")[2])


def places(workbook: Workbook) -> Places:
    """Paths are below the root: ``g1/age``."""
    by_path: dict[str, int] = {}
    stack: list[str] = []
    for row in workbook.rows("survey"):
        kind, name = " ".join(row.get("type").split()).lower(), row.get("name")
        group = GROUPS.match(kind)
        if group and group[1] == "end":
            del stack[-1:]
            continue
        by_path.setdefault("/".join([*stack, name]), row.number)
        if group:
            stack.append(name)
    by_list: dict[str, int] = {}
    for row in workbook.rows("choices"):
        by_list.setdefault(row.get("list_name", "list name"), row.number)
    return Places(by_path, by_list)


def each_choice(workbook: Workbook) -> Iterator[tuple[str, Row]]:
    for row in workbook.rows("choices"):
        name = row.get("list_name", "list name")
        if name:
            yield name, row
