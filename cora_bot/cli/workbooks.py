"""A form's Markdown tables as the .xlsx workbook researchers edit: the same cells, every one of them text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from cora_bot.forms.sheets import read_workbook

NARROW: Final = 16
WIDE: Final = 38
TEXT: Final = "@"  # Excel leaves such cells as they are typed: no dates out of codes, no lost zeros
FIXED: Final = ("type", "name", "list_name", "required", "relevant", "constraint", "appearance", "version")


def as_workbook(markdown: bytes) -> bytes:
    """The .xlsx of a form in Markdown. Raises UnreadableError."""
    source = read_workbook(markdown, ".md")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headers in source.headers.items():
        sheet = book.create_sheet(name)
        _fill(sheet, headers, [row.cells for row in source.rows(name)])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _fill(sheet: Worksheet, headers: tuple[str, ...], rows: list[Mapping[str, str]]) -> None:
    sheet.append(headers)
    for row in rows:
        sheet.append([row.get(header) or None for header in headers])
    for column, header in enumerate(headers, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = NARROW if header in FIXED else WIDE
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
