"""AP-01 the hash covers every text people see, in every language; AP-02 and nothing else: no spacing, no names of
files, no condition; AP-03 what changed since the approval is named; AP-04 with other texts nobody comes in, a good
code stays good and the sentence names nothing; AP-05 who is in goes on."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.approval import changed_texts, sentences_hash, text_hashes
from cora_bot.dialogue.conversation import Chat, Conversation, TokenState
from cora_bot.dialogue.inputs import Press, Pressed, Text, Verb
from cora_bot.dialogue.script import MediaFile, Script
from cora_bot.study.check import ShownText, check_never_show
from cora_bot.study.model import Approval
from cora_bot.usecases.load_study import load_script
from tests.support.house import STUDY, script_of
from tests.support.talk import NOON, Talk, person


def whole(folder: Path) -> str:
    script = load_script(folder, catalogs={})
    return text_hashes(script.study, script.forms).whole


def edited(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = shutil.copytree(STUDY, tmp_path / "study")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


SEEN = {
    "question": ("forms/check_in.md", "Si është vendi ku banoni?", "Si është banesa?"),
    "hint": ("forms/check_in.md", "Zum Beispiel Essen, Miete", "Etwa Essen, Miete"),
    "full text": ("forms/consent.md", "Telegram can technically read", "Telegram could technically read"),
    "option": ("forms/arrival.md", "| خانه کرایی |", "| خانه به کرایه |"),
    "order of options": (
        "forms/arrival.md",
        "| | start | hard | Difficult | Schwierig | بصعوبة | سخت | Vështirë |\n",
        "",
    ),
    "constraint message": ("forms/check_in.md", "cannot be chosen together", "can not be chosen together"),
    "required message": ("forms/return_check.md", "اختاروا إجابة من فضلكم.", "اختاروا إجابة."),
    "privacy": ("study.toml", "Your answers are locked at once.", "Your answers are locked."),
    "contact": ("study.toml", "Shkruani te team@example.org", "Shkruani te ekipi@example.org"),
    "help": ("study.toml", "This chat cannot help in an emergency", "This chat cannot help"),
    "title": ("study.toml", 'title = "Staying in touch"', 'title = "In touch"'),
}
UNSEEN = {
    "version": ("forms/check_in.md", "| Questions | check_in | 2026.1 |", "| Questions | check_in | 2026.2 |"),
    "condition": ("forms/check_in.md", "${household_pay} != 'all' or ", ""),
    "comment": ("forms/check_in.md", "# Every month", "# Each month"),
    "spacing": ("forms/check_in.md", "| Good | Gut |", "|   Good | Gut   |"),
    "schedule": ("study.toml", 'window = "P12D"', 'window = "P11D"'),
    "review": ("study.toml", 'review = "draft"', 'review = "reviewed"'),
}


@pytest.mark.parametrize("what", SEEN)
def test_hash_changes_with_every_text_people_see(tmp_path: Path, what: str) -> None:
    assert whole(edited(tmp_path, *SEEN[what])) != whole(STUDY)


@pytest.mark.parametrize("what", UNSEEN)
def test_hash_stays_where_no_text_changes(tmp_path: Path, what: str) -> None:
    assert whole(edited(tmp_path, *UNSEEN[what])) == whole(STUDY)


def test_hash_does_not_depend_on_names_of_files(tmp_path: Path) -> None:
    folder = shutil.copytree(STUDY, tmp_path / "study")
    (folder / "forms" / "arrival.md").rename(folder / "forms" / "z.md")

    assert whole(folder) == whole(STUDY)


def test_hash_of_sentences_changes_with_a_translation() -> None:
    english, german = p.Phrases({}), script_of(STUDY).phrases

    assert sentences_hash(english, ["de"], [p.OPEN]) != sentences_hash(german, ["de"], [p.OPEN])
    assert sentences_hash(english, ["en"], [p.OPEN]) == sentences_hash(german, ["en"], [p.OPEN])


def approved(script: Script, **changes: str) -> Script:
    """The script with its own texts approved; ``changes`` are parts that were approved otherwise ("" takes one out)."""
    found = text_hashes(script.study, script.forms)
    parts = {name: digest for name, digest in {**found.parts, **changes}.items() if digest}
    approval = Approval("0" * 64 if changes else found.whole, "Board", date(2026, 11, 1), parts)
    return replace(script, study=replace(script.study, approval=approval))


def changes_of(script: Script) -> tuple[str, ...]:
    return changed_texts(script.study, script.forms)


def test_nothing_differs_from_what_was_approved() -> None:
    script = script_of(STUDY)

    assert (changes_of(script), changes_of(approved(script))) == ((), ())


def test_what_differs_is_named() -> None:
    script = script_of(STUDY)
    other = approved(script, consent="0" * 16, arrival="", gone="1" * 16, **{"study.toml": "2" * 16})

    assert changes_of(other) == (
        "the texts of study.toml",
        "the form arrival is new",
        "the form consent",
        "the form gone is gone",
    )


def test_a_difference_without_parts_or_with_foreign_ones_is_still_one() -> None:
    script = script_of(STUDY)
    right = approved(script).study.approval
    assert right is not None
    bare = replace(right, text_hash="0" * 64, parts={})
    foreign = replace(right, text_hash="0" * 64)

    found = [changed_texts(replace(script.study, approval=each), script.forms) for each in (bare, foreign)]

    assert found == [
        ("which part is not known: [approval.parts] is not there",),
        ("[approval.parts] does not belong to text_hash",),
    ]


@pytest.fixture
def closed() -> Script:
    return replace(script_of(STUDY), enrolling=False)


def test_good_code_is_not_used_up_while_nobody_comes_in(closed: Script) -> None:
    before = Conversation(Chat(b"t" * 16), token=TokenState("valid"))

    turn = advance(before, Text("AAAA-AAAA-AAAA", 7, "de"), script=closed, now=NOON, chance=Talk().chance)

    assert turn.show is not None
    assert turn.show.prompt.text == closed.phrases.say(p.CODE_NOT_NOW, "de")
    assert (turn.use_token, turn.conversation.participant, turn.conversation.chat.misses) == (False, None, 0)


@pytest.mark.parametrize("state", ["unknown", "used", "expired"])
def test_bad_code_hears_the_same_as_ever(closed: Script, state: str) -> None:
    before = Conversation(Chat(b"t" * 16), token=TokenState(state))

    said = [
        advance(before, Text("AAAA-AAAA-AAAA", 7, "en"), script=each, now=NOON, chance=Talk().chance).show
        for each in (closed, script_of(STUDY))
    ]

    assert said[0] == said[1]


def test_no_consent_is_asked_of_who_came_in_before_the_texts_changed(closed: Script) -> None:
    talk = Talk()
    talk.present("valid")
    press = Pressed(Press(Verb.SET_LANGUAGE, talk.conversation.chat.card.generation, 0, 0), 50)

    turn = advance(talk.conversation, press, script=closed, now=NOON, chance=talk.chance)

    assert turn.show is not None
    assert (turn.show.prompt.text, turn.conversation.participant, turn.conversation.session) == (
        p.CODE_NOT_NOW,
        None,
        None,
    )


def test_who_takes_part_goes_on_while_nobody_comes_in(closed: Script) -> None:
    talk = Talk(person())
    talk.due("arrival")
    press = Pressed(Press(Verb.OPEN, talk.conversation.chat.card.generation), 50)
    before = replace(talk.conversation, occurrence=talk.occurrences["arrival", 1])

    turn = advance(before, press, script=closed, now=talk.now, chance=talk.chance)

    assert turn.conversation.session is not None
    assert turn.conversation.session.form == "arrival"


def test_sentence_to_who_cannot_come_in_names_nothing() -> None:
    script = script_of(STUDY)
    said = [ShownText("", one.code, script.phrases.say(p.CODE_NOT_NOW, one.code)) for one in script.study.languages]

    assert p.CODE_NOT_NOW in p.STRANGER_PHRASES
    assert check_never_show(script.study.never_show, said) == ()
    assert len({each.text for each in said}) == len(said)


def test_another_recording_is_another_text() -> None:
    script = script_of(STUDY)
    first, second = ({"a.mp3": MediaFile("/x/a.mp3", digest)} for digest in ("1" * 64, "2" * 64))
    none, one, other = (text_hashes(script.study, script.forms, media) for media in (None, first, second))
    approved = replace(script.study, approval=Approval(one.whole, "Board", date(2026, 1, 1), one.parts))

    assert len({none.whole, one.whole, other.whole}) == 3
    assert changed_texts(approved, script.forms, first) == ()
    assert changed_texts(approved, script.forms, second) == ("what can be heard and seen",)
    assert changed_texts(approved, script.forms) == ("what can be heard and seen is gone",)
