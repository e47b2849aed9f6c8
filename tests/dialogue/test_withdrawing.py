"""W-01 three choices, each with what follows said before and after it, confirmed; W-02 contact ends in the same turn,
whatever else is to go; W-03 what cannot be undone waits seven days, and coming back undoes it; W-04 at once is asked
back and then deletes the person, with or without the answers; W-05 a forged button changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cora_bot.base.calendars import day_long
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening, Participant, Showing, Status, Withdrawal
from cora_bot.dialogue.handlers.withdrawing import REPENT
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Step
from tests.support.talk import NOON, Talk, person

SEVENTH_DAY = day_long((NOON + timedelta(days=7)).date(), "en")
KINDS = [
    (p.CUT_TOO, p.CUT_MEANS, p.YES_CUT, p.STOPPED_CUT, Withdrawal.LINK),
    (p.DELETE_TOO, p.DELETE_MEANS, p.YES_DELETE, p.STOPPED_DELETE, Withdrawal.ANSWERS),
]


def known(talk: Talk) -> Participant:
    assert talk.conversation.participant is not None
    return talk.conversation.participant


def withdrawn(wanted: str = p.DELETE_TOO, yes: str = p.YES_DELETE, **changes: object) -> Talk:
    talk = Talk(person(**changes))
    talk.feed(Command(CommandName.STOP, 7))
    talk.tap(wanted)
    talk.tap(yes)
    return talk


def test_stop_offers_three_choices() -> None:
    talk = Talk(person())

    talk.feed(Command(CommandName.STOP, 7))

    assert (talk.text, talk.labels()) == (p.ASK_STOP, [p.STOP, p.CUT_TOO, p.DELETE_TOO, p.BACK])


@pytest.mark.parametrize(("wanted", "before", "yes", "after", "kind"), KINDS)
def test_what_follows_is_said_before_and_after(
    wanted: str, before: str, yes: str, after: str, kind: Withdrawal
) -> None:
    talk = Talk(person())
    talk.feed(Command(CommandName.STOP, 7))
    talk.tap(wanted)
    said_before, still = talk.text, known(talk)
    turn = talk.tap(yes)

    assert (said_before, still) == (before.format(day=SEVENTH_DAY), person())
    assert (talk.text, talk.labels()) == (after.format(day=SEVENTH_DAY), [p.UNDO_STOP, p.AT_ONCE, p.CLOSE])
    assert (known(talk).status, known(talk).withdrawal, known(talk).withdraws_at) == (
        Status.STOPPED, kind, NOON + REPENT,
    )  # fmt: skip
    assert {(one.step, one.reason) for one in turn.occurrences} == {(Step.CANCELLED, "stopped")}
    assert [chore.kind for chore in turn.chores] == ["empty_card"]


def test_stopping_alone_keeps_link_and_answers() -> None:
    talk = Talk(person())
    talk.feed(Command(CommandName.STOP, 7))
    talk.tap(p.STOP)
    said_before = talk.text
    talk.tap(p.YES_STOP)

    assert (said_before, talk.text) == (p.STOP_MEANS, p.STOPPED)
    assert (known(talk).status, known(talk).withdrawal, known(talk).withdraws_at) == (Status.STOPPED, None, None)


def test_what_was_begun_is_kept_until_it_is_destroyed_with_the_rest() -> None:
    talk = Talk(person())
    talk.due("arrival")
    talk.press(Verb.OPEN)
    talk.tap(p.CONTINUE)
    talk.tap("Good")
    talk.feed(Command(CommandName.STOP, 7))
    talk.tap(p.DELETE_TOO)

    turn = talk.tap(p.YES_DELETE)

    assert [record.kind for record in turn.records] == [RecordKind.PARTIAL]
    assert (turn.conversation.session, known(talk).withdrawal) == (None, Withdrawal.ANSWERS)


def test_letters_and_drafts_do_not_outlive_a_withdrawal() -> None:
    talk = withdrawn(letters=("secret letter",), draft="secret draft")

    assert (known(talk).letters, known(talk).draft) == ((), "")


def test_coming_back_undoes_it_and_plans_anew() -> None:
    talk = withdrawn()
    talk.wait(days=6)
    talk.feed(Command(CommandName.MENU, 8))

    turn = talk.tap(p.UNDO_STOP)

    assert (known(talk).status, known(talk).withdrawal, known(talk).withdraws_at) == (Status.ACTIVE, None, None)
    assert turn.plan is not None
    assert [(one.wave, one.number) for one in turn.plan] != []


def test_who_knocks_undoes_it_only_behind_the_picture() -> None:
    talk = withdrawn()
    who = replace(known(talk), opening=Opening.KNOCK, picture=3)
    talk.conversation = replace(talk.conversation, participant=who)
    talk.press(Verb.SEEN)
    talk.press(Verb.UNPAUSE)
    outside = (talk.conversation.chat.card.showing, known(talk).withdrawal)
    talk.press(Verb.PICTURE, choice=3)
    talk.tap(p.UNDO_STOP)

    assert outside == (Showing.KNOCK, Withdrawal.ANSWERS)
    assert (known(talk).status, known(talk).withdrawal) == (Status.ACTIVE, None)


@pytest.mark.parametrize(("wanted", "yes", "asked", "done", "keeps"), [
    (p.CUT_TOO, p.YES_CUT, p.ASK_CUT_NOW, p.CUT_DONE, True),
    (p.DELETE_TOO, p.YES_DELETE, p.ASK_DELETE_NOW, p.DELETE_DONE, False),
])  # fmt: skip
def test_at_once_is_asked_back_and_then_deletes_the_person(
    wanted: str, yes: str, asked: str, done: str, keeps: bool
) -> None:
    talk = withdrawn(wanted, yes)
    talk.tap(p.AT_ONCE)
    said, still = talk.text, talk.conversation.participant
    turn = talk.tap(p.YES_AT_ONCE)

    assert still is not None
    assert (said, talk.text, talk.labels()) == (asked, done, [])
    assert (turn.conversation.participant, turn.keep_records) == (None, keeps)


def test_back_from_at_once_leaves_it_waiting() -> None:
    talk = withdrawn()
    talk.tap(p.AT_ONCE)

    talk.tap(p.BACK)

    assert (talk.text, known(talk).withdraws_at) == (p.STOPPED_DELETE.format(day=SEVENTH_DAY), NOON + REPENT)


def test_somebody_stopped_may_still_ask_for_more() -> None:
    talk = Talk(person(status=Status.STOPPED))
    talk.feed(Command(CommandName.MENU, 7))
    talk.tap(p.DELETE_MORE)
    offered = talk.labels()
    talk.tap(p.DELETE_TOO)
    talk.tap(p.YES_DELETE)

    assert offered == [p.CUT_TOO, p.DELETE_TOO, p.BACK]
    assert known(talk).withdrawal is Withdrawal.ANSWERS


def test_command_shows_how_a_withdrawal_stands() -> None:
    talk = withdrawn()
    talk.wait(days=2)

    talk.feed(Command(CommandName.STOP, 9))

    assert talk.text == p.STOPPED_DELETE.format(day=SEVENTH_DAY)


@pytest.mark.parametrize("verb", [Verb.CHOOSE_STOP, Verb.CONFIRM_STOP])
@pytest.mark.parametrize("choice", [3, 99])
def test_choice_nobody_offered_asks_again(verb: Verb, choice: int) -> None:
    talk = Talk(person())

    talk.press(verb, choice=choice)

    assert (talk.text, known(talk).status) == (p.ASK_STOP, Status.ACTIVE)


def _with_copies(until: datetime | None) -> Talk:
    talk = Talk(person())
    talk.conversation = replace(talk.conversation, copies_until=until)
    talk.feed(Command(CommandName.STOP, 7))
    return talk


def test_day_by_which_copies_are_gone_is_said_with_the_answers_and_not_with_the_link() -> None:
    talk = _with_copies(NOON + timedelta(days=30))
    talk.tap(p.CUT_TOO)
    about_link = talk.text
    talk.tap(p.BACK)
    talk.feed(Command(CommandName.STOP, 8))
    said = []
    for label in (p.DELETE_TOO, p.YES_DELETE, p.AT_ONCE, p.YES_AT_ONCE):
        talk.tap(label)
        said.append(talk.text.split("\n\n")[1:])

    until = day_long((NOON + timedelta(days=30)).date(), "en")
    assert about_link == p.CUT_MEANS.format(day=SEVENTH_DAY)
    assert said == [[p.COPIES_UNTIL.format(day=until)]] * 4


def test_late_copies_are_not_promised_away() -> None:
    talk = _with_copies(NOON)

    talk.tap(p.DELETE_TOO)

    assert talk.text == f"{p.DELETE_MEANS.format(day=SEVENTH_DAY)}\n\n{p.COPIES_LATE}"


def test_at_once_without_a_withdrawal_deletes_nobody() -> None:
    talk = Talk(person(status=Status.STOPPED))

    turn = talk.press(Verb.FINISH, choice=1)

    assert turn.conversation.participant is not None


def test_at_once_is_no_button_of_somebody_who_takes_part() -> None:
    talk = Talk(person())

    turn = talk.press(Verb.FINISH, choice=1)

    assert turn.conversation.participant == person()
