"""One case as a timeline: what was asked when, what was answered, and where nothing was, why. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cora_bot.export.answers import Gathered, gather
from cora_bot.export.bundle_facts import Case, OccurrenceFact, VisitFact, moment
from cora_bot.export.columns import FormColumns, form_columns
from cora_bot.export.consents import CONSENT
from cora_bot.export.dispositions import MEANINGS, disposition
from cora_bot.export.messages import MESSAGE
from cora_bot.export.missing import Missing
from cora_bot.export.opened import Answering, OpenedRecord
from cora_bot.export.reasons import of_occasion
from cora_bot.export.tables import LONG_HEADER, chosen, long_rows
from cora_bot.export.visits import MEANINGS as VISIT_MEANINGS
from cora_bot.forms.model import Form
from cora_bot.study.visits.on_paper import on_paper

GAPS = {
    Missing.SKIPPED: "passed by",
    Missing.NOT_REACHED: "not reached",
    Missing.WAITING: "a file that is not fetched yet",
    Missing.LOST: "a file that is lost",
}
"""Why a question stays open for the visit. One that did not apply is no gap."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``question`` in the language of the labels, ``text`` as it was chosen (label) or written."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """One form that was filled in. ``gaps``: questions without an answer, with why; ``counts`` says that it is the one
    the wide table has, where there are several of one occasion.
    """

    form: str
    status: str
    mode: str
    language: str
    at: datetime
    answers: tuple[Answer, ...]
    gaps: tuple[Answer, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the timeline: an occasion, or what came without one. ``outcome`` and ``why`` are for people."""

    at: datetime
    title: str
    outcome: str = ""
    why: str = ""
    until: datetime | None = None
    filled: tuple[Filled, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """``unread``: records of the bundle that did not open; some of them may be this person's."""

    case: Case
    entries: tuple[Entry, ...]
    unread: int


def dossier(
    case: Case,
    opened: Iterable[OpenedRecord],
    facts: Iterable[OccurrenceFact],
    *,
    visits: Iterable[VisitFact] = (),
    forms: Mapping[str, Form],
    labels: str,
    unread: int,
) -> Dossier:
    """``opened``, ``facts`` and ``visits`` may be those of everybody: others are left out.

    ``labels`` is the language of the questions.
    """
    mine = [one for one in opened if one.head.case == case.case]
    gathered = gather(mine, codes={case.case: case.code}, erased=(), forms=forms)
    filled = _filled(gathered, form_columns(forms.values()), labels)
    entries = [*_occasions(case, facts, filled), *_without(filled), *_messages(mine, gathered), *_visits(case, visits)]
    return Dossier(case, tuple(sorted(entries, key=lambda each: (each.at, each.title))), unread)


Occasion = tuple[str, int]


def _filled(gathered: Gathered, columns: Sequence[FormColumns], labels: str) -> dict[Occasion, list[Filled]]:
    """By wave and number; what belongs to none under ("", 0)."""
    count = {one.record for one in chosen(gathered.answerings)}
    found: dict[Occasion, list[Filled]] = {}
    for one in gathered.answerings:
        answers, gaps = _rows(one, columns, labels)
        made = Filled(
            one.form.title or one.form.id,
            one.status,
            one.mode,
            one.language,
            one.finished_at,
            answers,
            gaps,
            one.record in count,
        )
        found.setdefault((one.wave, one.number) if one.wave else ("", 0), []).append(made)
    return found


def _rows(one: Answering, columns: Sequence[FormColumns], labels: str) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    answers, gaps = [], []
    for row in list(long_rows([one], columns, language=labels))[1:]:
        cells = dict(zip(LONG_HEADER, row, strict=True))
        question = cells["label"] or cells["question"]
        if cells["value"]:
            answers.append(Answer(question, cells["value_label"] or cells["value"]))
        elif (why := cells["missing"]) in GAPS:
            gaps.append(Answer(question, GAPS[Missing(why)]))
    return tuple(answers), tuple(gaps)


def _occasions(
    case: Case, facts: Iterable[OccurrenceFact], filled: Mapping[Occasion, Sequence[Filled]]
) -> Iterator[Entry]:
    for fact in facts:
        if fact.code != case.code:
            continue
        outcome = disposition(fact)
        yield Entry(
            at=moment(fact.opens),
            title=f"{fact.wave} {fact.number}",
            outcome=f"{outcome}: {MEANINGS[outcome]}",
            why=of_occasion(fact.reason),
            until=moment(fact.closes),
            filled=tuple(filled.get((fact.wave, fact.number), ())),
        )


def _without(filled: Mapping[Occasion, Sequence[Filled]]) -> Iterator[Entry]:
    for one in filled.get(("", 0), ()):
        yield Entry(one.at, "consent" if one.status == CONSENT else "asked without an occasion", filled=(one,))


def _visits(case: Case, facts: Iterable[VisitFact]) -> Iterator[Entry]:
    """Those for which a time was booked: the others have no place on a timeline."""
    for fact in facts:
        if fact.code == case.code and fact.starts:
            outcome = f"{fact.outcome}: {VISIT_MEANINGS.get(fact.outcome, '')}"
            title = f"visit {on_paper(fact.visit, fact.code)}"
            yield Entry(moment(fact.starts), title, outcome, text=fact.way.replace("_", " "))


def _messages(mine: Iterable[OpenedRecord], gathered: Gathered) -> Iterator[Entry]:
    for one in mine:
        if one.head.kind == MESSAGE and one.head.record in gathered.exported:
            yield Entry(one.head.at, "written to the team", text=str(one.body["text"]))
