"""The sounds, pictures and films of a study's forms: found in its folder ``media``, weighed, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cora_bot.base.limits import MEGABYTE
from cora_bot.base.problems import Problem
from cora_bot.dialogue.script import MediaFile
from cora_bot.forms.model import Form
from cora_bot.forms.shown import Clip
from cora_bot.forms.spoken import clips_of

FOLDER: Final = "media"
MOST_BYTES: Final = 10 * MEGABYTE  # of a picture at Telegram; more would be dear on a phone anyway
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": (".mp3", ".m4a"),
    "image": (".jpg", ".jpeg", ".png"),
    "video": (".mp4",),
}


def media_beside(folder: Path, forms: Mapping[str, Form]) -> tuple[dict[str, MediaFile], list[Problem]]:
    """By file name what the forms show, and what is wrong with it."""
    found: dict[str, MediaFile] = {}
    problems: list[Problem] = []
    for name, form in forms.items():
        for clip in sorted(clips_of(form), key=lambda clip: (clip.sort, clip.file)):
            path = folder / FOLDER / clip.file
            wrong = list(_wrong(path, clip, name))
            problems += wrong
            if not wrong:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[clip.file] = MediaFile(str(path.absolute()), digest)
    return found, problems


def _wrong(path: Path, clip: Clip, form: str) -> Iterator[Problem]:
    endings = ENDINGS[clip.sort]
    if path.suffix.lower() not in endings:
        message = f"the form {form} names “{clip.file}” as {clip.sort}: Telegram plays or shows {', '.join(endings)}"
        yield Problem("form.media-sort", message, "Save it as one of these.", f"{FOLDER}/{clip.file}")
    elif not path.is_file():
        message = f"the form {form} names “{clip.file}”, which is not there"
        yield Problem("form.media-file", message, f"Put it into the folder {FOLDER}.", f"{FOLDER}/{clip.file}")
    elif path.stat().st_size > MOST_BYTES:
        message = f"“{clip.file}” has more than {MOST_BYTES // MEGABYTE} MB"
        yield Problem("form.media-size", message, "Make it shorter or smaller.", f"{FOLDER}/{clip.file}")
