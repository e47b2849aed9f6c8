"""VI-70 Field visits have dispositions: a row each, with AAPOR's code; erased people have none.
VI-71 A bundle may have the table or not; what is wrong in it is named.
VI-72 Where it is there, sealed files are checked against it, and briefs are made for who is booked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.export import visits
from cora_bot.export.brief.make import Made, Order, make_briefs
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.vault.visit_file import SUFFIX
from tests.export.bundles import ANNA, OTHER_CASE, Draft, visit
from tests.export.test_export_bundle import NOW, draft
from tests.export.test_visit_files import sealed

MET = visit("V-MET2", "M3A-9ZW", outcome="met", starts="2026-11-20T09:00:00Z", moves="2")


def with_visits(*rows: tuple[str, ...], **changes: object) -> Draft:
    made = draft(**changes)
    made.visits = list(rows)
    return made


def export(folder: Path, bundle: Draft, *carried: Path, others: Sequence[Path] = ()) -> Reconciliation:
    return export_bundle(
        bundle.write(folder / "study.bundle"),
        [ANNA],
        folder / "out",
        language="",
        now=NOW,
        chance=SeededChance("export"),
        progress=lambda _done, _of: None,
        with_folders=carried,
        others=others,
    )


def rows(folder: Path) -> list[dict[str, str]]:
    text = (folder / "out" / "visits.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_visits_are_exported_with_their_outcome(tmp_path: Path) -> None:
    assert export(tmp_path, with_visits(MET, visit())).fits
    assert [
        (each["case"], each["visit"], each["outcome"], each["aapor"], each["moves"]) for each in rows(tmp_path)
    ] == [
        ("K7F-2QX", "V-7Q2K", "booked", "", "0"),
        ("M3A-9ZW", "V-MET2", "met", "1.1", "2"),
    ]


def test_bundle_without_visits_gives_an_empty_table(tmp_path: Path) -> None:
    assert export(tmp_path, draft()).fits
    assert rows(tmp_path) == []


def test_erased_person_has_no_visit(tmp_path: Path) -> None:
    export(tmp_path, with_visits(MET, visit(), manifest={"erased": [OTHER_CASE]}))
    assert [each["case"] for each in rows(tmp_path)] == ["K7F-2QX"]


def test_every_outcome_has_a_code_and_a_meaning() -> None:
    assert visits.AAPOR.keys() == visits.MEANINGS.keys()
    assert visits.AAPOR.keys() >= visits.UPCOMING


def test_codebook_explains_every_outcome(tmp_path: Path) -> None:
    export(tmp_path, with_visits(visit()))
    codebook = (tmp_path / "out" / "codebook.md").read_text(encoding="utf-8")
    section = codebook.partition("## Outcomes in visits.csv")[2].partition("## ")[0]
    assert [outcome for outcome in visits.AAPOR if f"| {outcome} |" not in section] == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (visit(starts="tomorrow"), "not an instant"),
        (visit(closes=""), "not an instant"),
        (visit(moves="many"), "not a number"),
        (visit(booked="yes"), "not a number"),
        (visit()[:-1], "too few"),
    ],
)
def test_damaged_table_is_refused(tmp_path: Path, row: tuple[str, ...], why: str) -> None:
    path = with_visits(row).write(tmp_path / "b")
    with pytest.raises(CoraError, match=why), open_bundle(path):
        pass


def test_count_that_does_not_fit_is_a_difference(tmp_path: Path) -> None:
    made = with_visits(visit())
    entries = made.entries()
    made.more = {"manifest.json": entries["manifest.json"].replace(b'"visits": 1', b'"visits": 2')}
    assert export(tmp_path, made).differences == ("the manifest counts 2 visits, the bundle holds 1",)


def test_table_that_the_manifest_counts_and_is_not_there_is_a_difference(tmp_path: Path) -> None:
    made = draft()
    entries = made.entries()
    made.more = {"manifest.json": entries["manifest.json"].replace(b'"forms": 1', b'"forms": 1, "visits": 3')}
    assert export(tmp_path, made).differences == ("the manifest counts 3 visits, the bundle holds 0",)


def test_sealed_file_of_another_visit_s_case_is_left_out(tmp_path: Path) -> None:
    sealed(tmp_path / "field")
    fitting = export(tmp_path, with_visits(visit()), tmp_path / "field")
    other = export(tmp_path, with_visits(visit(code="M3A-9ZW")), tmp_path / "field")
    unknown = export(tmp_path, with_visits(), tmp_path / "field")
    assert (fitting.fits, other.fits, unknown.fits) == (True, False, False)
    pair = f"file {'ab' * 16}{SUFFIX} names the visit V-7Q2K and the case K7F-2QX"
    assert other.differences == (f"{pair}, which do not belong together: the visit is of M3A-9ZW",)
    assert unknown.differences == (f"{pair}; the bundle does not list that visit",)
    assert [path.name for path in (tmp_path / "field").iterdir()] == [f"{'ab' * 16}{SUFFIX}"]  # nothing is lost


def test_pair_that_no_bundle_knows_joins_and_is_named(tmp_path: Path) -> None:
    sealed(tmp_path / "field")
    account = export(tmp_path, draft(), tmp_path / "field")
    assert account.fits
    assert [note for note in account.notes if "belong together" in note] == [
        f"file {'ab' * 16}{SUFFIX} names the visit V-7Q2K and the case K7F-2QX; whether they belong together is not "
        "known here: no bundle lists visits"
    ]
    known = export(tmp_path, with_visits(visit()), tmp_path / "field")
    assert [note for note in known.notes if "belong together" in note] == []


def test_visits_that_only_an_older_bundle_lists_are_known(tmp_path: Path) -> None:
    sealed(tmp_path / "field")
    older = with_visits(visit(code="M3A-9ZW"), manifest={"made_at": "2026-11-01T10:00:00Z", "bundle": "88" * 16}).write(
        tmp_path / "older"
    )
    account = export(tmp_path, draft(), tmp_path / "field", others=[older])
    assert [each for each in account.differences if "the visit is of M3A-9ZW" in each] == list(account.differences)
    assert not account.fits


def make(folder: Path, bundle: Draft, *cases: str) -> Made:
    return make_briefs(
        bundle.write(folder / "study.bundle"),
        [ANNA],
        folder / "briefs",
        Order(cases, "Anna", booked=True),
        now=NOW,
        chance=SeededChance("brief"),
        progress=lambda _done, _of: None,
    )


def test_briefs_are_made_for_who_is_booked_and_still_to_come(tmp_path: Path) -> None:
    made = make(tmp_path, with_visits(MET, visit(), visit("V-GONE", "M3A-9ZW", starts="2026-11-20T09:00:00Z")))
    assert made.files == ("brief-K7F-2QX.html", "brief-K7F-2QX.txt")
    text = (tmp_path / "briefs" / "brief-K7F-2QX.txt").read_text(encoding="utf-8")
    assert "visit V-7Q2K-3J\n2027-03-28 10:00\nbooked: a time is booked\nin person" in text
    assert "V-MET2" not in text


def test_nobody_booked_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="no visit is booked"):
        make(tmp_path, with_visits(MET))
    with pytest.raises(CoraError, match="lists no visits"):
        make(tmp_path, draft())
