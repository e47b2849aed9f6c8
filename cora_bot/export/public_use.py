"""A table that may leave the team, as far as a program can say: what is left of the answers, and what was taken out.

Not the working export. Dropped are case codes and record ids (people get a number that is drawn anew each time), free
text, what was calculated as text, places, files, hours, and what is asked inside repeats. Days become months, a time
zone becomes its region. Then people are counted by their quasi-identifiers (k-anonymity, Sweeney 2002): a combination
of fewer than ``smallest`` of them is flagged. Nothing is hidden by itself: what to merge or to leave out is a
decision of people who know the place, and a flagged table is not to be published before it was made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cora_bot.base.chance import Chance
from cora_bot.export.bundle_facts import Case
from cora_bot.export.cells import instant
from cora_bot.export.columns import FormColumns
from cora_bot.export.opened import Answering
from cora_bot.forms.model import Column, Kind
from cora_bot.study.model import PublicUse

OPEN: Final = ("person", "wave", "number", "form", "form_version", "language", "region", "mode", "month", "status")
_NOT_YET: Final = "DO NOT PUBLISH before these groups were merged, left out, or accepted in writing."
DEFAULT: Final = PublicUse(("language", "region"), 5)
_KEPT: Final = frozenset(
    {Kind.SELECT_ONE, Kind.SELECT_MANY, Kind.INTEGER, Kind.DECIMAL, Kind.RANGE, Kind.RANK, Kind.ACKNOWLEDGE}
)
_MONTHS: Final = frozenset({Kind.DATE, Kind.DATETIME})
_DAY: Final = re.compile(r"(\d{4}-\d\d)-\d\d(T.*)?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """``rows`` begin with the header. ``dropped`` and ``changed``: column and why; ``flagged``: combination, people."""

    rows: tuple[Row, ...]
    persons: int
    dropped: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    flagged: tuple[tuple[str, int], ...]
    rules: PublicUse


@dataclass(frozen=True, slots=True)
class _Kept:
    name: str
    form: str
    column: Column
    month: bool


def released(
    answerings: Sequence[Answering],
    forms: Sequence[FormColumns],
    cases: Iterable[Case],
    *,
    rules: PublicUse,
    chance: Chance,
) -> Released:
    """``answerings`` are the chosen ones, one for each occasion."""
    kept: list[_Kept] = []
    dropped: list[tuple[str, str]] = []
    for form in forms:
        for name, column in form.columns:
            why = _why_not(column, [one.values.get(column.ref, "") for one in answerings if one.form.id == form.form])
            if why:
                dropped.append((f"{form.form}.{name}", why))
            elif column.kind != Kind.NOTE:
                kept.append(_Kept(f"{form.form}.{name}", form.form, column, month=column.kind in _MONTHS))
    regions = {case.code: case.zone.split("/")[0] for case in cases}
    people = _numbered({one.code for one in answerings}, chance)
    header: Row = (*OPEN, *(each.name for each in kept))
    body = sorted(_row(one, kept, person=people[one.code], region=regions.get(one.code, "")) for one in answerings)
    return Released(
        rows=(header, *body),
        persons=len(people),
        dropped=tuple(dropped),
        changed=tuple((each.name, "days became months") for each in kept if each.month),
        flagged=tuple(_small(header, body, rules)),
        rules=rules,
    )


def _why_not(column: Column, values: Sequence[str]) -> str:
    """Why a column is dropped; "" when it stays."""
    if column.repeats:
        return "asked inside a repeat"
    if column.question is None:
        numbers = all(_NUMBER.fullmatch(value) for value in values if value)
        return "" if numbers else "calculated, and not a number: it may repeat free text"
    kind = column.question.kind
    if kind is Kind.NOTE or kind in _KEPT or kind in _MONTHS:
        return ""
    return {
        Kind.TEXT: "free text",
        Kind.GEOPOINT: "a place",
        Kind.TIME: "an hour of the day",
    }.get(kind, "a file")


def _numbered(codes: Iterable[str], chance: Chance) -> dict[str, str]:
    """A number for each person in an order that says nothing, drawn anew for every release."""
    drawn = sorted((chance.bytes(16), code) for code in sorted(codes))
    return {code: f"P{place:05}" for place, (_, code) in enumerate(drawn, start=1)}


def _row(one: Answering, kept: Sequence[_Kept], *, person: str, region: str) -> Row:
    mine = {each.name: one.values.get(each.column.ref, "") for each in kept if each.form == one.form.id}
    answers = (_month(mine.get(each.name, "")) if each.month else mine.get(each.name, "") for each in kept)
    about = (one.form.id, one.form.version, one.language, region, one.mode, instant(one.finished_at)[:7], one.status)
    return (person, one.wave, str(one.number), *about, *answers)


def _month(value: str) -> str:
    """What cannot be read as a day is left out: it could be anything."""
    found = _DAY.fullmatch(value)
    return found[1] if found else ""


# ---- small cells -----------------------------------------------------------------------------------------------------


def unknown(rules: PublicUse, header: Sequence[str]) -> list[str]:
    """Quasi-identifiers that are no column of the table."""
    return [name for name in rules.quasi_identifiers if name not in header]


def _small(header: Row, body: Sequence[Row], rules: PublicUse) -> list[tuple[str, int]]:
    """Combinations of fewer people than allowed, the smallest first."""
    names = [name for name in rules.quasi_identifiers if name in header]
    places = [header.index(name) for name in names]
    people: dict[str, list[str]] = {}
    for row in body:
        of = people.setdefault(row[0], ["" for _ in places])
        for at, place in enumerate(places):
            of[at] = row[place] or of[at]  # the last that was said
    counted = Counter(tuple(each) for each in people.values())
    small = [(combination, count) for combination, count in counted.items() if count < rules.smallest]
    return [
        (", ".join(f"{name}={value or '(none)'}" for name, value in zip(names, combination, strict=True)), count)
        for combination, count in sorted(small, key=lambda each: (each[1], each[0]))
    ]


def report(release: Released, *, about: Mapping[str, str]) -> str:
    """``REPORT.md``: what was taken out, what was made coarser, what is too small. ``about``: names and ids."""
    rules = release.rules
    missing = unknown(rules, release.rows[0])
    flagged = [f"- {combination}: {count} of at least {rules.smallest}" for combination, count in release.flagged]
    return "\n".join(
        [
            "# Public-use export",
            "",
            *(f"- {name}: {value}" for name, value in about.items()),
            f"- people: {release.persons}; rows: {len(release.rows) - 1}",
            "",
            "People have numbers drawn for this file alone: no list leads from them to case codes. Two releases of the",
            "same study can still be laid beside each other by their answers: publish one.",
            "",
            "## Small cells",
            "",
            f"Quasi-identifiers: {', '.join(rules.quasi_identifiers)}. Smallest group allowed: {rules.smallest}.",
            *(f"NOT A COLUMN of this file, so not counted: {name}" for name in missing),
            "",
            *(flagged or ["None is smaller."]),
            *(
                ["", "DO NOT PUBLISH before these groups were merged, left out, or accepted in writing."]
                if flagged
                else []
            ),
            "",
            "## Dropped",
            "",
            *([f"- {name}: {why}" for name, why in release.dropped] or ["Nothing."]),
            "- case codes, record ids, exact times, zones (their region stays), contacts, words of consents, messages",
            "",
            "## Made coarser",
            "",
            *([f"- {name}: {how}" for name, how in release.changed] or ["- nothing besides the month of each answer"]),
            "",
            "A program cannot judge answers that are rare by themselves (eleven children): read the table.",
            "",
        ]
    )
