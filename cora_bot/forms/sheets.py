"""A form's workbook as rows with their numbers, from .xlsx or Markdown tables, read in bounded time and memory.

In a spreadsheet a row's number is what the spreadsheet shows; in Markdown it is the line of the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import xlsx_to_dict

from cora_bot.base.text import line_breaks
from cora_bot.forms.rows import Row, Workbook

MAX_BYTES = 5_000_000
MAX_UNPACKED = 40_000_000  # an .xlsx is a zip file: what it may unpack to
MAX_FILLED = 20_000  # rows with cells, in all sheets together: more are not even read
MAX_CELLS = 150_000  # cells with content, likewise
MAX_ROWS = 1_500  # the WHO verbal autopsy, among the longest in the field, has 551
MAX_CHOICES = 10_000
MAX_COLUMNS = 300
SHEETS = ("survey", "choices", "settings", "entities", "external_choices", "osm")
PIPE = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"[\s|:\-]+\Z")


class UnreadableError(Exception):
    """The upload is no workbook we read. ``str(error)`` says why, ``hint`` what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def read_workbook(source: bytes, suffix: str) -> Workbook:
    """Raises UnreadableError."""
    if len(source) > MAX_BYTES:
        raise UnreadableError("form.too-large", f"the file has more than {MAX_BYTES:,} bytes", "Split the form in two.")
    book = _markdown(source) if suffix == ".md" else _spreadsheet(source)
    sheets = {name: _rows(book, name) for name in SHEETS if isinstance(book.get(name), list)}
    limit = {"choices": MAX_CHOICES}
    for name, rows in sheets.items():
        most = limit.get(name, MAX_ROWS)
        if len(rows) > most:
            raise UnreadableError(
                "form.too-long", f"sheet {name} has more than {most:,} rows", "Split the form in two."
            )
    headers = {name: _headers(book, name) for name in sheets}
    for name, columns in headers.items():
        if len(columns) > MAX_COLUMNS:
            raise UnreadableError(
                "form.too-wide", f"sheet {name} has more than {MAX_COLUMNS} columns", "Remove columns."
            )
    if not sheets.get("survey"):
        raise UnreadableError(
            "form.no-survey", "there is no sheet “survey” with questions", "Name the first sheet survey."
        )
    return Workbook(sheets, headers, {key: text for key, text in book.items() if key != "_lines"})


def column_name(header: str) -> str:
    """``Label::English (en)`` -> ``label::English (en)``: the column in small letters, the language as it is."""
    base, mark, language = header.partition("::")
    return base.strip().lower() + mark + language.strip()


def _headers(book: Mapping[str, Any], sheet: str) -> tuple[str, ...]:
    return tuple(column_name(str(header)) for header in next(iter(book.get(f"{sheet}_header") or [{}])))


def _rows(book: Mapping[str, Any], sheet: str) -> tuple[Row, ...]:
    lines = book.get("_lines", {}).get(sheet)
    numbered = zip(lines, book[sheet], strict=True) if lines else enumerate(book[sheet], 2)
    return tuple(
        Row(number, {column_name(str(k)): str(v) for k, v in cells.items()}) for number, cells in numbered if cells
    )


def _spreadsheet(source: bytes) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as packed:
            sizes = [info.file_size for info in packed.infolist()]
            macros = any(info.filename.endswith("vbaProject.bin") for info in packed.infolist())
            few = sum(sizes) > MAX_UNPACKED or _few(packed)
    except Exception as error:  # zipfile and zlib raise half a dozen kinds; a damaged file is the author's in each
        raise UnreadableError(
            "form.damaged", "the file is no .xlsx workbook or is damaged", "Save it anew as .xlsx."
        ) from error
    if sum(sizes) > MAX_UNPACKED or len(sizes) > 2_000:
        raise UnreadableError(
            "form.too-large", "the workbook unpacks to more than any form needs", "Remove pictures and empty rows."
        )
    if not few:
        raise UnreadableError(
            "form.too-long",
            f"the sheets have more than {MAX_FILLED:,} rows or {MAX_CELLS:,} cells",
            "Split the form in two, and put long lists into a .csv file beside it.",
        )
    if macros:
        raise UnreadableError("form.macros", "the workbook holds macros", "Save it as .xlsx without macros.")
    try:
        return dict(xlsx_to_dict(io.BytesIO(source)))
    except PyXFormError as error:
        raise UnreadableError(
            "form.damaged", str(error), "Open the workbook, mend it, and save it anew as .xlsx."
        ) from error
    except Exception as error:  # openpyxl raises whatever a damaged part makes it raise
        raise UnreadableError("form.damaged", "the workbook is damaged", "Save it anew as .xlsx.") from error


def _few(packed: zipfile.ZipFile) -> bool:
    """Whether the sheets can be read in a few seconds. Only their tags are counted, none is parsed."""
    sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    texts = [packed.read(name) for name in sheets]
    return (
        sum(text.count(b"</row>") for text in texts) <= MAX_FILLED
        and sum(text.count(b"</c>") for text in texts) <= MAX_CELLS
    )


def _markdown(source: bytes) -> dict[str, Any]:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "form.encoding", "the file is not UTF-8 text", "Save it with the encoding UTF-8."
        ) from error
    if text.count("\n") > 2 * MAX_FILLED:
        raise UnreadableError("form.too-long", f"the file has more than {2 * MAX_FILLED:,} lines", "Split the form.")
    tables: dict[str, list[tuple[int, list[str]]]] = {}
    sheet = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped.startswith("|") or RULE.match(stripped) or stripped.count("|") < 2:
            continue
        kept = stripped[: stripped.rindex("|") + 1]  # what follows the last "|" is a comment
        first, *cells = [_cell(each) for each in PIPE.split(kept)[1:-1]]
        if first:
            sheet = first.lower()
            tables.setdefault(sheet, [])
        if sheet and any(cells):
            tables[sheet].append((number, cells))
    return _tables(tables)


def _cell(text: str) -> str:
    """A table's cell is one line of the file: ``<br>`` breaks its text."""
    return line_breaks(text.strip().replace("\\|", "|"))


def _tables(tables: Mapping[str, list[tuple[int, list[str]]]]) -> dict[str, Any]:
    book: dict[str, Any] = {"sheet_names": list(tables), "_lines": {}}
    for name, rows in tables.items():
        if name not in SHEETS or not rows:
            continue
        columns = rows[0][1]
        filled = [column for column in columns if column]
        if len(set(filled)) != len(filled):
            raise UnreadableError(
                "form.column-twice", f"sheet {name} has a column twice", "Give every column its own name."
            )
        book[name] = [
            {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
            for _, cells in rows[1:]
        ]
        book[f"{name}_header"] = [dict.fromkeys(filled)]
        book["_lines"][name] = [number for number, _ in rows[1:]]
    return book
