"""F-46 a calculation may take a text of the form by its id: in the language of the session, else in the default one,
anew when the language or what the text says changes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.forms.load import load_xform
from cora_bot.forms.rendering import MAX_DEPTH
from cora_bot.forms.walk import Violation, ViolationCode, Walk
from tests.forms.support import begin, form, moment, problems, stored

SAYING = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | calculation |
| | text | who | Who? | کی؟ | |
| | select_one town | t | Town of ${who}? | شهر؟ | |
| | calculate | town | | | jr:itext(instance('town')/root/item[name = ${t}]/itextId) |
| | calculate | asked | | | jr:itext('/data/t:label') |
| | calculate | none | | | jr:itext(${who}) |
| | text | end | ${town}. | ${town}. | |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) |
| | town | kabul | Kabul | کابل |
| | town | herat | Herat | |
| | town | mazar | Mazar of ${who} | مزار |
"""


NAMING = SAYING.replace("jr:itext(${who})", "jr:choice-name(${t}, '${t}')")


def walked(town: int, language: str) -> Walk:
    walk = begin(SAYING)
    walk.shown(language)
    stored(walk.type("Ana", language))
    stored(walk.choose(1, town, language))
    return walk


def said(walk: Walk, name: str) -> str:
    return walk.values().get(f"/data/{name}", "")


def test_text_is_in_the_language_of_the_session() -> None:
    assert [said(walked(0, each), "town") for each in ("en", "fa-AF")] == ["Kabul", "کابل"]


def test_missing_text_falls_back_to_the_default_language() -> None:
    assert said(walked(1, "fa-AF"), "town") == "Herat"


def test_text_that_is_not_there_is_named_as_on_a_tablet() -> None:
    assert said(walked(0, "en"), "none") == "[itext:Ana]"


def test_what_the_text_puts_out_is_followed() -> None:
    walk = walked(2, "en")
    assert (said(walk, "asked"), said(walk, "town")) == ("Town of Ana?", "Mazar of Ana")
    walk.back()
    walk.back()
    stored(walk.type("Bea", "en"))
    assert (said(walk, "asked"), said(walk, "town")) == ("Town of Bea?", "Mazar of Bea")


def test_other_language_is_spoken_on_the_very_card_and_after_resuming() -> None:
    walk = walked(0, "en")
    shown = walk.shown("fa-AF")
    assert shown is not None
    assert shown.label == "کابل."
    assert said(Walk.resume(walk.form, walk.save(), moment()), "town") == "کابل"


def test_name_of_a_choice_follows_the_language_and_what_its_label_puts_out() -> None:
    walk = begin(NAMING)
    walk.shown("en")
    stored(walk.type("Ana", "en"))
    stored(walk.choose(1, 2, "en"))
    assert said(walk, "none") == "Mazar of Ana"
    walk.back()
    walk.back()
    stored(walk.type("Bea", "en"))
    assert said(walk, "none") == "Mazar of Bea"
    walk.shown("fa-AF")
    assert said(walk, "none") == "مزار"


def test_language_of_a_refused_answer_is_spoken_too() -> None:
    walk = walked(0, "en")
    walk.back()
    assert walk.type("no town of this list", "fa-AF") == Violation(ViolationCode.NOT_A_CHOICE)
    assert said(walk, "town") == "کابل"
    assert Walk.resume(walk.form, walk.save(), moment()).save() == walk.save()


STEPS = st.lists(st.sampled_from(["Ana", "Bea", "0", "1", "2", "back", "en", "fa-AF", "xx", "resume"]), max_size=14)


@settings(deadline=None, max_examples=150)
@given(STEPS)
def test_what_follows_is_what_everything_anew_gives_whatever_is_done(steps: list[str]) -> None:
    walk, language = begin(NAMING), "en"
    for step in ("Ana", "2", "back", "back", *steps):
        match step:
            case "Ana" | "Bea":
                walk.type(step, language) if walk.current else None
            case "0" | "1" | "2":
                walk.choose(walk.cursor, int(step), language) if walk.current else None
            case "back":
                walk.back()
            case "resume":
                walk = Walk.resume(walk.form, walk.save(), moment())
            case _:
                language = step
                walk.shown(language)
        before = walk.values()
        walk.instance.recompute()
        assert walk.values() == before


def test_answer_that_only_a_text_taken_by_its_id_says_is_not_sealed_away() -> None:
    made = form(
        """
| survey |
| | type | name | label::English (en) | calculation |
| | text | who | Who? | |
| | text | story | Story? | |
| | calculate | said | | jr:itext(instance('town')/root/item[name = 'a']/itextId) |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) |
| | town | a | Home of ${who} | |
"""
    )
    assert [each.name for each in made.questions if each.sealed] == ["story"]


def test_texts_that_take_one_another_end() -> None:
    made = form(
        """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | calculation |
| | calculate | id | | | '/data/a:label' |
| | note | a | A ${id} ${id} | | |
"""
    )
    xform = made.xform.replace('value=" /data/id "', 'value="jr:itext(/data/id)"')
    assert xform.count("jr:itext(/data/id)") == 2
    shown = Walk.begin(load_xform(xform), moment()).shown("en")
    assert shown is not None
    assert shown.label.split() == ["A"] * (2**MAX_DEPTH * 2 - 1)


def test_author_hears_of_a_text_that_is_not_there_and_of_a_circle() -> None:
    lines = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | calculation |
| | note | a | A ${b} | | |
| | calculate | b | | | jr:itext('/data/a:%s') |
"""
    assert problems(lines % "lable") == [("form.translation", 3), ("form.no-text", 4)]
    assert ("form.cycle", 4) in problems(lines % "label")
