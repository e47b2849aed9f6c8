"""EX-10 What is not in the bundle's format is refused with a sentence that names the entry.
EX-11 Nothing a bundle claims makes the reader unpack more than the format's bounds.
EX-12 A newer format is refused by its number; numbers that do not match the manifest are named, not hidden.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.export import bundle_format as fmt
from cora_bot.export.bundle_facts import Case
from cora_bot.export.bundle_reader import open_bundle
from tests.export.bundles import CASE, CODES, Draft, contact, occurrence, table


def refusal(path: Path) -> str:
    with pytest.raises(CoraError) as refused, open_bundle(path):
        pass
    return str(refused.value)


def test_open_bundle_reads_what_was_written(tmp_path: Path) -> None:
    draft = Draft(records={"ab" * 16: b"sealed", "01" * 16: b"other"}, occurrences=[occurrence()], forms=["<form/>"])
    draft.contacts = [contact(number="", wave="", finished_at="", state="pending")]
    with open_bundle(draft.write(tmp_path / "b.zip")) as bundle:
        assert bundle.manifest.study == "follow_up"
        assert bundle.cases[0] == Case("K7F-2QX", CASE, "ar", "Asia/Baghdad", "active")
        assert [case.code for case in bundle.cases] == list(CODES.values())
        assert (bundle.occurrences[0].wave, bundle.occurrences[0].number) == ("monthly", 1)
        assert [(one.state, one.number, one.finished_at) for one in bundle.contacts] == [("pending", "", "")]
        assert list(bundle.forms.values()) == ["<form/>"]
        assert bundle.records == ("01" * 16, "ab" * 16)
        assert bundle.sealed("ab" * 16) == b"sealed"
        assert bundle.differences == ()


def test_open_bundle_names_numbers_that_do_not_match(tmp_path: Path) -> None:
    counts = {"records": 3, "cases": 2, "occurrences": 0, "contacts": 0, "outages": 0, "forms": 0}
    draft = Draft(records={"ab" * 16: b"sealed"}, manifest={"counts": counts})
    with open_bundle(draft.write(tmp_path / "b.zip")) as bundle:
        assert bundle.differences == ("the manifest counts 3 records, the bundle holds 1",)


def test_open_bundle_refuses_a_newer_format(tmp_path: Path) -> None:
    path = Draft(manifest={"version": 2}).write(tmp_path / "b.zip")
    assert refusal(path) == "the bundle has format version 2; this program reads version 1"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"format": "other"}, "this zip file is not a CoR.A bundle"),
        ({"made_at": "yesterday"}, "the bundle's manifest lacks something or holds the wrong kind of value"),
        ({"made_at": "2026-11-22T10:00:00"}, "the bundle's manifest lacks something or holds the wrong kind of value"),
        ({"counts": {"records": "1"}}, "the bundle's manifest lacks something or holds the wrong kind of value"),
        ({"erased": [1]}, "the bundle's manifest lacks something or holds the wrong kind of value"),
    ],
)
def test_open_bundle_refuses_a_manifest_of_another_shape(
    tmp_path: Path, manifest: dict[str, Any], message: str
) -> None:
    assert refusal(Draft(manifest=manifest).write(tmp_path / "b.zip")) == message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("../evil.txt", b"", "the bundle holds '../evil.txt', which bundles do not"),
        ("records/AB.age", b"", "the bundle holds 'records/AB.age', which bundles do not"),
        (f"forms/{'0' * 64}.xml", b"<f/>", "the bundle's form 000000000000… is not the form its name says"),
        (fmt.CASES, b"code,language\r\n", "the bundle's cases.csv has no column case, zone, status"),
        (fmt.CASES, b"\xff\xfe", "the bundle's entry 'cases.csv' is not UTF-8"),
        (fmt.MANIFEST, b"{", "the bundle's manifest is not JSON"),
        (fmt.MANIFEST, b"[" * 20_000, "the bundle's manifest is not JSON"),
        (
            fmt.CASES,
            table(fmt.CASE_COLUMNS, [("K7F-2QX", CASE)]),
            "the bundle's cases.csv, line 2, has too few or too many cells",
        ),
        (
            fmt.OCCURRENCES,
            table(fmt.OCCURRENCE_COLUMNS, [occurrence(sent="many")]),
            "the bundle's occurrences.csv holds something that is not a number",
        ),
        *(
            (
                fmt.OCCURRENCES,
                table(fmt.OCCURRENCE_COLUMNS, [occurrence(**{column: moment})]),
                "the bundle's occurrences.csv holds something that is not an instant",
            )
            for column, moment in (
                ("closes", ""),
                ("opens", "2026-11-02"),
                ("opened_at", "2026-11-02T07:00:00"),
                ("finished_at", "0001-01-01T00:00:00+23:00"),
            )
        ),
        *(
            (fmt.CONTACTS, table(fmt.CONTACT_COLUMNS, [contact(**{column: cell})]), f"the bundle's contacts.csv {what}")
            for column, cell, what in (
                ("number", "first", "holds something that is not a number"),
                ("created_at", "", "holds something that is not an instant"),
                ("finished_at", "soon", "holds something that is not an instant"),
            )
        ),
        (
            fmt.CONTACTS,
            b"code,reason\r\n",
            "the bundle's contacts.csv has no column state, wave, number, created_at, finished_at, outcome",
        ),
    ],
)
def test_open_bundle_refuses_what_is_not_in_the_format(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    assert refusal(Draft(more={name: content}).write(tmp_path / "b.zip")) == message


def test_open_bundle_refuses_a_bundle_that_lacks_a_part(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(fmt.MANIFEST, "{}")
    assert refusal(path) == "the bundle has no study.toml"


def test_open_bundle_refuses_a_doubled_entry(tmp_path: Path) -> None:
    path = Draft().write(tmp_path / "b.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(fmt.CASES, b"")
    assert refusal(path) == "the bundle holds 'cases.csv' twice"


def test_open_bundle_refuses_a_zip_bomb_before_unpacking(tmp_path: Path) -> None:
    path = Draft(more={fmt.CONTACTS: b"code\r\n" + b"0" * 30_000_000}).write(tmp_path / "b.zip")
    assert path.stat().st_size < 100_000
    assert refusal(path) == "the bundle would grow far beyond its size when unpacked"


def test_open_bundle_refuses_an_entry_beyond_its_bound(tmp_path: Path) -> None:
    name = f"records/{'a' * 32}.age"
    path = Draft(more={name: b"0" * (16 * 1024 * 1024 + 1)}).write(tmp_path / "b.zip")
    assert refusal(path) == f"the bundle's entry {name!r} is larger than bundles may hold"


def test_open_bundle_refuses_an_entry_that_unpacks_to_more_than_it_claims(tmp_path: Path) -> None:
    name = f"records/{'a' * 32}.age"
    path = Draft(more={name: b"0" * (17 * 1024 * 1024)}).write(tmp_path / "b.zip")
    content = bytearray(path.read_bytes())
    at = content.rindex(name.encode()) - 46  # the entry's place in the central directory; its claimed size is at 24
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    with open_bundle(path) as bundle, pytest.raises(CoraError) as refused:
        bundle.sealed("a" * 32)
    assert str(refused.value) == f"the bundle's entry {name!r} is damaged"


def test_open_bundle_refuses_a_file_cut_short(tmp_path: Path) -> None:
    path = Draft(records={"ab" * 16: b"x" * 5000}).write(tmp_path / "b.zip")
    path.write_bytes(path.read_bytes()[:-300])
    assert refusal(path) == "b.zip is not a bundle, or it was cut short"


def test_open_bundle_names_a_damaged_entry(tmp_path: Path) -> None:
    path = Draft(study_toml="title = 'a study of some length, to be damaged'").write(tmp_path / "b.zip")
    content = bytearray(path.read_bytes())
    content[content.index(b"study.toml") + 20] ^= 0xFF
    path.write_bytes(content)
    assert refusal(path) == "the bundle's entry 'study.toml' is damaged"


def test_open_bundle_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.zip") == f"{tmp_path / 'none.zip'} could not be read: No such file or directory"
    assert refusal(tmp_path) == f"{tmp_path} could not be read: Is a directory"
