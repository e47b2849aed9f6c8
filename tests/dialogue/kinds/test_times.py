"""T-01 a time by buttons: part of the day, hour, quarter; T-02 or written, in any digits, at every step; T-03 a moment
is the person's own wall time; T-04 a button pressed later still means what it showed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from tests.support.one_form import Asked, asked, chat_form, online, script_around
from tests.support.talk import person

AT = """
| survey |
| | type | name | label::English (en) | constraint | constraint_message::English (en) |
| | time | at | When do you eat? | decimal-time(.) > 0.25 | Later than six. |
| | acknowledge | end | Thank you. | | |
"""
WHEN = """
| survey |
| | type | name | label::English (en) |
| | dateTime | when | When was it? |
| | acknowledge | end | Thank you. |
"""


def test_time_is_pressed_step_by_step() -> None:
    talk = asked(AT)

    assert [each.split(" · ")[0] for each in talk.labels[:4]] == [p.NIGHT, p.MORNING, p.AFTERNOON, p.EVENING]
    talk.tap(talk.labels[2])
    assert talk.labels[:6] == ["12:00", "13:00", "14:00", "15:00", "16:00", "17:00"]
    talk.tap(p.ANOTHER_TIME)
    talk.tap(talk.labels[3])
    talk.tap("19:00")
    assert talk.labels[:4] == ["19:00", "19:15", "19:30", "19:45"]
    talk.tap("19:45")

    assert p.SAVED_AS.format(answer="\u206819:45\u2069") in talk.text
    talk.tap(p.BACK)
    assert p.ANSWER_NOW.format(answer="\u206819:45\u2069") in talk.text
    talk.tap(p.KEEP)
    talk.tap(p.OK)
    assert talk.values["/data/at"] == "19:45:00.000"


@pytest.mark.parametrize("written", ["19:45", "۱۹:۴۵", "١٩.٤٥", "7:45 pm"])
def test_time_is_written_in_any_digits(written: str) -> None:
    talk = asked(AT)
    talk.tap(talk.labels[1])

    turn = talk.write(written)

    assert (turn.remove, p.YOU_WROTE.format(answer=f"\u2068{written}\u2069") in talk.text) == ((101,), True)
    talk.tap(p.OK)
    assert talk.values["/data/at"] == "19:45:00.000"


def test_time_that_is_none_says_how_it_is_written() -> None:
    talk = asked(AT)

    talk.write("soon")

    assert p.NOT_A_TIME.format(example="\u206817:30\u2069") in talk.text


def test_time_against_the_rule_is_refused_in_the_authors_words() -> None:
    talk = asked(AT)
    for label in (talk.labels[0], "1:00", "1:15"):
        talk.tap(next(each for each in talk.labels if each in (label, f"0{label}")))

    assert "⚠ Later than six." in talk.text
    assert talk.labels[0].startswith(p.NIGHT)


def test_digits_are_the_persons_own() -> None:
    text = AT.replace("English (en)", "Dari (fa-AF)")
    settings = """
| settings |
| | form_title | form_id | version | default_language |
| | Test | test | 1 | Dari (fa-AF) |
"""
    talk = Asked(script_around(chat_form(text, settings)), who=person(language="fa-AF", zone="Asia/Kabul"))

    talk.tap(talk.labels[2])

    assert talk.labels[:2] == ["۱۲:۰۰", "۱۳:۰۰"]


def test_moment_is_pressed_day_first_in_the_persons_zone() -> None:
    talk = Asked(script_around(chat_form(WHEN)), who=person(zone="Asia/Kabul"))

    talk.tap(next(each for each in talk.labels if each.startswith(p.YESTERDAY)))
    assert "December 13, 2026" in talk.text
    talk.tap(p.ANOTHER_DAY)
    talk.tap(next(each for each in talk.labels if each.startswith(p.TODAY)))
    for place in (1, 3, 2):  # morning, the fourth of its hours, half past
        talk.tap(talk.labels[place])

    talk.tap(p.OK)
    assert talk.values["/data/when"] == "2026-12-14T09:30:00.000+04:30"


def test_moment_is_written_at_once_or_in_two_goes() -> None:
    talk = Asked(script_around(chat_form(WHEN)), who=person(zone="Asia/Kabul"))

    talk.write("13.12.2026 21:30")
    talk.tap(p.BACK)
    assert "Sunday, December 13, 2026, 21:30" in talk.text
    talk.write("۱۴۰۵/۹/۲۰")
    assert "December 11, 2026" in talk.text
    talk.write("۸:۰۵")

    talk.tap(p.OK)
    assert talk.values["/data/when"] == "2026-12-11T08:05:00.000+04:30"


def test_moment_that_is_none_is_refused() -> None:
    talk = asked(WHEN)

    talk.write("8:05")

    assert p.NOT_A_TIME.split("{")[0] in talk.text


def test_day_button_pressed_on_the_next_day_means_the_day_it_showed() -> None:
    talk = asked(WHEN)
    today = next(each for each in talk.labels if each.startswith(p.TODAY))
    talk.now += timedelta(days=1)

    talk.tap(today)

    assert "December 14, 2026" in talk.text


def test_half_a_time_survives_saving() -> None:
    talk = asked(WHEN)
    talk.write("11.12.2026")
    assert talk.conversation.session is not None

    talk.conversation = replace(talk.conversation, session=replace(talk.conversation.session))
    talk.write("9:00")

    talk.tap(p.OK)
    assert talk.values["/data/when"].startswith("2026-12-11T09:00")


async def test_moment_over_the_bot_api(tmp_path: Path) -> None:
    async with online(WHEN, tmp_path) as chat:
        today = next(each for each in chat.person.last.labels if each.startswith(p.TODAY))
        await chat.tap(today)
        for place in (1, 2, 3):
            await chat.tap(chat.person.last.labels[place])
        await chat.tap(p.OK)

        (body,) = await chat.bodies()

        assert body["values"]["/data/when"] == "2026-12-14T08:45:00.000+01:00"
