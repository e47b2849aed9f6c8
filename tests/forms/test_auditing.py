"""F-70 a form that asks for an audit gets one: which question was shown when and left when, also over a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cora_bot.base.chance import SeededChance
from cora_bot.forms.auditing import as_csv
from cora_bot.forms.moment import Moment
from cora_bot.forms.walk import Walk
from tests.forms.support import form

AUDITED = """
| survey |
| | type | name | label::English (en) | required |
| | audit | audit | | |
| | integer | age | Age? | yes |
| | begin repeat | child | Child | |
| | text | nick | Nick? | |
| | end repeat | | | |
"""
BEGUN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FIRST = int(BEGUN.timestamp() * 1000)


def after(seconds: int) -> Moment:
    return Moment(BEGUN + timedelta(seconds=seconds), "UTC", {}, SeededChance(1))


def again(walk: Walk, seconds: int) -> Walk:
    return Walk.resume(walk.form, walk.save(), after(seconds))


def answered() -> Walk:
    walk = Walk.begin(form(AUDITED), after(0))
    walk = again(walk, 5)
    walk.type("no number")
    walk.type("30")
    walk = again(walk, 7)
    walk.back()
    walk = again(walk, 8)
    walk.type("31")
    walk = again(walk, 20)
    walk.type("Ana")
    walk = again(walk, 21)
    walk.choose(2, 0)
    walk = again(walk, 30)
    walk.skip(1)
    walk.choose(2, 1)
    walk = again(walk, 31)
    assert walk.finish() is None
    return walk


def test_audit_tells_each_question_shown_and_left() -> None:
    assert answered().submission()["audit"] == [
        ["form start", "", FIRST, None],
        ["question", "/data/age", FIRST, FIRST + 5_000],
        ["question", "/data/child[1]/nick", FIRST + 5_000, FIRST + 7_000],
        ["question", "/data/age", FIRST + 7_000, FIRST + 8_000],
        ["question", "/data/child[1]/nick", FIRST + 8_000, FIRST + 20_000],
        ["add repeat", "/data/child[2]", FIRST + 20_000, FIRST + 21_000],
        ["question", "/data/child[2]/nick", FIRST + 21_000, FIRST + 30_000],
        ["form finalize", "", FIRST + 31_000, None],
    ]


def test_audit_is_written_as_a_tablet_does() -> None:
    rows = [["form start", "", 1, None], ["question", "/data/age", 1, 2]]
    assert as_csv(rows) == b"event,node,start,end\nform start,,1,\nquestion,/data/age,1,2\n"


def test_form_without_an_audit_keeps_no_times() -> None:
    walk = Walk.begin(form(AUDITED.replace("| | audit | audit | | |\n", "")), after(0))
    walk.type("30")
    assert (walk.submission(), '"t"' in walk.save()) == ({}, False)
