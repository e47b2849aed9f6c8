"""G-01 a shared place answers where one is asked for, and nowhere else; G-02 it is sealed at once, and its message is
taken out of the chat; G-03 the study's reason stands on the card, and on that of the question by which one consents;
G-04 a forwarded place, or one that goes on being shared, is none; G-05 a key in place of the keyboard sends where one
is, and goes with the question."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.render import PIN
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Press, Pressed, Spot, Unusable, Verb
from cora_bot.dialogue.prompt import PLACE_KEY, Spoken
from cora_bot.dialogue.spoken import STANDS
from cora_bot.study.model import Enrolment
from cora_bot.usecases.maintain import maintain
from tests.support.one_form import NOON, Asked, asked, chat_form, online, script_around
from tests.support.talk import person
from tests.support.turns import meet, write

HERE = """
| survey |
| | type | name | label::English (en) |
| | geopoint | here | Where are you? |
| | acknowledge | end | Thank you. |
"""
REASON = {"en": "To find the nearest doctor."}
KEY = f"📍 {p.PLACE_KEY}"
KABUL = Spot(34.5281, 69.1723, 15.0)


def sent(spot: Spot | None, message: int = 7) -> Unusable:
    return Unusable("location", message, "en", spot=spot)


def test_place_is_sealed_at_once_and_its_message_removed() -> None:
    talk = asked(HERE, location_reason=REASON)
    assert (p.WHY_PLACE.format(reason=REASON["en"]) in talk.text, p.SEND_PLACE in talk.text) == (True, True)

    turn = talk.feed(sent(KABUL))

    assert (turn.remove, p.SAVED in talk.text) == ((7,), True)
    assert turn.records[0].body == {"ref": "/data/here", "value": "34.5281 69.1723 0 15"}
    assert talk.conversation.session is not None
    assert "34.5" not in talk.conversation.session.walk
    talk.tap(p.OK)
    assert talk.records[-1].body["sealed"] == {"/data/here": turn.records[0].id.hex()}


def test_place_that_the_form_looks_at_is_kept_and_shown() -> None:
    looked_at = HERE.replace("| | acknowledge | end | Thank you. |", "| | note | seen | You are at ${here}. |")
    talk = asked(looked_at, location_reason=REASON)

    talk.feed(sent(KABUL))
    talk.tap(p.BACK)

    assert p.ANSWER_NOW.format(answer="\u206834.5281, 69.1723\u2069") in talk.text
    talk.tap(p.KEEP)
    talk.tap(p.CONTINUE)
    assert talk.values == {"/data/here": "34.5281 69.1723 0 15"}


def test_place_sent_again_replaces_the_first() -> None:
    talk = asked(HERE, location_reason=REASON)
    talk.feed(sent(KABUL))
    talk.tap(p.BACK)
    assert p.ANSWER_LOCKED in talk.text

    turn = talk.feed(sent(Spot(34.0, 69.0), 8))

    assert (len(turn.drop_records), [each.body["value"] for each in talk.records]) == (1, ["34 69 0 0"])


def test_words_and_what_is_no_place_are_refused() -> None:
    talk = asked(HERE, location_reason=REASON)

    for turn in (talk.write("in Kabul"), talk.feed(sent(None)), talk.feed(sent(Spot(91.0, 0.0)))):
        assert len(turn.remove) == 1
        assert turn.records == ()
    assert "Where are you?" in talk.text


def test_place_where_none_is_asked_for_is_removed_unread() -> None:
    talk = asked("""
| survey |
| | type | name | label::English (en) |
| | text | story | What happened? |
""")

    turn = talk.feed(sent(KABUL))

    assert (turn.remove, turn.records, p.CANNOT_TAKE in talk.text) == ((7,), (), True)


def test_reason_is_told_on_the_question_of_consent() -> None:
    form = chat_form("""
| survey |
| | type | name | label::English (en) |
| | select_one yn | adult | Are you of age? |
| | select_one yn | agree | Do you agree? |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
""")
    rules = Enrolment("test", (("adult", "yes"), ("agree", "yes")), {}, "", "", "", "", "", "")
    script = script_around(form, location_reason=REASON, enrolment=rules)
    talk = Asked(script, who=person(status=Status.ENROLLING))

    assert REASON["en"] not in talk.text
    talk.tap("Yes")
    assert REASON["en"] in talk.text
    talk.tap("Yes")
    assert talk.records[0].body["texts"]["location_reason"]["label"] == p.WHY_PLACE.format(reason=REASON["en"])


async def test_place_over_the_bot_api(tmp_path: Path) -> None:
    async with online(HERE, tmp_path, location_reason=REASON) as chat:
        chat.person.share(34.5281, 69.1723, live=900)
        await chat.taken()
        assert p.PLACE_ONLY in chat.text
        chat.person.share(34.5281, 69.1723, accuracy=15)
        await chat.taken()
        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        await chat.tap(p.OK)

        part, whole = await chat.bodies()

        assert part == {"ref": "/data/here", "value": "34.5281 69.1723 0 15"}
        assert whole["values"] == {"/data/end": "OK"}


def test_key_comes_with_the_question_and_its_card_goes_below() -> None:
    talk = asked(HERE, location_reason=REASON)

    (turn,) = talk.turns

    assert turn.spoken == (Spoken(PLACE_KEY, "", KEY),)
    assert turn.show is not None
    assert turn.show.fresh
    assert p.PRESS_PLACE_KEY.format(button=f"\u2068{KEY}\u2069") in talk.text
    assert talk.feed(sent(None)).spoken == ()  # it is there already


def test_place_of_one_that_is_read_only_has_no_key() -> None:
    talk = asked(
        HERE.replace("label::English (en) |", "label::English (en) | readonly | default |", 1)
        .replace("Where are you? |", "Where are you? | yes | 1 1 0 0 |")
        .replace("Thank you. |", "Thank you. | | |"),
        location_reason=REASON,
    )

    assert talk.turns[0].spoken == ()


async def test_key_sends_the_place_and_goes_without_leaving_anything(tmp_path: Path) -> None:
    async with online(HERE, tmp_path, location_reason=REASON) as chat:
        assert (chat.person.keys, next(bubble.text for bubble in chat.person.screen)) == ((KEY,), PIN)
        assert "Where are you?" in chat.text

        chat.person.press_key(KEY, at=(52.52, 13.4))
        await chat.taken()

        assert (chat.person.keys, [p.OK in bubble.labels for bubble in chat.person.screen]) == ((), [True])
        (part,) = await chat.bodies()
        assert part == {"ref": "/data/here", "value": "52.52 13.4 0 15"}


@pytest.mark.parametrize("way", [p.SKIP, p.MENU_BUTTON])
async def test_key_goes_when_something_else_is_shown(tmp_path: Path, way: str) -> None:
    async with online(HERE, tmp_path, location_reason=REASON) as chat:
        await chat.tap(way)

        assert (chat.person.keys, len(chat.person.screen)) == ((), 1)
        assert [note for note in chat.person.notifications if not note.silent] == []
        if way == p.MENU_BUTTON:
            await chat.tap(p.GO_BACK_TO_QUESTION)
            assert chat.person.keys == (KEY,)


async def test_one_place_after_another_keeps_its_key(tmp_path: Path) -> None:
    two = HERE.replace("| | acknowledge", "| | geopoint | there | And where is your family? |\n| | acknowledge")
    async with online(two, tmp_path, location_reason=REASON) as chat:
        chat.person.share(34.5281, 69.1723)
        await chat.taken()

        assert (chat.person.keys, len(chat.person.screen)) == ((KEY,), 2)
        assert "your family" in chat.text
        await chat.tap(p.BACK)
        assert (chat.person.keys, len(chat.person.screen)) == ((KEY,), 2)
        await chat.tap(p.MENU_BUTTON)
        assert (chat.person.keys, len(chat.person.screen)) == ((), 1)


async def test_key_is_taken_away_before_two_days_are_over(tmp_path: Path) -> None:
    async with online(HERE, tmp_path, location_reason=REASON) as chat:
        chat.clock.move(STANDS + timedelta(minutes=1))

        await maintain(chat.house)
        await chat.taken()

        assert (chat.person.keys, [bubble.text for bubble in chat.person.screen if bubble.text == PIN]) == ((), [])


async def test_key_goes_though_the_question_came_again_before_anything_was_sent(tmp_path: Path) -> None:
    async with online(HERE, tmp_path, location_reason=REASON) as chat:
        for verb in (Verb.MENU, Verb.RESUME, Verb.MENU):
            before = await meet(chat.house, chat.person.id)
            press = Pressed(Press(verb, before.chat.card.generation), before.chat.card.message or 0)
            turn = advance(before, press, script=chat.house.script, now=NOON, chance=chat.house.chance)
            await write(chat.house, before, turn, f"{verb} {before.chat.card.generation}")

        await chat.taken()

        assert (chat.person.keys, len(chat.person.screen)) == ((), 1)


def test_asked_is_told_only_once(tmp_path: Path) -> None:
    talk = Asked(replace(asked(HERE, location_reason=REASON).script), who=person(told_removal=False))

    assert p.REMOVAL in talk.text
    talk.feed(sent(None))
    assert p.REMOVED in talk.text
    talk.feed(sent(None))
    assert p.REMOVED not in talk.text
