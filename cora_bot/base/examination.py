"""What an examination says of one part of a server: a line of what stands, or findings, each with its mend."""

from __future__ import annotations

from dataclasses import dataclass

from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Checked:
    """``said`` is one line of what stands; "" when nothing does."""

    part: str
    said: str = ""
    problems: tuple[Problem, ...] = ()


def wrong(part: str, message: str, hint: str) -> Checked:
    """The part does not stand."""
    return Checked(part, "", (error(part, message, hint),))


def failed(part: str, why: CoraError) -> Checked:
    """The check ended in something a person can mend."""
    return wrong(part, str(why), why.hint or "See docs/operators.md.")


def error(part: str, message: str, hint: str) -> Problem:
    return Problem(f"doctor.{part}", f"{part}: {message}", hint)


def warning(part: str, message: str, hint: str) -> Problem:
    return Problem(f"doctor.{part}", f"{part}: {message}", hint, severity=Severity.WARNING)
