"""Files that hold keys: made for the owner alone, whole or not at all, never over an existing one.

Permissions are checked and set where the system has them (POSIX).
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cora_bot.base.errors import CoraError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ACL_USER, _ACL_OWNING_GROUP, _ACL_GROUP = 0x02, 0x04, 0x08


def write_new(path: Path, content: bytes) -> None:
    """``path``, readable by its owner only. Raises ``CoraError`` when something is there already."""
    part = _part(path)
    try:
        _write(part, content)
        _publish(part, path, content)
        _sync_folder(path.parent)
    except FileExistsError:
        raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.") from None
    except OSError as error:
        raise CoraError(f"{path} could not be written: {error.strerror}") from None
    finally:
        _drop(part)


def replace(path: Path, content: bytes) -> None:
    """Puts ``content`` in the place of ``path`` in one step: readers see the old file or the new one."""
    part = _part(path)
    try:
        _write(part, content)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        _drop(part)
        raise CoraError(f"{path} could not be written: {error.strerror}") from None


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """``path`` while it is written, in memory of any bound; it appears whole, or not at all. Raises ``CoraError``."""
    part = _part(path)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        if path.exists():
            raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.")
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CoraError(f"{path} could not be written: {error.strerror}", "Is there room, and may we write?") from None
    finally:
        _drop(part)


def destroy(path: Path) -> None:
    """Overwrites the content, then deletes the file. Raises ``CoraError``.

    Whether an older block of it can be recovered is the disk's to say: flash and journals keep some.
    """
    try:
        with path.open("r+b") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(0)
            opened.write(bytes(size))
            opened.flush()
            os.fsync(opened.fileno())
            opened.truncate(0)
            os.fsync(opened.fileno())
        path.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise CoraError(f"{path} could not be destroyed: {error.strerror}", "Do it by hand: shred -u") from None


def read(path: Path) -> bytes:
    """The content. Raises ``CoraError``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CoraError(f"{path} could not be read: {error.strerror}") from None


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner can read. Raises ``CoraError`` when others can."""
    try:
        with path.open("rb") as opened:
            if os.name == "posix" and readable_by_others(opened.fileno()):
                raise CoraError(f"{path} can be read by others on this machine", f"chmod 600 {path}")
            return opened.read()
    except OSError as error:
        hint = "Is it there, and may this user read it?"
        raise CoraError(f"{path} could not be read: {error.strerror}", hint) from None


def readable_by_others(file: int | Path) -> bool:
    """Whether anybody but its owner, and us, may read or change this file or folder (POSIX).

    A service manager hands its credentials over as root's files with a list that lets us alone read them: the mode's
    group bits then stand for that list, and say nothing about a group.
    """
    others = os.stat(file).st_mode & _OTHERS  # noqa: PTH116 - also takes an open file
    return bool(others) and (bool(others & stat.S_IRWXO) or not _listed_for_us_alone(file))


def _listed_for_us_alone(file: int | Path) -> bool:
    """Linux's access control list: after a version, entries of tag, permissions and id, 8 bytes each."""
    try:
        listed = os.getxattr(file, "system.posix_acl_access")
    except (AttributeError, OSError):  # not Linux, or no list: the group bits are the group's
        return False
    entries = list(struct.iter_unpack("<HHI", listed[4:]))
    ours = (_ACL_USER, os.geteuid())
    strangers = [one for one in entries if one[0] in (_ACL_USER, _ACL_GROUP) and (one[0], one[2]) != ours]
    return not any(permissions for _, permissions, _ in strangers) and not any(
        permissions for tag, permissions, _ in entries if tag == _ACL_OWNING_GROUP
    )


def _part(path: Path) -> Path:
    part = path.with_name(path.name + ".part")
    _drop(part)  # left over from a kill
    return part


def _drop(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink()


def _publish(part: Path, path: Path, content: bytes) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        _write(
            path, content
        )  # no hard links here (a memory stick): a kill may leave half a file, never harm an old one


def _write(path: Path, content: bytes) -> None:
    # O_EXCL makes it ours from the first byte: nobody's file, no link is followed, no moment of wider permissions.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
