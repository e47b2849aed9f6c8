"""Where dossiers lie, and the log of who had them made. Private: files 0600 in a folder 0700.

A line of the log is written before its dossiers appear: none is there that is in no log. A dossier of a case that the
newest bundle no longer has goes: the person was erased, or the link was cut.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.export.brief.document import Making
from cora_bot.export.cells import instant
from cora_bot.vault import private_files

LOG: Final = "joins.csv"
HEADER: Final = ("at", "brief", "study", "bundle", "case", "holder", "opened_with")
NAME: Final = re.compile(r"brief-(.+)\.(html|txt)")
OTHER_FOLDER: Final = "Give --to a new or empty folder, or one with briefs of this study."


def check(folder: Path, study: str) -> None:
    """Makes ``folder`` where it is missing. Raises ``CoraError`` when it holds anything else, or another study's."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CoraError(f"{folder} is not a folder", OTHER_FOLDER)
    if not folder.exists():
        if not folder.parent.is_dir():
            raise CoraError(f"there is no folder {folder.parent}", "Make it first, or give another place with --to.")
        folder.mkdir(mode=0o700)
    foreign = sorted(path.name for path in folder.iterdir() if path.name != LOG and not NAME.fullmatch(path.name))
    if foreign:
        raise CoraError(f"{folder} holds other things ({', '.join(foreign[:3])})", OTHER_FOLDER)
    others = {row["study"] for row in read_log(folder)} - {study}
    if others:
        raise CoraError(f"{folder} holds briefs of the study {min(others)}", OTHER_FOLDER)


def read_log(folder: Path) -> list[dict[str, str]]:
    """Every dossier that was ever made into ``folder``, oldest first."""
    path = folder / LOG
    if not path.exists():
        return []
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    if any(set(row) != set(HEADER) for row in rows):
        raise CoraError(f"{path} is damaged", "Keep it, and give --to another folder.")
    return rows


def note(folder: Path, making: Making, *, study: str, cases: Iterable[str], opened_with: Sequence[str]) -> None:
    """Adds a line for each case, on the disk when this returns."""
    path, text = folder / LOG, io.StringIO(newline="")
    writer = csv.writer(text)
    if not path.exists():
        writer.writerow(HEADER)
    for case in cases:
        facts = (instant(making.at), making.brief, study, making.bundle, case, making.holder)
        writer.writerow((*facts, " ".join(opened_with)))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(text.getvalue().encode())
        opened.flush()
        os.fsync(opened.fileno())


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Each in one step, in the place of an earlier one."""
    for name, content in files.items():
        private_files.replace(folder / name, content.encode())


def drop_gone(folder: Path, codes: Iterable[str]) -> list[str]:
    """Deletes dossiers of cases that are not among ``codes``; whose they were."""
    known, gone = set(codes), set()
    for path in sorted(folder.iterdir()):
        found = NAME.fullmatch(path.name)
        if found and found[1] not in known:
            path.unlink()
            gone.add(found[1])
    return sorted(gone)
