"""V-85 key files are the owner's alone from the first byte, whole or not there, and never replace another."""

from __future__ import annotations

import os
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
