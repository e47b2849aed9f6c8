"""EX-04 The long table has a row per question of the form, answered or not; the wide one a row per case, wave, number.
EX-05 Columns are the union over form versions, newest order first, the same whatever was answered.
EX-06 Select-many options are 1 or 0 where the question was answered and empty where it was not.
EX-07 Of several records of one occasion the complete one counts, then the later one.
EX-08 Why an answer is missing stands beside the empty cell, never in it, under a name no question of the form has.
"""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.values import replace
from cora_bot.export.columns import form_columns
from cora_bot.export.missing import Missing, contradicts, reasons
from cora_bot.export.tables import chosen, long_rows, wide_rows
from cora_bot.forms.model import Kind
from tests.export.samples import ARRIVAL, CHECK_IN, OLDER, WORK, answering, column

COLUMNS = form_columns([ARRIVAL, OLDER, CHECK_IN], first=["check_in"])
TIMES = ("2026-11-02T08:00:00Z", "2026-11-02T08:03:00Z")


def test_long_rows_carry_labels_in_the_chosen_language() -> None:
    one = answering(
        {"/data/needs": "home money", "/data/work": "no", "/data/score": "2"}, record="1" * 32, mode="phone"
    )
    head = ("K7F-2QX", "monthly", "1", "check_in", "2")
    tail = ("ar", "phone", *TIMES, "complete", "1" * 32, "")
    assert list(long_rows([one], COLUMNS, language="ar"))[1:] == [
        (*head, "work", "هل لديك عمل؟", "no", "لا", "", *tail),
        (*head, "needs", "ماذا تحتاج؟", "home money", "سكن; مال", "", *tail),
        (*head, "story", "Please tell | us\nmore.", "", "", "", *tail),
        (*head, "score", "", "2", "", "", *tail),
    ]


def test_long_rows_say_why_and_leave_out_what_was_not_calculated() -> None:
    why = {"/data/needs": Missing.NOT_ASKED, "/data/about/story": Missing.SKIPPED}
    rows = list(long_rows([answering({"/data/work": "yes"}, missing=why)], COLUMNS, language="en"))[1:]
    assert [(row[5], row[7], row[9]) for row in rows] == [
        ("work", "yes", ""),
        ("needs", "", "not_asked"),
        ("story", "", "skipped"),
    ]


def test_wide_rows_list_why_for_their_own_form() -> None:
    why = {"/data/about/story": Missing.NOT_REACHED, "/data/needs": Missing.SKIPPED}
    one = answering({"/data/work": "yes"}, missing=why)
    other = answering({"/data/work": "yes"}, form=ARRIVAL, missing={})
    header, *rows = wide_rows([one, other], COLUMNS)
    place = {name: header.index(name) for name in ("check_in.missing", "arrival.missing")}
    assert [[row[at] for at in place.values()] for row in rows] == [
        ["[needs=skipped] [story=not_reached]", ""],
        ["", ""],
    ]


def test_wide_rows_never_name_the_column_like_a_question() -> None:
    asked = replace(WORK, ref="/data/missing", name="missing")
    form = replace(CHECK_IN, questions=(asked,), columns=(column(asked),))
    assert next(iter(wide_rows([], form_columns([form]))))[11:] == ("check_in.missing", "check_in.missing_")


def test_long_rows_fall_back_to_the_default_language() -> None:
    one = answering({"/data/work": "no"})
    row = list(long_rows([one], COLUMNS, language="fa-AF"))[1]
    assert (row[6], row[8]) == ("آیا کار دارید؟", "No")


def test_long_rows_use_the_labels_of_the_version_that_was_answered() -> None:
    one = answering({"/data/needs": "food money"}, form=OLDER)
    row = list(long_rows([one], COLUMNS, language="en"))[1]
    assert (row[4], row[8]) == ("1", "Food; Cash")


def test_wide_header_is_the_union_over_versions() -> None:
    assert next(iter(wide_rows([], COLUMNS)))[11:] == (
        "check_in.work",
        "check_in.needs",
        "check_in.needs/money",
        "check_in.needs/home",
        "check_in.needs/food",
        "check_in.story",
        "check_in.score",
        "check_in.debt",
        "check_in.missing",
        "arrival.work",
        "arrival.missing",
    )


def test_wide_rows_tell_unticked_from_unanswered() -> None:
    answered = answering({"/data/work": "dont_know", "/data/needs": "home"})
    silent = answering({"/data/work": "no"}, number=2)
    rows = list(wide_rows([answered, silent], COLUMNS))[1:]
    assert [row[11:] for row in rows] == [
        ("dont_know", "home", "0", "1", "0", "", "", "", "", "", ""),
        ("no", "", "", "", "", "", "", "", "", "", ""),
    ]


def test_wide_rows_keep_forms_of_the_same_question_apart() -> None:
    rows = list(wide_rows([answering({"/data/work": "yes"}, form=ARRIVAL)], COLUMNS))[1:]
    assert [row[11:] for row in rows] == [("", "", "", "", "", "", "", "", "", "yes", "")]


def test_chosen_takes_complete_before_a_later_partial() -> None:
    complete = answering({}, record="1" * 32)
    partial = answering({}, record="2" * 32, status="partial", after=timedelta(days=2))
    assert chosen([partial, complete]) == (complete,)
    assert chosen([complete, partial]) == (complete,)


def test_chosen_takes_the_later_of_two_complete() -> None:
    earlier = answering({}, record="1" * 32)
    later = answering({}, record="2" * 32, after=timedelta(days=2))
    other = answering({}, record="3" * 32, code="AAA-AAA")
    assert chosen([later, earlier, other]) == (later, other)


def test_form_columns_order_versions_as_people_count() -> None:
    (columns,) = form_columns([CHECK_IN, OLDER])
    assert [form.version for form in columns.versions] == ["2", "1"]


def test_rows_of_a_repeat_are_told_apart_by_their_instance() -> None:
    age = replace(WORK, ref="/data/child/age", name="age", kind=Kind.INTEGER, options=(), repeats=("/data/child",))
    form = replace(CHECK_IN, questions=(age,), columns=(replace(column(age), repeats=age.repeats),))
    columns = form_columns([form])
    why = {"/data/child[3]/age": Missing.SKIPPED}
    values = {"/data/child[10]/age": "9", "/data/child[2]/age": "7"}
    one = answering(values, form=form, missing=why)

    rows = list(long_rows([one], columns, language="en"))[1:]

    assert [(row[5], row[7], row[9], row[-1]) for row in rows] == [
        ("age", "7", "", "2"),
        ("age", "", "skipped", "3"),
        ("age", "9", "", "10"),
    ]
    assert [len(row) for row in wide_rows([one], columns)] == [12, 12]


def test_repeat_without_instances_was_not_asked() -> None:
    age = replace(WORK, ref="/data/child/age", name="age", repeats=("/data/child",))
    form = replace(CHECK_IN, questions=(age,), columns=(replace(column(age), repeats=age.repeats),))
    body = {"skipped": [], "not_reached": []}

    assert reasons(body, form, ()) == {"/data/child/age": Missing.NOT_ASKED}
    assert not contradicts({**body, "skipped": ["/data/child[2]/age"]}, form, ())
    assert contradicts({**body, "skipped": ["/data/other[2]/age"]}, form, ())
