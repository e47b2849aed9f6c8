"""V-01 a question's sounds and pictures stand above its card, in the person's language; V-02 their titles are numbers,
and the choices bear the same; V-03 they are sent once, silently, and deleted when something else is shown, or before
Telegram keeps them for good; V-04 a file is sent up once; V-05 the study says what is missing beside a form; V-06 a
long list is heard page by page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.pilot.person import Bubble
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.prompt import Spoken
from cora_bot.dialogue.script import MediaFile
from cora_bot.dialogue.spoken import STANDS
from cora_bot.usecases import media
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.media import media_beside
from tests.support.one_form import Asked, Online, chat_form, online, script_around
from tests.support.talk import person

HEARD = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | media::audio::English (en) | media::audio::Dari (fa-AF) | media::image::English (en) |
| | select_one work | work | Do you work? | کار دارید؟ | work_en.mp3 | work_fa.mp3 | work.png |
| | text | story | Tell us. | بگویید. | | | |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) | media::audio::English (en) | media::audio::Dari (fa-AF) |
| | work | yes | Yes | بلی | yes_en.mp3 | yes_fa.mp3 |
| | work | no | No | نخیر | no_en.mp3 | |
"""  # noqa: E501
FILES = {
    name: MediaFile(f"/nowhere/{name}", name)
    for name in ("work_en.mp3", "work_fa.mp3", "work.png", "yes_en.mp3", "yes_fa.mp3", "no_en.mp3")
}


def heard(language: str = "en") -> Asked:
    script = replace(script_around(chat_form(HEARD)), media=FILES)
    return Asked(script, who=person(language=language))


def test_question_is_heard_and_seen_with_its_numbered_choices() -> None:
    talk = heard()

    (turn,) = talk.turns
    assert turn.spoken == (
        Spoken("audio", "work_en.mp3", "▶"),
        Spoken("image", "work.png", "▶"),
        Spoken("audio", "yes_en.mp3", "1"),
        Spoken("audio", "no_en.mp3", "2"),
    )
    assert turn.show is not None
    assert (turn.show.fresh, talk.labels[:2]) == (True, ["1 · Yes", "2 · No"])


def test_question_is_heard_in_the_persons_language_else_in_the_forms() -> None:
    talk = heard("fa-AF")

    assert [each.file for each in talk.turns[0].spoken] == ["work_fa.mp3", "work.png", "yes_fa.mp3", "no_en.mp3"]
    assert [each.title for each in talk.turns[0].spoken] == ["▶", "▶", "۱", "۲"]
    assert talk.labels[:2] == ["۱ · بلی", "۲ · نخیر"]


def test_drawing_the_same_question_anew_says_nothing_again() -> None:
    talk = heard()

    turn = talk.write("what?")

    assert (turn.spoken, turn.hush, turn.show and turn.show.fresh) == ((), False, False)


def test_number_written_chooses_what_has_it() -> None:
    talk = heard("fa-AF")

    talk.write("۲")

    assert "بگویید." in talk.text


def test_next_question_and_menu_are_silent_and_the_way_back_speaks_again() -> None:
    talk = heard()

    assert talk.tap("☰ " + p.MENU_BUTTON).hush
    back = talk.tap("▶ " + p.GO_BACK_TO_QUESTION)
    assert (len(back.spoken), back.hush) == (4, False)
    assert talk.tap("1 · Yes").hush
    assert talk.tap(p.SKIP).hush is False
    assert talk.conversation.session is None


def test_end_and_leaving_are_silent() -> None:
    talk = heard()
    talk.tap("☰ " + p.MENU_BUTTON)
    talk.tap("▶ " + p.GO_BACK_TO_QUESTION)
    talk.tap("☰ " + p.MENU_BUTTON)
    talk.tap(p.LEAVE)
    assert talk.conversation.session is not None
    assert talk.conversation.session.heard == ""


def test_question_left_open_for_long_is_said_anew() -> None:
    talk = heard()
    talk.now += STANDS

    turn = talk.write("what?")

    assert (len(turn.spoken), turn.hush) == (4, True)


def test_file_that_is_no_part_of_the_study_is_not_sent() -> None:
    talk = Asked(script_around(chat_form(HEARD)))

    assert talk.turns[0].spoken == ()


TOWNS = (
    """
| survey |
| | type | name | label::English (en) | media::audio::English (en) | required |
| | {kind} town | town | Which town? | town.mp3 | |
| | text | story | Tell us. | | |
| choices |
| | list_name | name | label::English (en) | media::audio::English (en) |
"""
    + "\n".join(f"| | town | t{n} | Town {n:02} | t{n}.mp3 |" for n in range(1, 24))
    + "\n"
)
TOWN_FILES = {name: MediaFile(f"/nowhere/{name}", name) for name in ("town.mp3", *(f"t{n}.mp3" for n in range(1, 24)))}


def read_out(kind: str = "select_one") -> Asked:
    return Asked(replace(script_around(chat_form(TOWNS.format(kind=kind))), media=TOWN_FILES))


def titles(talk: Asked) -> list[str]:
    return [each.title for each in talk.turns[-1].spoken]


def test_long_list_is_read_out_page_by_page_each_with_its_own_number() -> None:
    talk = read_out()
    assert titles(talk) == ["▶", *map(str, range(1, 11))]

    turn = talk.tap(p.MORE)

    assert titles(talk) == ["▶", *map(str, range(11, 21))]
    assert [each.file for each in turn.spoken][1] == "t11.mp3"
    assert (turn.hush, turn.show and turn.show.fresh) == (True, True)
    assert talk.labels[:2] == ["11 · Town 11", "12 · Town 12"]
    talk.tap(p.MORE)
    assert titles(talk) == ["▶", "21", "22", "23"]
    talk.tap(p.PREVIOUS)
    assert titles(talk)[1] == "11"


def test_page_that_was_left_can_no_longer_be_pressed() -> None:
    talk = read_out()
    before = talk.conversation.chat.card.generation

    talk.tap(p.MORE)

    assert talk.conversation.chat.card.generation == before + 1


def test_picking_on_a_page_says_nothing_again_and_a_number_picks_from_any() -> None:
    talk = read_out("select_multiple")
    talk.tap(p.MORE)
    turn = talk.tap("12 · ☐ Town 12")
    assert (turn.spoken, turn.hush) == ((), False)

    talk.write("23")
    talk.tap(p.DONE)

    assert talk.tap(p.SKIP).records[-1].body["values"] == {"/data/town": "t12 t23"}


def test_what_was_found_is_read_out_with_the_numbers_it_has() -> None:
    talk = read_out()

    talk.write("Town 2")

    found = [label.partition(" ")[0] for label in talk.labels if "Town" in label]
    assert titles(talk) == ["▶", *found]
    assert set(found) == {"2", "12", "20", "21", "22", "23"}
    talk.write("21")
    assert "Tell us." in talk.text


def test_ranked_choices_keep_the_numbers_of_their_sounds() -> None:
    form = """
| survey |
| | type | name | label::English (en) |
| | rank town | town | Which first? |
| choices |
| | list_name | name | label::English (en) | media::audio::English (en) |
| | town | t1 | Town 1 | t1.mp3 |
| | town | t2 | Town 2 | t2.mp3 |
| | town | t3 | Town 3 | t3.mp3 |
"""
    talk = Asked(replace(script_around(chat_form(form)), media=TOWN_FILES))
    assert (titles(talk), talk.labels[:3]) == (["1", "2", "3"], ["1 · Town 1", "2 · Town 2", "3 · Town 3"])

    turn = talk.tap("2 · Town 2")

    assert (turn.spoken, talk.labels[:2]) == ((), ["1 · Town 1", "3 · Town 3"])
    assert "1. \u20682 · Town 2\u2069" in talk.text


def test_whether_there_is_another_one_can_be_heard() -> None:
    form = """
| survey |
| | type | name | label::English (en) | media::audio::English (en) |
| | begin repeat | towns | Towns | town.mp3 |
| | text | story | Tell us. | |
| | end repeat | | | |
"""
    talk = Asked(replace(script_around(chat_form(form)), media=TOWN_FILES))
    talk.write("It was a long way.")

    assert talk.turns[-1].spoken == (Spoken("audio", "town.mp3", "▶"),)


def test_leafing_in_a_list_that_is_not_read_out_stays_on_the_card() -> None:
    form = chat_form(re.sub(r"t\d+\.mp3", "", TOWNS.format(kind="select_one")))
    talk = Asked(replace(script_around(form), media=TOWN_FILES))
    assert titles(talk) == ["▶"]

    turn = talk.tap(p.MORE)

    assert (turn.spoken, turn.hush, turn.show and turn.show.fresh) == ((), False, False)


def folder_with(tmp_path: Path, *names: str) -> dict[str, MediaFile]:
    (tmp_path / "media").mkdir(exist_ok=True)
    for name in names:
        (tmp_path / "media" / name).write_bytes(f"sound of {name}".encode())
    found, problems = media_beside(tmp_path, {"test": chat_form(HEARD)})
    assert problems == []
    return found


def test_folder_says_what_is_missing_or_of_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_with(tmp_path, *FILES)
    (tmp_path / "media" / "yes_fa.mp3").unlink()
    monkeypatch.setattr(media, "MOST_BYTES", 20)
    (tmp_path / "media" / "no_en.mp3").write_bytes(bytes(21))
    ogg = chat_form(HEARD.replace("work_en.mp3", "work_en.wav"))

    _, problems = media_beside(tmp_path, {"test": ogg})

    assert [(each.code, each.file) for each in problems] == [
        ("form.media-size", "media/no_en.mp3"),
        ("form.media-sort", "media/work_en.wav"),
        ("form.media-file", "media/yes_fa.mp3"),
    ]


def above(chat: Online) -> list[tuple[str, str, bool]]:
    """The bot's messages above the card: sort, what is to be read, whether silent."""
    bubbles: list[Bubble] = [bubble for bubble in chat.person.screen if not bubble.mine]
    return [(bubble.kind, bubble.text, bubble.silent) for bubble in bubbles[:-1]]


async def test_sounds_stand_above_the_card_and_go_with_the_question(tmp_path: Path) -> None:
    async with online(HEARD, tmp_path, media=folder_with(tmp_path, *FILES)) as chat:
        assert above(chat) == [
            ("audio", "▶", True),
            ("photo", "▶", True),
            ("audio", "1", True),
            ("audio", "2", True),
        ]
        assert "Do you work?" in chat.text

        await chat.tap("2 · No")

        assert (above(chat), "Tell us." in chat.text) == ([], True)
        await chat.tap(p.BACK)
        assert len(above(chat)) == 4
        sent = [call for call in chat.emulator.world.calls if call.method in ("sendAudio", "sendPhoto")]
        assert [isinstance(each.parameters.get("audio", each.parameters.get("photo")), bytes) for each in sent] == [
            True, True, True, True, False, False, False, False,
        ]  # fmt: skip
        said = [str(value) for each in sent for value in each.parameters.values() if not isinstance(value, bytes)]
        assert [name for name in FILES if any(name in text for text in said)] == []


async def test_page_of_a_list_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    for name in TOWN_FILES:
        (tmp_path / "media" / name).write_bytes(f"sound of {name}".encode())
    form = TOWNS.format(kind="select_one")
    files, problems = media_beside(tmp_path, {"test": chat_form(form)})
    assert problems == []
    async with online(form, tmp_path, media=files) as chat:
        assert [text for _, text, _ in above(chat)] == ["▶", *map(str, range(1, 11))]

        await chat.tap(p.MORE)

        assert [text for _, text, _ in above(chat)] == ["▶", *map(str, range(11, 21))]
        await chat.tap("12 · Town 12")
        assert (above(chat), "Tell us." in chat.text) == ([], True)


async def test_sound_telegram_no_longer_has_is_sent_up_again(tmp_path: Path) -> None:
    async with online(HEARD, tmp_path, media=folder_with(tmp_path, *FILES)) as chat:
        chat.emulator.world.files._by_id.clear()

        await chat.tap("2 · No")
        await chat.tap(p.BACK)

        assert len(above(chat)) == 4


async def test_sounds_are_deleted_before_two_days_are_over(tmp_path: Path) -> None:
    async with online(HEARD, tmp_path, media=folder_with(tmp_path, *FILES)) as chat:
        chat.clock.move(STANDS + timedelta(minutes=1))

        await maintain(chat.house)
        await chat.taken()

        assert above(chat) == []
