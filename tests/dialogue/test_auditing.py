"""U-01 a form that asks for an audit keeps when each question was shown, and until when; U-02 another keeps nothing;
U-03 what the chat cannot keep of it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.base.clock import to_millis
from cora_bot.dialogue import phrases as p
from cora_bot.export import audit
from cora_bot.forms.compile import compile_form
from tests.forms.support import table
from tests.support.one_form import NOON, Asked, asked

TIMED = """
| survey |
| | type | name | label::English (en) | parameters |
| | audit | audit | | |
| | integer | age | How old? | |
| | begin repeat | child | Child | |
| | integer | years | How old? | |
| | end repeat | | | |
"""


def answered() -> Asked:
    talk = asked(TIMED)
    for seconds, act in ((5, "7"), (3, "x"), (4, "9"), (2, p.CONTINUE)):
        talk.now += timedelta(seconds=seconds)
        talk.tap(act) if act == p.CONTINUE else talk.write(act)
    return talk


def test_times_of_each_question_are_kept_in_the_record() -> None:
    (record,) = answered().records
    began = to_millis(NOON)

    assert record.body["audit"] == [
        ["form start", "", began, None],
        ["question", "/data/age", began, began + 5_000],
        ["question", "/data/child[1]/years", began + 5_000, began + 12_000],
        ["form finalize", "", began + 14_000, None],
    ]
    assert audit.well_formed(record.body)


def test_form_without_an_audit_keeps_no_times() -> None:
    talk = asked(TIMED.replace("| | audit | audit | | |\n", ""))
    talk.write("7")
    talk.write("9")
    talk.tap(p.CONTINUE)

    (record,) = talk.records
    assert "audit" not in record.body


@pytest.mark.parametrize(
    ("parameters", "warned"),
    [
        ("", 0),
        ("track-changes=true", 1),
        ("location-priority=balanced location-min-interval=60 location-max-age=120", 1),
    ],
)
def test_what_is_not_kept_is_said(parameters: str, warned: int) -> None:
    text = TIMED.replace("| | audit | audit | | |", f"| | audit | audit | | {parameters} |")

    made = compile_form(table(text), file="test.md")

    assert made.form is not None
    assert len([each for each in made.problems if "the chat keeps the times only" in each.message]) == warned


@pytest.mark.parametrize(
    "found",
    [
        {},
        [["question", "/data/a", 1]],
        [["question", "/data/a", 1, True]],
        [["question", 1, 1, 2]],
        [[1, "", 1, 10**15]],
    ],
)
def test_audit_in_another_shape_is_not_well_formed(found: object) -> None:
    assert not audit.well_formed({"audit": found})
