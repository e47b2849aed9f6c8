"""F-20 a repeat offers another instance until the person has no more; F-21 a count makes as many as it says, and
what lies beyond is kept and left out; F-22 paths in a repeat mean its own instance; F-23 removing takes the answers
along and nobody else's; F-24 new instances get their defaults; F-25 instances survive saving; F-26 the number of
instances is bounded."""

from __future__ import annotations

from cora_bot.forms.live import MAX_INSTANCES
from cora_bot.forms.model import Kind, bare_ref
from cora_bot.forms.shown import Place
from cora_bot.forms.support import CHAT
from cora_bot.forms.walk import Stored, Violation, ViolationCode, Walk
from tests.forms.support import begin, form, moment, problems, stored

CHILDREN = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | constraint | calculation | required | default |
| | integer | n | N? | | | | | |
| | begin repeat | child | Child | کودک | | | | |
| | text | nick | Name? | | | | | concat('c', ${n}) |
| | integer | age | Age of ${nick}? | | . < 18 | | yes | |
| | calculate | place | | | | position(..) | | |
| | text | story | Tell. | | | | | |
| | end repeat | | | | | | | |
| | calculate | total | | | | sum(${age}) | | |
| | calculate | first | | | | indexed-repeat(${age}, ${child}, 1) | | |
| | integer | z | Z? | | | | | |
"""
N, NICK, AGE, STORY, MORE, Z = range(6)
ADD, NO, REMOVE = range(3)

COUNTED = """
| survey |
| | type | name | label::English (en) | repeat_count | calculation |
| | integer | n | N? | | |
| | begin repeat | trip | Trip | ${n} | |
| | text | to | Where to, of ${n}? | | |
| | end repeat | | | | |
| | calculate | trips | | | count(${trip}) |
| | calculate | all | | | join(',', ${to}) |
"""


def two_children() -> Walk:
    walk = begin(CHILDREN)
    stored(walk.type("2"))
    for nick, age in (("Ana", "3"), ("Bea", "5")):
        stored(walk.type(nick))
        stored(walk.type(age))
        stored(walk.type(f"about {nick}"))
        if nick == "Ana":
            stored(walk.choose(MORE, ADD))
    return walk


def names(walk: Walk) -> str:
    shown = walk.shown("en")
    return shown.ref if shown else ""


def test_repeat_offers_another_until_no_more() -> None:
    walk = two_children()
    shown = walk.shown("fa-AF")
    assert shown is not None
    assert (shown.question.kind, shown.ref, shown.instances) == (Kind.REPEAT, "/data/child", 2)
    assert [(each.index, each.value, each.label) for each in shown.choices] == [
        (ADD, "add", "＋ کودک"),
        (NO, "no", "✓ کودک"),
        (REMOVE, "remove", "－ کودک"),
    ]
    assert walk.choose(MORE, NO) == Stored("/data/child", "")
    assert names(walk) == "/data/z"
    assert walk.values() == {
        "/data/n": "2",
        "/data/child[1]/nick": "Ana",
        "/data/child[2]/nick": "Bea",
        "/data/child[1]/age": "3",
        "/data/child[2]/age": "5",
        "/data/child[1]/place": "1",
        "/data/child[2]/place": "2",
        "/data/total": "8",
        "/data/first": "3",
    }
    assert walk.sealed_refs() == ("/data/child[1]/story", "/data/child[2]/story")


def test_question_in_a_repeat_says_where_it_stands() -> None:
    walk = two_children()
    assert (walk.back(), walk.back()) == (True, True)
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.label, shown.ref, shown.path) == ("Age of Bea?", "/data/child[2]/age", (Place("Child", 2, 2),))
    assert (shown.question.number, shown.question.ref, shown.position, shown.total) == (AGE, "/data/child/age", 5, 8)


def test_violation_in_an_instance_keeps_its_own_value() -> None:
    walk = two_children()
    walk.back()
    walk.back()
    assert walk.type("18") == Violation(ViolationCode.CONSTRAINT, "")
    assert walk.values()["/data/child[2]/age"] == "5"


def test_new_instance_gets_the_default_of_now_and_the_first_that_of_the_start() -> None:
    walk = begin(CHILDREN)
    shown = walk.shown("en")
    assert shown is not None
    stored(walk.type("2"))
    walk.skip(NICK)
    stored(walk.type("3"))
    walk.skip(STORY)
    walk.choose(MORE, ADD)
    shown = walk.shown("en")
    assert shown is not None
    assert (shown.ref, shown.value) == ("/data/child[2]/nick", "c2")


def test_instance_removed_takes_its_answers_and_leaves_the_others_their_paths() -> None:
    walk = two_children()
    assert walk.remove(MORE, 1) == Stored("/data/child", "")
    assert walk.sealed_refs() == ("/data/child[2]/story",)
    assert walk.values() == {
        "/data/n": "2",
        "/data/child[2]/nick": "Bea",
        "/data/child[2]/age": "5",
        "/data/child[2]/place": "1",
        "/data/total": "5",
        "/data/first": "5",
    }
    assert walk.remove(MORE, 2) == Violation(ViolationCode.NOT_A_CHOICE)


def test_last_instance_removed_by_its_button_then_none_is_left_to_remove() -> None:
    walk = two_children()
    stored(walk.choose(MORE, REMOVE))
    stored(walk.choose(MORE, REMOVE))
    assert walk.choose(MORE, REMOVE) == Violation(ViolationCode.NOT_A_CHOICE)
    stored(walk.choose(MORE, NO))
    assert walk.values() == {"/data/n": "2", "/data/total": "0"}


def test_instance_opened_again_is_edited_in_place() -> None:
    walk = two_children()
    assert walk.open(MORE, 1) is True
    assert names(walk) == "/data/child[1]/nick"
    walk.done(NICK)
    stored(walk.type("4"))
    assert walk.values()["/data/total"] == "9"
    assert (walk.open(STORY, 1), walk.unanswered()) == (False, ((), ("/data/z",)))


def test_required_answer_missing_in_an_instance_is_found_at_the_end() -> None:
    walk = two_children()
    walk.choose(MORE, ADD)
    walk.at = None
    assert walk.finish("en") == Violation(ViolationCode.REQUIRED, "")
    assert names(walk) == "/data/child[3]/age"


def test_counted_repeat_has_as_many_instances_as_the_answer() -> None:
    walk = begin(COUNTED)
    walk.type("2")
    walk.type("Kabul")
    walk.type("Herat")
    assert walk.shown("en") is None
    assert walk.finish("en") is None
    assert walk.values() == {
        "/data/n": "2",
        "/data/trip[1]/to": "Kabul",
        "/data/trip[2]/to": "Herat",
        "/data/trips": "2",
        "/data/all": "Kabul,Herat",
    }


def test_count_made_smaller_leaves_out_and_made_larger_brings_back() -> None:
    walk = begin(COUNTED)
    walk.type("2")
    walk.type("Kabul")
    walk.type("Herat")
    while walk.back():
        pass
    walk.type("1")
    assert walk.values()["/data/all"] == "Kabul"
    walk.back()
    walk.type("2")
    assert (walk.values()["/data/all"], walk.values()["/data/trips"]) == ("Kabul,Herat", "2")


def test_count_of_none_or_nonsense_asks_nothing() -> None:
    for answer in ("0", "-3", ""):
        walk = begin(COUNTED)
        walk.type(answer) if answer else walk.skip(0)
        assert walk.shown("en") is None
        assert walk.values().get("/data/trips") == "0"


def test_count_is_capped() -> None:
    walk = begin(COUNTED)
    walk.type("9999")
    assert walk.values()["/data/trips"] == str(MAX_INSTANCES)


def test_another_is_not_offered_beyond_the_cap() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) |
| | begin repeat | r | R |
| | integer | a | A? |
| | end repeat | | |
"""
    )
    for _ in range(MAX_INSTANCES - 1):
        walk.skip(0)
        stored(walk.choose(1, ADD))
    walk.skip(0)
    shown = walk.shown("en")
    assert shown is not None
    assert [choice.value for choice in shown.choices] == ["no", "remove"]
    assert walk.choose(1, ADD) == Violation(ViolationCode.NOT_A_CHOICE)


def test_nested_repeats_keep_their_instances_apart() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | repeat_count | calculation |
| | begin repeat | house | House | | |
| | integer | rooms | Rooms? | | |
| | begin repeat | room | Room | ${rooms} | |
| | integer | size | Size of ${rooms}? | | |
| | end repeat | | | | |
| | calculate | area | | | sum(${size}) |
| | end repeat | | | | |
| | calculate | all | | | sum(${size}) |
"""
    )
    for sizes in (["10", "12"], ["7"]):
        walk.type(str(len(sizes)))
        for size in sizes:
            walk.type(size)
        stored(walk.choose(2, ADD))
    walk.type("0")
    assert {ref: value for ref, value in walk.values().items() if "area" in ref or "size" in ref or "all" in ref} == {
        "/data/house[1]/room[1]/size": "10",
        "/data/house[1]/room[2]/size": "12",
        "/data/house[2]/room[1]/size": "7",
        "/data/house[1]/area": "22",
        "/data/house[2]/area": "7",
        "/data/house[3]/area": "0",
        "/data/all": "29",
    }
    question = walk.form.questions[1]
    assert (question.repeats, bare_ref("/data/house[2]/room[1]/size")) == (
        ("/data/house", "/data/house/room"),
        question.ref,
    )


def test_paths_in_a_repeat_mean_the_own_instance_unless_they_climb_out() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | calculation |
| | begin repeat | r | R | |
| | integer | a | A? | |
| | calculate | own | | /data/r/a |
| | calculate | one | | count(/data/r) |
| | calculate | all | | count(../../r) |
| | calculate | big | | sum(/data/r[a > 2]/a) |
| | calculate | before | | /data/r[position() = position(current()/..) - 1]/a |
| | calculate | back | | indexed-repeat(${a}, ${r}, position(..) - 1) |
| | end repeat | | | |
"""
    )
    walk.type("3")
    walk.choose(1, ADD)
    walk.type("5")
    assert walk.values() == {
        "/data/r[1]/a": "3",
        "/data/r[2]/a": "5",
        "/data/r[1]/own": "3",
        "/data/r[2]/own": "5",
        "/data/r[1]/one": "1",
        "/data/r[2]/one": "1",
        "/data/r[1]/all": "2",
        "/data/r[2]/all": "2",
        "/data/r[1]/big": "8",
        "/data/r[2]/big": "8",
        "/data/r[2]/before": "3",
        "/data/r[1]/back": "3",
        "/data/r[2]/back": "3",
    }


def test_repeat_not_relevant_offers_nothing() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | relevant |
| | integer | n | N? | |
| | begin repeat | r | R | ${n} > 1 |
| | integer | a | A? | |
| | end repeat | | | |
| | integer | z | Z? | |
"""
    )
    walk.type("1")
    assert names(walk) == "/data/z"
    walk.back()
    walk.type("2")
    assert names(walk) == "/data/r[1]/a"


def test_walk_in_a_repeat_is_resumed_where_it_stood() -> None:
    walk = two_children()
    walk.remove(MORE, 1)
    walk.choose(MORE, ADD)
    again = Walk.resume(walk.form, walk.save(), moment())
    assert (names(again), again.save()) == ("/data/child[3]/nick", walk.save())
    assert again.values() == walk.values()
    assert again.sealed_refs() == walk.sealed_refs()


def test_choices_of_an_instance_are_filtered_by_its_own_answers() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) | choice_filter | calculation |
| | begin repeat | stay | Stay | | |
| | select_one region | region | Region? | | |
| | select_one town | town | Town in ${region}? | region = ${region} | |
| | calculate | said | | | jr:choice-name(${town}, '${town}') |
| | end repeat | | | | |
| choices |
| | list_name | name | label::English (en) | region |
| | region | n | North | |
| | region | s | South | |
| | town | mazar | Mazar | n |
| | town | zaranj | Zaranj | s |
"""
    )
    walk.choose(0, 0)
    walk.choose(1, 0)
    walk.choose(2, ADD)
    walk.choose(0, 1)
    shown = walk.shown("en")
    assert shown is not None
    assert [choice.value for choice in shown.choices] == ["zaranj"]
    walk.choose(1, 1)
    walk.open(2, 1)
    assert [question.name for question in stored(walk.choose(0, 1)).dropped] == ["town"]
    assert {ref: value for ref, value in walk.values().items() if "region" not in ref} == {
        "/data/stay[2]/town": "zaranj",
        "/data/stay[2]/said": "Zaranj",
    }


def test_repeats_can_be_asked_in_the_chat() -> None:
    assert [code for code, _ in problems(CHILDREN, channel=CHAT) if code == "form.repeat"] == []


def test_several_answers_where_one_is_meant_are_warned_of() -> None:
    assert ("form.several-nodes", 6) in problems(
        """
| survey |
| | type | name | label::English (en) | calculation |
| | begin repeat | r | R | |
| | integer | a | A? | |
| | end repeat | | | |
| | calculate | c | | /data/r/a + 1 |
"""
    )


def test_question_numbers_stand_for_all_instances() -> None:
    assert [(each.number, each.ref, each.kind) for each in form(CHILDREN).questions] == [
        (N, "/data/n", Kind.INTEGER),
        (NICK, "/data/child/nick", Kind.TEXT),
        (AGE, "/data/child/age", Kind.INTEGER),
        (STORY, "/data/child/story", Kind.TEXT),
        (MORE, "/data/child", Kind.REPEAT),
        (Z, "/data/z", Kind.INTEGER),
    ]
    assert [column.ref for column in form(CHILDREN).columns][:5] == [
        "/data/n",
        "/data/child/nick",
        "/data/child/age",
        "/data/child/place",
        "/data/child/story",
    ]


def test_a_repeat_in_a_repeat_survives_saving() -> None:
    walk = begin(
        """
| survey |
| | type | name | label::English (en) |
| | begin repeat | house | House |
| | begin repeat | room | Room |
| | integer | size | Size? |
| | end repeat | | |
| | end repeat | | |
"""
    )
    for size in ("10", "12"):
        stored(walk.type(size))
        stored(walk.choose(1, ADD if size == "10" else NO))
    again = Walk.resume(walk.form, walk.save(), moment())
    assert (again.save(), again.values()) == (
        walk.save(),
        {"/data/house[1]/room[1]/size": "10", "/data/house[1]/room[2]/size": "12"},
    )
