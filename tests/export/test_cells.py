"""EX-01 A cell that a spreadsheet would run gets an apostrophe; plain numbers do not.
EX-02 Removing one leading apostrophe gives back every answer exactly.
EX-03 Files are UTF-8 with BOM, commas and CRLF.
"""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.export.cells import csv_file, neutral


@pytest.mark.parametrize(
    ("answer", "cell"),
    [
        ('=HYPERLINK("http://x";"y")', '\'=HYPERLINK("http://x";"y")'),
        ("+49 40 123", "'+49 40 123"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("＝1+1", "'＝1+1"),
        ("- أعيش مع أهلي", "'- أعيش مع أهلي"),
        ("'quoted", "''quoted"),
        ("-5", "-5"),
        ("-2.75", "-2.75"),
        ("-٥", "'-٥"),
        ("2026-01-05", "2026-01-05"),
        ("نعم", "نعم"),
        ("", ""),
    ],
)
def test_neutral_disarms_formulas_only(answer: str, cell: str) -> None:
    assert neutral(answer) == cell


@given(st.text())
def test_neutral_is_undone_by_removing_one_apostrophe(answer: str) -> None:
    assert neutral(answer).removeprefix("'") == answer


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_neutral_never_begins_like_a_formula(answer: str) -> None:
    cell = neutral(answer)
    assert cell[0] not in "=+@\t\r\n＝＋－＠"
    assert cell[0] != "-" or float(cell) <= 0


def test_csv_file_has_bom_commas_and_crlf() -> None:
    rows = [("case", "value"), ("K7F-2QX", 'خبز، "ماء"\nو=دواء'), ("A", "=1+1")]
    assert csv_file(rows).decode() == '\ufeffcase,value\r\nK7F-2QX,"خبز، ""ماء""\nو=دواء"\r\nA,\'=1+1\r\n'


def test_csv_file_is_read_back_cell_by_cell() -> None:
    rows = [["a", "b"], ["line\r\nbreak", 'comma, and "quote"'], ["", " "]]
    text = csv_file(rows).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
