"""K-01 with a picture nothing opens before it; K-02 any other picture hears a thank-you; K-03 pictures are guessed
in vain; K-04 what is inside empties itself; K-05 "not for me" silences, the picture ends that; K-06 /hide needs no
picture; K-07 who shares a chat must have a picture nobody else has; K-08 answers of the team wait until opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import OPENINGS, PICTURES, Opening, Participant, Showing, Status
from cora_bot.dialogue.handlers.guessing import PICTURES_ALLOWED, WITHIN
from cora_bot.dialogue.handlers.knocking import HELD_AFTER_WRONG_PERSON
from cora_bot.dialogue.inputs import ChoreDue, Command, CommandName, LetterCame, Unusable, Verb
from cora_bot.study.model import Step
from tests.support.talk import NOON, Talk, person

MINE, THEIRS, NOBODYS = 3, 5, 7


def knocker(**changes: object) -> Participant:
    return person(opening=Opening.KNOCK, picture=MINE, asked_opening=True, **changes)


def knocked() -> Talk:
    """Somebody whose check-in has been announced."""
    talk = Talk(knocker())
    talk.due("arrival")
    return talk


def shared(**changes: object) -> Talk:
    talk = Talk(person(**changes))
    other = replace(person(), id=b"o" * 16, case=b"d" * 16, opening=Opening.KNOCK, picture=THEIRS)
    talk.conversation = replace(talk.conversation, others=(other,))
    return talk


def test_invitation_shows_nine_pictures_and_no_open_button() -> None:
    talk = knocked()

    assert talk.text == f"{p.INVITATION}\n\n{p.CHOOSE_PICTURE}"
    assert talk.labels() == [*PICTURES, p.LATER, p.NOT_NOW, p.WRONG_PERSON]


def test_right_picture_opens_the_form() -> None:
    talk = knocked()

    talk.press(Verb.PICTURE, choice=MINE)

    assert talk.conversation.session is not None
    assert talk.occurrences["arrival", 1].step is Step.OPENED


def test_wrong_picture_says_thank_you_and_leaves_everything() -> None:
    talk = knocked()

    turn = talk.press(Verb.PICTURE, choice=NOBODYS)

    assert (talk.text, talk.labels(), talk.conversation.session) == (p.THANKS, [], None)
    assert talk.occurrences["arrival", 1].step is Step.INVITED
    assert turn.notes == ("wrong_picture",)


def test_right_picture_does_not_open_after_too_many_wrong_ones_until_an_hour_has_passed() -> None:
    talk = knocked()
    for _ in range(PICTURES_ALLOWED):
        talk.press(Verb.PICTURE, choice=NOBODYS)

    talk.press(Verb.PICTURE, choice=MINE)
    refused = (talk.text, talk.conversation.session)
    talk.now += WITHIN
    talk.press(Verb.PICTURE, choice=MINE)

    assert refused == (p.THANKS, None)
    assert talk.conversation.session is not None


@pytest.mark.parametrize("verb", [Verb.MENU, Verb.OPEN, Verb.HELP, Verb.PRIVACY, Verb.LANGUAGE, Verb.STOP])
def test_no_other_button_leads_inside(verb: Verb) -> None:
    talk = knocked()

    talk.press(verb)

    assert talk.text == p.CHOOSE_PICTURE
    assert talk.conversation.session is None


def test_what_is_written_before_the_picture_is_removed_unread() -> None:
    talk = Talk(knocker())

    turn = talk.write("planted words")
    photo = talk.feed(Unusable("photo", 555, "en"))

    assert (turn.remove, photo.remove) == ((101,), (555,))
    assert (talk.text, talk.records) == (p.CHOOSE_PICTURE, [])
    assert talk.conversation.participant == knocker()


def test_command_before_the_picture_shows_pictures_and_is_removed() -> None:
    talk = Talk(knocker())

    turn = talk.feed(Command(CommandName.MENU, 33))

    assert (talk.text, turn.remove) == (p.CHOOSE_PICTURE, (33,))


def test_open_question_is_emptied_after_ten_minutes_and_the_picture_leads_back() -> None:
    talk = knocked()
    talk.press(Verb.PICTURE, choice=MINE)
    asked = talk.text
    chore = talk.turns[-1].chores[0]
    talk.wait(minutes=10)

    talk.feed(ChoreDue(chore.kind, chore.card))
    emptied = talk.text
    talk.press(Verb.MENU)
    talk.press(Verb.PICTURE, choice=MINE)

    assert (chore.due_at, emptied) == (NOON + timedelta(minutes=10), p.NEUTRAL)
    assert talk.text == asked


def test_who_has_no_picture_keeps_the_open_question() -> None:
    talk = Talk(person())
    talk.due("arrival")

    turn = talk.press(Verb.OPEN)

    assert turn.chores == ()


def test_not_for_me_silences_for_four_weeks_and_the_ledger_says_why() -> None:
    talk = knocked()

    talk.press(Verb.WRONG_PERSON)
    thanked = talk.text
    talk.wait(days=3)
    turn = talk.due("arrival")

    assert thanked == p.THANKS
    assert (turn.show, turn.occurrences[0].reason) == (None, "wrong_person")
    assert talk.conversation.participant is not None
    assert talk.conversation.participant.paused_until == NOON + HELD_AFTER_WRONG_PERSON


def test_picture_ends_the_silence() -> None:
    talk = knocked()
    talk.press(Verb.WRONG_PERSON)
    talk.press(Verb.MENU)

    talk.press(Verb.PICTURE, choice=MINE)

    assert talk.conversation.participant is not None
    assert (talk.conversation.participant.paused_until, talk.conversation.participant.wrong_person) == (None, False)


def test_hide_needs_no_picture_and_clears_the_chat() -> None:
    talk = knocked()

    turn = talk.feed(Command(CommandName.HIDE, 44))

    assert (turn.clear, turn.remove, talk.text) == (True, (44,), p.NEUTRAL)
    assert talk.conversation.chat.card.showing is Showing.NOTHING


def test_question_itself_comes_unasked_to_who_chose_that() -> None:
    talk = Talk(person(opening=Opening.AT_ONCE))

    turn = talk.due("arrival")

    assert turn.show is not None
    assert (turn.show.fresh, turn.show.unsolicited, turn.show.reason) == (True, True, "invitation:arrival")
    assert p.CONTINUE in talk.labels()
    assert talk.occurrences["arrival", 1].step is Step.OPENED


def test_opening_is_chosen_from_the_menu() -> None:
    talk = Talk(person())
    talk.press(Verb.MENU)
    talk.tap(p.OPENING)
    talk.tap(p.OPENS_BY_PICTURE)

    talk.tap(PICTURES[MINE])

    assert talk.conversation.participant is not None
    assert (talk.conversation.participant.opening, talk.conversation.participant.picture) == (Opening.KNOCK, MINE)


# ---- several people, one chat ----------------------------------------------------------------------------------------


def test_another_s_picture_hands_the_chat_over() -> None:
    talk = shared(opening=Opening.KNOCK, picture=MINE)
    talk.press(Verb.MENU)

    turn = talk.press(Verb.PICTURE, choice=THEIRS)

    assert (turn.switch, turn.show) == (b"o" * 16, None)


@pytest.mark.parametrize("changes", [{}, {"opening": Opening.KNOCK, "picture": THEIRS}])
def test_who_shares_a_chat_must_choose_a_picture_of_their_own(changes: dict[str, object]) -> None:
    talk = shared(**changes)
    talk.conversation = replace(
        talk.conversation,
        chat=replace(talk.conversation.chat, card=replace(talk.conversation.chat.card, showing=Showing.ASIDE)),
    )

    talk.press(Verb.MENU)
    offered = talk.labels()
    talk.tap(PICTURES[MINE])

    assert offered == [each for index, each in enumerate(PICTURES) if index != THEIRS]
    assert talk.conversation.participant is not None
    assert talk.conversation.participant.picture == MINE


def test_second_person_is_not_let_in_before_the_first_has_a_picture() -> None:
    talk = Talk(person())

    turn = talk.present("valid")

    assert (talk.text, turn.use_token) == (p.CHAT_SHARED, False)


def test_second_person_comes_in_beside_the_first() -> None:
    talk = Talk(knocker())

    turn = talk.present("valid")

    assert turn.use_token is True
    assert turn.conversation.participant is not None
    assert turn.conversation.participant.status is Status.ENROLLING
    assert turn.conversation.others == (knocker(),)


def test_due_waits_an_hour_while_another_person_has_something_open() -> None:
    talk = shared(opening=Opening.KNOCK, picture=MINE)
    card = replace(talk.conversation.chat.card, showing=Showing.QUESTION, shown_at=NOON)
    talk.conversation = replace(talk.conversation, chat=replace(talk.conversation.chat, card=card), others_card=True)

    turn = talk.due("arrival")

    assert (turn.show, turn.occurrences[0].reason) == (None, "chat_in_use")
    assert turn.occurrences[0].next_at == NOON + timedelta(hours=1)


# ---- answers of the team ---------------------------------------------------------------------------------------------


def test_letter_is_announced_by_the_neutral_sentence_and_shown_after_open() -> None:
    talk = Talk(person())

    turn = talk.feed(LetterCame("The office opens at nine."))
    announced = talk.text
    talk.press(Verb.OPEN)
    shown = talk.text
    talk.tap(p.I_HAVE_READ)

    assert turn.show is not None
    assert (announced, turn.show.unsolicited, turn.show.reason) == (p.INVITATION, True, "letter")
    assert "The office opens at nine." in shown
    assert talk.conversation.participant is not None
    assert talk.conversation.participant.letters == ()


def test_letter_stands_behind_the_picture() -> None:
    talk = Talk(knocker())
    talk.feed(LetterCame("The office opens at nine."))

    talk.press(Verb.PICTURE, choice=NOBODYS)
    elsewhere = talk.text
    talk.press(Verb.MENU)
    talk.press(Verb.PICTURE, choice=MINE)

    assert elsewhere == p.THANKS
    assert "The office opens at nine." in talk.text


def test_letter_in_a_break_is_kept_and_not_announced() -> None:
    talk = Talk(person(paused_until=NOON + timedelta(days=3)))

    turn = talk.feed(LetterCame("The office opens at nine."))

    assert (turn.show, turn.notes) == (None, ("letter_kept",))
    assert turn.conversation.participant is not None
    assert turn.conversation.participant.letters == ("The office opens at nine.",)


@pytest.mark.parametrize(
    ("opening", "sample"),
    [
        (Opening.AT_ONCE, []),
        (Opening.NEUTRAL, [p.TEST_MESSAGE, p.INVITATION]),
        (Opening.KNOCK, [p.TEST_MESSAGE, p.INVITATION, p.CHOOSE_PICTURE]),
    ],
)
def test_choice_of_opening_is_told_with_a_sample_as_a_new_message(opening: Opening, sample: list[str]) -> None:
    talk = Talk(person())
    talk.press(Verb.MENU)
    talk.press(Verb.OPENING)
    turn = talk.press(Verb.SET_OPENING, choice=OPENINGS.index(opening))
    if opening is Opening.KNOCK:
        turn = talk.press(Verb.SET_PICTURE, choice=MINE)

    assert turn.show is not None
    assert turn.show.fresh
    assert turn.show.prompt.text.split("\n\n") == [p.OPENING_SET, *sample]
