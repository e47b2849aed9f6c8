"""F-80 whatever is uploaded as a form gives problems in bounded time and memory, and never a traceback; F-81 the limits
are named, and forms within them are taken."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from time import process_time
from xml.sax.saxutils import escape

import openpyxl
import pytest

from cora_bot.forms import files, load, sheets
from cora_bot.forms.compile import compile_form

HEADER = ("type", "name", "label::English (en)")
CHOICES = ("list_name", "name", "label::English (en)")
SETTINGS = (("form_id", "form_title", "version", "default_language"), ("a", "A", "1", "English (en)"))
SECONDS, BYTES = 10.0, 150_000_000  # of the processor, and of Python's memory; the aim is a tenth of it
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)
BEGIN, STOP = "| | begin group | g | G | |\n", "| | end group | | | |\n"
Rows = Iterable[tuple[str, ...]]


def empty() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for name in ("survey", "choices", "settings"):
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(change: Callable[[str, bytes], bytes], source: bytes = b"") -> bytes:
    """The small workbook with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source or ONE)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def sheet_xml(rows: Rows) -> bytes:
    """Written by hand: openpyxl takes longer to write than we to refuse."""
    lines = ("".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) for row in rows)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = "".join(f"<row>{line}</row>" for line in lines)
    return f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'.encode()


def workbook(survey: Rows, choices: Rows = ()) -> bytes:
    held = {f"xl/worksheets/sheet{at}.xml": rows for at, rows in enumerate((survey, choices, SETTINGS), 1)}
    return changed(lambda name, content: sheet_xml(held[name]) if name in held else content, empty())


def no_workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "a")
    return out.getvalue()


def with_part(name: str, megabytes: int) -> bytes:
    out = io.BytesIO(ONE)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book, book.open(name, "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1_000_000))
    return out.getvalue()


def laughing(part: str, word: str) -> bytes:
    """Entities that would unfold to a billion words, in the part of the workbook that holds ``word``."""

    def change(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        head, mark, rest = content.decode().rpartition("?>")
        return (head + mark + LAUGHS + rest.replace(word, "&j;")).encode()

    return changed(change)


def lying() -> bytes:
    """A part of 400 MB whose size is said to be 100 bytes."""
    made = bytearray(with_part("xl/media/x.bin", 400))
    entry = made.rindex(b"xl/media/x.bin") - 46
    made[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    return bytes(made)


def table(rows: str) -> bytes:
    head = "| survey |\n| | type | name | label::English (en) | relevant |\n"
    return (head + rows + "| settings |\n| | form_id | form_title | version | default_language |\n").encode() + (
        b"| | a | A | 1 | English (en) |\n"
    )


def tangled() -> bytes:
    """Every question looks at the sixty before it."""
    rows = [
        f"| | text | q{at} | Q? | {' and '.join(f'${{q{n}}} != 1' for n in range(max(0, at - 60), at))} |\n"
        for at in range(1_400)
    ]
    return table("".join(rows))


ONE = workbook([HEADER, ("text", "a", "A?")])
BROKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing": (lambda: b"", "x.xlsx", "form.damaged"),
    "noise": (lambda: os.urandom(5_000), "x.xlsx", "form.damaged"),
    "half a workbook": (lambda: ONE[: len(ONE) // 2], "x.xlsx", "form.damaged"),
    "no workbook": (no_workbook, "x.xlsx", "form.damaged"),
    "sheet of noise": (lambda: changed(lambda n, c: os.urandom(99) if "sheet1" in n else c), "x.xlsx", "form.damaged"),
    "zip bomb": (lambda: with_part("xl/media/x.bin", 400), "x.xlsx", "form.too-large"),
    "zip bomb as a sheet": (lambda: with_part("xl/worksheets/sheet9.xml", 400), "x.xlsx", "form.too-large"),
    "billion laughs": (lambda: laughing("xl/workbook.xml", "survey"), "x.xlsx", "form.damaged"),
    "billion laughs in a sheet": (lambda: laughing("xl/worksheets/sheet1.xml", "A?"), "x.xlsx", "form.damaged"),
    "billion laughs as a form": (lambda: f"{LAUGHS}<h>&j;</h>".encode(), "x.xml", "form.xml"),
    "macros": (lambda: with_part("xl/vbaProject.bin", 0), "x.xlsx", "form.macros"),
    "100,000 rows": (
        lambda: workbook([HEADER, *(("text", f"q{n}", f"Q {n}?") for n in range(100_000))]),
        "x.xlsx",
        "form.too-long",
    ),
    "100,000 lines": (lambda: table("| | text | q | Q? | |\n" * 100_000), "x.md", "form.too-long"),
    "10,001 choices": (
        lambda: workbook(
            [HEADER, ("select_one l", "a", "A?")], [CHOICES, *(("l", f"c{n}", f"C {n}") for n in range(10_001))]
        ),
        "x.xlsx",
        "form.too-long",
    ),
    "too many columns": (
        lambda: workbook([(*HEADER, *(f"c{n}" for n in range(400))), ("text", "a", "A?", *(["x"] * 400))]),
        "x.xlsx",
        "form.too-wide",
    ),
    "tangled": (tangled, "x.md", "form.too-long"),
    "too large": (lambda: b"| survey |\n" + b"x" * 6_000_000, "x.md", "form.too-large"),
    "UTF-16": (lambda: table("| | text | q | Q? | |\n").decode().encode("utf-16"), "x.md", "form.encoding"),
    "Latin-1": (lambda: table("| | text | q | Größe? | |\n").decode().encode("latin-1"), "x.md", "form.encoding"),
    "zeros": (lambda: bytes(10_000), "x.md", "form.no-survey"),
    "pipes": (lambda: b"| survey |\n" + b"|" * 4_000_000, "x.md", "form.no-survey"),
    "groups in groups": (lambda: table(BEGIN * 700 + "| | text | q | Q? | |\n" + STOP * 700), "x.md", "form.convert"),
    "tags in tags": (lambda: b"<h>" * 100_000, "x.xml", "form.xml"),
    "a picture": (lambda: b"\x89PNG\r\n", "x.png", "form.suffix"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_upload_is_a_problem_in_bounded_time_and_memory(name: str) -> None:
    make, file, code = BROKEN[name]
    source = make()
    tracemalloc.start()
    try:
        started = process_time()
        made = compile_form(source, file=file)
        took, (_, peak) = process_time() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (made.form, [problem.code for problem in made.problems]) == (None, [code])
    assert took < SECONDS
    assert peak < BYTES


def test_size_that_lies_unpacks_nothing() -> None:
    """The part is one that no form needs: it is never read."""
    made = compile_form(lying(), file="x.xlsx")
    assert made.form is not None


@pytest.mark.parametrize("name", ["towns.csv", "towns.xml", "towns.geojson"])
@pytest.mark.parametrize(
    "content",
    [b"", bytes(1_000), os.urandom(1_000), "name,label\na,Größe".encode("latin-1"), LAUGHS.encode() + b"<r>&j;</r>"],
    ids=["nothing", "zeros", "noise", "another encoding", "billion laughs"],
)
def test_broken_list_is_a_problem(name: str, content: bytes) -> None:
    source = table(f"| | select_one_from_file {name} | q | Q? | |\n")
    made = compile_form(source, file="x.md", media={name: content})
    assert {problem.code for problem in made.problems} <= {"form.file", "form.file-column", "form.choices"}
    assert "form.file" in {problem.code for problem in made.problems}


def test_long_list_is_a_problem() -> None:
    rows = b"name,label\n" + b"a,b\n" * (files.MAX_ITEMS + 1)
    made = compile_form(table("| | select_one_from_file t.csv | q | Q? | |\n"), file="x.md", media={"t.csv": rows})
    assert [problem.code for problem in made.problems] == ["form.file"]


def test_form_at_the_limit_is_taken() -> None:
    rows = [HEADER, *(("text", f"q{n}", f"Q {n}?") for n in range(sheets.MAX_ROWS - 1)), ("select_one l", "a", "A?")]
    choices = [CHOICES, *(("l", f"c{n}", f"C {n}") for n in range(sheets.MAX_CHOICES))]
    made = compile_form(workbook(rows, choices), file="x.xlsx")
    assert made.form is not None, made.problems[:3]
    assert len(made.form.questions) == sheets.MAX_ROWS < load.MAX_NODES


def test_cell_far_away_costs_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (HEADER, ("text", "a", "A?")):
        sheet.append(row)
    sheet["A1048576"] = "x"
    out, started = io.BytesIO(), process_time()
    book.save(out)
    compile_form(out.getvalue(), file="x.xlsx")
    assert process_time() - started < SECONDS
