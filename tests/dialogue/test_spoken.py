"""V-01 a question's sounds and pictures stand above its card, in the person's language; V-02 their titles are numbers,
and the choices bear the same; V-03 they are sent once, silently, and deleted when something else is shown, or before
Telegram keeps them for good; V-04 a file is sent up once; V-05 the study says what is missing beside a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.pilot.person import Bubble
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
