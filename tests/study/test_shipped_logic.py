"""S-50 after a "no" nothing else is asked; S-51 country, day and hour are asked only for a purpose that needs them;
S-52 a day that cannot be is refused; S-53 "none", "don't know" and "prefer not to say" stand alone."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form, Kind
from cora_bot.forms.walk import Moment, Stored, Violation, Walk

MOMENT = Moment(datetime(2026, 12, 3, 9, tzinfo=UTC), "Asia/Kabul", {}, SeededChance(1))

CONSENT = {
    "taken": "heard",
    "adult": "yes",
    "agree": "yes",
    "purpose_check_ins": "yes",
    "purpose_visits": "no",
    "purpose_after": "no",
    "country": "AF",
    "zone": "Africa/Cairo",
    "return_status": "done",
    "return_date": "2026-12-03",
    "hour": "9",
}
TO_AGREE = ["intro", "taken", "adult", "agree"]
PURPOSES = ["purpose_check_ins", "purpose_visits", "purpose_after"]
RETURN = ["return_status", "return_date", "hour"]
MONTH = {
    "work": "looking",
    "household_pay": "all",
    "housing": "good",
    "access": "none",
    "safe": "mostly",
    "people": "several",
    "feeling": "good",
    "needs": "work talk",
    "support": "money goods",
    "message": "…",
}
HALF_YEAR = MONTH | {
    "money_change": "same",
    "health": "fair",
    "belonging": "mostly",
    "treated": "mixed",
    "outlook": "here",
}


@cache
def form(folder: Path, name: str) -> Form:
    found = compile_form((folder / "forms" / f"{name}.md").read_bytes(), file=f"{name}.md").form
    assert found is not None
    return found


def answer(walk: Walk, value: str) -> Stored | Violation:
    question = walk.current
    assert question is not None
    codes = [option.value for option in question.options]
    match question.kind:
        case Kind.NOTE:
            return walk.done(question.number)
        case Kind.SELECT_ONE:
            return walk.choose(question.number, codes.index(value))
        case Kind.SELECT_MANY:
            shown = walk.shown("en")
            picked = {choice.value for choice in shown.choices if choice.picked} if shown else set()
            for code in picked ^ set(value.split()):
                walk.toggle(question.number, codes.index(code))
            return walk.done(question.number)
        case _:
            return walk.type(value)


def asked(found: Form, answers: dict[str, str], *, until: str = "") -> tuple[list[str], Walk]:
    """The questions met on the way, each answered as given, up to (not with) ``until``."""
    walk = Walk.begin(found, MOMENT)
    met: list[str] = []
    while walk.current is not None and walk.current.name != until:
        met.append(walk.current.name)
        assert isinstance(answer(walk, answers.get(walk.current.name, "")), Stored)
    return met, walk


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"adult": "no"}, ["intro", "taken", "adult"]),
        ({"agree": "no"}, TO_AGREE),
        ({"purpose_check_ins": "no"}, [*TO_AGREE, *PURPOSES]),
        ({"purpose_check_ins": "no", "purpose_after": "yes"}, [*TO_AGREE, *PURPOSES]),
        ({"purpose_check_ins": "no", "purpose_visits": "yes"}, [*TO_AGREE, *PURPOSES, "country", *RETURN]),
        ({}, [*TO_AGREE, *PURPOSES, "country", *RETURN]),
        ({"country": "other"}, [*TO_AGREE, *PURPOSES, "country", "zone", *RETURN]),
    ],
)
def test_consent_asks_only_what_is_needed(folder: Path, changes: dict[str, str], expected: list[str]) -> None:
    met, walk = asked(form(folder, "consent"), CONSENT | changes)
    assert met == expected
    assert walk.finish() is None


@pytest.mark.parametrize(
    ("status", "day", "taken"),
    [
        ("done", "2026-12-03", True),
        ("done", "2026-12-04", False),
        ("done", "2014-12-31", False),
        ("planned", "2026-12-03", True),
        ("planned", "2026-12-02", False),
        ("planned", "2041-01-01", False),
    ],
)
def test_consent_takes_a_day_that_can_be(folder: Path, status: str, day: str, *, taken: bool) -> None:
    _, walk = asked(form(folder, "consent"), CONSENT | {"return_status": status}, until="return_date")
    assert isinstance(answer(walk, day), Stored) is taken


@pytest.mark.parametrize(
    ("changes", "met_needs"),
    [
        ({}, False),
        ({"household_pay": "most"}, True),
        ({"housing": "prefer_not"}, True),
        ({"access": "health school"}, True),
        ({"access": "dont_know"}, True),
    ],
)
def test_check_in_asks_for_needs_unless_all_is_well(folder: Path, changes: dict[str, str], *, met_needs: bool) -> None:
    met, walk = asked(form(folder, "check_in"), MONTH | changes)
    assert met == ["intro", *(name for name in MONTH if met_needs or name != "needs")]
    assert walk.finish() is None


@pytest.mark.parametrize(("changes", "met_needs"), [({}, False), ({"housing": "bad"}, True)])
def test_half_year_asks_fifteen_questions_at_most(folder: Path, changes: dict[str, str], *, met_needs: bool) -> None:
    met, walk = asked(form(folder, "half_year"), HALF_YEAR | changes)
    assert (len(met) - 1, "needs" in met) == (15 if met_needs else 14, met_needs)
    assert walk.finish() is None


@pytest.mark.parametrize("name", ["arrival", "check_in", "half_year"])
@pytest.mark.parametrize("alone", ["none", "dont_know", "prefer_not"])
def test_check_in_answers_that_stand_alone(folder: Path, name: str, alone: str) -> None:
    answers = HALF_YEAR | {"start": "mixed", "place": "family"}
    _, walk = asked(form(folder, name), answers, until="access")
    assert isinstance(answer(walk, f"health {alone}"), Violation)
    assert isinstance(answer(walk, alone), Stored)


@pytest.mark.parametrize("name", ["arrival", "check_in", "half_year"])
def test_check_in_may_end_without_a_word(folder: Path, name: str) -> None:
    answers = HALF_YEAR | {"start": "mixed", "place": "family"}
    _, walk = asked(form(folder, name), answers, until="message")
    assert walk.current is not None
    assert isinstance(walk.skip(walk.current.number), Stored)
    assert walk.shown("en") is None
    assert walk.finish() is None


def test_return_check_asks_for_a_day_only_when_it_is_another(folder: Path) -> None:
    found = form(folder, "return_check")
    assert asked(found, {"status": "yes"})[0] == ["status"]
    assert asked(found, {"status": "not_going"})[0] == ["status"]
    assert asked(found, {"status": "other_day", "new_date": "2027-01-15"})[0] == ["status", "new_date"]
