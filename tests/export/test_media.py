"""EX-70 a file is put together from its parts, into media/, and the long table names it; EX-71 one that is not there
is named nowhere, and the reason stands beside; EX-72 no name leads out of the folder; EX-73 the account covers all."""

from __future__ import annotations

import base64
import csv
import hashlib
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.forms.compile import compile_form
from cora_bot.vault.record import RecordHead
from tests.export.bundles import ANNA, Draft, head, occurrence
from tests.export.samples import STUDY_TOML
from tests.export.test_export_bundle import NOW

WHOLE, LIST = "a" * 32, "b" * 32
PARTS = ("c" * 32, "d" * 32)
NAME = f"{LIST}.jpg"
PICTURE = SeededChance("picture").bytes(5000)
MD = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) |
| | image | photo | A picture? | صورة؟ |

| settings |
| | form_id | form_title | version | default_language |
| | check_in | Check-in | 1 | English (en) |
"""
FORM = compile_form(MD.encode(), file="check_in.md").form
assert FORM is not None


def of_form(record: str, kind: str) -> RecordHead:
    assert FORM is not None
    return head(record, kind, form_hash=FORM.hash, form_version=FORM.version)


def listing(**changes: Any) -> dict[str, Any]:
    return {"size": len(PICTURE), "sha256": hashlib.sha256(PICTURE).hexdigest(), "parts": list(PARTS)} | changes


def draft(*, name: str = NAME, file: dict[str, Any] | None = None, parts: tuple[str, ...] = PARTS) -> Draft:
    assert FORM is not None
    made = Draft(study_toml=STUDY_TOML, forms=[FORM.xform])
    body = {"values": {}, "sealed": {}, "files": {"/data/photo": LIST}, "skipped": [], "not_reached": []}
    made.add(of_form(WHOLE, "complete"), body)
    if file is not None:
        made.add(of_form(LIST, "fragment"), {"ref": "/data/photo", "value": name, "file": file})
    for number, part in enumerate(parts, start=1):
        content = base64.b64encode(PICTURE[(number - 1) * 3000 : number * 3000]).decode()
        made.add(of_form(part, "attachment"), {"of": LIST, "part": number, "content": content})
    made.occurrences = [occurrence()]
    return made


def export(made: Draft, folder: Path) -> Reconciliation:
    path = made.write(folder.with_suffix(".bundle"))
    return export_bundle(path, [ANNA], folder, language="en", now=NOW, chance=SeededChance(1), progress=lambda *_: None)


def long_row(folder: Path) -> tuple[str, str]:
    with (folder / "answers_long.csv").open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    return row["value"], row["missing"]


def test_file_is_put_together_and_named_in_the_table(tmp_path: Path) -> None:
    account = export(draft(file=listing()), tmp_path / "out")

    written = tmp_path / "out" / "media" / NAME
    assert account.fits, account
    assert (account.opened, account.exported) == (4, 4)
    assert written.read_bytes() == PICTURE
    assert (written.stat().st_mode & 0o777, written.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert long_row(tmp_path / "out") == (NAME, "")


def test_file_that_was_being_fetched_waits(tmp_path: Path) -> None:
    account = export(draft(parts=PARTS[:1]), tmp_path / "out")

    assert (account.fits, account.exported, account.waiting) == (True, 1, 1)
    assert long_row(tmp_path / "out") == ("", "waiting")
    assert not (tmp_path / "out" / "media").exists()


def test_file_that_could_not_be_fetched_is_said_to_be_lost(tmp_path: Path) -> None:
    account = export(draft(file={"lost": "status_502"}, parts=()), tmp_path / "out")

    assert (account.fits, account.exported) == (True, 2)
    assert long_row(tmp_path / "out") == ("", "lost")
    assert any("could not be fetched" in note for note in account.notes)


def test_file_without_one_of_its_parts_is_named_as_trouble(tmp_path: Path) -> None:
    account = export(draft(file=listing(), parts=PARTS[:1]), tmp_path / "out")

    assert [(each.record, each.what) for each in account.not_exported] == [
        (LIST, "lists a file of which parts are missing")
    ]
    assert long_row(tmp_path / "out") == ("", "lost")


@pytest.mark.parametrize("name", ["../../escape.jpg", f"{LIST}.jpg/..", "passport.jpg", f"{LIST}.JPEG2000"])
def test_name_that_is_none_of_ours_is_refused(tmp_path: Path, name: str) -> None:
    account = export(draft(name=name, file=listing()), tmp_path / "out")

    assert [each.record for each in account.not_exported] == [LIST]
    assert not (tmp_path / "out" / "media").exists()


def test_file_that_is_not_what_its_record_says_stops_the_export(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="is not what that record says"):
        export(draft(file=listing(sha256="0" * 64)), tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["out.bundle"]


def test_later_export_replaces_the_files_of_the_earlier(tmp_path: Path) -> None:
    export(draft(file=listing()), tmp_path / "out")

    export(draft(file={"lost": "gone"}, parts=()), tmp_path / "out")

    assert not (tmp_path / "out" / "media").exists()


def test_audit_is_a_table_of_its_own(tmp_path: Path) -> None:
    made = draft(parts=())
    assert FORM is not None
    event = ["question", "/data/photo", 1_790_000_000_000, 1_790_000_005_500]
    body = {"values": {}, "sealed": {}, "skipped": ["/data/photo"], "not_reached": [], "audit": [event]}
    made.add(of_form(WHOLE, "complete"), body)

    export(made, tmp_path / "out")

    with (tmp_path / "out" / "audit.csv").open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert (row["node"], row["start"], row["end"]) == ("/data/photo", "2026-09-21T14:13:20Z", "2026-09-21T14:13:25Z")
