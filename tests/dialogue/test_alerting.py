"""AL-01 an answer that alerts brings local help at once, whoever may be told · AL-02 the team is told only with consent
to that purpose, once in a session, and the person is told the truth of it · AL-03 what to look at is sealed, and what
an alert reads is not sealed on arrival · AL-04 the form goes on behind it, or ends.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Alerts
from tests.support.one_form import Asked, chat_form, script_around
from tests.support.talk import person

SAFE = """
| survey |
| | type | name | label::English (en) | required | bind::cora:alert |
| | select_one yn | safe | Do you feel safe? | yes | . = 'no' |
| | text | why | Why? | | contains(., 'hurt') |
| | text | more | Anything else? | | |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
SETTINGS = """
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Test | test | 1 | English (en) | cora="urn:cora" |
"""
RULES = Alerts("help", ("Anna", "Ben"), timedelta(hours=4), {"en": "They read on working days until 16:00."})
HELP = {"en": "Call 112."}


def asked(*, agreed: bool = True, rules: Alerts | None = RULES) -> Asked:
    script = script_around(chat_form(SAFE, SETTINGS), alerts=rules, local_help=HELP)
    return Asked(script, who=person(purposes=frozenset({"help"} if agreed else {"check_ins"}), told_removal=True))


def test_answer_that_alerts_shows_help_and_says_when_somebody_reads() -> None:
    talk = asked()
    turn = talk.tap("No")

    assert talk.text == "\n\n".join(
        [p.SAVED, p.TEAM_TOLD.format(reads=RULES.reads["en"]), p.HELP_NEARBY.format(help="Call 112.")]
    )
    assert (turn.alert, talk.labels, talk.conversation.chat.card.showing) == (True, [p.CONTINUE], Showing.ASIDE)
    assert [(one.kind, one.body["values"]) for one in turn.records] == [(RecordKind.ALERT, {"/data/safe": "no"})]


def test_answer_that_does_not_alert_goes_on_as_ever() -> None:
    talk = asked()
    turn = talk.tap("Yes")

    assert (turn.alert, turn.records, "Why?" in talk.text) == (False, (), True)


@pytest.mark.parametrize("rules", [RULES, None])
def test_without_consent_nobody_is_told_and_help_is_shown(rules: Alerts | None) -> None:
    talk = asked(agreed=rules is None, rules=rules)
    turn = talk.tap("No")

    assert (turn.alert, turn.records) == (False, ())
    assert talk.text == "\n\n".join([p.SAVED, p.TEAM_NOT_TOLD, p.HELP_NEARBY.format(help="Call 112.")])


def test_form_goes_on_behind_the_help() -> None:
    talk = asked()
    talk.tap("No")
    talk.tap(p.CONTINUE)

    assert "Why?" in talk.text


def test_second_alert_of_a_session_is_sealed_and_tells_nobody_again() -> None:
    talk = asked()
    talk.tap("No")
    talk.tap(p.CONTINUE)
    turn = talk.write("They hurt me")

    assert (turn.alert, turn.remove) == (False, (101,))
    assert [one.body["values"] for one in turn.records] == [{"/data/why": "They hurt me"}]
    assert p.HELP_NEARBY.format(help="Call 112.") in talk.text


def test_same_answer_given_again_alerts_once() -> None:
    talk = asked()
    talk.tap("No")
    talk.tap(p.CONTINUE)
    talk.tap(p.BACK)
    turn = talk.tap("No")

    assert (turn.alert, turn.records, "Why?" in talk.text) == (False, (), True)


def test_last_answer_that_alerts_ends_the_form_too() -> None:
    last = SAFE.replace("| | text | why | Why? | | contains(., 'hurt') |\n| | text | more | Anything else? | | |\n", "")
    talk = Asked(script_around(chat_form(last, SETTINGS), alerts=RULES, local_help=HELP), who=person(purposes={"help"}))
    turn = talk.tap("No")

    assert [one.kind for one in turn.records] == [RecordKind.ALERT, RecordKind.COMPLETE]
    assert [one.order for one in turn.records] == [0, 1]
    assert (turn.conversation.session, talk.labels) == (None, [p.CLOSE])
    assert [each.card for each in turn.chores][-1] == turn.conversation.chat.card.generation
    assert talk.press(Verb.RESUME).conversation.chat.card.showing is Showing.NOTHING


def test_text_that_an_alert_reads_is_not_sealed_on_arrival_and_others_are() -> None:
    sealed = {question.name: question.sealed for question in chat_form(SAFE, SETTINGS).questions}

    assert (sealed["why"], sealed["more"]) == (False, True)


def test_alert_card_stands_for_nothing_that_is_typed_over_it() -> None:
    talk = asked()
    talk.tap("No")
    turn = talk.write("hello")

    assert ("Why?" in talk.text, turn.records, turn.remove) == (True, (), (101,))
