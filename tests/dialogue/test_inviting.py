"""I-01 an invitation is one neutral sentence, new, sent once; I-02 nothing unsolicited in quiet hours, in a break,
after a stop or while blocked; I-03 one thing at a time; I-04 reminders stop with the last answer; I-05 a window that
closed expires what was not opened and keeps as partial what was begun, a day later; I-06 a planned return is confirmed
first; I-07 an old button changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.inputs import Blocked, Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Return, Step
from tests.support.talk import NOON, Talk, person


def invited() -> Talk:
    talk = Talk(person())
    talk.due("arrival")
    return talk


def test_due_invites_with_one_neutral_new_message() -> None:
    talk = Talk(person())

    turn = talk.due("arrival")

    assert turn.show is not None
    assert (turn.show.prompt.text, talk.labels()) == (
        p.INVITATION,
        [p.OPEN, p.LATER, p.NOT_NOW, p.WRONG_PERSON],
    )
    assert (turn.show.fresh, turn.show.unsolicited) == (True, True)
    assert turn.show.key == f"{person().id.hex()}/arrival/1/1"
    assert turn.show.valid_until == turn.occurrences[0].closes


def test_due_in_quiet_hours_waits_until_the_morning() -> None:
    talk = Talk(person(), now=datetime(2026, 12, 14, 21, 0, tzinfo=UTC))

    turn = talk.due("arrival")

    assert turn.show is None
    assert turn.occurrences[0].next_at == datetime(2026, 12, 15, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paused_until": NOON + timedelta(days=9)}, "paused"),
        ({"paused_until": NOON + timedelta(days=9), "wrong_person": True}, "wrong_person"),
        ({}, "blocked"),
    ],
)
def test_due_while_nothing_may_be_sent_waits_a_day(changes: dict[str, object], reason: str) -> None:
    talk = Talk(person(**changes))
    if reason == "blocked":
        talk.feed(Blocked())

    turn = talk.due("arrival")

    assert turn.show is None
    assert (turn.occurrences[0].next_at, turn.occurrences[0].reason) == (NOON + timedelta(days=1), reason)


def test_due_after_a_stop_is_cancelled() -> None:
    talk = Talk(person())
    talk.conversation = Talk(person(status=Status.STOPPED)).conversation

    turn = talk.due("arrival")

    assert turn.show is None
    assert (turn.occurrences[0].step, turn.occurrences[0].reason) == (Step.CANCELLED, "stopped")


def test_due_while_another_is_open_waits() -> None:
    talk = invited()
    talk.wait(days=18)

    turn = talk.due("check_in")

    assert turn.show is None
    assert turn.occurrences[0].reason == "another_open"


def test_open_after_the_window_says_it_is_closed() -> None:
    talk = invited()
    talk.wait(days=20)

    turn = talk.press(Verb.OPEN)

    assert talk.text == p.CLOSED
    assert [(one.step, one.reason) for one in turn.occurrences] == [(Step.EXPIRED, "not_opened")]


def test_reminder_is_worded_differently_and_has_its_own_key() -> None:
    talk = invited()
    talk.wait(days=3)

    turn = talk.due("arrival")

    assert turn.show is not None
    assert (talk.text, turn.show.key) == (p.REMINDER, f"{person().id.hex()}/arrival/1/2")


def test_not_now_empties_the_card_and_keeps_the_reminders() -> None:
    talk = invited()
    before = talk.occurrences["arrival", 1].next_at

    turn = talk.press(Verb.NOT_NOW)

    assert talk.text == p.NEUTRAL
    assert [(one.put_away, one.next_at, one.step) for one in turn.occurrences] == [(1, before, Step.INVITED)]


def test_later_asks_again_in_some_hours() -> None:
    talk = invited()

    turn = talk.press(Verb.LATER)

    assert turn.occurrences[0].next_at == NOON + timedelta(hours=3)


def answer_all(talk: Talk) -> None:
    while talk.conversation.session is not None:
        labels = talk.labels()
        if p.SKIP in labels:
            talk.tap(p.SKIP)
        elif "✓ Done" in labels:
            talk.press(Verb.TOGGLE, node=_node(talk), choice=0)
            talk.tap(p.DONE)
        elif p.CONTINUE in labels:
            talk.tap(p.CONTINUE)
        else:
            talk.press(Verb.CHOOSE, node=_node(talk), choice=0)


def _node(talk: Talk) -> int:
    return next(one.press.node for one in talk.buttons() if one.press.verb in (Verb.CHOOSE, Verb.TOGGLE))


def test_last_answer_ends_the_occurrence_and_its_reminders() -> None:
    talk = invited()
    talk.press(Verb.OPEN)

    answer_all(talk)

    done = talk.occurrences["arrival", 1]
    assert (done.step, done.next_at) == (Step.COMPLETE, None)
    assert [record.kind for record in talk.records] == [RecordKind.COMPLETE]
    assert talk.text == p.THANK_YOU


def test_begun_check_in_may_be_finished_for_a_day_then_counts_as_partial() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    talk.press(Verb.CHOOSE, node=_node(talk), choice=0)
    closes = talk.occurrences["arrival", 1].closes
    talk.now = closes

    talk.due("arrival")
    waiting = talk.occurrences["arrival", 1]
    talk.now = closes + timedelta(hours=24)
    talk.due("arrival")

    ended = talk.occurrences["arrival", 1]
    assert (waiting.step, waiting.next_at) == (Step.OPENED, closes + timedelta(hours=24))
    assert (ended.step, ended.reason, ended.next_at) == (Step.PARTIAL, "not_finished", None)
    assert [record.kind for record in talk.records] == [RecordKind.PARTIAL]
    assert talk.conversation.session is None
    assert talk.text == p.NEUTRAL


def test_opened_without_an_answer_expires_without_a_record() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.now = talk.occurrences["arrival", 1].closes + timedelta(hours=25)

    talk.due("arrival")

    assert (talk.occurrences["arrival", 1].step, talk.records) == (Step.EXPIRED, [])


def test_wave_due_after_its_window_lapses() -> None:
    talk = Talk(person())
    talk.now = talk.occurrences["arrival", 1].closes

    turn = talk.due("arrival")

    assert turn.show is None
    assert (turn.occurrences[0].step, turn.occurrences[0].reason) == (Step.LAPSED, "late")


def planned(day: date = date(2026, 12, 1)) -> Talk:
    return Talk(person(return_state=Return.PLANNED, return_date=day))


def test_open_with_an_unconfirmed_return_asks_for_the_day_first_then_goes_on() -> None:
    talk = planned(date(2026, 11, 30))
    del talk.occurrences["return_check", 1]
    talk.due("arrival")

    talk.press(Verb.OPEN)
    asked = talk.conversation.session
    talk.tap("Yes, it is right")

    assert asked is not None
    assert asked.form == "return_check"
    assert talk.conversation.session is not None
    assert talk.conversation.session.form == "arrival"
    assert talk.conversation.participant is not None
    assert talk.conversation.participant.return_state is Return.DONE


def test_correction_moves_everything_unsent_and_asks_again() -> None:
    talk = planned(date(2026, 12, 17))
    talk.due("return_check")
    talk.press(Verb.OPEN)
    talk.tap("No, it is another day")

    talk.write("20.1.2027")

    check = talk.occurrences["return_check", 1]
    assert (check.step, check.local.date()) == (Step.PLANNED, date(2027, 1, 17))
    assert talk.occurrences["arrival", 1].local.date() == date(2027, 2, 3)
    assert talk.occurrences["check_in", 1].local.date() == date(2027, 2, 20)


def test_not_going_ends_every_wave_of_the_return() -> None:
    talk = planned(date(2026, 12, 17))
    talk.due("return_check")
    talk.press(Verb.OPEN)

    talk.tap("No, I will not travel")

    left = [one for one in talk.occurrences.values() if one.step is Step.PLANNED]
    assert left == []
    assert talk.occurrences["return_check", 1].reason == "not_going"


def test_correction_while_a_wave_waits_that_is_still_open_goes_on_with_it() -> None:
    talk = planned(date(2026, 11, 30))
    del talk.occurrences["return_check", 1]
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap("No, it is another day")

    talk.write("28.11.2026")

    moved = talk.occurrences["arrival", 1]
    assert (moved.step, moved.closes.date()) == (Step.OPENED, date(2026, 12, 26))
    assert talk.conversation.session is not None
    assert talk.conversation.session.form == "arrival"


def test_stale_press_changes_nothing_and_shows_the_live_card() -> None:
    talk = invited()
    old = talk.conversation.chat.card.generation
    talk.press(Verb.OPEN)
    shown = talk.text

    turn = talk.press(Verb.NOT_NOW, card=old)

    assert talk.text == shown
    assert turn.occurrences == ()
    assert talk.conversation.chat.card.showing is Showing.QUESTION


def test_record_tells_skipped_from_not_reached_from_not_asked() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    answer_all(talk)

    complete = talk.records[-1].body

    assert complete["skipped"] == ["/data/message"]
    assert complete["not_reached"] == []


def test_partial_record_names_what_was_not_reached() -> None:
    talk = invited()
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    talk.press(Verb.CHOOSE, node=_node(talk), choice=0)
    talk.press(Verb.LEAVE)
    talk.press(Verb.CONFIRM_LEAVE)

    partial = talk.records[-1].body

    assert partial["skipped"] == []
    assert partial["not_reached"][0] == "/data/place"
