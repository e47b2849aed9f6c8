"""RN-01 who agreed to another version sees the new text in place of any question, and nothing is asked before it; RN-02
agreeing again is sealed with the exact words and lets what waited come; RN-03 saying no leads to the choices of /stop;
RN-04 an open form takes no answer meanwhile, and what was typed is removed; RN-05 who agreed to this one is not asked.
"""

from __future__ import annotations

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening, Participant, Showing
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Step
from tests.support.house import STUDY, script_of
from tests.support.talk import Talk, person

NOW = script_of(STUDY).forms["consent"].hash
YES, NO = 0, 1


def known(talk: Talk) -> Participant:
    assert talk.conversation.participant is not None
    return talk.conversation.participant


def invited(**changes: object) -> Talk:
    talk = Talk(person(consent_hash="older", **changes))
    talk.due("arrival")
    return talk


def test_new_text_comes_in_place_of_the_question() -> None:
    talk = invited()
    invitation = talk.text
    turn = talk.press(Verb.OPEN)

    assert invitation == p.INVITATION
    assert talk.text.startswith(p.TEXT_CHANGED)
    assert "once a month? – Yes" in talk.text
    assert (turn.conversation.session, turn.occurrences) == (None, ())
    assert turn.conversation.chat.card.showing is Showing.ASIDE


def test_it_comes_behind_the_knock_and_not_before() -> None:
    talk = invited(opening=Opening.KNOCK, picture=3)
    outside = talk.text
    talk.press(Verb.PICTURE, choice=3)

    assert p.TEXT_CHANGED not in outside
    assert talk.text.startswith(p.TEXT_CHANGED)


def test_who_sees_messages_at_once_gets_the_neutral_sentence_instead() -> None:
    talk = invited(opening=Opening.AT_ONCE)

    assert (talk.text, talk.conversation.session) == (p.INVITATION, None)


def test_agreeing_again_is_sealed_and_lets_the_question_come() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.press(Verb.RENEW, choice=YES)
    (record,) = talk.records
    step = talk.occurrences["arrival", 1].step
    turn = talk.press(Verb.MENU) and talk.tap(p.OPEN_MESSAGE)

    values = {ref.rsplit("/", 1)[-1]: value for ref, value in record.body["values"].items()}
    assert (record.kind, record.form_hash, record.body["taken"]) == (RecordKind.CONSENT, NOW, "renewed")
    assert values == {"agree": "yes", "purpose_check_ins": "yes", "purpose_visits": "no", "purpose_after": "no"}
    assert record.body["texts"]["intro"]["full_text"].startswith("WHO WE ARE")
    assert (known(talk).consent_hash, step) == (NOW, Step.INVITED)
    assert turn.conversation.chat.card.showing is Showing.QUESTION


def test_full_text_leads_back() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.tap(p.FULL_TEXT)
    long = talk.text
    talk.tap(p.BACK)

    assert long.startswith("WHO WE ARE")
    assert talk.text.startswith(p.TEXT_CHANGED)


def test_saying_no_leads_to_the_choices() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.press(Verb.RENEW, choice=NO)

    assert (talk.text, talk.records, known(talk).consent_hash) == (p.ASK_STOP, [], "older")


def _answering() -> Talk:
    talk = Talk(person(consent_hash=NOW))
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    return talk


def test_open_form_takes_no_answer_meanwhile() -> None:
    talk = _answering()
    talk.conversation = replace(talk.conversation, participant=person(consent_hash="older"))
    before = talk.conversation.session
    talk.tap("Good")
    pressed = (talk.text.startswith(p.TEXT_CHANGED), talk.conversation.session == before)
    turn = talk.write("secret")

    assert pressed == (True, True)
    assert (turn.remove, turn.records, talk.conversation.session == before) == ((101,), (), True)


@pytest.mark.parametrize("version", ["", NOW])
def test_who_agreed_to_this_version_is_not_asked(version: str) -> None:
    talk = Talk(person(consent_hash=version))
    talk.due("arrival")
    turn = talk.press(Verb.OPEN)

    assert turn.conversation.chat.card.showing is Showing.QUESTION


def test_menu_offers_the_new_text_first() -> None:
    talk = Talk(person(consent_hash="older"))
    talk.press(Verb.MENU)

    assert talk.labels()[0] == p.NEW_TEXT


def test_agreeing_without_being_asked_changes_nothing() -> None:
    talk = Talk(person(consent_hash=NOW))
    turn = talk.press(Verb.RENEW, choice=YES)

    assert (turn.records, known(talk)) == ((), person(consent_hash=NOW))
