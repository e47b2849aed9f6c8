"""F-50 times and moments are typed in any digits; F-51 a rank holds all choices in the person's order; F-52 places and
media are held by the walk, media sealed on arrival; F-53 one table says what the chat cannot do yet."""

from __future__ import annotations

import pytest

from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Kind
from cora_bot.forms.support import ANY, CHAT, Level
from cora_bot.forms.walk import Stored, Violation, ViolationCode, Walk
from tests.forms.support import begin, form, moment, problems, stored, table

ALL = """
| survey |
| | type | name | label::English (en) | constraint | calculation | parameters |
| | time | at | At? | decimal-time(.) < 0.75 | | |
| | dateTime | when | When? | . < now() | | |
| | rank need | needs | Rank. | | | |
| | geopoint | here | Where? | | | |
| | image | photo | Photo? | | | |
| | audio | voice | Voice? | | | |
| | video | film | Film? | | | |
| | file | paper | File? | | | |
| | barcode | code | Code? | | | |
| | calculate | hour | | | format-date-time(${when}, '%H:%M') | |
| | calculate | best | | | selected-at(${needs}, 0) | |
| | calculate | far | | | distance(concat(${here}, ';34 69 0 0')) > 1000 | |
| choices |
| | list_name | name | label::English (en) |
| | need | food | Food |
| | need | work | Work |
| | need | school | School |
"""
AT, WHEN, NEEDS, HERE, PHOTO, VOICE, FILM, PAPER, CODE = range(9)


@pytest.mark.parametrize(
    ("typed", "stored_as"),
    [
        ("17:05", "17:05:00.000"),
        ("۱۷:۰۵", "17:05:00.000"),
        ("٩.٣٠", "09:30:00.000"),
        ("5:05 pm", "17:05:00.000"),
        ("12:00 am", "00:00:00.000"),
        ("9:05:07", "09:05:07.000"),
    ],
)
def test_time_typed_is_canonical(typed: str, stored_as: str) -> None:
    assert stored(begin(ALL).type(typed)) == Stored("/data/at", stored_as)


@pytest.mark.parametrize("typed", ["25:00", "9:61", "13:00 pm", "0:10 am", "noon", "9", "", "9:5"])
def test_time_that_is_none_is_refused(typed: str) -> None:
    assert begin(ALL).type(typed) == Violation(ViolationCode.NOT_A_TIME)


def test_time_is_judged_by_its_constraint() -> None:
    assert begin(ALL).type("18:30") == Violation(ViolationCode.CONSTRAINT)


@pytest.mark.parametrize(
    ("typed", "stored_as"),
    [
        ("22.11.2026 17:05", "2026-11-22T17:05:00.000+04:30"),
        ("2026-11-22T17:05", "2026-11-22T17:05:00.000+04:30"),
        ("۱۴۰۵/۹/۱، ۱۷:۰۵", "2026-11-22T17:05:00.000+04:30"),
        ("22/11/2026 5:05 pm", "2026-11-22T17:05:00.000+04:30"),
    ],
)
def test_moment_typed_is_in_the_persons_zone(typed: str, stored_as: str) -> None:
    walk = begin(ALL)
    walk.skip(AT)
    assert stored(walk.type(typed)) == Stored("/data/when", stored_as)
    assert (walk.values()["/data/when"], walk.values()["/data/hour"]) == (stored_as, "17:05")


def test_moment_that_is_none_is_refused() -> None:
    walk = begin(ALL)
    walk.skip(AT)
    assert walk.type("yesterday") == Violation(ViolationCode.NOT_A_TIME)
    assert walk.type("32.11.2026 17:05") == Violation(ViolationCode.NOT_A_DATE)
    assert walk.type("22.11.2027 17:05") == Violation(ViolationCode.CONSTRAINT)


def at(number: int) -> Walk:
    walk = begin(ALL)
    for each in range(number):
        stored(walk.skip(each))
    return walk


def test_rank_is_stored_in_the_order_of_choosing_and_the_last_one_goes_last() -> None:
    walk = at(NEEDS)
    assert stored(walk.toggle(NEEDS, 2)) == Stored("/data/needs", "school")
    assert walk.done(NEEDS) == Violation(ViolationCode.REQUIRED)
    walk.toggle(NEEDS, 0)
    again = Walk.resume(walk.form, walk.save(), moment())
    assert stored(again.done(NEEDS)) == Stored("/data/needs", "school food work")
    assert again.values()["/data/best"] == "school"


def test_rank_taken_back_is_ranked_anew() -> None:
    walk = at(NEEDS)
    for choice in (2, 0, 2, 1, 2):
        walk.toggle(NEEDS, choice)
    assert stored(walk.done(NEEDS)) == Stored("/data/needs", "food work school")
    walk.back()
    stored(walk.toggle(NEEDS, 0))
    assert stored(walk.done(NEEDS)) == Stored("/data/needs", "work school food")


def test_rank_not_begun_is_skipped() -> None:
    assert stored(at(NEEDS).done(NEEDS)) == Stored("/data/needs", "")


def test_place_shared_is_stored_as_a_tablet_does() -> None:
    walk = at(HERE)
    assert stored(walk.locate(HERE, (34.5, 69.25, 0.0, 12.5))) == Stored("/data/here", "34.5 69.25 0 12.5")
    assert walk.values()["/data/far"] == "1"


def test_place_beyond_the_earth_is_refused() -> None:
    walk = at(HERE)
    for place in ((91.0, 0.0, 0.0, 0.0), (0.0, 181.0, 0.0, 0.0), (float("nan"), 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, -1.0)):
        assert walk.locate(HERE, place) == Violation(ViolationCode.NOT_A_CHOICE)


def test_media_are_sealed_on_arrival_by_their_names() -> None:
    walk = at(PHOTO)
    for number, name in ((PHOTO, "a.jpg"), (VOICE, "b.ogg"), (FILM, "c.mp4"), (PAPER, "d.pdf")):
        ref = walk.form.questions[number].ref
        assert stored(walk.attach(number, name)) == Stored(ref, name, sealed=True)
    assert walk.sealed_refs() == ("/data/photo", "/data/voice", "/data/film", "/data/paper")
    assert [name for name in ("a.jpg", "b.ogg", "c.mp4", "d.pdf") if name in walk.save()] == []


def test_typed_words_are_no_photo_and_a_photo_is_no_text() -> None:
    assert at(PHOTO).type("words") == Violation(ViolationCode.NOT_A_CHOICE)
    assert at(CODE).attach(CODE, "a.jpg") == Violation(ViolationCode.NOT_A_CHOICE)
    assert stored(at(CODE).type("4006381333931")) == Stored("/data/code", "4006381333931", sealed=True)


def test_kinds_are_known_to_the_form() -> None:
    assert [question.kind for question in form(ALL).questions] == [
        Kind.TIME,
        Kind.DATETIME,
        Kind.RANK,
        Kind.GEOPOINT,
        Kind.IMAGE,
        Kind.AUDIO,
        Kind.VIDEO,
        Kind.FILE,
        Kind.TEXT,
    ]


OTHER = """
| survey |
| | type | name | label::English (en) |{more}
| | select_one work or_other | work | Work? |{more}
| choices |
| | list_name | name | label::English (en) |{more}
| | work | baker | Baker |{more}
| | work | none | None |{more}
"""


def test_or_other_adds_a_choice_and_a_question_behind_it() -> None:
    walk = begin(OTHER.format(more=""))
    assert [(each.name, each.kind) for each in walk.form.questions] == [
        ("work", Kind.SELECT_ONE),
        ("work_other", Kind.TEXT),
    ]
    stored(walk.choose(0, 0))
    assert walk.current is None
    walk.back()
    stored(walk.choose(0, 2))
    assert (walk.values(), walk.current and walk.current.name) == ({"/data/work": "other"}, "work_other")


def test_or_other_in_several_languages_is_refused() -> None:
    assert ("form.or-other", 3) in problems(OTHER.format(more=" label::Dari (fa-AF) |"))


def test_what_the_chat_cannot_ask_yet_is_said_with_its_row() -> None:
    wanted = [kind for kind in Kind if kind is not Kind.REPEAT and CHAT[kind.value].level is Level.ERROR]
    kinds = {each.name: each.kind for each in form(ALL).questions}
    rows = {name: row for row, name in enumerate(("at", "when", "needs", "here", "photo", "voice", "film", "paper"), 3)}
    found = problems(ALL, channel=CHAT)
    assert {row for code, row in found if code == "form.type"} == {
        row for name, row in rows.items() if kinds[name] in wanted
    }


def test_every_feature_is_judged_for_both() -> None:
    assert ANY.keys() == CHAT.keys()
    assert set(map(str, Kind)) <= set(CHAT)


@pytest.mark.parametrize("kind", ["geotrace", "geoshape"])
def test_what_only_a_tablet_can_ask_is_refused(kind: str) -> None:
    text = table(ALL.replace("| time |", f"| {kind} |").replace("decimal-time(.) < 0.75", ""))
    made = compile_form(text, file="test.md", channel=CHAT)
    assert f"questions of the type “{kind}” can be asked on a tablet only" in [each.message for each in made.problems]
