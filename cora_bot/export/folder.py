"""The export folder: opened answers on the researcher's disk, so it is private, whole or absent, and never mixed.

An export goes into a folder that is empty, absent, or holds an earlier export of the same study and nothing else; it
replaces that one whole, which is how answers erased since then disappear. Files are 0600 in a 0700 folder. They are
written into a hidden folder beside it and renamed; what a killed run left there is removed by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.export.media import FOLDER
from cora_bot.export.visit_files import TABLE as VISIT_FILES

ACCOUNT: Final = "reconciliation.json"
FILES: Final = (
    "README.txt",
    "answers_long.csv",
    "answers_wide.csv",
    "audit.csv",
    "codebook.md",
    "consents.csv",
    "messages.csv",
    "alerts.csv",
    "contacts.csv",
    "dispositions.csv",
    "response.csv",
    "visits.csv",
    VISIT_FILES,
    ACCOUNT,
)
INSTANCES: Final = "instances"
PUBLIC_USE, REPORT = "public_use.csv", "REPORT.md"
OURS: Final = frozenset({*FILES, FOLDER, INSTANCES, PUBLIC_USE, REPORT})
OTHER_FOLDER: Final = "Give --to a new or empty folder, or the folder of an earlier export of this study."


def earlier_erased(folder: Path, study: str) -> frozenset[str]:
    """Checks that an export of ``study`` may go into ``folder``; cases (hex) an export there already knew as erased.

    Raises ``CoraError`` when the folder is something else.
    """
    old = _replaced(folder)
    if not folder.exists() and old.is_dir():
        old.rename(folder)  # a run was killed between its two renames: the earlier export is still the valid one
    if not folder.exists():
        if not folder.parent.is_dir():
            raise CoraError(f"there is no folder {folder.parent}", "Make it first, or give another place with --to.")
        return frozenset()
    if not folder.is_dir() or folder.is_symlink():
        raise CoraError(f"{folder} is not a folder", OTHER_FOLDER)
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return frozenset()
    foreign = [name for name in names if name not in OURS]
    if foreign:
        raise CoraError(f"{folder} holds other things ({', '.join(foreign[:3])})", OTHER_FOLDER)
    account = _account(folder)
    if account.get("study") != study:
        raise CoraError(f"{folder} does not hold an export of the study {study}", OTHER_FOLDER)
    erased = account.get("erased")
    return frozenset(str(case) for case in erased) if isinstance(erased, list) else frozenset()


def check_empty(folder: Path) -> None:
    """A public-use export stands alone: nothing is replaced by it. Raises ``CoraError``."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise CoraError(f"{folder} is not a new or empty folder", "Give a public-use export a folder of its own.")
    if not folder.parent.is_dir():
        raise CoraError(f"there is no folder {folder.parent}", "Make it first, or give another place with --to.")


def earlier_signed(folder: Path) -> tuple[int, str] | None:
    """Number and digest of the newest signed statement that an earlier export into ``folder`` saw."""
    match _account(folder).get("signed"):
        case [int(number), str(digest)] if number > 0:
            return number, digest
        case _:
            return None


def earlier_audit(folder: Path) -> tuple[int, str] | None:
    """How far the server's audit log went (entries, hash of the last) when it was last exported into ``folder``."""
    match _account(folder).get("audit"):
        case [int(entries), str(head)] if entries > 0:
            return entries, head
        case _:
            return None


def earlier_visit_files(folder: Path) -> int:
    """How many files of visits an export that lies in ``folder`` has."""
    try:
        return max(0, (folder / VISIT_FILES).read_bytes().count(b"\r\n") - 1)
    except OSError:
        return 0


def _replaced(folder: Path) -> Path:
    """Where an earlier export stands for the moment in which the new one takes its place."""
    return folder.with_name(f".{folder.name}.replaced")


def _account(folder: Path) -> dict[str, object]:
    try:
        account = json.loads((folder / ACCOUNT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return account if isinstance(account, dict) else {}


def publish(folder: Path, files: Mapping[str, bytes], *, more: Callable[[Path], None] | None = None) -> None:
    """Puts ``files`` in the place of ``folder``: all of them or, after any failure, none.

    ``more`` writes the files that are too large to be handed over into the folder it is given.
    """
    fresh = folder.with_name(f".{folder.name}.unfinished")
    old = _replaced(folder)
    _clear(fresh)
    _clear(old)
    fresh.mkdir(mode=0o700)
    try:
        _folders(fresh, files)
        for name, content in files.items():
            _write(fresh / name, content)
        if more is not None:
            more(fresh)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        _clear(fresh)
        raise
    _clear(old)


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over names and contents: the same data under the same names, whenever it was exported."""
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def _folders(fresh: Path, files: Mapping[str, bytes]) -> None:
    inside = [name.split("/")[1] for name in files if name.startswith(f"{INSTANCES}/")]
    if inside:
        (fresh / INSTANCES).mkdir(mode=0o700)
    for record in dict.fromkeys(inside):
        (fresh / INSTANCES / record).mkdir(mode=0o700)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _clear(folder: Path) -> None:
    """Removes what an interrupted run left; a folder that holds anything not ours is refused."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir() or any(path.name not in OURS for path in folder.iterdir()):
        raise CoraError(f"{folder} is in the way", "It is not ours to remove: move it elsewhere, then export again.")
    shutil.rmtree(folder)
