"""F-15 Markdown tables and spreadsheets are read alike, with the number of each row."""

from __future__ import annotations

from cora_bot.forms.rows import places
from cora_bot.forms.sheets import read_workbook

TEXT = """# A form

Some words | with a pipe.

| survey | | | |
|---|---|---|---|
| | type | name | label |
| | begin group | g | Group |
| | text | a | Either a\\|b<br>or c | # why

| | integer | b | |
| | end group | | |
| Choices |
| | list_name | name | label |
| | c | x | X |
"""


def test_markdown_rows_carry_their_line() -> None:
    book = read_workbook(TEXT.encode(), ".md")
    assert [(row.number, dict(row.cells)) for row in book.rows("survey")] == [
        (8, {"type": "begin group", "name": "g", "label": "Group"}),
        (9, {"type": "text", "name": "a", "label": "Either a|b\nor c"}),
        (11, {"type": "integer", "name": "b"}),
        (12, {"type": "end group"}),
    ]
    assert [(row.number, row.get("name")) for row in book.rows("choices")] == [(15, "x")]


def test_places_know_groups() -> None:
    where = places(read_workbook(TEXT.encode(), ".md"))
    assert (where.row("/data/g/a"), where.row("/data/g"), where.row("/data/b"), where.by_list) == (
        9,
        8,
        None,
        {"c": 15},
    )
