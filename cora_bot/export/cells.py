"""Cells and CSV files as spreadsheets and statistics programs both read them without harm.

UTF-8 with a byte order mark (Excel takes it for something else without), commas, CRLF. A typed answer such as
``=HYPERLINK(…)`` would be run as a formula by a spreadsheet: a cell that begins like one gets a leading apostrophe.
Plain numbers, negative ones too, stay as they are. The rule can be undone exactly: a leading apostrophe is always ours,
so removing one gives back the answer. Dates stay the text the person gave, never converted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

# The full-width forms are taken for their ASCII twins by spreadsheets set to East Asian languages.
_DANGEROUS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)

Row = Sequence[str]


def neutral(cell: str) -> str:
    """``cell``, with an apostrophe before it when a spreadsheet might run it, or when it begins with one itself."""
    if cell[:1] == "'" or (cell[:1] in _DANGEROUS and cell and not _NUMBER.fullmatch(cell)):
        return "'" + cell
    return cell


def csv_file(rows: Iterable[Row]) -> bytes:
    """A CSV file of ``rows``, the header first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return ("\ufeff" + text.getvalue()).encode("utf-8")


def instant(at: datetime) -> str:
    """An instant as ``2026-11-22T11:16:58Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
