"""VI-52 Files of visits join their case at the export: written whole into media/, a row each in visit_files.csv.
VI-53 Wrong study, unknown case or visit, damage, another key: named with its reason and left out; the same file twice
is taken once; what an earlier export had and this one has not is said.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.export import visit_files
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.export.visit_files import Expected, take_up
from cora_bot.vault.agefile import Identity
from cora_bot.vault.visit_file import SUFFIX, Kind, VisitHead, seal_visit_file
from tests.export.bundles import ANNA, CHANCE, OTHER_CASE, STRANGER, STUDY
from tests.export.test_export_bundle import NOW, draft

SPOKEN = SeededChance("spoken").bytes(150_000)
FIT = Expected(STUDY, frozenset({"K7F-2QX", "M3A-9ZW"}))


def sealed(into: Path, content: bytes = SPOKEN, *, file: str = "ab" * 16, to: Identity = ANNA, **changes: Any) -> Path:
    head = VisitHead(
        study=STUDY,
        visit="V-7Q2K",
        case="K7F-2QX",
        kind=Kind.INTERVIEW_AUDIO,
        file=file,
        ending="m4a",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=datetime(2027, 3, 28, 10, 0, tzinfo=UTC),
    )
    into.mkdir(exist_ok=True, parents=True)
    path = into / f"{file}{SUFFIX}"
    with path.open("wb") as target:
        seal_visit_file(replace(head, **changes), [content], target, [to.recipient], chance=CHANCE)
    return path


def export(folder: Path, *carried: Path, erased: list[str] | None = None) -> Reconciliation:
    made = draft(manifest={"erased": erased} if erased else {})
    return export_bundle(
        made.write(folder / "study.bundle"),
        [ANNA],
        folder / "out",
        language="ar",
        now=NOW,
        chance=SeededChance("export"),
        progress=lambda _done, _of: None,
        with_folders=carried,
    )


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "out" / visit_files.TABLE).read_text(encoding="utf-8-sig"))))


def test_file_joins_its_case(tmp_path: Path) -> None:
    sealed(tmp_path / "field" / "tirana")
    account = export(tmp_path, tmp_path / "field")
    assert account.fits
    expected = {
        "case": "K7F-2QX",
        "visit": "V-7Q2K",
        "kind": "interview_audio",
        "file": f"{'ab' * 16}.m4a",
        "size": "150000",
        "sha256": hashlib.sha256(SPOKEN).hexdigest(),
        "sealed_at": "2027-03-28T10:00:00Z",
    }
    assert rows(tmp_path) == [expected]
    written = tmp_path / "out" / "media" / expected["file"]
    assert written.read_bytes() == SPOKEN
    assert written.stat().st_mode & 0o777 == 0o600
    assert "1 files of visits were joined to their cases by --with" in account.notes


def test_without_files_the_table_is_there_and_empty(tmp_path: Path) -> None:
    assert export(tmp_path).fits
    assert rows(tmp_path) == []
    assert not (tmp_path / "out" / "media").exists()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "study": ({"study": "another_study"}, "is of another study (another_study)"),
    "case": ({"case": "AAA-AAA"}, "names the visit V-7Q2K and the case AAA-AAA, who is not in the bundle"),
    "key": ({"to": STRANGER}, "could not be opened"),
}


@pytest.mark.parametrize("what", WRONG)
def test_file_that_does_not_fit_is_named_and_left_out(tmp_path: Path, what: str) -> None:
    changes, why = WRONG[what]
    sealed(tmp_path / "field", file="cd" * 16, content=b"another", **changes)
    sealed(tmp_path / "field")
    account = export(tmp_path, tmp_path / "field")
    assert not account.fits
    (difference,) = account.differences
    assert difference.startswith(f"file {'cd' * 16}{SUFFIX} {why}")
    assert [row["file"] for row in rows(tmp_path)] == [f"{'ab' * 16}.m4a"]
    assert [path.name for path in (tmp_path / "out" / "media").iterdir()] == [f"{'ab' * 16}.m4a"]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_damaged_file_is_named_and_left_out(tmp_path: Path, damage: str) -> None:
    path = sealed(tmp_path / "field")
    content = path.read_bytes()
    path.write_bytes({"cut": content[:-20_000], "changed": content[:-1] + b"?", "empty": b""}[damage])
    account = export(tmp_path, tmp_path / "field")
    assert account.differences == (
        f"file {path.name} could not be opened: sealed to another key, cut short or changed",
    )
    assert rows(tmp_path) == []


def test_erased_person_brings_no_file(tmp_path: Path) -> None:
    sealed(tmp_path / "field", case="M3A-9ZW")
    assert [row["case"] for row in _exported(tmp_path)] == ["M3A-9ZW"]
    account = export(tmp_path, tmp_path / "field", erased=[OTHER_CASE])
    assert any("if that person was erased, delete the file" in each for each in account.differences)
    assert rows(tmp_path) == []
    assert not (tmp_path / "out" / "media").exists()


def _exported(folder: Path) -> list[dict[str, str]]:
    export(folder, folder / "field")
    return rows(folder)


def test_same_file_twice_is_taken_once(tmp_path: Path) -> None:
    path = sealed(tmp_path / "field")
    (tmp_path / "field" / f"copy{SUFFIX}").write_bytes(path.read_bytes())
    sealed(tmp_path / "again", file="cd" * 16)  # sealed a second time: another file outside, the same inside
    account = export(tmp_path, tmp_path / "field", tmp_path / "again")
    assert account.fits
    assert len(rows(tmp_path)) == 1
    assert "2 files of visits were there more than once and were taken once" in account.notes


def test_same_content_of_two_visits_is_two_files(tmp_path: Path) -> None:
    sealed(tmp_path / "field")
    sealed(tmp_path / "field", file="cd" * 16, visit="V-AAAA")
    assert [row["visit"] for row in _exported(tmp_path)] == ["V-7Q2K", "V-AAAA"]


def test_visit_must_be_known_and_that_of_the_case(tmp_path: Path) -> None:
    sealed(tmp_path)
    known = take_up([tmp_path], [ANNA], replace(FIT, visits={"V-7Q2K": "K7F-2QX"}))
    assert (len(known.files), known.troubles) == (1, ())
    unknown = take_up([tmp_path], [ANNA], replace(FIT, visits={}))
    pair = f"{'ab' * 16}{SUFFIX} names the visit V-7Q2K and the case K7F-2QX"
    assert unknown.troubles == (f"{pair}; the bundle does not list that visit",)
    other = take_up([tmp_path], [ANNA], replace(FIT, visits={"V-7Q2K": "M3A-9ZW"}))
    assert other.troubles == (f"{pair}, which do not belong together: the visit is of M3A-9ZW",)


def test_folder_without_sealed_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "field").mkdir()
    with pytest.raises(CoraError, match="there are no sealed files"):
        export(tmp_path, tmp_path / "field")
    assert not (tmp_path / "out").exists()


def test_file_that_changes_between_reading_and_writing_ends_the_export(tmp_path: Path) -> None:
    path = sealed(tmp_path / "field")
    joined = take_up([tmp_path / "field"], [ANNA], FIT)
    path.unlink()
    sealed(tmp_path / "field", content=b"something else")
    with pytest.raises(CoraError, match="changed while"):
        visit_files.write(joined, tmp_path, [ANNA])


def test_export_without_the_files_of_the_one_before_says_so(tmp_path: Path) -> None:
    sealed(tmp_path / "field")
    export(tmp_path, tmp_path / "field")
    again = export(tmp_path)
    assert "the earlier export had 1 files of visits, this one has 0: give --with for all" in again.notes
