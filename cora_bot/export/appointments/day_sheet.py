"""Who is met when, on one sheet for each day and interviewer: to be printed. Case codes only.

Names of places come in any script: each stands in its own direction, whatever the sheet's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.base.calendars import day_long
from cora_bot.export.appointments.appointment import Appointment, Standing
from cora_bot.export.appointments.words import WORDS, Words
from cora_bot.export.page import code, e, page

STYLE: Final = """
@page { size: A4 landscape; margin: 12mm; }
* { box-sizing: border-box; }
html { font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic", system-ui, sans-serif; color: #000;
  background: #fff; font-size: 10pt; line-height: 1.35; }
body { margin: 0 auto; max-width: 273mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 16pt; margin: 0; }
header { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: 3mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 0.3mm solid #000; padding: 1.5mm 2mm; text-align: start; vertical-align: top;
  overflow-wrap: anywhere; }
th { font-size: 9pt; background: #eee; }
tr { break-inside: avoid; }
td { height: 24mm; }
.time { width: 27mm; font-weight: 700; font-variant-numeric: tabular-nums; }
.visit { width: 27mm; } .place { width: 62mm; } .languages { width: 32mm; } .picture { width: 25mm; }
td.picture { font-size: 12pt; }
.outcome { width: 37mm; font-size: 9pt; }
.cancelled td { color: #555; text-decoration: line-through; }
.cancelled .time { text-decoration: none; }
.box { display: inline-block; width: 3.2mm; height: 3.2mm; border: 0.3mm solid #000; margin-inline-end: 1.5mm; }
code { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-weight: 600; }
footer { margin-top: 3mm; font-size: 9pt; }
footer p { margin: 0; }
"""
CLASSES: Final = ("time", "visit", "place", "languages", "picture", "outcome", "notes")


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The visits of one interviewer on one day of the place, by time."""

    day: date
    zone: str
    interviewer: str
    visits: tuple[Appointment, ...]


def day_sheets(appointments: Iterable[Appointment]) -> list[DaySheet]:
    """A sheet for each day (as it is at the place), zone and interviewer."""

    def sheet_of(each: Appointment) -> tuple[date, str, str]:
        return each.local(each.starts).date(), each.zone, each.interviewer

    ordered = sorted(appointments, key=lambda each: (*sheet_of(each), each.starts, each.id))
    return [DaySheet(*about, tuple(visits)) for about, visits in groupby(ordered, key=sheet_of)]


def document(sheets: Sequence[DaySheet], *, language: str) -> str:
    """All sheets as one page of HTML. ``language`` is one of ``WORDS``."""
    words = WORDS[language]
    return page(words.title, [_section(each, words, language) for each in sheets], language=language, style=STYLE)


def heading(sheet: DaySheet, words: Words, language: str) -> tuple[str, str]:
    """Left and right above the table."""
    left = f"{words.title}: {day_long(sheet.day, language)}"
    return left, f"{words.with_whom.format(code=sheet.interviewer)} · {sheet.zone}"


def times(each: Appointment) -> str:
    """From when until when at the place; clocks that changed meanwhile are no mistake of the sheet's."""
    return f"{each.local(each.starts):%H:%M} – {each.local(each.ends):%H:%M}"


def languages(each: Appointment, words: Words) -> list[str]:
    spoken = [", ".join(each.languages)] if each.languages else []
    return spoken + ([words.interpreter.format(code=each.interpreter)] if each.interpreter else [])


def where(each: Appointment, words: Words) -> list[str]:
    return [part for part in (words.modes[each.mode], each.city, each.place) if part]


def _section(sheet: DaySheet, words: Words, language: str) -> Element:
    left, right = heading(sheet, words, language)
    head = e("tr", [e("th", name, class_=place) for name, place in zip(words.columns, CLASSES, strict=True)])
    return e(
        "section",
        e("header", e("h1", left), e("bdi", right)),
        e("table", e("thead", head), e("tbody", [_row(each, words) for each in sheet.visits])),
        e("footer", e("p", e("strong", words.keep)), e("p", words.seal)),
    )


def _row(each: Appointment, words: Words) -> Element:
    cancelled = each.standing is Standing.CANCELLED
    boxes = [e("div", e("span", class_="box"), text) for text in words.outcomes.values()]
    cells: list[list[Element]] = [
        [_own(times(each)), *([_own(words.cancelled)] if cancelled else [])],
        [e("div", code(each.on_paper)), e("div", code(each.case))],
        [_own(part) for part in where(each, words)],
        [_own(part) for part in languages(each, words)],
        [_own(each.picture)],
        [] if cancelled else boxes,
        [],
    ]
    made = [e("td", content, class_=place) for content, place in zip(cells, CLASSES, strict=True)]
    return e("tr", made, class_="cancelled" if cancelled else "")


def _own(text: str) -> Element:
    """A line in its own direction."""
    return e("div", text, dir="auto")
