"""F-30 defaults are set once, at the first load and never on resuming; F-31 actions of every load run at each; F-32 an
answer sets off what is triggered by it, after what depends on it is computed; F-33 actions that set off one another
come to an end; F-34 what is read only for now cannot be answered."""

from __future__ import annotations

from cora_bot.forms.compile import compile_form
from cora_bot.forms.instance import MAX_CASCADE
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import Form, Kind
from cora_bot.forms.walk import Violation, ViolationCode, Walk
from tests.forms.support import begin, form, moment, problems, stored

TRIGGERED = """
| survey |
| | type | name | label::English (en) | calculation | trigger |
| | integer | n | N? | | |
| | calculate | twice | | ${n} * 2 | |
| | text | note_of | Why? | concat('twice is ', ${twice}) | ${n} |
| | calculate | chain | | concat('so ', ${note_of}) | ${note_of} |
| | integer | z | Z? | | |
"""


def with_actions(actions: str) -> Form:
    """TRIGGERED with more actions in its model."""
    return load_xform(form(TRIGGERED).xform.replace("</model>", f"{actions}</model>"))


def test_answer_sets_off_its_actions_after_what_depends_on_it() -> None:
    walk = begin(TRIGGERED)
    stored(walk.type("4"))
    assert walk.values() == {
        "/data/n": "4",
        "/data/twice": "8",
        "/data/note_of": "twice is 8",
        "/data/chain": "so twice is 8",
    }


def test_same_answer_again_sets_off_nothing() -> None:
    walk = begin(TRIGGERED)
    walk.type("4")
    stored(walk.type("my own words"))
    assert walk.values()["/data/chain"] == "so my own words"
    walk.back()
    walk.back()
    walk.type("4")
    assert walk.values()["/data/note_of"] == "my own words"


def test_first_load_actions_do_not_run_again_and_those_of_every_load_do() -> None:
    made = with_actions(
        '<setvalue event="odk-instance-first-load" ref="/data/z" value="/data/z + 1"/>'
        '<setvalue event="odk-instance-load" ref="/data/n" value="coalesce(/data/n, 0) + 1"/>'
        '<setvalue event="odk-instance-first-load" ref="/data/z" value="coalesce(/data/z, 5)"/>'
    )
    walk = Walk.begin(made, moment())
    assert (walk.values()["/data/n"], walk.values()["/data/z"]) == ("1", "5")
    again = Walk.resume(made, walk.save(), moment())
    assert (again.values()["/data/n"], again.values()["/data/z"]) == ("2", "5")


def test_actions_that_set_off_one_another_come_to_an_end() -> None:
    xml, place = form(TRIGGERED).xform, '<input ref="/data/z">'
    loop = '<setvalue event="xforms-value-changed" ref="/data/z" value="coalesce(/data/z, 0) + 1"/>'
    made = load_xform(xml.replace(place, place + loop))
    walk = Walk.begin(made, moment())
    walk.skip(0)
    walk.skip(1)
    stored(walk.type("1"))
    assert walk.values()["/data/z"] == str(1 + MAX_CASCADE)


def test_default_of_the_first_load_sets_off_what_it_triggers() -> None:
    made = with_actions('<setvalue event="odk-instance-first-load" ref="/data/n" value="1 + 2"/>')
    assert Walk.begin(made, moment()).values()["/data/chain"] == "so twice is 6"


def test_action_of_an_unknown_event_is_refused() -> None:
    xml = form(TRIGGERED).xform.replace("xforms-value-changed", "somebody-sneezed")
    made = compile_form(xml.encode(), file="form.xml")
    assert (made.form, [problem.code for problem in made.problems]) == (None, ["form.action", "form.action"])


READ_ONLY = """
| survey |
| | type | name | label::English (en) | readonly | required | default |
| | integer | n | N? | | | |
| | text | fixed | Fixed? | ${n} > 1 | yes | |
| | integer | z | Z? | | | |
"""


def test_read_only_for_now_is_shown_as_a_note_and_takes_no_answer() -> None:
    walk = begin(READ_ONLY)
    walk.type("2")
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.question.kind, shown.required) == (Kind.NOTE, False)
    assert walk.type("words") == Violation(ViolationCode.NOT_A_CHOICE)
    stored(walk.done(1))
    stored(walk.type("1"))
    assert walk.finish("en") is None


def test_read_only_no_longer_is_asked() -> None:
    walk = begin(READ_ONLY)
    walk.type("1")
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.question.kind, shown.required) == (Kind.TEXT, True)
    stored(walk.type("words"))


def test_read_only_expression_that_cannot_be_read_is_a_problem() -> None:
    table = READ_ONLY.replace("${n} > 1", "${n} > ")
    assert [code for code, _ in problems(table)] == ["form.syntax"]
