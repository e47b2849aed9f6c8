"""G-01 a shared place answers where one is asked for, and nowhere else; G-02 it is sealed at once, and its message is
taken out of the chat; G-03 the study's reason stands on the card, and on that of the question by which one consents;
G-04 a forwarded place, or one that goes on being shared, is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Spot, Unusable
from cora_bot.study.model import Enrolment
from tests.support.one_form import Asked, asked, chat_form, online, script_around
from tests.support.talk import person

HERE = """
| survey |
| | type | name | label::English (en) |
| | geopoint | here | Where are you? |
| | acknowledge | end | Thank you. |
"""
REASON = {"en": "To find the nearest doctor."}
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


def test_asked_is_told_only_once(tmp_path: Path) -> None:
    talk = Asked(replace(asked(HERE, location_reason=REASON).script), who=person(told_removal=False))

    assert p.REMOVAL in talk.text
    talk.feed(sent(None))
    assert p.REMOVED in talk.text
    talk.feed(sent(None))
    assert p.REMOVED not in talk.text
