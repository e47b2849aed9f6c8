"""What people remember having answered, question by question, to be held against the export.

Rules: an answer counts when the next card has shown that it was taken. Whoever moves on from a question passes over
those between it and the next one shown: they do not apply any more, whatever was answered to them before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.simulate.cards import Asked
from cora_bot.export.cells import instant
from cora_bot.forms.model import Kind, Question


class Ending(StrEnum):
    """How a sitting ended, as far as the person knows."""

    UNDER_WAY = "under_way"
    COMPLETE = "complete"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer: its question, its value ("" where it was passed by), and when it was given."""

    question: Question
    value: str
    at: datetime


@dataclass(slots=True)
class Sitting:
    """One filling-in of a form. ``forms`` are the forms it may be; they grow fewer with every question."""

    forms: frozenset[str]
    begun: datetime
    language: str
    ending: Ending = Ending.UNDER_WAY
    ended: datetime | None = None
    answers: dict[int, Remembered] = field(default_factory=dict)

    def fits(self, asked: Asked) -> bool:
        return self.ending is Ending.UNDER_WAY and bool(self.forms & asked.questions.keys())

    def narrow(self, asked: Asked) -> None:
        self.forms &= asked.questions.keys()

    def question(self, asked: Asked) -> Question:
        """The question as the form that this sitting may be has it."""
        return next(asked.questions[form] for form in sorted(self.forms & asked.questions.keys()))

    def answered(self, question: Question, value: str, at: datetime) -> None:
        self.answers[question.number] = Remembered(question, value, at)

    def moved(self, start: int, end: int | None) -> None:
        """From question ``start`` to ``end`` (None: to the end): what lies between does not apply."""
        for number in list(self.answers):
            if number > start and (end is None or number < end):
                del self.answers[number]

    def given(self) -> list[Remembered]:
        """What the export must hold, in the form's order."""
        kept = (self.answers[number] for number in sorted(self.answers))
        return [each for each in kept if each.value != "" and each.question.kind is not Kind.NOTE]


@dataclass(slots=True)
class Diary:
    """Everything one person remembers. ``code`` is what the receipt called them."""

    person: str
    code: str = ""
    sittings: list[Sitting] = field(default_factory=list)

    @property
    def current(self) -> Sitting | None:
        return self.sittings[-1] if self.sittings and self.sittings[-1].ending is Ending.UNDER_WAY else None

    def begin(self, asked: Asked, at: datetime, language: str) -> Sitting:
        sitting = Sitting(frozenset(asked.questions), at, language)
        self.sittings.append(sitting)
        return sitting


HEADER = (
    "person",
    "case",
    "sitting",
    "begun",
    "ending",
    "ended",
    "language",
    "form",
    "question",
    "value",
    "answered_at",
)


def rows(diaries: Iterable[Diary]) -> Iterator[tuple[str, ...]]:
    """``diaries.csv``: every answer remembered; of a sitting without any, one row without a question."""
    yield HEADER
    for diary in diaries:
        for number, sitting in enumerate(diary.sittings, 1):
            head = (diary.person, diary.code, str(number), instant(sitting.begun), sitting.ending.value)
            ended = instant(sitting.ended) if sitting.ended else ""
            about = (*head, ended, sitting.language, "/".join(sorted(sitting.forms)))
            given = sitting.given()
            yield from ((*about, each.question.name, each.value, instant(each.at)) for each in given)
            if not given:
                yield (*about, "", "", "")
