"""M-01 the menu offers what can be done now and leads back; M-02 stop cancels everything in the same turn and keeps
what was begun; M-03 a break holds, its end frees; M-04 a language changes in the middle of a question; M-05 what
cannot be taken is removed with a word; M-06 coming back plans anew."""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Blocked, Command, CommandName, Start, Unblocked, Unusable, Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Step
from tests.support.talk import NOON, Talk, person


def answering() -> Talk:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    return talk


def test_menu_while_answering_leads_back_to_the_same_question() -> None:
    talk = answering()
    before = talk.text

    talk.feed(Command(CommandName.MENU, 7))
    talk.tap(p.GO_BACK_TO_QUESTION)

    assert talk.text == before


def test_command_is_removed_from_the_chat() -> None:
    talk = Talk(person())

    turn = talk.feed(Command(CommandName.HELP, 7))

    assert turn.remove == (7,)


def test_start_of_a_known_person_shows_the_menu() -> None:
    talk = Talk(person())

    talk.feed(Start("", 7))

    assert talk.text == p.MENU


def test_stop_keeps_what_was_begun_and_cancels_the_rest_in_one_turn() -> None:
    talk = answering()
    talk.tap("Good")
    talk.feed(Command(CommandName.STOP, 7))
    talk.tap(p.STOP)

    turn = talk.tap(p.YES_STOP)

    steps = {(one.wave, one.number): (one.step, one.reason) for one in turn.occurrences}
    assert [record.kind for record in turn.records] == [RecordKind.PARTIAL]
    assert steps.pop(("arrival", 1)) == (Step.PARTIAL, "stopped")
    assert set(steps.values()) == {(Step.CANCELLED, "stopped")}
    assert len(steps) == 12
    assert turn.conversation.participant is not None
    assert (turn.conversation.participant.status, turn.conversation.session) == (Status.STOPPED, None)


def test_coming_back_plans_anew() -> None:
    talk = Talk(person(status=Status.STOPPED))
    talk.feed(Command(CommandName.MENU, 7))

    turn = talk.tap(p.START_AGAIN)

    assert turn.plan is not None
    assert len(turn.plan) == 13
    assert turn.conversation.participant is not None
    assert turn.conversation.participant.status is Status.ACTIVE


def test_break_ends_early_and_frees_what_waited_for_it() -> None:
    talk = Talk(person())
    talk.press(Verb.SET_PAUSE, choice=2)
    talk.due("arrival")
    held = talk.occurrences["arrival", 1]
    talk.wait(hours=5)

    turn = talk.feed(Command(CommandName.RESUME, 7))

    assert (held.reason, held.next_at) == ("paused", NOON + timedelta(days=1))
    assert [(one.wave, one.next_at, one.reason) for one in turn.occurrences] == [("arrival", talk.now, "")]


def test_break_of_a_length_nobody_offered_asks_again() -> None:
    talk = Talk(person())

    turn = talk.press(Verb.SET_PAUSE, choice=200)

    assert talk.text == p.ASK_PAUSE
    assert turn.conversation.participant is not None
    assert turn.conversation.participant.paused_until is None


def test_language_changes_in_the_middle_of_a_question() -> None:
    talk = answering()
    talk.press(Verb.LANGUAGE)

    talk.tap("Deutsch")

    assert "Wie waren die letzten zwei Wochen" in talk.text


def test_language_out_of_range_shows_the_list() -> None:
    talk = Talk(person())

    talk.press(Verb.SET_LANGUAGE, choice=99)

    assert talk.labels() == ["English", "Deutsch", "العربية", "دری", "Shqip"]


def test_sticker_in_the_middle_of_a_question_is_removed_and_the_question_stays() -> None:
    talk = answering()

    turn = talk.feed(Unusable("sticker", 7))

    assert turn.remove == (7,)
    assert p.CANNOT_TAKE in talk.text
    assert turn.conversation.session is not None


def test_free_text_with_nothing_asked_is_passed_on_only_when_the_person_says_so() -> None:
    talk = Talk(person())

    turn = talk.write("Help me please")
    asked = talk.text
    passed = talk.tap(p.PASS_ON)

    assert asked.startswith(p.ASK_PASS_ON.format(text=isolate("Help me please")))
    assert p.REMOVED in asked
    assert turn.remove == (101,)
    assert [(one.kind, one.body) for one in passed.records] == [(RecordKind.MESSAGE, {"text": "Help me please"})]
    assert talk.text == p.PASSED_ON
    assert talk.conversation.participant is not None
    assert talk.conversation.participant.draft == ""


def test_free_text_is_forgotten_when_the_person_says_so() -> None:
    talk = Talk(person())
    talk.write("Help me please")

    turn = talk.tap(p.DISCARD)

    assert (talk.text, talk.records, turn.conversation.participant) == (p.FORGOTTEN, [], person(told_removal=True))


def test_leaving_keeps_what_was_answered() -> None:
    talk = answering()
    talk.tap("Good")
    talk.press(Verb.LEAVE)

    turn = talk.tap(p.YES_LEAVE)

    assert [(one.step, one.reason) for one in turn.occurrences] == [(Step.PARTIAL, "left")]
    assert [record.body["values"]["/data/start"] for record in turn.records] == ["good"]


def test_blocked_then_unblocked_frees_what_waited() -> None:
    talk = Talk(person())
    talk.feed(Blocked())
    talk.due("arrival")

    turn = talk.feed(Unblocked())

    assert [(one.wave, one.reason) for one in turn.occurrences] == [("arrival", "")]
    assert turn.conversation.chat.blocked is False
