"""Where dossiers lie, and who had them made. Private: files 0600 in a folder 0700.

Each making is a signed line in the log beside the folder (``own_log.py``), written before its dossiers appear: none is
there that is in no log. A dossier of a case that the newest bundle no longer has goes: the person was erased, or the
link was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.export.brief.document import Making
from cora_bot.export.own_log import BRIEF, Done, log_beside, read_log, study_of_log, write_down
from cora_bot.vault import private_files
from cora_bot.vault.agefile import Identity

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
    foreign = sorted(path.name for path in folder.iterdir() if not NAME.fullmatch(path.name))
    if foreign:
        raise CoraError(f"{folder} holds other things ({', '.join(foreign[:3])})", OTHER_FOLDER)
    known = study_of_log(read_log(log_beside(folder)))
    if known not in ("", study):
        raise CoraError(f"{folder} holds briefs of the study {known}", OTHER_FOLDER)


def note(folder: Path, making: Making, *, study: str, cases: Iterable[str], identities: Sequence[Identity]) -> None:
    """Adds a line for each case, on the disk when this returns."""
    about = {
        "brief": making.brief,
        "bundle": making.bundle,
        "holder": making.holder,
        "keys": " ".join(identity.recipient.fingerprint() for identity in identities),
    }
    write_down(folder, [Done(study, BRIEF, making.at, {**about, "case": case}) for case in cases], identities[0])


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
