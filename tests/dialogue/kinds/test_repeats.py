"""P-01 another one is added when asked for; P-02 an instance is changed and taken away; P-03 there is a most; P-04 each
question says of whom it is; P-05 a counted repeat asks nothing about itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.forms import choosing
from tests.support.one_form import Asked, asked, online

CHILDREN = """
| survey |
| | type | name | label::English (en) |
| | begin repeat | child | Child |
| | integer | age | How old? |
| | text | story | What else? |
| | end repeat | | |
| | acknowledge | end | Thank you. |
"""
COUNTED = """
| survey |
| | type | name | label::English (en) | repeat_count |
| | integer | many | How many? | |
| | begin repeat | child | Child | ${many} |
| | integer | age | How old? | |
| | end repeat | | | |
"""


def with_ages(*ages: str) -> Asked:
    """Standing where another child is offered. The first one is there from the start, as on a tablet."""
    talk = asked(CHILDREN)
    for place, age in enumerate(ages):
        if place:
            talk.tap(p.ADD_ANOTHER)
        talk.write(age)
        talk.tap(p.SKIP)
    return talk


def test_another_one_is_added_until_it_is_enough() -> None:
    talk = with_ages("7", "9")

    assert p.HOW_MANY_YET.format(count="2") in talk.text
    talk.tap(p.CONTINUE)
    talk.tap(p.OK)

    assert talk.values == {"/data/child[1]/age": "7", "/data/child[2]/age": "9", "/data/end": "OK"}


def test_question_says_of_whom_it_is() -> None:
    talk = with_ages("7")
    talk.tap(p.ADD_ANOTHER)

    assert "\u2068Child\u2069 2" in talk.text


def test_instance_is_changed() -> None:
    talk = with_ages("7", "9")
    for label in (p.CHANGE_ONE, "1", p.CHANGE_IT):
        talk.tap(label)
    assert (p.ANSWER_NOW.format(answer="\u20687\u2069") in talk.text, "Child\u2069 1" in talk.text) == (True, True)
    talk.write("8")
    for label in (p.SKIP, p.KEEP, p.SKIP, p.CONTINUE, p.OK):
        talk.tap(label)

    assert (talk.values["/data/child[1]/age"], talk.values["/data/child[2]/age"]) == ("8", "9")


def test_instance_is_taken_away_with_what_was_sealed_in_it() -> None:
    talk = asked(CHILDREN)
    talk.write("7")
    talk.write("She is ill")
    talk.tap(p.ADD_ANOTHER)
    talk.write("9")
    talk.tap(p.SKIP)
    for label in (p.CHANGE_ONE, "1", p.TAKE_IT_AWAY):
        talk.tap(label)
    assert (p.TAKEN_AWAY in talk.text, p.HOW_MANY_YET.format(count="1") in talk.text) == (True, True)
    talk.tap(p.CONTINUE)
    talk.tap(p.OK)

    assert talk.values == {"/data/child[2]/age": "9", "/data/end": "OK"}
    assert [each.body for each in talk.records if "ref" in each.body] == []


def test_second_press_on_remove_takes_no_other_away() -> None:
    talk = with_ages("7", "9")
    talk.tap(p.CHANGE_ONE)
    talk.tap("1")
    pressed = next(each for each in talk.buttons if each.press.verb is Verb.TAKE_AWAY)
    generation = talk.conversation.chat.card.generation
    talk.tap(p.TAKE_IT_AWAY)

    assert pressed.press.card == generation
    assert talk.conversation.chat.card.generation == generation + 1


def test_looking_at_one_and_leaving_it_changes_nothing() -> None:
    talk = with_ages("7")
    for label in (p.CHANGE_ONE, "1", p.LEAVE_IT, p.CONTINUE, p.OK):
        talk.tap(label)

    assert talk.values["/data/child[1]/age"] == "7"


def test_last_one_taken_away_leaves_none() -> None:
    talk = with_ages("7")
    for label in (p.CHANGE_ONE, "1", p.TAKE_IT_AWAY):
        talk.tap(label)

    assert talk.labels[:2] == ["＋ " + p.ADD_ONE, p.NONE_OF_THEM]
    talk.tap(p.NONE_OF_THEM)
    talk.tap(p.OK)
    assert talk.values == {"/data/end": "OK"}


def test_most_that_can_be_added_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MAX_INSTANCES", 2)

    talk = with_ages("7", "9")

    assert (p.NO_ROOM in talk.text, "＋ " + p.ADD_ANOTHER in talk.labels) == (True, False)
    talk.press(Verb.CHOOSE, node=talk.buttons[0].press.node, choice=0)
    assert p.PRESS_A_BUTTON in talk.text


def test_counted_repeat_asks_as_often_as_it_says() -> None:
    talk = asked(COUNTED)
    for each in ("2", "7", "9"):
        talk.write(each)

    assert talk.values["/data/child[2]/age"] == "9"


def test_field_list_is_asked_one_by_one() -> None:
    talk = asked("""
| survey |
| | type | name | label::English (en) | appearance |
| | begin group | both | Both | field-list |
| | integer | first | First? | |
| | integer | second | Second? | |
| | end group | | | |
""")
    talk.write("1")
    assert "Second?" in talk.text
    talk.write("2")
    assert talk.values == {"/data/both/first": "1", "/data/both/second": "2"}


async def test_repeat_over_the_bot_api(tmp_path: Path) -> None:
    async with online(CHILDREN, tmp_path) as chat:
        for age in ("7", "9"):
            await chat.write(age)
            await chat.write(f"about {age}")
            await chat.tap(p.ADD_ANOTHER if age == "7" else p.CHANGE_ONE)
        for label in ("1", p.TAKE_IT_AWAY, p.CONTINUE, p.OK):
            await chat.tap(label)

        *parts, whole = await chat.bodies()

        assert whole["values"] == {"/data/child[2]/age": "9", "/data/end": "OK"}
        assert [(each["ref"], each["value"]) for each in parts] == [("/data/child[2]/story", "about 9")]
