"""A-01 a stranger hears one neutral sentence and never a word of the study; A-02 who guesses codes is not answered any
more; A-03 a good code leads to the languages and is used up; A-04 refusing keeps nothing; A-05 consent needs every
required answer; A-06 the receipt shows code and purposes and is emptied; A-07 the exact text is in the record."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Status, TokenState
from cora_bot.dialogue.inputs import ChoreDue, Start, Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.study.model import Return
from tests.support.talk import Talk


def at_consent() -> Talk:
    talk = Talk()
    talk.present("valid")
    talk.press(Verb.SET_LANGUAGE, choice=0)
    return talk


def consented(*, adult: str = "Yes", agree: str = "Yes") -> Talk:
    talk = at_consent()
    for label in (p.CONTINUE, "I read it myself", adult):
        talk.tap(label)
    if talk.conversation.session is not None:
        talk.tap(agree)
    if talk.conversation.session is not None:
        for label in ("Yes", "No", "No", "Albania", "Yes, I am already there"):
            talk.tap(label)
        talk.write("30.11.2026")
        talk.tap("11:00, before noon")
    return talk


def test_stranger_hears_the_neutral_sentence() -> None:
    talk = Talk()

    turn = talk.write("What is this?")

    assert (talk.text, turn.remove, turn.conversation.participant) == (p.STRANGER, (), None)


@pytest.mark.parametrize(
    ("state", "phrase"), [("unknown", p.CODE_UNKNOWN), ("used", p.CODE_USED), ("expired", p.CODE_EXPIRED)]
)
def test_bad_code_says_what_is_wrong_with_it(state: str, phrase: str) -> None:
    talk = Talk()

    talk.present(state)

    assert talk.text == phrase


def test_guessing_is_not_answered_after_five_tries_not_even_a_good_code() -> None:
    talk = Talk()
    for _ in range(5):
        talk.present("unknown")

    turns = [talk.present("unknown"), talk.present("valid")]

    assert [(turn.show, turn.use_token) for turn in turns] == [(None, False), (None, False)]


def test_guessing_is_forgiven_after_an_hour() -> None:
    talk = Talk()
    for _ in range(6):
        talk.present("unknown")
    talk.wait(hours=1, seconds=1)

    turn = talk.present("valid")

    assert turn.use_token


def test_good_code_shows_the_languages_and_is_used_up() -> None:
    talk = Talk()

    turn = talk.present("valid")

    assert (turn.use_token, turn.remove) == (True, (101,))
    assert talk.labels() == ["English", "Deutsch", "العربية", "دری", "Shqip"]


@pytest.mark.parametrize(("adult", "agree"), [("No", "Yes"), ("Yes", "No")])
def test_refusal_keeps_nothing_but_a_count(adult: str, agree: str) -> None:
    talk = consented(adult=adult, agree=agree)

    turn = talk.turns[-1]
    assert (talk.text, turn.counts) == (p.REFUSED, ("refused",))
    assert (turn.conversation.participant, turn.conversation.session, talk.records) == (None, None, [])


def test_refusing_from_the_card_keeps_nothing() -> None:
    talk = at_consent()
    talk.tap(p.NO_THANKS)

    turn = talk.tap(p.YES_END)

    assert (turn.conversation.participant, turn.conversation.session, turn.counts) == (None, None, ("refused",))


def test_consent_makes_an_active_person_with_a_schedule() -> None:
    talk = consented()

    known = talk.conversation.participant
    assert known is not None
    assert (known.status, known.zone, known.hour) == (Status.ACTIVE, "Europe/Tirane", 11)
    assert (known.return_state, known.return_date) == (Return.DONE, date(2026, 11, 30))
    assert known.purposes == frozenset({"check_ins"})
    assert sorted({wave for wave, _ in talk.occurrences}) == ["arrival", "check_in", "check_in_later", "half_year"]


def test_receipt_shows_code_and_purposes_and_is_emptied_after_reading() -> None:
    talk = consented()
    receipt = talk.text
    code = talk.conversation.participant.code if talk.conversation.participant else ""

    talk.tap(p.I_HAVE_READ)

    assert code in receipt
    assert "May we send you short questions in this chat, about once a month? – Yes" in receipt
    assert talk.text == p.ASK_OPENING


def test_receipt_is_emptied_by_itself() -> None:
    talk = consented()
    chore = talk.turns[-1].chores[0]
    talk.wait(minutes=10)

    talk.feed(ChoreDue(chore.kind, chore.card))

    assert chore.due_at == talk.now
    assert talk.text == p.NEUTRAL


def test_chore_for_an_older_card_changes_nothing() -> None:
    talk = consented()
    chore = talk.turns[-1].chores[0]
    talk.press(Verb.MENU)
    shown = talk.text

    turn = talk.feed(ChoreDue(chore.kind, chore.card))

    assert (turn.show, talk.text) == (None, shown)


def test_consent_record_carries_the_exact_text_its_hash_and_how_it_was_taken() -> None:
    talk = consented()

    (record,) = talk.records
    texts = record.body["texts"]
    exact = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    assert (record.kind, record.language, record.body["taken"]) == (RecordKind.CONSENT, "en", "read")
    assert record.body["text_hash"] == hashlib.sha256(exact.encode()).hexdigest()
    assert texts["intro"]["label"].startswith("We are a study team")
    assert texts["intro"]["full_text"] != ""
    assert texts["agree"]["options"] == {"yes": "Yes", "no": "No"}


def test_first_typed_answer_is_removed_and_its_removal_was_announced() -> None:
    talk = at_consent()
    for label in (
        p.CONTINUE,
        "I read it myself",
        "Yes",
        "Yes",
        "Yes",
        "No",
        "No",
        "Albania",
        "Yes, I am already there",
    ):
        talk.tap(label)
    asked = talk.text

    turn = talk.write("30.11.2026")

    assert p.REMOVAL in asked
    assert turn.remove == (102,)
    assert "30.11.2026" in talk.text


def test_stranger_is_forgiven_only_after_the_hour() -> None:
    talk = Talk()
    for _ in range(6):
        talk.present("unknown")
    talk.now += timedelta(minutes=59)

    turn = talk.present("valid")

    assert turn.use_token is False


def test_arriving_with_a_card_shows_its_number_once_and_no_sentence_of_the_study() -> None:
    talk = Talk()
    talk.conversation = replace(talk.conversation, token=TokenState("valid", card=51))
    talk.write("AAAA-AAAA-AAAA")
    shown = talk.text
    talk.feed(Start("", 999))

    assert shown == "✓ Card \u2068051\u2069\n\n🌐"
    assert talk.text == "🌐"


def test_arriving_with_a_code_that_is_on_no_card_shows_no_number() -> None:
    talk = Talk()
    talk.present("valid")

    assert talk.text == "🌐"
