"""M-01 a picture, sound, film or file answers where one is asked for; M-02 its name says nothing about its giver; M-03
one that is too large, or of another sort, is removed with a word; M-04 one sent again replaces the first."""

from __future__ import annotations

import pytest

from cora_bot.base.limits import MEGABYTE, MOST_FILE_BYTES
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import SentFile, Unusable
from cora_bot.dialogue.kinds import files
from cora_bot.forms.model import Kind
from tests.support.one_form import Asked, asked

PHOTO = """
| survey |
| | type | name | label::English (en) |
| | image | photo | Show us the paper. |
| | acknowledge | end | Thank you. |
"""
PICTURE = SentFile("AgAC1", "photo", 1000)


def sent(file: SentFile, message: int = 7) -> Unusable:
    return Unusable(file.sort, message, "en", file=file)


def kept(talk: Asked) -> str:
    assert talk.conversation.session is not None
    return talk.conversation.session.walk


def test_picture_is_to_be_fetched_and_stands_until_then() -> None:
    talk = asked(PHOTO)
    assert (p.SEND_PICTURE in talk.text, p.FILE_REMOVAL in talk.text) == (True, True)

    turn = talk.feed(sent(PICTURE))

    (fetch,) = turn.fetches
    name = f"{fetch.record.id.hex()}.jpg"
    assert (turn.remove, turn.records, p.FILE_COMES in talk.text) == ((), (), True)
    assert (fetch.file, fetch.message, fetch.record.body) == ("AgAC1", 7, {"ref": "/data/photo", "value": name})
    assert name not in kept(talk)
    talk.tap(p.OK)
    body = talk.records[-1].body
    assert (body["files"], body["sealed"]) == ({"/data/photo": fetch.record.id.hex()}, {})


def test_picture_the_form_looks_at_is_there_by_its_name() -> None:
    talk = asked(PHOTO.replace("| | acknowledge | end | Thank you. |", "| | note | end | Thanks for ${photo}. |"))

    turn = talk.feed(sent(PICTURE))
    talk.tap(p.CONTINUE)

    name = f"{turn.fetches[0].record.id.hex()}.jpg"
    assert talk.values == {"/data/photo": name}
    assert talk.records[-1].body["files"] == {"/data/photo": turn.fetches[0].record.id.hex()}


def test_picture_sent_again_replaces_the_first() -> None:
    talk = asked(PHOTO)
    first = talk.feed(sent(PICTURE)).fetches[0]
    talk.tap(p.BACK)
    assert p.ANSWER_LOCKED in talk.text

    turn = talk.feed(sent(SentFile("AgAC2", "photo", 9), 8))

    assert turn.drop_records == (first.record.id,)
    talk.tap(p.BACK)
    dropped = talk.tap(p.SKIP) if p.SKIP in talk.labels else talk.tap(p.KEEP)
    assert dropped.drop_records == ()


@pytest.mark.parametrize(
    ("kind", "file", "ending"),
    [
        ("image", SentFile("x", "document", 9, "passport of Ahmad.PNG", "image/png"), "png"),
        ("image", SentFile("x", "document", 9, "scan.tiff", "image/tiff"), "tiff"),
        ("audio", SentFile("x", "voice", 9, "", "audio/ogg"), "ogg"),
        ("audio", SentFile("x", "audio", 9, "song.mp3", "audio/mpeg"), "mp3"),
        ("video", SentFile("x", "video_note", 9), "mp4"),
        ("video", SentFile("x", "video", 9, "", "video/quicktime"), "mov"),
        ("file", SentFile("x", "document", 9, "letter.tar.gz", ""), "gz"),
        ("file", SentFile("x", "document", 9, "no ending", "application/zip"), "bin"),
        ("file", SentFile("x", "document", 9, "x.jpg/../../etc", ""), "bin"),
    ],
)
def test_name_is_the_records_and_an_ending(kind: str, file: SentFile, ending: str) -> None:
    talk = asked(PHOTO.replace("| image |", f"| {kind} |"))

    (fetch,) = talk.feed(sent(file)).fetches

    assert fetch.record.body["value"] == f"{fetch.record.id.hex()}.{ending}"


@pytest.mark.parametrize(
    ("kind", "sort", "type_"),
    [
        (Kind.IMAGE, "document", "application/pdf"),
        (Kind.IMAGE, "voice", "audio/ogg"),
        (Kind.AUDIO, "photo", ""),
        (Kind.VIDEO, "document", "image/png"),
    ],
)
def test_other_sorts_do_not_fit(kind: Kind, sort: str, type_: str) -> None:
    assert not files.fits(kind, SentFile("x", sort, 9, "", type_))


def test_other_sort_is_removed_with_a_word() -> None:
    talk = asked(PHOTO)

    turn = talk.feed(sent(SentFile("x", "voice", 9)))

    assert (turn.remove, turn.fetches, f"⚠ {p.SEND_PICTURE}" in talk.text) == ((7,), (), True)


def test_too_large_is_removed_unfetched() -> None:
    talk = asked(PHOTO)

    turn = talk.feed(sent(SentFile("x", "photo", MOST_FILE_BYTES + 1)))

    assert (turn.remove, turn.fetches) == ((7,), ())
    assert p.FILE_TOO_LARGE.format(size=MOST_FILE_BYTES // MEGABYTE) in talk.text
    assert talk.feed(sent(SentFile("x", "photo", MOST_FILE_BYTES))).fetches != ()


def test_words_where_a_picture_is_asked_for_are_refused() -> None:
    talk = asked(PHOTO)

    turn = talk.write("I have none")

    assert (turn.remove, f"⚠ {p.SEND_PICTURE}" in talk.text) == ((101,), True)


def test_picture_where_none_is_asked_for_is_removed_unread() -> None:
    talk = asked("""
| survey |
| | type | name | label::English (en) |
| | text | story | What happened? |
""")

    turn = talk.feed(sent(PICTURE))

    assert (turn.remove, turn.fetches, p.CANNOT_TAKE in talk.text) == ((7,), (), True)
