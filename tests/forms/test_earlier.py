"""F-60 the bot's own columns say what may be kept, for which purpose, and when somebody must look; F-61 without their
namespace they are a problem and never malformed XML; F-62 what was answered before is read only where it is marked
to be kept; F-63 what is kept is not sealed on arrival."""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.forms.compile import compile_form
from cora_bot.forms.support import CHAT
from cora_bot.forms.walk import Walk
from tests.forms.support import SETTINGS, form, moment, problems, stored, table

OWN = """
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Test | test | 1 | English (en) | cora="urn:cora" |
"""
FOLLOW_UP = """
| survey |
| | type | name | label | calculation | default | bind::cora:keep | bind::cora:purpose | bind::cora:alert |
| | text | town | Where do you live? | | ${last-saved#town} | yes | | |
| | text | story | What happened? | | | | research | |
| | integer | safe | How safe, 1 to 5? | | | no | | . < 2 |
| | calculate | before | | if(${last-saved#town} = '', 'new', 'known') | | | | |
"""


def test_own_columns_are_known_to_questions_and_columns() -> None:
    made = form(FOLLOW_UP, settings=OWN)
    assert [(each.name, each.keep, each.purpose, each.alert) for each in made.questions] == [
        ("town", True, "", False),
        ("story", False, "research", False),
        ("safe", False, "", True),
    ]
    assert [(each.name, each.keep, each.alert) for each in made.columns] == [
        ("town", True, False),
        ("story", False, False),
        ("safe", False, True),
        ("before", False, False),
    ]


def test_text_that_is_kept_is_not_sealed_on_arrival() -> None:
    made = form(FOLLOW_UP, settings=OWN)
    assert [(each.name, each.sealed) for each in made.questions] == [("town", False), ("story", True), ("safe", False)]


def test_alert_holds_for_the_answer_given() -> None:
    walk = Walk.begin(form(FOLLOW_UP, settings=OWN), moment())
    walk.skip(0)
    walk.skip(1)
    assert walk.alerts() == ()
    stored(walk.type("1"))
    assert walk.alerts() == ("/data/safe",)
    walk.back()
    stored(walk.type("2"))
    assert walk.alerts() == ()


def test_last_answers_kept_are_read_and_no_others() -> None:
    made = form(FOLLOW_UP, settings=OWN)
    first = Walk.begin(made, moment())
    assert first.values() == {"/data/before": "new"}
    first.type("Herat")
    first.type("a story")
    first.type("4")
    assert first.kept() == {"/data/town": "Herat"}
    again = Walk.begin(made, replace(moment(), last={"/data/town": "Herat", "/data/safe": "4"}))
    assert again.values() == {"/data/town": "Herat", "/data/before": "known"}
    resumed = Walk.resume(made, again.save(), moment())
    resumed.instance.recompute()
    assert resumed.values()["/data/before"] == "new"


def test_last_answer_not_marked_to_be_kept_is_a_problem() -> None:
    table = FOLLOW_UP.replace("| ${last-saved#town} | yes |", "| ${last-saved#town} | |")
    assert ("form.keep", 3) in problems(table, settings=OWN)


def test_own_columns_without_their_namespace_are_a_problem() -> None:
    assert [code for code, _ in problems(FOLLOW_UP, settings=SETTINGS)] == ["form.namespace"]


def test_own_column_misspelled_is_a_problem() -> None:
    table = FOLLOW_UP.replace("bind::cora:alert", "bind::cora:alarm")
    assert [code for code, _ in problems(table, settings=OWN)] == ["form.cora-column"]


def test_chat_takes_what_is_kept_read_again_and_alerts() -> None:
    assert problems(FOLLOW_UP, settings=OWN, channel=CHAT) == []


ENTITY = """
| survey |
| | type | name | label::English (en) | calculation | save_to | bind::cora:keep |
| | csv-external | returnee | | | | |
| | calculate | then | | instance('returnee')/root/item[name = 'p1']/work | | |
| | text | work | You were ${then}. And now? | | work | yes |
| | text | secret | Secret? | | secret | |
| entities |
| | list_name | entity_id | label |
| | returnee | 'p1' | 'x' |
"""


def test_entity_of_the_person_is_read_and_written_only_where_kept() -> None:
    made = form(ENTITY, settings=OWN)
    assert [(column.name, column.saveto) for column in made.columns] == [
        ("then", ""),
        ("work", "work"),
        ("secret", "secret"),
    ]
    walk = Walk.begin(made, replace(moment(), entities={"returnee": {"name": "p1", "work": "a baker"}}))
    shown = walk.shown("en")
    assert shown is not None
    assert shown.label == "You were a baker. And now?"
    stored(walk.type("a farmer"))
    stored(walk.type("nobody knows"))
    assert walk.entity() == {"work": "a farmer"}


def test_entity_of_nobody_is_blank() -> None:
    walk = Walk.begin(form(ENTITY, settings=OWN), moment())
    shown = walk.shown("en")
    assert shown is not None
    assert shown.label == "You were . And now?"


def test_any_namespace_that_is_not_declared_is_said_by_its_name() -> None:
    survey = "| survey |\n| | type | name | label | bind::own:x | bind::jr:preload |\n| | text | a | A | 1 | |\n"
    made = compile_form(table(survey), file="own.md")
    assert [(each.code, "own" in each.hint) for each in made.problems] == [("form.namespace", True)]
