"""What is wrong in a study or a form, for its author: collected in one run, each with its place and its mend."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from cora_bot.base.values import Value


class Severity(StrEnum):
    """An error stops the study; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Value):
    """One finding.

    ``code`` is stable and short (``form.cycle``); ``message`` says what is wrong, ``hint`` how to mend it;
    ``file`` is relative to the study, ``sheet`` and ``row`` (1-based, as a spreadsheet shows it) may be absent.
    """

    code: str
    message: str
    hint: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    severity: Severity = Severity.ERROR

    def place(self) -> str:
        parts = [self.file, self.sheet and f"sheet {self.sheet}", self.row is not None and f"row {self.row}"]
        return ", ".join(str(part) for part in parts if part)

    def __str__(self) -> str:
        text = ": ".join(part for part in (str(self.severity), self.place(), self.message) if part)
        return f"{text}\n    {self.hint}" if self.hint else text


def errors(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]
