"""CR-01 a complete form may be answered again while its window is open, from the thank-you and the menu; CR-02 nothing
of the earlier answers is shown; CR-03 both versions are sealed; CR-04 left, stopped or run out, it is complete as
before; CR-05 after the window, and without its purpose, nothing is offered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.handlers.inviting import GRACE
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Step
from tests.support.talk import Talk, person

FIRST_ANSWER = "Good"


def _answer_all(talk: Talk, first: str = FIRST_ANSWER) -> None:
    """To the end, each question with ``first`` or its first button; typed ones are passed by."""
    for _ in range(60):
        if talk.conversation.session is None:
            return
        if first in talk.labels():
            talk.tap(first)
            continue
        verbs = [button.press.verb for button in talk.buttons()]
        ticked = any(label.startswith("☑") for label in talk.labels())
        for verb in (Verb.CHOOSE, Verb.SKIP, Verb.TOGGLE, Verb.DONE):
            if verb in verbs and not (verb is Verb.TOGGLE and ticked):
                button = next(one for one in talk.buttons() if one.press.verb is verb)
                talk.press(verb, node=button.press.node, choice=button.press.choice)
                break
    raise AssertionError(talk.text)


def complete() -> Talk:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    _answer_all(talk)
    talk.wait(hours=2)
    return talk


def test_thank_you_offers_to_answer_again() -> None:
    talk = complete()

    assert (talk.text, talk.labels()[0]) == (p.THANK_YOU, p.ANSWER_AGAIN)


def test_again_begins_empty_and_both_versions_are_sealed() -> None:
    talk = complete()
    first_finished = talk.occurrences["arrival", 1].finished_at
    talk.press(Verb.MENU)
    talk.tap(p.ANSWER_AGAIN)
    shown = talk.text
    reopened = talk.occurrences["arrival", 1]
    _answer_all(talk, "Bad" if "Bad" in talk.labels() else FIRST_ANSWER)

    kinds = [(record.kind, record.wave, record.number) for record in talk.records if record.kind == RecordKind.COMPLETE]
    assert p.ANSWERING_AGAIN in shown
    assert FIRST_ANSWER not in shown.replace(p.ANSWERING_AGAIN, "")
    assert (reopened.step, reopened.finished_at, reopened.next_at) == (Step.OPENED, first_finished, reopened.closes)
    assert kinds == [(RecordKind.COMPLETE, "arrival", 1)] * 2
    assert len({record.session for record in talk.records if record.kind == RecordKind.COMPLETE}) == 2
    after = talk.occurrences["arrival", 1]
    assert (after.step, after.finished_at) == (Step.COMPLETE, talk.now)


def _begun_again() -> Talk:
    talk = complete()
    talk.press(Verb.AGAIN)
    talk.tap(p.CONTINUE)
    talk.tap(FIRST_ANSWER)
    return talk


def test_left_alone_it_is_complete_as_before() -> None:
    talk = _begun_again()
    before = talk.occurrences["arrival", 1].finished_at
    talk.press(Verb.MENU)
    talk.press(Verb.LEAVE)
    talk.tap(p.YES_LEAVE)

    after = talk.occurrences["arrival", 1]
    assert (after.step, after.finished_at, after.next_at, after.reason) == (Step.COMPLETE, before, None, "")
    assert [record.kind for record in talk.records][-1] is RecordKind.PARTIAL


def test_stopped_it_is_complete_as_before() -> None:
    talk = _begun_again()
    talk.press(Verb.STOP)
    talk.tap(p.STOP)
    talk.tap(p.YES_STOP)

    assert talk.occurrences["arrival", 1].step is Step.COMPLETE


def test_run_out_it_is_complete_as_before() -> None:
    talk = _begun_again()
    talk.now = talk.occurrences["arrival", 1].closes
    talk.due("arrival")
    in_grace = talk.occurrences["arrival", 1]
    talk.now += GRACE
    talk.due("arrival")

    assert (in_grace.step, in_grace.next_at) == (Step.OPENED, in_grace.closes + GRACE)
    assert (talk.occurrences["arrival", 1].step, talk.conversation.session) == (Step.COMPLETE, None)


def test_after_the_window_nothing_is_offered() -> None:
    talk = complete()
    talk.now = talk.occurrences["arrival", 1].closes
    talk.press(Verb.MENU)
    offered = p.ANSWER_AGAIN in talk.labels()
    talk.press(Verb.AGAIN)

    assert (offered, talk.text, talk.conversation.session) == (False, p.CLOSED, None)


def test_button_of_the_thank_you_works_until_the_window_ends() -> None:
    talk = complete()
    talk.now = talk.occurrences["arrival", 1].closes - timedelta(minutes=1)
    turn = talk.tap(p.ANSWER_AGAIN)

    assert turn.conversation.chat.card.showing is Showing.QUESTION


@pytest.mark.parametrize("purposes", [frozenset(), frozenset({"visits"})])
def test_without_its_purpose_nothing_is_offered(purposes: frozenset[str]) -> None:
    talk = complete()
    talk.conversation = replace(talk.conversation, participant=person(purposes=purposes))
    talk.press(Verb.MENU)

    assert p.ANSWER_AGAIN not in talk.labels()
