"""CC-01 each purpose is decided on by itself, in the form's own words, and sealed as a consent with them; CC-02 giving
up a purpose ends what was planned, offered or begun for it in the same turn, and nothing else; CC-03 giving it again
plans anew; CC-04 the same answer again changes nothing; CC-05 a forged button changes nothing."""

from __future__ import annotations

import hashlib
import json

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Participant
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Step
from tests.support.house import STUDY, script_of
from tests.support.talk import NOON, Talk, person

CHECK_INS, VISITS = 0, 1
YES, NO = 0, 1


def known(talk: Talk) -> Participant:
    assert talk.conversation.participant is not None
    return talk.conversation.participant


def decided(talk: Talk, purpose: int, answer: int) -> None:
    talk.press(Verb.MY_DATA)
    talk.tap(p.CHANGE_CONSENT)
    talk.press(Verb.CONSENT, node=purpose)
    talk.press(Verb.SET_CONSENT, node=purpose, choice=answer)


def test_overview_numbers_what_was_agreed_to() -> None:
    talk = Talk(person())
    talk.press(Verb.CONSENTS)

    assert talk.labels() == ["1", "2", "3", p.BACK]
    assert (talk.text.count("– Yes"), talk.text.count("– No")) == (1, 2)


def test_decision_is_sealed_with_the_exact_words() -> None:
    talk = Talk(person())
    decided(talk, VISITS, YES)

    form = script_of(STUDY).forms["consent"]
    question = next(each for each in form.questions if each.name == "purpose_visits")
    (record,) = talk.records
    texts = record.body["texts"]
    exact = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    assert (record.kind, record.form_hash) == (RecordKind.CONSENT, form.hash)
    assert (record.body["values"], record.body["taken"]) == ({question.ref: "yes"}, "changed")
    assert list(texts) == ["purpose_visits"]
    assert texts["purpose_visits"]["label"] == question.labels["en"]
    assert record.body["text_hash"] == hashlib.sha256(exact.encode()).hexdigest()
    assert (known(talk).purposes, known(talk).decided) == (frozenset({"check_ins", "visits"}), (("visits", NOON),))


def test_giving_up_a_purpose_cancels_what_is_planned_for_it() -> None:
    talk = Talk(person(purposes=frozenset({"check_ins", "visits"})))
    before = len(talk.occurrences)
    decided(talk, CHECK_INS, NO)

    turn = talk.turns[-1]
    assert {(one.step, one.reason) for one in turn.occurrences} == {(Step.CANCELLED, "no_consent")}
    assert (len(turn.occurrences), turn.plan) == (before, ())
    assert (known(talk).purposes, known(talk).status.value) == (frozenset({"visits"}), "active")
    assert talk.text == p.CONSENT_ENDED


def test_giving_up_keeps_what_was_begun_as_partial_and_ends_it() -> None:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    talk.tap("Good")
    talk.press(Verb.MENU)
    decided(talk, CHECK_INS, NO)

    steps = {(one.wave, one.number): (one.step, one.reason) for one in talk.turns[-1].occurrences}
    assert steps[("arrival", 1)] == (Step.PARTIAL, "no_consent")
    assert [record.kind for record in talk.records] == [RecordKind.PARTIAL, RecordKind.CONSENT]
    assert talk.conversation.session is None


def test_giving_it_again_plans_anew() -> None:
    talk = Talk(person(purposes=frozenset()))
    decided(talk, CHECK_INS, YES)

    plan = talk.turns[-1].plan
    assert plan is not None
    assert (len(plan), talk.text) == (13, p.CONSENT_GIVEN)


def test_other_purpose_leaves_the_open_question_alone() -> None:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.press(Verb.MENU)
    decided(talk, VISITS, YES)

    assert (talk.conversation.session is not None, talk.turns[-1].occurrences) == (True, ())


def test_same_answer_again_changes_nothing() -> None:
    talk = Talk(person())
    decided(talk, CHECK_INS, YES)

    assert (talk.records, known(talk)) == ([], person())


@pytest.mark.parametrize(("node", "choice"), [(3, 0), (99, 1), (0, 7)])
def test_forged_decision_changes_nothing(node: int, choice: int) -> None:
    talk = Talk(person())
    turn = talk.press(Verb.SET_CONSENT, node=node, choice=choice)

    assert (turn.records, replace(known(talk))) == ((), person())
