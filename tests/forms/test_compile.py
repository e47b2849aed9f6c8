"""F-14 everything that is wrong in a form is said in one run, with sheet and row; F-15 broken uploads are Problems."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from cora_bot.base.problems import Problem, Severity
from cora_bot.forms import sheets
from cora_bot.forms.compile import compile_form
from cora_bot.forms.load import load_xform
from cora_bot.forms.walk import Walk
from tests.forms.support import form, moment, table

GOOD = """
| survey |
| | type | name | label::English (en) |
| | integer | age | Age? |
"""


def found(text: str) -> set[tuple[str, str, int | None]]:
    return {(each.code, each.sheet, each.row) for each in compile_form(table(text), file="bad.md").problems}


def test_everything_wrong_is_said_at_once_with_its_line() -> None:
    text = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | relevant | constraint | calculation |
| | select_one c or_other | pick | Pick | انتخاب | | | |
| | integer | age | Age? | | frobnicate(1) | . > ( | |
| | geotrace | where | Where? | کجا؟ | | | |
| | text | word | Word? | کلمه؟ | ${nobody} = 1 | regex(., 'a+') | |
| | calculate | x | | | | | if(1, 2) |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) |
| | c | a b | A | آ |
| | c | d | D | د |
| | c | d | E | |
"""
    assert found(text) == {
        ("form.or-other", "survey", 3),
        ("form.function", "survey", 4),
        ("form.syntax", "survey", 4),
        ("form.translation", "survey", 4),
        ("form.type", "survey", 5),
        ("form.reference", "survey", 6),
        ("form.regex", "survey", 6),
        ("form.arguments", "survey", 7),
        ("form.choice-space", "choices", 10),
        ("form.choice-twice", "choices", 12),
        ("form.translation", "choices", 12),
        ("form.xlsform", "choices", 12),
    }


def test_cycle_is_shown_as_a_chain() -> None:
    text = """
| survey |
| | type | name | label::English (en) | calculation | relevant |
| | calculate | a | | ${b} + 1 | |
| | calculate | b | | ${c} + 1 | |
| | begin group | g | G | | ${a} > 1 |
| | calculate | c | | 1 | |
| | end group | | | | |
"""
    problems = compile_form(table(text), file="bad.md").problems
    assert [(each.code, each.message) for each in problems] == [
        ("form.cycle", "definitions go round in a circle: a → b → c → g → a")
    ]


def test_own_value_in_relevant_is_a_cycle_but_not_in_a_constraint() -> None:
    text = """
| survey |
| | type | name | label::English (en) | relevant | constraint |
| | integer | a | A? | ${a} > 1 | |
| | integer | b | B? | | ${b} > 1 |
"""
    assert found(text) == {("form.cycle", "survey", 3)}


def test_language_without_code_and_default_not_among_them_are_errors() -> None:
    text = """
| survey |
| | type | name | label::English | label::Dari (fa-AF) |
| | integer | age | Age? | سن؟ |
"""
    codes = {each.code for each in compile_form(table(text), file="bad.md").problems}
    assert codes == {"form.language"}


def test_label_without_language_takes_the_default_one() -> None:
    text = """
| survey |
| | type | name | label |
| | integer | age | Age? |
"""
    made = form(text)
    assert (made.languages, made.default_language, made.questions[0].labels) == (("en",), "en", {"en": "Age?"})


def test_what_the_chat_cannot_ask_is_refused_with_its_row() -> None:
    text = """
| survey |
| | type | name | label::English (en) |
| | geotrace | way | Which way? |
"""
    assert found(text) == {("form.type", "survey", 3)}


def test_path_only_we_can_walk_is_a_warning() -> None:
    text = """
| survey |
| | type | name | label::English (en) | relevant |
| | integer | age | Age? | |
| | integer | more | More? | count(//age \\| //age) > 0 |
"""
    problems = compile_form(table(text), file="bad.md")
    assert problems.form is not None
    assert {(each.code, each.severity, each.row) for each in problems.problems} == {
        ("form.union", Severity.WARNING, 4),
        ("form.descendant", Severity.WARNING, 4),
    }


def test_spreadsheet_rows_are_those_the_spreadsheet_shows() -> None:
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (["type", "name", "label::English (en)", "relevant"], [], ["integer", "age", "Age?", "nope("]):
        survey.append(row)
    settings = book.create_sheet("settings")
    settings.append(["form_id", "version", "default_language"])
    settings.append(["x", "1", "English (en)"])
    packed = io.BytesIO()
    book.save(packed)
    problems = compile_form(packed.getvalue(), file="form.xlsx").problems
    assert [(each.code, each.sheet, each.row) for each in problems] == [("form.syntax", "survey", 3)]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as each:
        each.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.MAX_UNPACKED + 1))
    return packed.getvalue()


BILLION = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>"""
DEEP = b"<a>" * 100_000 + b"</a>" * 100_000


@pytest.mark.parametrize(
    ("source", "file", "code"),
    [
        (b"", "a.md", "form.no-survey"),
        (b"no table", "a.md", "form.no-survey"),
        (b"\xff\xfe\x00", "a.md", "form.encoding"),
        (b"| survey |\n| | a | a |\n| | 1 | 2 |", "a.md", "form.column-twice"),
        (b"PK\x03\x04 broken", "a.xlsx", "form.damaged"),
        (b"", "a.xlsx", "form.damaged"),
        (bomb(), "a.xlsx", "form.too-large"),
        (b"x" * (sheets.MAX_BYTES + 1), "a.md", "form.too-large"),
        (b"x" * (sheets.MAX_BYTES + 1), "a.xml", "form.too-large"),
        (b"| survey |\n| | type | name |\n" + b"| | note | n |\n" * (sheets.MAX_ROWS + 1), "a.md", "form.too-long"),
        (BILLION, "a.xml", "form.xml"),
        (DEEP, "a.xml", "form.xml"),
        (b"<a/>", "a.xml", "form.xml"),
        (b"", "a.doc", "form.suffix"),
    ],
)
def test_broken_upload_is_a_problem(source: bytes, file: str, code: str) -> None:
    made = compile_form(source, file=file)
    assert (made.form, [each.code for each in made.problems]) == (None, [code])


def test_range_without_a_step_is_an_error() -> None:
    text = """
| survey |
| | type | name | label::English (en) | parameters |
| | range | few | Few? | start=0 end=10 step=1 |
"""
    xform = form(text).xform.replace('step="1"', 'step="0"')
    assert [each.code for each in compile_form(xform.encode(), file="a.xml").problems] == ["form.range"]


def test_stored_xform_loads_as_the_same_form() -> None:
    made = form(GOOD)
    again = load_xform(made.xform)
    assert (again.hash, again.questions, again.columns) == (made.hash, made.questions, made.columns)
    assert compile_form(made.xform.encode(), file="again.xml").problems == ()


def test_damaged_workbooks_never_raise(tmp_path: Path) -> None:
    book = Workbook()
    packed = io.BytesIO()
    book.save(packed)
    whole = packed.getvalue()
    for at in range(0, len(whole), 97):
        made = compile_form(whole[:at] + b"\x00\xff" + whole[at + 2 :], file="cut.xlsx")
        assert all(isinstance(each, Problem) for each in made.problems)
        assert made.form is None


def test_read_only_text_with_a_computed_default_is_a_column() -> None:
    made = form(
        """
| survey |
| | type | name | label::English (en) | default | readonly |
| | text | a | A? | concat('x', 'y') | yes |
| | note | n | N | | |
"""
    )
    walk = Walk.begin(made, moment())
    assert ([column.ref for column in made.columns], walk.values()) == (["/data/a"], {"/data/a": "xy"})


def test_circle_through_a_group_names_what_it_holds() -> None:
    made = compile_form(
        table(
            """
| survey |
| | type | name | label::English (en) | relevant |
| | begin group | g | G | ${x} = 1 |
| | integer | x | X | |
| | end group | | | |
"""
        ),
        file="circle.md",
    )
    assert [problem.message.rpartition(": ")[2] for problem in made.problems] == ["g → x → g"]
