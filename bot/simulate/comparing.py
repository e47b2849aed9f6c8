"""Diaries held against the export, cell by cell. It reads the two files, as anybody could.

Rules: every sitting with an answer has exactly one record, and every record one sitting; every answer stands in its
cell, and no cell holds what nobody answered. What is still open on the server when the bundle is made has no record.
Whoever was forgotten when their time was over has left records that nobody can be found by: they are recognised by
what they say.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.simulate.diary import Ending
from cora_bot.export.bundle_format import CUT

NEAR: Final = timedelta(hours=1)
STATUSES: Final = {Ending.COMPLETE.value: ("complete", "consent")}


@dataclass(slots=True)
class _Filled:
    """One filling-in, from a diary or from the export. ``cells``: values by question name."""

    case: str
    who: str
    forms: frozenset[str]
    begun: datetime
    status: str
    ended: str
    language: str
    cells: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} ({self.case or 'no code'}), {'/'.join(sorted(self.forms))} of {self.begun:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Compared:
    """``cells`` and ``sittings`` count what was held side by side; ``differences`` are sentences, empty if all fits.
    ``forgotten``: the codes of those whose records stand there and lead to nobody.
    """

    sittings: int
    cells: int
    differences: tuple[str, ...]
    forgotten: frozenset[str] = frozenset()


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a file of ours, each cell as it was before it was made harmless for spreadsheets."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: _exact(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def _exact(cell: str) -> str:
    return cell.removeprefix("'")


def compare(diaries: Path, export: Path) -> Compared:
    """``diaries.csv`` against the export folder. Raises ``OSError`` where a file is missing."""
    remembered = _remembered(read_csv(diaries))
    exported = _exported(read_csv(export / "answers_long.csv"))
    occasions = read_csv(export / "dispositions.csv")
    unfinished = {row["case"] for row in occasions if row["disposition"] == "open"}
    expected: dict[str, list[_Filled]] = defaultdict(list)
    for one in remembered:
        if one.case and one.status != Ending.REFUSED:
            expected[one.case].append(one)
    known = {one.case for one in remembered if one.case}
    listed = {row["case"] for row in occasions}
    differences = [f"case {case} is in the export, and no person knows the code" for case in sorted(listed - known)]
    forgotten = _recognised({case: expected[case] for case in sorted(known - listed)}, exported)
    for case, cut in forgotten.items():
        exported[case] = exported.pop(cut)
    cells = 0
    for case in sorted(expected.keys() | exported.keys()):
        compared, found = _held(expected[case], exported[case], open_case=case in unfinished)
        cells += compared
        differences += found
    sittings = sum(len(each) for each in expected.values())
    return Compared(sittings, cells, tuple(differences), frozenset(forgotten))


def _recognised(gone: dict[str, list[_Filled]], exported: dict[str, list[_Filled]]) -> dict[str, str]:
    """Of people whose code leads nowhere, the name their records stand under: where least differs."""
    found: dict[str, str] = {}
    for cut in sorted(case for case in exported if case.startswith(CUT.format(""))):
        left = [case for case in gone if case not in found and not exported.get(case)]
        differing = {case: len(_held(gone[case], exported[cut], open_case=False)[1]) for case in left}
        if differing:
            found[min(left, key=differing.__getitem__)] = cut
    return found


def _held(sittings: list[_Filled], records: list[_Filled], *, open_case: bool) -> tuple[int, list[str]]:
    """One person's sittings against one case's records: how many cells were compared, and what differs."""
    pairs, left = _paired(sittings, records)
    differences = [*_missing(left, open_case=open_case)]
    differences += [f"{record}: nobody remembers this record" for record in _unpaired(records, pairs)]
    for sitting, record in pairs:
        differences += _cells(sitting, record)
    return sum(len(sitting.cells.keys() | record.cells.keys()) for sitting, record in pairs), differences


def _remembered(rows: Iterable[dict[str, str]]) -> list[_Filled]:
    found: dict[tuple[str, str], _Filled] = {}
    for row in rows:
        one = found.setdefault(
            (row["person"], row["sitting"]),
            _Filled(
                row["case"], row["person"], frozenset(row["form"].split("/")), _moment(row["begun"]),
                row["ending"], row["ended"], row["language"],
            ),
        )  # fmt: skip
        if row["question"]:
            one.cells[row["question"]] = row["value"]
    return list(found.values())


def _exported(rows: Iterable[dict[str, str]]) -> dict[str, list[_Filled]]:
    found: dict[str, dict[str, _Filled]] = defaultdict(dict)
    for row in rows:
        one = found[row["case"]].setdefault(
            row["record"],
            _Filled(
                row["case"], f"record {row['record'][:8]}", frozenset((row["form"],)), _moment(row["started_at"]),
                row["status"], row["finished_at"], row["language"],
            ),
        )  # fmt: skip
        if row["value"]:
            one.cells[row["question"]] = row["value"]
    by_case = {case: sorted(records.values(), key=lambda each: each.begun) for case, records in found.items()}
    return defaultdict(list, by_case)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _paired(sittings: list[_Filled], records: list[_Filled]) -> tuple[list[tuple[_Filled, _Filled]], list[_Filled]]:
    """Each sitting with the record of its form that was begun when it was; and the sittings without one."""
    free, pairs, left = list(records), [], []
    for sitting in sittings:
        record = next((each for each in free if each.forms <= sitting.forms and _near(each, sitting)), None)
        if record is None:
            left.append(sitting)
        else:
            free.remove(record)
            pairs.append((sitting, record))
    return pairs, left


def _near(record: _Filled, sitting: _Filled) -> bool:
    return abs(record.begun - sitting.begun) < NEAR


def _unpaired(records: list[_Filled], pairs: list[tuple[_Filled, _Filled]]) -> list[_Filled]:
    paired = [id(record) for _, record in pairs]
    return [record for record in records if id(record) not in paired]


def _missing(left: Iterable[_Filled], *, open_case: bool) -> Iterator[str]:
    """Sittings without a record: a difference, unless there was no answer, or it is open still."""
    for one in left:
        under_way = one.status == Ending.UNDER_WAY and open_case
        if not under_way and (one.cells or one.status == Ending.COMPLETE):
            yield f"{one}: no such record in the export"


def _cells(sitting: _Filled, record: _Filled) -> Iterator[str]:
    names = [*sitting.cells, *(name for name in record.cells if name not in sitting.cells)]
    for name in names:
        mine, theirs = sitting.cells.get(name, ""), record.cells.get(name, "")
        if mine != theirs:
            yield f"{sitting}: {name} is {mine!r} in the diary and {theirs!r} in the export"
    finished = sitting.status == Ending.COMPLETE
    if finished and record.status not in STATUSES[sitting.status]:
        yield f"{sitting}: finished in the diary and {record.status} in the export"
    if not finished and record.status != "partial":
        yield f"{sitting}: not finished in the diary and {record.status} in the export"
    if finished and (sitting.ended, sitting.language) != (record.ended, record.language):
        yield (
            f"{sitting}: ended {sitting.ended} in {sitting.language} in the diary, "
            f"{record.ended} in {record.language} in the export"
        )
