"""F-03 relevance is inherited, kept and omitted; F-04 constraints come before storing and never meet a blank;
F-05 filters take back what no longer fits; F-06 the end judges the whole form; F-07 sealed answers leave the walk;
F-08 a walk resumes where it stood; F-09 texts fall back to the default language; F-92 when a walk is let go of, its
answers go with it, and Python need not search for them."""

from __future__ import annotations

import gc
import json
from datetime import UTC, datetime

import pytest

from cora_bot.base.values import replace
from cora_bot.forms.model import Form, Kind
from cora_bot.forms.walk import StaleQuestion, Stored, Violation, ViolationCode, Walk
from tests.forms.support import begin, form, moment, stored

JOURNEY = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | relevant | constraint | constraint_message::English (en) | constraint_message::Dari (fa-AF) | required | required_message::English (en) | calculation | choice_filter |
| | today | today | | | | | | | | | | |
| | select_one yes | work | Do you work? | کار می‌کنید؟ | | | | | yes | Please choose. | | |
| | begin group | job | Job | | ${work} = 'yes' | | | | | | | |
| | integer | hours | Hours? | ساعت؟ | | . <= 80 | At most 80. | حداکثر ۸۰. | | | | |
| | calculate | days | | | | | | | | | round(${hours} div 8, 1) | |
| | end group | | | | | | | | | | | |
| | select_one region | region | Region? | ولایت؟ | | | | | | | | |
| | select_multiple town | towns | Towns of ${region}? | شهرها؟ | ${region} != '' | | | | | | | region = ${region} |
| | text | story | Tell us more. | | | string-length(.) < 20 | Shorter, please. | | | | | |
| | note | bye | You work ${days} days. | | ${hours} > 0 | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) | region |
| | yes | yes | Yes | بلی | |
| | yes | no | No | نخیر | |
| | region | n | North | شمال | |
| | region | s | South | جنوب | |
| | town | mazar | Mazar | مزار | n |
| | town | kunduz | Kunduz | | n |
| | town | zaranj | Zaranj | زرنج | s |
"""  # noqa: E501 -- a form's table reads better unwrapped
WORK, HOURS, REGION, TOWNS, STORY, BYE = range(6)


def names(walk: Walk) -> str:
    shown = walk.shown("en")
    return shown.question.name if shown else ""


def test_journey_answered_to_the_end_gives_canonical_values() -> None:
    walk = begin(JOURNEY)
    stored(walk.choose(WORK, 0))
    stored(walk.type("۴۰"))
    stored(walk.choose(REGION, 0))
    stored(walk.toggle(TOWNS, 1))
    stored(walk.toggle(TOWNS, 0))
    stored(walk.done(TOWNS))
    assert stored(walk.type("  my story ")) == Stored("/data/story", "my story", sealed=True)
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.label, shown.position, shown.total) == ("You work 5 days.", 5, 5)
    stored(walk.done(BYE))
    assert walk.shown("en") is None
    assert walk.finish("en") is None
    assert walk.values() == {
        "/data/today": "2026-11-23",
        "/data/work": "yes",
        "/data/job/hours": "40",
        "/data/job/days": "5",
        "/data/region": "n",
        "/data/towns": "mazar kunduz",
    }
    assert (walk.sealed_refs(), walk.answered) == (("/data/story",), 5)


def test_group_not_relevant_is_skipped_and_omitted_but_comes_back() -> None:
    walk = begin(JOURNEY)
    stored(walk.choose(WORK, 0))
    stored(walk.type("40"))
    assert (walk.back(), walk.back()) == (True, True)
    stored(walk.choose(WORK, 1))
    assert names(walk) == "region"
    assert walk.values() == {"/data/today": "2026-11-23", "/data/work": "no"}
    walk.back()
    stored(walk.choose(WORK, 0))
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.question.name, shown.value) == ("hours", "40")


def test_constraint_failing_keeps_the_old_value_and_says_why_in_the_language() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 0)
    walk.type("40")
    walk.back()
    assert walk.type("81", "fa-AF") == Violation(ViolationCode.CONSTRAINT, "حداکثر ۸۰.")
    assert walk.type("81", "sq") == Violation(ViolationCode.CONSTRAINT, "At most 80.")
    shown = walk.shown("en")
    assert shown is not None
    assert shown.value == "40"


def test_constraint_blank_is_not_asked() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | constraint |
| | integer | age | Age? | . > 5 |
"""
    )
    assert stored(walk.skip(0)) == Stored("/data/age", "")


def test_required_skipped_is_refused_with_the_authors_text() -> None:
    walk = begin(JOURNEY)
    assert walk.skip(WORK) == Violation(ViolationCode.REQUIRED, "Please choose.")
    assert names(walk) == "work"


def test_filter_changed_takes_back_the_choice_and_reports_it() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 1)
    walk.choose(REGION, 0)
    walk.toggle(TOWNS, 0)
    walk.done(TOWNS)
    walk.back()
    walk.back()
    outcome = stored(walk.choose(REGION, 1))
    assert [question.name for question in outcome.dropped] == ["towns"]
    shown = walk.shown("en")
    assert shown is not None
    assert [(choice.index, choice.value, choice.picked) for choice in shown.choices] == [(2, "zaranj", False)]


def test_choice_filtered_out_is_not_a_choice() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 1)
    walk.choose(REGION, 1)
    assert walk.toggle(TOWNS, 0) == Violation(ViolationCode.NOT_A_CHOICE)
    assert walk.choose(TOWNS, 2) == Violation(ViolationCode.NOT_A_CHOICE)


def test_press_for_another_question_is_stale() -> None:
    walk = begin(JOURNEY)
    for press in (
        lambda: walk.choose(REGION, 0),
        lambda: walk.toggle(TOWNS, 0),
        lambda: walk.done(9),
        lambda: walk.skip(3),
    ):
        with pytest.raises(StaleQuestion):
            press()


def test_typed_label_of_a_select_one_counts_and_other_text_does_not() -> None:
    walk = begin(JOURNEY)
    assert walk.type("1") == Violation(ViolationCode.NOT_A_CHOICE)
    assert stored(walk.type(" بلی ", "fa-AF")).value == "yes"


def test_finish_jumps_to_the_first_failing_question() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | required | constraint |
| | integer | low | Low? | | . < ${high} or ${high} = '' |
| | integer | high | High? | | |
"""
    )
    walk.type("5")
    walk.type("3")
    assert walk.shown("en") is None
    assert walk.finish("en") == Violation(ViolationCode.CONSTRAINT, "")
    assert names(walk) == "low"


def test_sealed_answer_is_nowhere_in_the_saved_walk() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 1)
    walk.skip(REGION)
    secret = "QX-planted-9317"
    stored(walk.type(secret))
    walk.back()
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.kept, shown.value) == (True, "")
    assert secret not in walk.save()
    assert secret not in repr(vars(walk.instance)) + repr([node.value for node in walk.instance.nodes])
    assert stored(walk.done(STORY)) == Stored("/data/story", "", sealed=True)
    walk.back()
    assert stored(walk.skip(STORY)) == Stored("/data/story", "", sealed=True)
    assert walk.sealed_refs() == ()


def test_sealing_reads_are_found_wherever_they_hide() -> None:
    made = form(
        """
| survey |
| | type | name | label::English (en) | relevant | constraint | calculation | required |
| | text | free | Free | | . != 'x' | | |
| | text | shown | Shown | | | | |
| | text | related | Related | | | | |
| | text | counted | Counted | | | | |
| | text | needed | Needed | | | | |
| | text | dated | Dated | | . = today() | | |
| | text | paired | Paired | | . != ${free2} | | |
| | text | free2 | Free too | | | | |
| | note | n | ${shown} | ${related} = 'a' | | | |
| | calculate | c | | | | string-length(${counted}) | |
| | text | last | Last | | | | ${needed} = '' |
"""
    )
    sealed = {question.name for question in made.questions if question.sealed}
    assert sealed == {"free", "last"}


def test_resume_on_the_next_day_recomputes_what_reads_the_clock() -> None:
    text = """
| survey |
| | type | name | label::English (en) | calculation | relevant |
| | date | day | Day? | | |
| | calculate | late | | ${day} < today() | |
| | text | why | Why late? | | ${late} = true() |
"""
    made = form(text)
    walk = Walk.begin(made, moment())
    walk.type("23.11.2026")
    assert walk.shown("en") is None
    later = replace(moment(), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    walk = Walk.resume(made, walk.save(), later)
    assert walk.back()
    assert names(walk) == "why"


def test_resume_keeps_the_draft_and_does_not_run_defaults_again() -> None:
    made = form(
        """
| survey |
| | type | name | label::English (en) | default |
| | integer | age | Age? | 7 |
| | select_multiple c | many | Many? | |
| choices |
| | list_name | name | label::English (en) |
| | c | a | A |
| | c | b | B |
"""
    )
    walk = Walk.begin(made, moment())
    walk.skip(0)
    walk.toggle(1, 1)
    walk = Walk.resume(made, walk.save(), moment())
    shown = walk.shown("en")
    assert shown is not None
    assert [choice.picked for choice in shown.choices] == [False, True]
    assert walk.values() == {}
    assert stored(walk.done(1)).value == "b"


def test_language_without_a_text_shows_the_default_one() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 1)
    walk.choose(REGION, 0)
    shown = walk.shown("fa-AF")
    assert shown is not None
    assert [choice.label for choice in shown.choices] == ["مزار", "Kunduz"]
    walk.skip(TOWNS)
    last = walk.shown("fa-AF")
    assert last is not None
    assert last.label == "Tell us more."


def test_kinds_of_a_small_form_are_shown_and_answered() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | parameters | default |
| | range | few | Few? | start=0 end=10 step=1 | |
| | range | lots | Lots? | start=0 end=100 step=5 | |
| | decimal | income | Income? | | |
| | date | day | Day? | | today() |
| | acknowledge | ok | OK? | | |
"""
    )
    kinds = [question.kind for question in walk.form.questions]
    assert kinds == [Kind.RANGE, Kind.RANGE, Kind.DECIMAL, Kind.DATE, Kind.ACKNOWLEDGE]
    stored(walk.choose(0, 10))
    assert walk.type("7") == Violation(ViolationCode.OUT_OF_RANGE)
    stored(walk.type("٣٥"))
    stored(walk.type("1 234,50"))
    stored(walk.done(3))
    stored(walk.done(4))
    assert walk.values() == {
        "/data/few": "10",
        "/data/lots": "35",
        "/data/income": "1234.5",
        "/data/day": "2026-11-23",
        "/data/ok": "OK",
    }


def test_save_is_compact_json_without_blanks() -> None:
    walk = begin(JOURNEY)
    walk.choose(WORK, 1)
    assert json.loads(walk.save()) == {
        "at": 2,
        "a": {
            "/data/today": ["d", "2026-11-23"],
            "/data/work": "no",
            "/data/meta/instanceID": walk.instance.nodes[-1].value,
        },
        "n": ["/data/job", "/data/towns", "/data/bye"],
    }


def test_choice_name_is_shown_in_the_language_asked_in() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | calculation |
| | select_one c | pick | Pick | انتخاب | |
| | calculate | named | | | jr:choice-name(${pick}, '${pick}') |
| | note | said | ${named}/${pick} | ${named}/${pick} | |
| | note | direct | You said ${pick}. | | |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) |
| | c | a | Apple | سیب |
"""
    )
    walk.choose(0, 0, "fa-AF")
    shown = walk.shown("fa-AF")
    assert shown is not None
    assert shown.label == "سیب/a"


def test_expression_that_throws_leaves_the_question_asked_and_is_noted() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | relevant | calculation |
| | text | when | When? | | |
| | calculate | day | | | format-date(${when}, '%Y') |
| | text | more | More? | date(${when}) > date('2020-01-01') | |
"""
    )
    stored(walk.type("no date at all"))
    assert names(walk) == "more"
    assert walk.values() == {"/data/when": "no date at all"}
    assert walk.faults == ("/data/day", "/data/more")


def test_filters_that_look_at_each_other_settle() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | choice_filter |
| | select_one c | first | First? | name != ${second} |
| | select_one c | second | Second? | name != ${first} |
| choices |
| | list_name | name | label::English (en) |
| | c | a | A |
| | c | b | B |
"""
    )
    stored(walk.choose(0, 0))
    stored(walk.choose(1, 1))
    walk.back()
    walk.back()
    assert walk.choose(0, 1) == Violation(ViolationCode.NOT_A_CHOICE)
    assert walk.values() == {"/data/first": "a", "/data/second": "b"}


def test_default_of_another_answer_runs_once_at_the_beginning() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | default | calculation |
| | hidden | base | | 4 | |
| | integer | twice | Twice? | ${base} * 2 | |
| | calculate | thrice | | | ${twice} + ${base} |
"""
    )
    assert walk.values() == {"/data/base": "4", "/data/twice": "8", "/data/thrice": "12"}
    walk.skip(0)
    walk = Walk.resume(walk.form, walk.save(), moment())
    assert walk.values() == {"/data/base": "4"}


def test_preloads_are_filled_from_the_moment() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) |
| | start | began | |
| | end | ended | |
| | deviceid | device | |
| | username | user | |
| | note | n | Hello |
"""
    )
    assert walk.values() == {"/data/began": "2026-11-23T00:30:00.000+04:30", "/data/device": "telegram:k7f"}
    walk.done(0)
    assert walk.finish("en") is None
    assert walk.values()["/data/ended"] == "2026-11-23T00:30:00.000+04:30"
    assert [column.kind for column in walk.form.columns] == ["start", "end", "deviceid", "username"]


FAMILY = """
| survey |
| | type | name | label::English (en) | calculation |
| | begin repeat | child | Child | |
| | integer | age | Age? | |
| | calculate | later | | ${age} + 1 |
| | end repeat | | | |
"""


def _answered(journey: Form, family: Form) -> None:
    """Two forms, each put aside once."""
    walk = Walk.begin(journey, moment())
    walk.choose(WORK, 0)
    walk = Walk.resume(journey, walk.save(), moment())
    walk.type("90")
    walk.type("40")
    assert names(walk) == "region"
    walk = Walk.begin(family, moment())
    walk.choose(walk.cursor, 0)
    walk.type("7")
    assert Walk.resume(family, walk.save(), moment()).values()["/data/child[1]/later"] == "8"


def test_nothing_of_a_walk_stays_when_it_is_let_go_of() -> None:
    forms = form(JOURNEY), form(FAMILY)
    _answered(*forms)  # what is kept for good is kept now
    gc.collect()
    gc.disable()
    try:
        _answered(*forms)
        assert gc.collect() == 0
    finally:
        gc.enable()
