"""MD-01 what is held is readable, in the person's language, and emptied after ten minutes; MD-02 it stands behind the
knock; MD-03 it holds no answer; MD-04 somebody stopped sees it too, without a next message."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cora_bot.base.calendars import day
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening, Showing, Status
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from tests.support.talk import NOON, Talk, person

DAYS = {
    "returned": date(2026, 11, 30),
    "enrolled": date(2026, 12, 1),
    "changed": date(2026, 12, 9),
    "next": date(2026, 12, 30),
}


def asked(talk: Talk, *, held: int = 3) -> str:
    talk.conversation = replace(talk.conversation, records_held=held)
    talk.feed(Command(CommandName.MY_DATA, 7))
    return talk.text


def test_everything_readable_is_shown() -> None:
    talk = Talk(person(decided=(("visits", datetime(2026, 12, 9, 12, tzinfo=UTC)),)))
    said = asked(talk)

    days = {name: day(value, "en") for name, value in DAYS.items()}
    for expected in (
        "K7F-2QX", "Language: \u2068English\u2069", "Country: Albania", "Europe/Tirane", days["returned"],
        f"once a month? – Yes ({days['enrolled']})", f"No ({days['changed']})", f"{days['next']} – \u206811:00\u2069",
        p.HELD_ANSWERS.format(count="\u20683\u2069"), "(10 year(s))", "(3 month(s))",
    ):  # fmt: skip
        assert expected in said


def test_card_is_emptied_after_ten_minutes() -> None:
    talk = Talk(person())
    turn = talk.feed(Command(CommandName.MY_DATA, 7))

    assert [(chore.kind, chore.due_at) for chore in turn.chores] == [("empty_card", NOON + timedelta(minutes=10))]
    assert turn.remove == (7,)


def test_it_is_shown_in_the_language_of_the_person() -> None:
    said = asked(Talk(person(language="fa-AF")))

    assert ("البانیا" in said, "دری" in said, "Country" in said) == (True, True, False)


def test_nothing_is_shown_before_the_picture() -> None:
    talk = Talk(person(opening=Opening.KNOCK, picture=3))
    said = asked(talk)
    outside = talk.conversation.chat.card.showing
    talk.press(Verb.PICTURE, choice=3)
    talk.tap(p.MY_DATA)

    assert (outside, "K7F-2QX" in said, "K7F-2QX" in talk.text) == (Showing.KNOCK, False, True)


def test_no_answer_is_shown_not_even_of_the_open_form() -> None:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    talk.tap("Good")
    talk.press(Verb.MENU)
    talk.tap(p.MY_DATA)

    assert "K7F-2QX" in talk.text
    assert "Good" not in talk.text


def test_somebody_stopped_sees_it_without_a_next_message() -> None:
    said = asked(Talk(person(status=Status.STOPPED)))

    assert p.HELD_NEXT.format(days="–") in said
