"""V-05 pictures and voices of places are looked for beside the workbook; what is missing, too large or something else
is named with its row, and whoever would get none."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest

from cora_bot.base.problems import Problem, Severity
from cora_bot.study.visits.place_files import MOST_BYTES, beside, look, told
from cora_bot.study.visits.reader import read_trip
from cora_bot.study.visits.trip import Trip
from cora_bot.study.visits.workbook import as_workbook, read_rows
from cora_bot.usecases.visits.planning import read_workbook
from tests.support.house import STUDY, script_of
from tests.support.trips import FILES, PICTURE, PLACES, sheets, shown, standard

FIRST = date(2026, 12, 21)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LANGUAGES = ("ar", "en", "sq")
JPEG, PNG = b"\xff\xd8\xff\xc0\0\x11\x08\2\x58\3\x84 a picture", PICTURE
WIDE = PNG.replace(b"\0\0\3\x84", b"\0\0\x27\x10")  # 10,000 × 600
OGG, MP3, BARE_MP3 = b"OggS" + bytes(24) + b"OpusHead", b"ID3\x04 a sound", b"\xff\xfb\x90\x00 a sound"
M4A, AAC, VORBIS = b"\0\0\0\x20ftypM4A ", b"\xff\xf1\x50\x80", b"OggS" + bytes(24) + b"\x01vorbis"


def trip(**columns: str) -> Trip:
    """Tirana names these files: ``voice__ar`` is the column ``voice::ar``."""
    (head, tirana, *others) = PLACES
    head = (*head, *(name.replace("__", "::") for name in columns))
    book = sheets(standard(FIRST)) | {"places": (head, (*tirana, *columns.values()), *others)}
    rows, _ = read_rows(as_workbook(book))
    found, problems = read_trip(rows)
    assert found is not None, problems
    return found


def wrong(known: Trip, files: dict[str, bytes]) -> list[Problem]:
    return look(known, LANGUAGES, beside(files), file="trip.xlsx")[2]


def codes(problems: list[Problem]) -> list[tuple[str, str, int | None, Severity]]:
    return [(each.code, each.sheet, each.row, each.severity) for each in problems]


@pytest.mark.parametrize(
    ("column", "name", "content"),
    [
        ("picture", "door.jpg", JPEG), ("picture", "door.JPEG", JPEG), ("picture", "door.png", PNG),
        ("voice", "way.ogg", OGG), ("voice", "way.mp3", MP3), ("voice", "way.mp3", BARE_MP3), ("voice", "way.m4a", M4A),
    ],
)  # fmt: skip
def test_file_of_a_known_kind_is_taken(column: str, name: str, content: bytes) -> None:
    known, files, problems = look(trip(**{column: name}), LANGUAGES, beside({name: content}))
    (place_file,) = known.files

    assert problems == []
    assert (files, place_file.name) == ({place_file.digest: content}, name)


@pytest.mark.parametrize(
    ("column", "name", "content", "code"),
    [
        ("picture", "door.png", None, "visit.file-missing"),
        ("picture", "door.png", b"", "visit.file-kind"),
        ("picture", "door.png", JPEG, "visit.file-kind"),
        ("picture", "door.heic", JPEG, "visit.file-kind"),
        ("picture", "door", JPEG, "visit.file-kind"),
        ("picture", "way.ogg", OGG, "visit.file-kind"),
        ("picture", "door.png", PNG + bytes(MOST_BYTES), "visit.file-size"),
        ("picture", "door.png", WIDE, "visit.file-size"),
        ("picture", "door.png", PNG[:20], "visit.file-kind"),
        ("picture", "../door.png", PNG, "visit.file-name"),
        ("picture", "C:\\door.png", PNG, "visit.file-name"),
        ("voice", "way.ogg", VORBIS, "visit.file-kind"),
        ("voice", "way.mp3", AAC, "visit.file-kind"),
        ("voice", "way.mp3", b"\xff", "visit.file-kind"),
        ("voice", "way.m4a", MP3, "visit.file-kind"),
        ("voice", "way.wav", b"RIFF", "visit.file-kind"),
    ],
)
def test_bad_file_is_named_with_its_row(column: str, name: str, content: bytes | None, code: str) -> None:
    problems = wrong(trip(**{column: name}), {} if content is None else {name: content})

    assert codes(problems) == [(code, "places", 2, Severity.ERROR)]
    assert all(each.hint and name in each.message for each in problems)


def test_language_without_a_voice_is_named() -> None:
    known = trip(voice__ar="way.ogg")
    problems = wrong(known, {"way.ogg": OGG})

    assert codes(problems) == [("visit.file-language", "places", 2, Severity.WARNING)]
    assert "is missing for en, sq" in problems[0].message
    assert wrong(trip(voice__ar="way.ogg", voice="all.ogg"), {"way.ogg": OGG, "all.ogg": OGG}) == []


def test_voice_for_a_language_nobody_has_is_an_error() -> None:
    problems = wrong(trip(voice="all.ogg", voice__eo="way.ogg"), {"way.ogg": OGG, "all.ogg": OGG})

    assert codes(problems) == [("visit.file-language", "places", 2, Severity.ERROR)]


def test_letters_with_marks_are_found_however_they_were_typed() -> None:
    name = "dera ë kaltër.png"
    files = {unicodedata.normalize("NFD", name): PNG}

    assert (name in files, wrong(trip(picture=name), files)) == (False, [])


def test_who_gets_what_is_said() -> None:
    known = trip(picture="door.png", voice="way.ogg", voice__ar="way-ar.ogg")

    assert told(known) == ["tirana: picture door.png (all), voice way.ogg (all others), voice way-ar.ogg (ar)"]
    assert told(trip()) == []


def test_workbook_whose_files_are_missing_cannot_be_planned() -> None:
    study = script_of(STUDY).study
    bare = read_workbook(shown(standard(FIRST)), study, NOW, file="trip.xlsx")
    whole = read_workbook(shown(standard(FIRST)), study, NOW, file="trip.xlsx", beside=beside(FILES))

    assert (bare.trip, [each.code for each in bare.problems]) == (None, ["visit.file-missing"] * 3)
    assert whole.trip is not None
    assert (whole.problems, sorted(whole.files.values())) == ((), sorted(FILES.values()))
