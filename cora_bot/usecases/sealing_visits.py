"""Recordings, pictures and notes of a visit are sealed on the laptop that was there. It needs no key and no network.

Its copy of study.toml says who can open; where signatures.json lies beside it, it must say the same. A file is read
twice, piece by piece, because what it holds is written before it: the second reading must find what the first found.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.study.model import Study
from cora_bot.study.reader import read_study
from cora_bot.study.visits.on_paper import CHECK, check
from cora_bot.usecases.finding import as_code
from cora_bot.usecases.load_study import STUDY_FILE
from cora_bot.usecases.signatures import openers_signed
from cora_bot.vault import private_files
from cora_bot.vault.recipients import Recipient
from cora_bot.vault.visit_file import CASE, SUFFIX, VISIT, Kind, VisitHead, seal_visit_file

PIECE: Final = 1024 * 1024
Progress = Callable[[int, int], None]
ENDINGS: Final = {
    Kind.INTERVIEW_AUDIO: ("m4a", "mp3", "ogg", "oga", "opus", "wav", "aac", "flac", "amr", "wma", "3ga"),
    Kind.INTERVIEW_VIDEO: ("mp4", "mov", "mkv", "webm", "avi", "3gp"),
    Kind.PHOTO: ("jpg", "jpeg", "png", "heic", "webp", "tif", "tiff"),
    Kind.FIELD_NOTE: ("txt", "md", "pdf", "docx", "odt", "rtf"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A study as far as sealing needs it. ``statement`` is the number of the signed statement, 0 where none is."""

    study: str
    recipients: tuple[Recipient, ...]
    statement: int


@dataclass(frozen=True, slots=True)
class About:
    """Which visit of whom, as the day sheet has both. ``kind`` None: told by the file's ending."""

    visit: str
    case: str
    kind: Kind | None = None


def desk(place: Path) -> Desk:
    """``place`` is study.toml or the folder it lies in. Raises ``CoraError``."""
    file = place / STUDY_FILE if place.is_dir() else place
    study = _study(file)
    if not study.recipients:
        raise CoraError(f"{file} names nobody who can open", "Copy study.toml from the study's folder again.")
    chain = openers_signed(file.parent, study)
    return Desk(study.id, tuple(Recipient.parse(text) for text in study.recipients), len(chain.signed))


def _study(file: Path) -> Study:
    text = private_files.read(file).decode("utf-8", "replace")
    study, problems = read_study(text, file=file.name)
    if study is None:
        raise CoraError(f"{file} cannot be used: {problems[0].message}", "Copy it from the study's folder again.")
    return replace(study, source=text)


def about(visit: str, case: str, kind: Kind | None = None) -> About:
    """What somebody typed from a day sheet. The last letters of ``visit`` say that both belong together, else
    ``CoraError``: the laptop knows neither trip nor cases.
    """
    plain = "".join(letter for letter in visit.upper() if letter.isalnum())
    found = About(f"{plain[:1]}-{plain[1:-CHECK]}", as_code(case), kind)
    if not VISIT.fullmatch(found.visit):
        raise CoraError(
            f"{visit!r} is no number of a visit", "It looks like V-7Q2K-3J and stands on the day sheet, whole."
        )
    if not CASE.fullmatch(found.case):
        raise CoraError(f"{case!r} is no case code", "It looks like K7F-2QX and stands on the day sheet.")
    if plain[-CHECK:] != check(found.visit, found.case):
        raise CoraError(
            f"the visit {found.visit}-{plain[-CHECK:]} and the case {found.case} do not belong together",
            "One of them is mistyped, or is of another line of the day sheet. Nothing was sealed.",
        )
    return found


def seal_file(
    desk: Desk, about: About, file: Path, into: Path, *, chance: Chance, now: datetime, progress: Progress
) -> Path:
    """Seals one file; the new file in ``into``. The original stays: deleting it is not ours to do. ``CoraError``."""
    kind = about.kind or _kind(file)
    size, digest = _measured(file)
    if not size:
        raise CoraError(f"{file} is empty", "Was the recording stopped and saved?")
    head = VisitHead(
        study=desk.study,
        visit=about.visit,
        case=about.case,
        kind=kind,
        file=new_id(chance).hex(),
        ending=_ending(file) or "bin",
        size=size,
        sha256=digest,
        at=now,
    )
    # A name of its own: what lies on the laptop tells neither visit nor case.
    target = into / f"{head.file}{SUFFIX}"
    content = _told(_pieces(file), size, progress)
    with _whole(target) as opened:
        seal_visit_file(head, content, opened, desk.recipients, chance=chance)
    return target


def _kind(file: Path) -> Kind:
    for kind, endings in ENDINGS.items():
        if _ending(file) in endings:
            return kind
    raise CoraError(f"what {file.name} is cannot be told by its name", f"Say it with --kind: {', '.join(Kind)}.")


def _ending(file: Path) -> str:
    ending = file.suffix.lower().removeprefix(".")
    return ending if re.fullmatch(r"[a-z0-9]{1,5}", ending) else ""


def _measured(file: Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in _pieces(file):
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _told(pieces: Iterator[bytes], size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        progress(min(done, size), size)


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """Whole or not at all: somebody will delete the original because this file is there."""
    part = target.with_name(target.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        part.rename(target)
    except OSError as error:
        raise CoraError(f"{target} could not be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
