"""A trip's workbook: .xlsx bytes to rows of text, and the template that researchers fill in.

A row's number is what the spreadsheet shows. Days and times become ISO text, whatever Excel made of them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cora_bot.base.problems import Problem

MAX_BYTES: Final = 2_000_000
MAX_UNPACKED: Final = 20_000_000
MAX_ROWS: Final = 2_000
SHEETS: Final = ("trip", "places", "interviewers", "days", "travel")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column name in small letters, trimmed; empty cells are absent."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


Rows = Mapping[str, tuple[Row, ...]]
"""By sheet name."""


def read_rows(source: bytes, *, file: str = "") -> tuple[Rows, list[Problem]]:
    """The rows of every sheet this program knows; with a problem there are none."""
    if len(source) > MAX_BYTES:
        return {}, [Problem("visit.too-large", f"the file has more than {MAX_BYTES:,} bytes", "Remove pictures.", file)]
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED:
                return {}, [Problem("visit.too-large", "the workbook unpacks to more than any trip needs", file=file)]
        book = load_workbook(io.BytesIO(source), read_only=True, data_only=True)
    except Exception:  # openpyxl raises whatever a damaged part makes it raise
        hint = "A trip is an .xlsx file. Begin with: cora visits template TRIP.xlsx"
        return {}, [Problem("visit.unreadable", "the file is no workbook, or a damaged one", hint, file)]
    sheets = {sheet.title.strip().lower(): sheet for sheet in book.worksheets}
    return {name: _rows(sheets[name]) for name in SHEETS if name in sheets}, _missing(sheets, file)


def _missing(sheets: Mapping[str, object], file: str) -> list[Problem]:
    hint = "cora visits template shows all sheets."
    needed = [name for name in SHEETS if name != "travel" and name not in sheets]
    return [Problem("visit.no-sheet", f"there is no sheet “{name}”", hint, file, name) for name in needed]


def _rows(sheet: Worksheet) -> tuple[Row, ...]:
    found: list[Row] = []
    header: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_row=MAX_ROWS), start=1):
        texts = [_text(cell) for cell in cells]
        if not header:
            header = [text.lower() for text in texts]
            continue
        named = {name: text for name, text in zip(header, texts, strict=False) if name and text}
        if named:
            found.append(Row(number, named))
    return tuple(found)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            midnight = cell.time() == time()
            return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat(timespec="minutes")
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell).strip()


# ---- the template ----------------------------------------------------------------------------------------------------

_SETTINGS: Final = (
    ("setting", "value", "what it means"),
    ("id", "spring", "small letters, digits and _; the same id again changes the trip"),
    ("title", "Spring visits", "for the team alone; nobody who is invited sees it"),
    ("length", "60", "minutes of one meeting"),
    ("buffer", "15", "minutes without a meeting after each one"),
    ("exact_place", "24", "hours before the meeting from which the exact place is told"),
    ("notice", "12", "hours before which a time can no longer be booked"),
    ("messages", "8", "at most so many unasked messages about one visit; what comes after Later does not count"),
    ("alternatives", "phone, video, home", "offered instead of a meeting; leave out what you do not offer"),
    ("countries", "AL", "who is invited, as in study.toml; empty: everybody who agreed to visits"),
    ("zones", "", "or time zones, such as Europe/Tirane"),
    ("waves", "", "only who has reached one of these waves"),
    ("languages", "", "only who chose one of these languages"),
)
_PLACES: Final = (
    ("place", "zone", "country", "city", "city::ar", "exact place", "exact place::ar", "pin", "picture", "voice::ar"),
    ("tirana", "Europe/Tirane", "AL", "Tirana", "تيرانا", "Rruga Shembull 1, 2nd floor", "", "41.3275, 19.8187"),
)
_INTERVIEWERS: Final = (("interviewer", "languages", "gender"), ("ANNA", "sq en de", "woman"), ("BEN", "en ar", "man"))
_DAYS: Final = (
    ("day", "place", "interviewer", "from", "to", "interpreter", "capacity"),
    ("2027-04-12", "tirana", "ANNA", "09:00", "16:00", "", "1"),
    ("2027-04-13", "tirana", "BEN", "10:00", "15:00", "sq", "1"),
)
_TRAVEL: Final = (("from", "to", "minutes"),)
_EXAMPLE: Final = {
    "trip": _SETTINGS,
    "places": _PLACES,
    "interviewers": _INTERVIEWERS,
    "days": _DAYS,
    "travel": _TRAVEL,
}


def template() -> bytes:
    """A filled-in example, every cell text: Excel makes no dates out of codes."""
    return as_workbook(_EXAMPLE)


def as_workbook(sheets: Mapping[str, tuple[tuple[str, ...], ...]]) -> bytes:
    """An .xlsx of these rows, the first of each sheet its header."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for column in range(1, len(rows[0]) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 22
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.number_format = "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
