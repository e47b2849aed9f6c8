"""EX-60 A bundle with really sealed records becomes the golden tables, cell by cell, and the account fits.
EX-61 Erased persons appear in no file, also when an older bundle that still names them is exported again.
EX-62 Nothing is written when the bundle, the study or the folder cannot be used.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.folder import FILES
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import RecordHead
from tests.export.bundles import ANNA, BERAT, CASE, OTHER_CASE, STRANGER, Draft, contact, head, occurrence
from tests.export.golden import CONTACTS, DISPOSITIONS, LONG, RESPONSE, WIDE
from tests.export.samples import BEGUN, STUDY_TOML

CHECK_IN_MD = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) | relevant |
| | select_one work | work | Do you have work? | هل لديك عمل؟ | |
| | select_multiple needs | needs | What do you need? | ماذا تحتاج؟ | ${work} = 'no' |
| | integer | balance | What is left at the end of a month? | كم يبقى في نهاية الشهر؟ | |
| | text | story | Tell us more. | أخبرنا المزيد. | |

| choices |
| | list_name | name | label::English (en) | label::العربية (ar) |
| | work | yes | Yes | نعم |
| | work | no | No | لا |
| | work | dont_know | I don't know | لا أعرف |
| | work | prefer_not | I prefer not to say | أفضل ألا أقول |
| | needs | money | Money | مال |
| | needs | home | A home | سكن |

| settings |
| | form_id | form_title | version | default_language |
| | check_in | Check-in | 1 | English (en) |
"""
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNSIGNED = "nobody signed who can open; compare with their holders: " + ", ".join(
    one.recipient.fingerprint() for one in (ANNA, BERAT)
)
FIRST, SECOND, PART, THIRD = "a" * 32, "b" * 32, "c" * 32, "d" * 32


def form() -> Form:
    compiled = compile_form(CHECK_IN_MD.encode(), file="check_in.md")
    assert compiled.form is not None, compiled.problems
    return compiled.form


FORM = form()


def of_form(record: str, kind: str, **changes: Any) -> RecordHead:
    return head(record, kind, form_version="1", form_hash=FORM.hash, **changes)


def draft(**changes: Any) -> Draft:
    made = Draft(study_toml=STUDY_TOML, forms=[FORM.xform], **changes)
    made.add(
        of_form(FIRST, "complete"),
        {
            "values": {"/data/work": "no", "/data/needs": "home money", "/data/balance": "-40"},
            "sealed": {"/data/story": PART},
            "skipped": [],
            "not_reached": [],
            "mode": "chat",
        },
    )
    made.add(of_form(PART, "fragment"), {"ref": "/data/story", "value": '=cmd|"/c calc"!A1\nقال: «لا»، ثم ذهب'})
    made.add(
        of_form(SECOND, "partial", number=2, language="fa-AF", started_at=BEGUN + timedelta(days=31)),
        {
            "values": {"/data/work": "prefer_not"},
            "sealed": {},
            "skipped": ["/data/balance"],
            "not_reached": ["/data/story"],
            "mode": "in_person",
        },
    )
    made.add(
        of_form(THIRD, "complete", case=OTHER_CASE, session="66" * 16, language="en"), {"values": {"/data/work": "yes"}}
    )
    made.occurrences = [
        occurrence(),
        occurrence(number=2, step="partial"),
        occurrence("M3A-9ZW"),
        occurrence("M3A-9ZW", number=2, step="expired", reason="not_opened", opened_at="", sent="3"),
    ]
    made.contacts = [
        contact(),
        contact(
            "M3A-9ZW",
            state="pending",
            number="2",
            reason="reminder:monthly",
            created_at="2026-11-05T07:00:00Z",
            finished_at="",
            outcome="quiet_hours",
        ),
        contact("M3A-9ZW", state="lapsed", number="2", outcome="paused"),
    ]
    return made


def export(bundle: Draft, folder: Path, *identities: Identity, language: str = "ar") -> Reconciliation:
    path = bundle.write(folder.parent / "study.bundle")
    return export_bundle(
        path,
        identities or [ANNA],
        folder,
        language=language,
        now=NOW,
        chance=SeededChance(1),
        progress=lambda done, of: None,
    )


def text(folder: Path, name: str) -> str:
    return (folder / name).read_bytes().decode()


def test_export_writes_the_golden_tables(tmp_path: Path) -> None:
    account = export(draft(), tmp_path / "out")
    assert account.fits, account
    assert (account.sealed, account.found, account.opened, account.exported, account.waiting) == (4, 4, 4, 4, 0)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    golden = {
        "answers_long.csv": LONG,
        "answers_wide.csv": WIDE,
        "contacts.csv": CONTACTS,
        "dispositions.csv": DISPOSITIONS,
        "response.csv": RESPONSE,
    }
    for name, expected in golden.items():
        lines = expected.format(a=FIRST, b=SECOND, d=THIRD).replace("\n", "\r\n").replace("A1\r\n", "A1\n")
        assert text(tmp_path / "out", name) == lines


def test_export_says_where_there_was_an_outage(tmp_path: Path) -> None:
    """Silence in it is no answer: the occasion was not attempted, whatever was sent into it."""
    cut_off = draft()
    cut_off.outages = [("IQ", "2026-11-10T00:00", "2026-11-15T12:00")]
    silent = {"step": "expired", "sent": "3", "reason": "outage", "opened_at": "", "outage_hours": "97"}
    cut_off.occurrences.append(occurrence("M3A-9ZW", number=3, **silent))  # type: ignore[arg-type]
    account = export(cut_off, tmp_path / "out")
    found = [row for row in text(tmp_path / "out", "dispositions.csv").splitlines() if ",monthly,3," in row]

    assert account.fits, account
    assert [row.split(",")[5:8] + row.split(",")[-2:-1] for row in found] == [["not_attempted", "3.11", "outage", "97"]]
    assert "| IQ | 2026-11-10T00:00 | 2026-11-15T12:00 |" in text(tmp_path / "out", "codebook.md")


def test_export_notes_how_many_records_do_not_say_why(tmp_path: Path) -> None:
    account = export(draft(), tmp_path / "out")
    assert account.notes == (
        "1 records of an earlier version do not say why a question has no answer: it stays empty",
        UNSIGNED,
    )


def test_export_hands_on_the_response_for_people_to_read_only(tmp_path: Path) -> None:
    account = export(draft(), tmp_path / "out")
    assert [(one.wave, one.number, one.rr2) for one in account.response] == [
        ("monthly", 1, "1.0000"),
        ("monthly", 2, "0.5000"),
    ]
    assert "response" not in json.loads(text(tmp_path / "out", "reconciliation.json"))


def test_export_account_names_bundle_key_and_export(tmp_path: Path) -> None:
    export(draft(), tmp_path / "out")
    account = json.loads(text(tmp_path / "out", "reconciliation.json"))
    export_id = SeededChance(1).bytes(16).hex()
    assert {key: account[key] for key in ("export", "bundle", "study", "opened_with", "fits", "exported_at")} == {
        "export": export_id,
        "bundle": "77" * 16,
        "study": "follow_up",
        "opened_with": [ANNA.recipient.fingerprint()],
        "fits": True,
        "exported_at": "2026-11-22T12:00:00Z",
    }
    readme = text(tmp_path / "out", "README.txt")
    assert [name for name in FILES if name not in readme] == []
    assert export_id in readme
    assert ANNA.recipient.fingerprint() in readme


def test_export_is_the_same_whatever_the_order_of_the_bundle(tmp_path: Path) -> None:
    export(draft(), tmp_path / "one")
    turned = draft()
    turned.records = dict(reversed(turned.records.items()))
    turned.occurrences.reverse()
    turned.contacts.reverse()
    export(turned, tmp_path / "two")
    for name in FILES:
        assert text(tmp_path / "one", name) == text(tmp_path / "two", name)


def test_export_without_erased_persons_replaces_the_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(draft(), out)
    assert "K7F-2QX" in text(out, "answers_long.csv")
    later = draft(manifest={"erased": [CASE]})
    later.records = {THIRD: later.records[THIRD]}
    later.codes = {OTHER_CASE: "M3A-9ZW"}
    later.occurrences = later.occurrences[2:]
    later.contacts = later.contacts[1:]
    assert export(later, out).fits
    assert [name for name in FILES if "K7F-2QX" in text(out, name) or FIRST in text(out, name)] == []


def test_export_of_an_older_bundle_does_not_bring_back_the_erased(tmp_path: Path) -> None:
    out = tmp_path / "out"
    later = draft(manifest={"erased": [CASE]})
    later.records = {THIRD: later.records[THIRD]}
    later.codes = {OTHER_CASE: "M3A-9ZW"}
    later.occurrences = later.occurrences[2:]
    later.contacts = later.contacts[1:]
    export(later, out)
    account = export(draft(), out)
    assert account.fits
    assert (account.opened, account.exported, account.left_out) == (4, 1, 3)
    assert [name for name in FILES if "K7F-2QX" in text(out, name)] == []
    assert "M3A-9ZW" in text(out, "answers_long.csv")


def test_export_with_a_strangers_key_writes_no_answer_and_names_each_record(tmp_path: Path) -> None:
    account = export(draft(), tmp_path / "out", STRANGER)
    assert [trouble.record for trouble in account.not_opened] == sorted([FIRST, SECOND, PART, THIRD])
    assert account.notes == (
        f"key {STRANGER.recipient.fingerprint()} is not among those who can open new answers of this study",
        UNSIGNED,
    )
    assert len(text(tmp_path / "out", "answers_long.csv").splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study_toml": "title ="}, "the study definition in the bundle cannot be read: "),
        (
            {"study_toml": STUDY_TOML.replace('id = "follow_up"', 'id = "other"')},
            "the bundle says it is of 'follow_up', ",
        ),
        ({"forms": ["<html/>"]}, "the bundle's form "),
    ],
)
def test_export_writes_nothing_when_the_bundle_cannot_be_used(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CoraError) as refused:
        export(replace(draft(), **changes), tmp_path / "out")
    assert str(refused.value).startswith(message)
    assert [path.name for path in tmp_path.iterdir()] == ["study.bundle"]


def test_export_writes_nothing_for_a_language_the_study_lacks(tmp_path: Path) -> None:
    with pytest.raises(CoraError) as refused:
        export(draft(), tmp_path / "out", language="fr")
    assert (str(refused.value), refused.value.hint) == ("the study has no language 'fr'", "It has: en, ar.")
    assert [path.name for path in tmp_path.iterdir()] == ["study.bundle"]


def test_export_leaves_a_foreign_folder_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "thesis.docx").write_text("mine")
    with pytest.raises(CoraError):
        export(draft(), folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]
