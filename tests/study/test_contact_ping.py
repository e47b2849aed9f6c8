"""CT-06 [contact_ping] in study.toml: read, planned beside the waves, and its mistakes named all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cora_bot.base.problems import Problem
from cora_bot.study.model import CONTACT, Anchor, Anchors, Return, Study
from cora_bot.study.reader import read_study
from cora_bot.study.schedule import plan

PING = """
[contact_ping]
anchor = "return_date"
offset = "P45D"
recurrence = "FREQ=MONTHLY;INTERVAL=3;COUNT=3"
window = "P4D"
purpose = "check_ins"
"""


def read(text: str) -> tuple[Study | None, list[Problem]]:
    study, problems = read_study(text, file="study.toml")
    return study, [each for each in problems if each.code not in ("study.draft", "study.not_open")]


def test_ping_is_read_and_planned_beside_the_waves(study_text: str) -> None:
    study, _ = read(study_text + PING)
    assert study is not None
    assert study.contact_ping is not None
    assert (study.contact_ping.id, study.contact_ping.form, study.contact_ping.anchor) == (
        CONTACT, "", Anchor.RETURN_DATE,
    )  # fmt: skip
    anchors = Anchors(date(2026, 12, 1), date(2026, 12, 1), Return.DONE, "Asia/Kabul", 10, frozenset({"check_ins"}))
    pings = [each for each in plan(study, anchors) if each.wave == CONTACT]
    assert [each.local.date() for each in pings] == [date(2027, 1, 15), date(2027, 4, 15), date(2027, 7, 15)]
    assert (pings[0].opens, pings[0].closes) == (
        datetime(2027, 1, 15, 5, 30, tzinfo=UTC),
        datetime(2027, 1, 15, 5, 30, tzinfo=UTC) + timedelta(days=4),
    )
    assert pings[0].reminders == ()


def test_waves_stay_those_with_a_form(study_text: str) -> None:
    with_ping, _ = read(study_text + PING)
    without, _ = read(study_text)
    assert with_ping is not None
    assert without is not None
    assert with_ping.waves == without.waves
    assert [each.id for each in with_ping.occasions] == [*(each.id for each in without.waves), CONTACT]
    assert without.occasions == without.waves


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('purpose = "check_ins"', 'purpose = "shopping"', "study.purpose", "contact_ping.purpose"),
        ('offset = "P45D"', 'offset = "45 days"', "study.duration", "contact_ping.offset"),
        ('window = "P4D"', "", "study.missing", "contact_ping.window"),
        ('window = "P4D"', 'window = "P4D"\nreminders = ["P1D"]', "study.unknown", "contact_ping.reminders"),
        ('anchor = "return_date"', 'anchor = "easter"', "study.value", "contact_ping.anchor"),
    ],
)
def test_mistake_is_named_with_its_place(study_text: str, old: str, new: str, code: str, place: str) -> None:
    study, problems = read(study_text + PING.replace(old, new))
    assert study is None
    assert [(each.code, each.message.partition(":")[0]) for each in problems] == [(code, place)]


def test_wave_may_not_take_its_name(study_text: str) -> None:
    study, problems = read(study_text.replace('id = "arrival"', f'id = "{CONTACT}"', 1) + PING)
    assert (study, [each.code for each in problems]) == (None, ["study.contact_ping"])


def test_overlap_with_a_wave_is_warned_of(study_text: str) -> None:
    study, problems = read(study_text + PING.replace("P45D", "P20D"))
    assert study is not None
    assert any(each.code == "study.overlap" and CONTACT in each.message for each in problems)
