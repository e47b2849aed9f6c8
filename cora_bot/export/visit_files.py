"""Files of field visits join their case at the export: recordings, pictures, notes, sealed by ``cora seal``.

They come from a folder of the researcher's, not from the bundle. What binds each to its case lies inside its seal; the
bundle says which cases there are. A file that does not fit is named with its reason and left out, the rest goes on.
Every file is read to its end before anything of it is written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.values import Value
from cora_bot.export.cells import Row, instant
from cora_bot.export.media import FOLDER
from cora_bot.vault.agefile import Identity
from cora_bot.vault.visit_file import SUFFIX, VisitHead, open_visit_file

TABLE: Final = "visit_files.csv"
HEADER: Final = ("case", "visit", "kind", "file", "size", "sha256", "sealed_at")
AGAIN: Final = "Copy it from the laptop again, and compare."


class VisitFile(Value):
    """One file that joins its case."""

    path: Path
    head: VisitHead


class Joined(Value):
    """``files`` by case, visit, time; ``troubles`` are sentences without content that begin with a file's name;
    ``twice`` counts files that were there more than once; ``unsure``: nothing here knows whose each visit is.
    """

    files: tuple[VisitFile, ...] = ()
    troubles: tuple[str, ...] = ()
    twice: int = 0
    unsure: bool = False

    def notes(self) -> list[str]:
        notes = [f"{len(self.files)} files of visits were joined to their cases by --with"] if self.files else []
        if self.twice:
            notes.append(f"{self.twice} files of visits were there more than once and were taken once")
        return notes + ([f"file {each.path.name} {_unsure(each.head)}" for each in self.files] if self.unsure else [])


def _unsure(head: VisitHead) -> str:
    pair = f"names the visit {head.visit} and the case {head.case}"
    return f"{pair}; whether they belong together is not known here: no bundle lists visits"


class Expected(Value):
    """What a file must fit: the study, the codes of the cases that may appear, and whose each visit is.

    ``visits``: case code by visit; None where no bundle lists visits: then the case code alone decides, and the files
    are named, because a wrong pair cannot be told from a right one.
    """

    study: str
    codes: frozenset[str]
    visits: Mapping[str, str] | None = None


def take_up(folders: Sequence[Path], identities: Sequence[Identity], expected: Expected) -> Joined:
    """Every sealed file below ``folders``. Raises ``CoraError`` for a folder without any: it may be the wrong one."""
    found: dict[tuple[str, str, str], VisitFile] = {}
    troubles: list[str] = []
    twice = 0
    for path in _paths(folders):
        head = _examined(path, identities)
        why = head if isinstance(head, str) else _does_not_fit(head, expected)
        if isinstance(head, str) or why:
            troubles.append(f"{path.name} {why}")
            continue
        same = (head.case, head.visit, head.sha256)
        twice += same in found
        found.setdefault(same, VisitFile(path, head))
    ordered = sorted(found.values(), key=lambda each: (each.head.case, each.head.visit, each.head.at, each.head.file))
    return Joined(tuple(ordered), tuple(troubles), twice, unsure=expected.visits is None)


def _paths(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        paths = sorted(path for path in folder.rglob(f"*{SUFFIX}") if path.is_file())
        if not paths:
            raise CoraError(f"there are no sealed files (…{SUFFIX}) in {folder}", "'cora seal' makes them.")
        yield from paths


def _examined(path: Path, identities: Sequence[Identity]) -> VisitHead | str:
    """The head of a file that is whole; else what is wrong with it."""
    try:
        with path.open("rb") as source:
            head, content = open_visit_file(source, identities)
            for _ in content:
                pass
    except NotOpened:
        return "could not be opened: sealed to another key, cut short or changed"
    except CoraError as error:
        return str(error)
    return head


def _does_not_fit(head: VisitHead, expected: Expected) -> str:
    """Why a file stays out, "" where it fits. The file itself is left as it is: it can be bound anew."""
    if head.study != expected.study:
        return f"is of another study ({head.study})"
    pair = f"names the visit {head.visit} and the case {head.case}"
    if head.case not in expected.codes:
        return f"{pair}, who is not in the bundle: if that person was erased, delete the file"
    whose = head.case if expected.visits is None else expected.visits.get(head.visit)
    if whose is None:
        return f"{pair}; the bundle does not list that visit"
    return "" if whose == head.case else f"{pair}, which do not belong together: the visit is of {whose}"


def rows(joined: Joined) -> Iterator[Row]:
    """``visit_files.csv``: the files themselves lie in ``media/`` under ``file``."""
    yield HEADER
    for each in joined.files:
        head = each.head
        yield head.case, head.visit, head.kind, head.name, str(head.size), head.sha256, instant(head.at)


def write(joined: Joined, folder: Path, identities: Sequence[Identity]) -> None:
    """Writes each into ``folder``/media, readable by its owner alone. Raises ``CoraError`` when one has changed."""
    into = folder / FOLDER
    if joined.files:
        into.mkdir(mode=0o700, exist_ok=True)
    for each in joined.files:
        descriptor = os.open(
            into / each.head.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(descriptor, "wb") as opened, each.path.open("rb") as source:
            head, content = open_visit_file(source, identities)
            digest = hashlib.sha256()
            for piece in content:
                digest.update(piece)
                opened.write(piece)
            opened.flush()
            os.fsync(opened.fileno())
        if head != each.head or digest.hexdigest() != each.head.sha256:
            raise CoraError(f"{each.path.name} changed while it was being exported", AGAIN)
