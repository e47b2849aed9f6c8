"""When which question was shown and answered: the log that a form with the question ``audit`` asks for, as ODK has it.

A question begins when it becomes the current one, and ends with the answer, the skip or the step back that leaves it.
Times are those of the turns: what the bot knows of sending and answering. Old and new values are not logged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from cora_bot.forms.program import Program

FILE: Final = "audit.csv"
COLUMNS: Final = ("event", "node", "start", "end")
MAX_EVENTS: Final = 5_000  # of one filling-in; the first ones are kept
Row = tuple[str, str, int, int | None]


def wanted(program: Program) -> bool:
    return f"{program.specs[0].path}/meta/audit" in program.slots


class Log:
    """``since``: when the current question became the current one, in milliseconds since 1970."""

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self.rows: list[Row] = []
        self.since = 0

    def began(self, now: datetime) -> None:
        self.since = _millis(now)
        self._add("form start", "", self.since, None)

    def left(self, ref: str, now: datetime, *, event: str = "question") -> None:
        end = _millis(now)
        self._add(event, ref, self.since, end)
        self.since = end

    def finished(self, now: datetime) -> None:
        self._add("form finalize", "", _millis(now), None)

    def dump(self) -> list[object]:
        return [self.since, *map(list, self.rows)]

    def load(self, held: Sequence[object]) -> None:
        self.since, *rows = held  # type: ignore[assignment]
        self.rows = [tuple(row) for row in rows]  # type: ignore[arg-type, misc]

    def _add(self, event: str, ref: str, start: int, end: int | None) -> None:
        if self.wanted and len(self.rows) < MAX_EVENTS:
            self.rows.append((event, ref, start, end))


def _millis(now: datetime) -> int:
    return int(now.timestamp() * 1000)


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *(["" if cell is None else cell for cell in row] for row in rows)])
    return text.getvalue().encode()
