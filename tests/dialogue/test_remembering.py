"""R-01 what a form marks to be kept is at hand in the person's next answering of it, and nothing else is; R-02 what is
known of the person is at hand in every form; R-03 both outlive the store, and go when answers are taken back; R-04 a
person can read how much is kept."""

from __future__ import annotations

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Participant
from cora_bot.dialogue.inputs import Verb
from cora_bot.usecases.house import House
from tests.support.one_form import Asked, chat_form, script_around
from tests.support.stores import clock, ground, house, postgres, script
from tests.support.talk import Talk
from tests.support.talk import person as somebody
from tests.support.turns import joined

__all__ = ["clock", "ground", "house", "postgres", "script"]

SETTINGS = """
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Test | test | 1 | English (en) | cora="urn:cora" |
"""
TWICE = """
| survey |
| | type | name | label | calculation | default | bind::cora:keep | save_to |
| | text | town | Where do you live? | | ${last-saved#town} | yes | |
| | text | story | What happened? | | | | |
| | csv-external | returnee | | | | | |
| | text | work | What is your work? | | instance('returnee')/root/item/work | yes | work |

| entities |
| | list_name | label |
| | returnee | ${town} |
"""


def answered(who: Participant | None = None) -> Asked:
    """Somebody has answered all three, typing each answer."""
    script = script_around(chat_form(TWICE, SETTINGS))
    talk = Asked(script) if who is None else Asked(script, who)
    if who is None:
        for text in ("Herat", "planted story", "baker"):
            talk.write(text)
    return talk


def of(talk: Asked) -> Participant:
    assert talk.conversation.participant is not None
    return talk.conversation.participant


def test_only_what_is_marked_is_kept() -> None:
    person = of(answered())

    assert (person.kept, person.known) == (
        {"test": {"/data/town": "Herat", "/data/work": "baker"}},
        {"work": "baker"},
    )


def test_next_answering_begins_with_what_was_kept() -> None:
    again = answered(of(answered()))
    town = again.text
    again.tap(p.KEEP)
    story = again.text
    again.tap(p.SKIP)

    assert "Herat" in town
    assert "planted story" not in story
    assert "baker" in again.text


async def test_kept_answers_outlive_the_store_sealed(house: House) -> None:
    person = of(answered())
    after = (await joined(house, 700, kept=person.kept, known=person.known)).participant

    assert after is not None
    assert (after.kept, after.known) == (person.kept, person.known)


def test_own_data_says_how_many_answers_stay_readable() -> None:
    talk = Talk(somebody(kept={"test": {"/data/town": "Herat", "/data/work": "baker"}}, known={"work": "baker"}))
    talk.press(Verb.MY_DATA)

    assert p.HELD_KEPT.format(count="\u20683\u2069") in talk.text


def test_taking_answers_back_forgets_what_was_kept() -> None:
    talk = answered()
    talk.press(Verb.STOP)
    talk.press(Verb.CHOOSE_STOP, choice=2)
    talk.press(Verb.CONFIRM_STOP, choice=2)

    assert (of(talk).kept, of(talk).known) == ({}, {})
