"""EX-30 An export goes only into a new, an empty or its own earlier folder, and replaces that one whole.
EX-31 Files are readable by their owner alone; a failed run leaves the earlier export and nothing half made.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.export.folder import ACCOUNT, earlier_erased, publish


def own(folder: Path, *, study: str = "follow_up", erased: tuple[str, ...] = ()) -> Path:
    files = {"README.txt": b"old", ACCOUNT: json.dumps({"study": study, "erased": erased}).encode()}
    publish(folder, files)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_publish_writes_for_the_owner_alone(tmp_path: Path) -> None:
    folder = own(tmp_path / "export")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_publish_replaces_an_earlier_export_whole(tmp_path: Path) -> None:
    folder = own(tmp_path / "export")
    publish(folder, {"codebook.md": b"new"})
    assert contents(folder) == {"codebook.md": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_publish_keeps_the_earlier_export_when_writing_fails(tmp_path: Path) -> None:
    folder = own(tmp_path / "export")
    before = contents(folder)
    with pytest.raises(FileNotFoundError):
        publish(folder, {"codebook.md": b"new", "no/such/folder": b""})
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_publish_clears_what_a_killed_run_left(tmp_path: Path) -> None:
    left = tmp_path / ".export.unfinished"
    left.mkdir()
    (left / "answers_long.csv").write_text("opened answers")
    publish(tmp_path / "export", {"codebook.md": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_publish_refuses_to_clear_what_is_not_ours(tmp_path: Path) -> None:
    left = tmp_path / ".export.unfinished"
    left.mkdir()
    (left / "thesis.docx").write_text("mine")
    with pytest.raises(CoraError) as refused:
        publish(tmp_path / "export", {"codebook.md": b"new"})
    assert str(refused.value) == f"{left} is in the way"
    assert contents(left) == {"thesis.docx": b"mine"}


def test_earlier_erased_is_empty_for_a_new_or_empty_folder(tmp_path: Path) -> None:
    assert earlier_erased(tmp_path / "new", "follow_up") == frozenset()
    assert earlier_erased(tmp_path, "follow_up") == frozenset()


def test_earlier_erased_remembers_an_export_of_the_same_study(tmp_path: Path) -> None:
    folder = own(tmp_path / "export", erased=("11" * 16,))
    assert earlier_erased(folder, "follow_up") == {"11" * 16}


def test_earlier_erased_takes_up_an_export_whose_replacing_was_cut_off(tmp_path: Path) -> None:
    own(tmp_path / "export", erased=("11" * 16,)).rename(tmp_path / ".export.replaced")
    assert earlier_erased(tmp_path / "export", "follow_up") == {"11" * 16}
    publish(tmp_path / "export", {"codebook.md": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_earlier_erased_refuses_folders_of_other_things(tmp_path: Path) -> None:
    foreign = tmp_path / "docs"
    foreign.mkdir()
    (foreign / "thesis.docx").write_text("mine")
    file = tmp_path / "file"
    file.write_text("")
    link = tmp_path / "link"
    link.symlink_to(own(tmp_path / "export"))
    expected = {
        foreign: f"{foreign} holds other things (thesis.docx)",
        file: f"{file} is not a folder",
        link: f"{link} is not a folder",
        own(tmp_path / "other", study="other"): f"{tmp_path / 'other'} does not hold an export of the study follow_up",
        tmp_path / "no" / "export": f"there is no folder {tmp_path / 'no'}",
    }
    for folder, message in expected.items():
        with pytest.raises(CoraError) as refused:
            earlier_erased(folder, "follow_up")
        assert str(refused.value) == message
