"""PU-01 a public-use export holds no case code, free text, place, file, day or hour · PU-02 people get numbers drawn
anew · PU-03 small groups of the quasi-identifiers are flagged, each with its number, and nothing is hidden by itself
PU-04 a report names what was dropped and made coarser · PU-05 it stands in a folder of its own and is written down.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.values import replace
from cora_bot.export.bundle_facts import Case
from cora_bot.export.columns import form_columns
from cora_bot.export.opened import Answering
from cora_bot.export.own_log import log_beside, read_log
from cora_bot.export.public_use import DEFAULT, OPEN, Released, released, report, unknown
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form
from cora_bot.study.model import PublicUse
from cora_bot.vault.identity import ResearcherKey, write_key_file
from tests.cli.running import cora
from tests.export.bundles import ANNA, CASE, OTHER_CASE, Draft, head
from tests.export.samples import BEGUN, STUDY_TOML, answering

FORM_MD = """
| survey |
| | type | name | label::English (en) | calculation |
| | select_one yn | work | Work? | |
| | select_multiple need | needs | Needs? | |
| | integer | age | Age? | |
| | text | story | Tell us. | |
| | date | moved | When? | |
| | time | hour | What time? | |
| | geopoint | here | Where? | |
| | image | picture | A picture | |
| | calculate | double | | ${age} * 2 |
| | calculate | told | | concat('x', ${story}) |
| | begin_repeat | child | Child | |
| | integer | child_age | Age? | |
| | end_repeat | | | |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
| | need | money | Money |
| | need | home | Home |
| settings |
| | form_id | form_title | version | default_language |
| | check_in | Check-in | 1 | English (en) |
"""
SECRETS = {"/data/story": "Zarghuna of Herat", "/data/here": "34.5 69.1 0 0", "/data/picture": "p.jpg"}


def _form() -> Form:
    made = compile_form(FORM_MD.encode(), file="check_in.md")
    assert made.form is not None, made.problems
    return made.form


FORM = _form()


def answered(code: str, age: int, work: str = "yes", *, number: int = 1) -> Answering:
    values = {
        "/data/work": work,
        "/data/needs": "money home",
        "/data/age": str(age),
        "/data/moved": "2026-03-17",
        "/data/hour": "10:30:00.000Z",
        "/data/double": str(2 * age),
        "/data/told": "xZarghuna of Herat",
        "/data/child[1]/child_age": "7",
        **SECRETS,
    }
    return replace(answering(values, code=code, number=number, form=FORM), mode="chat")


def made(*answerings: Answering, rules: PublicUse = DEFAULT, seed: str = "p") -> Released:
    codes = {one.code for one in answerings}
    cases = [Case(code, "00", "ar", "Asia/Kabul", "active") for code in codes]
    return released(answerings, form_columns([FORM]), cases, rules=rules, chance=SeededChance(seed))


def test_release_keeps_choices_and_numbers_and_drops_the_rest() -> None:
    release = made(answered("K7F-2QX", 30))
    header, row = release.rows
    told = dict(zip(header, row, strict=True))

    assert header == (*OPEN, *(f"check_in.{name}" for name in ("work", "needs", "age", "moved", "double")))
    assert (told["check_in.moved"], told["month"], told["region"]) == ("2026-03", BEGUN.strftime("%Y-%m"), "Asia")
    assert dict(release.dropped) == {
        "check_in.story": "free text",
        "check_in.hour": "an hour of the day",
        "check_in.here": "a place",
        "check_in.picture": "a file",
        "check_in.told": "calculated, and not a number: it may repeat free text",
        "check_in.child_age": "asked inside a repeat",
    }


def test_release_holds_no_code_secret_day_or_record(tmp_path: Path) -> None:
    one = answered("K7F-2QX", 30)
    shown = repr(made(one).rows)

    planted = ("K7F-2QX", one.record, "Zarghuna", "34.5", "p.jpg", "2026-03-17", "10:30", "Kabul")
    assert [each for each in planted if each in shown] == []
    assert "2026-03" in shown


@pytest.mark.parametrize("day", ["Zarghuna", "17.03.2026", "2026-03-17 at Zarghuna's", "2026-03"])
def test_what_cannot_be_read_as_a_day_is_left_out(day: str) -> None:
    odd = answered("K7F-2QX", 30)
    release = made(replace(odd, values={**odd.values, "/data/moved": day}))

    assert release.rows[1][release.rows[0].index("check_in.moved")] == ""


def test_numbers_of_people_are_drawn_anew_and_join_their_own_rows() -> None:
    several = [answered(f"AAA-{place:03}", 30, number=number) for place in range(20) for number in (1, 2)]
    first, second = made(*several), made(*several, seed="q")
    people = [[row[0] for row in each.rows[1:]] for each in (first, second)]

    assert [sorted(set(each)) for each in people] == [[f"P{place:05}" for place in range(1, 21)]] * 2
    assert [each.count("P00001") for each in people] == [2, 2]


def test_numbers_say_nothing_of_the_order_of_codes() -> None:
    several = [answered(f"AAA-{place:03}", place) for place in range(20)]
    ages = [
        [row[release.rows[0].index("check_in.age")] for row in release.rows[1:]]
        for release in (
            made(*several),
            made(*several, seed="q"),
            made(*several),
        )
    ]

    assert (ages[0] != ages[1], ages[0] == ages[2], ages[0] != [str(place) for place in range(20)]) == (True,) * 3


def test_small_groups_are_flagged_with_their_number() -> None:
    rules = PublicUse(("check_in.work", "region"), 3)
    release = made(
        *(answered(f"AAA-{place:03}", 30) for place in range(3)),
        *(answered(f"BBB-{place:03}", 30, "no") for place in range(2)),
        rules=rules,
    )

    assert release.flagged == (("check_in.work=no, region=Asia", 2),)


def test_group_counts_people_and_not_rows() -> None:
    rules = PublicUse(("region",), 2)
    release = made(answered("AAA-001", 30), answered("AAA-001", 30, number=2), rules=rules)

    assert release.flagged == (("region=Asia", 1),)


def test_quasi_identifier_that_is_no_column_is_named() -> None:
    release = made(answered("AAA-001", 30), rules=PublicUse(("check_in.story", "region"), 2))

    assert unknown(release.rules, release.rows[0]) == ["check_in.story"]
    assert "NOT A COLUMN of this file, so not counted: check_in.story" in report(release, about={})


def test_report_names_what_was_done_and_says_not_to_publish() -> None:
    text = report(made(answered("AAA-001", 30)), about={"study": "follow_up"})

    for line in ("- study: follow_up", "- check_in.story: free text", "- check_in.moved: days became months"):
        assert line in text.splitlines()
    assert "DO NOT PUBLISH" in text


def _bundle(folder: Path) -> tuple[Path, tuple[object, ...]]:
    draft = Draft(study_toml=STUDY_TOML + '\n[public_use]\nquasi_identifiers = ["check_in.work"]\nsmallest = 2\n')
    draft.forms.append(FORM.xform)
    for record, case, work in (("a" * 32, CASE, "yes"), ("b" * 32, OTHER_CASE, "no")):
        values = {"/data/work": work, **SECRETS}
        draft.add(head(record, "complete", case=case, form_hash=FORM.hash, form_version="1"), {"values": values})
    key = ResearcherKey("Anna", "", BEGUN.date(), ANNA)
    write_key_file(folder / "anna.key", key, "seven quiet rivers run", SeededChance("k"), work=10)
    (folder / "words").write_text("seven quiet rivers run")
    path = draft.write(folder / "b.bundle")
    return path, ("--key", folder / "anna.key", "--passphrase-file", folder / "words", "--public-use", "--to")


def test_public_use_command_writes_two_files_and_flags(tmp_path: Path) -> None:
    path, how = _bundle(tmp_path)
    said = cora("export", path, *how, tmp_path / "out")
    rows = list(csv.reader(io.StringIO((tmp_path / "out" / "public_use.csv").read_bytes().decode("utf-8-sig"))))
    (line,) = read_log(log_beside(tmp_path / "out"))

    assert (said.code, sorted(each.name for each in (tmp_path / "out").iterdir())) == (
        1,
        ["REPORT.md", "public_use.csv"],
    )
    assert [each for each in said.out.splitlines() if each.startswith("FLAGGED")] == [
        "FLAGGED: check_in.work=no: 1 people, fewer than 2",
        "FLAGGED: check_in.work=yes: 1 people, fewer than 2",
    ]
    assert (len(rows), "Zarghuna" in str(rows), line.facts["filter"]) == (3, False, "public use")


def test_public_use_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    path, how = _bundle(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    said = cora("export", path, *how, tmp_path / "out")

    assert (said.code, "not a new or empty folder" in said.err) == (1, True)
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["mine.txt"]
