"""V-85 key files are the owner's alone from the first byte, whole or not there, and never replace another."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.vault.private_files import read_private, replace, write_new


def test_a_new_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_new(tmp_path / "new", b"content")
        replace(tmp_path / "put", b"content")
    finally:
        os.umask(old)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "put")] == [0o600, 0o600]
    assert read_private(tmp_path / "new") == b"content"


def test_an_existing_file_and_an_existing_link_stay_as_they_are(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "file").write_bytes(b"old")
    for name in ("link", "file"):
        with pytest.raises(CoraError, match="exists already"):
            write_new(tmp_path / name, b"new")
    assert (target.exists(), (tmp_path / "file").read_bytes()) == (False, b"old")


def test_a_part_left_over_from_a_kill_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "key.part").write_bytes(b"half")
    write_new(tmp_path / "key", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"whole")]


def test_a_filesystem_without_hard_links_still_gets_a_whole_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write_new(tmp_path / "key", b"whole")
    with pytest.raises(CoraError, match="exists already"):
        write_new(tmp_path / "key", b"other")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"whole")]


def test_a_folder_that_is_not_there_is_the_operators_to_mend(tmp_path: Path) -> None:
    for write in (write_new, replace):
        with pytest.raises(CoraError, match="could not be written"):
            write(tmp_path / "none" / "key", b"content")


OWNER, USER, OWNING_GROUP, GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NOBODY_NAMED = 0xFFFFFFFF
ME = os.geteuid()
Entry = tuple[int, int, int]


def listed(path: Path, *entries: Entry) -> None:
    """Gives the file a list of who may read it, as a service manager does for a credential."""
    basis = ((OWNER, 4, NOBODY_NAMED), (MASK, 4, NOBODY_NAMED), (OTHERS, 0, NOBODY_NAMED))
    every = sorted((*basis, *entries))
    content = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in every)
    try:
        os.setxattr(path, "system.posix_acl_access", content)
    except (AttributeError, OSError) as why:
        pytest.skip(f"no access control lists here: {why}")


def test_a_credential_that_a_list_lets_us_alone_read_is_private(tmp_path: Path) -> None:
    path = tmp_path / "credential"
    path.write_bytes(b"content")
    path.chmod(0o400)
    listed(path, (OWNING_GROUP, 0, NOBODY_NAMED), (USER, 4, ME))
    assert path.stat().st_mode & 0o777 == 0o440  # what a group seems to have is the list
    assert read_private(path) == b"content"


@pytest.mark.parametrize(
    "entries",
    [
        ((OWNING_GROUP, 4, NOBODY_NAMED), (USER, 4, ME)),
        ((OWNING_GROUP, 0, NOBODY_NAMED), (USER, 4, ME), (USER, 4, ME + 4711)),
        ((OWNING_GROUP, 0, NOBODY_NAMED), (USER, 4, ME), (GROUP, 4, 4711)),
    ],
    ids=["the group", "another user", "another group"],
)
def test_a_credential_that_a_list_lets_others_read_is_not(tmp_path: Path, entries: tuple[Entry, ...]) -> None:
    path = tmp_path / "credential"
    path.write_bytes(b"content")
    path.chmod(0o400)
    listed(path, *entries)
    with pytest.raises(CoraError, match="can be read by others"):
        read_private(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o620])
def test_a_file_others_can_read_or_change_is_not_private(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    path.chmod(mode)
    with pytest.raises(CoraError, match="can be read by others"):
        read_private(path)
