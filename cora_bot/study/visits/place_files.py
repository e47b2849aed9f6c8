"""The pictures and voices of a trip's places, as they lie beside its workbook: found, weighed, looked into.

What a name ends in is what somebody called it. What it begins with is what Telegram will find.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from cora_bot.base.limits import MEGABYTE
from cora_bot.base.problems import Problem, Severity
from cora_bot.base.values import replace
from cora_bot.study.visits import pictures
from cora_bot.study.visits.trip import Place, PlaceFile, Trip

MOST_BYTES: Final = 5 * MEGABYTE
"""Of one file. Telegram takes more; on a phone with little credit even this is dear."""

Beside = Callable[[str], bytes | None]
"""The content of a file beside the workbook, or as much of it as says that it is too large; None: it is not there."""

PICTURE, VOICE = "picture", "voice"


def _is_jpeg(content: bytes) -> bool:
    return content[:3] == pictures.JPEG and pictures.size(content) is not None


def _is_png(content: bytes) -> bool:
    return content[:8] == pictures.PNG and pictures.size(content) is not None


def _is_m4a(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _is_mp3(content: bytes) -> bool:
    # A tag, or at once a frame: eleven bits set, then a layer (without one it would be AAC).
    first, second = content[:1], content[1] if len(content) > 1 else 0
    return content[:3] == b"ID3" or (first == b"\xff" and second & 0xE0 == 0xE0 and second & 0x06 != 0)


KINDS: Final[Mapping[str, tuple[tuple[str, Callable[[bytes], bool]], ...]]] = {
    PICTURE: (
        (".jpg", _is_jpeg),
        (".jpeg", _is_jpeg),
        (".png", _is_png),
    ),
    VOICE: (
        (".ogg", lambda content: content[:4] == b"OggS" and b"OpusHead" in content[:64]),
        (".mp3", _is_mp3),
        (".m4a", _is_m4a),
    ),
}
"""By sort what a name may end in, and whether the content is that."""


def beside(files: Mapping[str, bytes]) -> Beside:
    """Files by name. Letters with marks are found however they were typed: computers spell ë in two ways."""
    known = {plain(name): content for name, content in files.items()}
    return lambda name: known.get(plain(name))


def plain(name: str) -> str:
    """A file's name with its letters and marks put together."""
    return unicodedata.normalize("NFC", name)


def look(
    trip: Trip, languages: Sequence[str], found: Beside, *, file: str = ""
) -> tuple[Trip, dict[str, bytes], list[Problem]]:
    """The trip with its files known by their SHA-256, their contents by it, and what is wrong with them.

    ``languages`` are those of the people who may come, by the codes of the study.
    """
    contents = {each.name: found(each.name) for each in trip.files}
    digests = {name: hashlib.sha256(content or b"").hexdigest() for name, content in contents.items()}
    problems = [
        problem
        for place in trip.places
        for sort, named in ((PICTURE, place.pictures), (VOICE, place.voices))
        for problem in (
            *(one for each in named.values() for one in _wrong(sort, each, contents[each.name], file)),
            *_languages(place, sort, named, languages, file),
        )
    ]
    known = {digests[name]: content for name, content in contents.items() if content is not None}
    return trip.with_files(lambda each: replace(each, digest=digests[each.name])), known, problems


def _wrong(sort: str, named: PlaceFile, content: bytes | None, file: str) -> Iterator[Problem]:
    def problem(code: str, said: str, hint: str) -> Problem:
        return Problem(f"visit.{code}", said, hint, file, "places", named.row)

    endings = [ending for ending, _ in KINDS[sort]]
    is_that = next((known for ending, known in KINDS[sort] if named.name.lower().endswith(ending)), None)
    if "/" in named.name or "\\" in named.name:
        yield problem("file-name", f"“{named.name}” is no name of a file", "Put it beside the workbook.")
    elif is_that is None:
        said = f"“{named.name}” is no {sort} that Telegram shows or plays here"
        yield problem("file-kind", said, f"Save it as one of: {', '.join(endings)}.")
    elif content is None:
        yield problem("file-missing", f"the {sort} “{named.name}” is not there", "Put it beside the workbook.")
    elif len(content) > MOST_BYTES:
        said = f"the {sort} “{named.name}” has more than {MOST_BYTES // MEGABYTE} MB"
        yield problem("file-size", said, "Make it smaller or shorter.")
    elif sort == PICTURE and (size := pictures.size(content)) is not None and not pictures.fits(*size):
        said = f"the picture “{named.name}” has {size[0]} × {size[1]} points: Telegram shows no such shape"
        yield problem("file-size", said, f"Width and height together: at most {pictures.MOST_SIDES:,}; cut off a part.")
    elif not is_that(content):
        said = f"“{named.name}” is not what its name says"
        yield problem("file-kind", said, f"Open it, and save it as one of: {', '.join(endings)}.{_OPUS[sort]}")


_OPUS: Final = {PICTURE: "", VOICE: " In an .ogg the sound must be Opus."}


def _languages(
    place: Place, sort: str, named: Mapping[str, PlaceFile], languages: Sequence[str], file: str
) -> Iterator[Problem]:
    for language in sorted(set(named) - {"", *languages}):
        said = f"a {sort} of {place.code} is for “{language}”, which nobody speaks who can come"
        hint = f"Known are: {', '.join(languages)}."
        yield Problem("visit.file-language", said, hint, file, "places", named[language].row)
    without = [code for code in languages if code not in named]
    if named and "" not in named and without:
        said = f"the {sort} of {place.code} is missing for {', '.join(without)}: there the text says the way alone"
        hint = f"Fill the column “{sort}::{without[0]}”, or “{sort}” for all others."
        row = next(iter(named.values())).row
        yield Problem("visit.file-language", said, hint, file, "places", row, Severity.WARNING)


def told(trip: Trip) -> list[str]:
    """A line for each place that has any: ``tirana: picture door.jpg (all), voice way.ogg (ar)``."""
    lines = []
    for place in trip.places:
        parts = [
            f"{sort} {each.name} ({language or 'all others' if len(named) > 1 else language or 'all'})"
            for sort, named in ((PICTURE, place.pictures), (VOICE, place.voices))
            for language, each in named.items()
        ]
        lines += [f"{place.code}: {', '.join(parts)}"] if parts else []
    return lines
