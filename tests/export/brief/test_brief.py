"""VI-60 A brief holds one case as a timeline: answers in words, gaps with their reasons, messages; nobody else's.
VI-61 Who had it made is in a signed log before it is there; the folder is private, and holds briefs of one study only.
VI-62 Erased and cut cases have none, and lose the one they had · VI-63 it prints, and runs nothing.
"""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import from_millis
from cora_bot.base.errors import CoraError
from cora_bot.export import own_log
from cora_bot.export.brief import folder
from cora_bot.export.brief.make import Made, Order, make_briefs
from cora_bot.export.own_log import BRIEF, log_beside, read_log
from cora_bot.vault.agefile import Identity
from cora_bot.vault.audit_chain import Entry, beginning, following
from cora_bot.vault.identity import verify_key_of
from tests.export.bundles import ANNA, CASE, OTHER_CASE, STRANGER, STUDY, Draft, head, occurrence
from tests.export.samples import BEGUN
from tests.export.test_export_bundle import NOW, draft

MINE, OTHERS = "K7F-2QX", "M3A-9ZW"
LETTER = "e" * 32


def full() -> Draft:
    """The bundle of the export's tests, with an occasion nobody answered and a message."""
    made = draft()
    made.occurrences.append(
        occurrence(number=3, step="expired", reason="not_opened", opened_at="", finished_at="", sent="2")
    )
    written = head(
        LETTER, "message", form="", form_version="", form_hash="", wave="", number=0, at=BEGUN + timedelta(9)
    )
    made.add(written, {"text": "اتصلوا بي <script>alert(1)</script>"})
    return made


def make(
    tmp_path: Path, *cases: str, bundle: Draft | None = None, keys: list[Identity] | None = None, labels: str = "en"
) -> Made:
    path = (bundle or full()).write(tmp_path / "carried.bundle")
    order = Order(cases or (MINE,), "Anna", labels)
    return make_briefs(
        path,
        keys or [ANNA],
        tmp_path / "briefs",
        order,
        now=NOW,
        chance=SeededChance(f"brief {len(list(tmp_path.glob('briefs/*')))}"),
        progress=lambda _done, _of: None,
    )


def log(tmp_path: Path) -> list[Entry]:
    return read_log(log_beside(tmp_path / "briefs"))


def read(tmp_path: Path, code: str = MINE, ending: str = "txt") -> str:
    return (tmp_path / "briefs" / f"brief-{code}.{ending}").read_text(encoding="utf-8")


def test_timeline_has_answers_in_words_and_gaps_with_reasons(tmp_path: Path) -> None:
    make(tmp_path)
    text = read(tmp_path)
    titles = [line for line in text.splitlines() if line.startswith(("monthly ", "written "))]
    assert titles == ["monthly 1", "monthly 2", "monthly 3", "written to the team"]
    assert "Do you have work?\n      No" in text
    assert "What do you need?\n      A home; Money" in text or "What do you need?\n      Money; A home" in text
    assert "What is left at the end of a month?\n      -40" in text
    assert "still open (passed by): What is left at the end of a month?" in text
    assert "still open (not reached): Tell us more." in text
    assert "non_contact: messages were sent and none was opened" in text
    assert "why: its window closed and nobody had opened it" in text
    assert "Check-in: partial, in person, in fa-AF" in text
    assert "2026-11-02 10:00 until 2026-11-14 10:00" in text  # Baghdad is three hours ahead


def test_brief_is_of_one_case_alone(tmp_path: Path) -> None:
    make(tmp_path)
    for ending in ("txt", "html"):
        assert [one for one in (OTHERS, OTHER_CASE, CASE) if one in read(tmp_path, ending=ending)] == []
    assert sorted(path.name for path in (tmp_path / "briefs").iterdir()) == [
        f"brief-{MINE}.html", f"brief-{MINE}.txt",
    ]  # fmt: skip


def test_labels_come_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    make(tmp_path, labels="ar")
    assert "هل لديك عمل؟\n      لا" in read(tmp_path)


def test_page_runs_nothing_and_shows_texts_in_their_direction(tmp_path: Path) -> None:
    make(tmp_path)
    html = read(tmp_path, ending="html")
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert '<p dir="auto" class="written">اتصلوا بي &lt;script&gt;' in html


def test_join_is_logged_with_everything_that_names_it(tmp_path: Path) -> None:
    first = make(tmp_path, MINE, OTHERS)
    second = make(tmp_path, OTHERS)
    lines = log(tmp_path)
    assert [(line.action, line.facts["brief"], line.facts["case"]) for line in lines] == [
        (BRIEF, first.brief, MINE), (BRIEF, first.brief, OTHERS), (BRIEF, second.brief, OTHERS),
    ]  # fmt: skip
    told = dict(lines[0].facts)
    assert len(told.pop("signature")) == 128
    assert told == {
        "brief": first.brief,
        "study": STUDY,
        "bundle": "77" * 16,
        "case": MINE,
        "holder": "Anna",
        "keys": ANNA.recipient.fingerprint(),
        "signed_by": verify_key_of(ANNA).hex(),
    }
    assert from_millis(lines[0].at) == NOW
    assert (own_log.wrong_beside(tmp_path / "briefs", STUDY), first.wrong, second.wrong) == ([], (), ())
    assert first.brief in read(tmp_path)
    assert second.brief in read(tmp_path, OTHERS)


def test_log_is_written_before_the_brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path)
    assert [line.facts["case"] for line in log(tmp_path)] == [MINE]
    assert list((tmp_path / "briefs").iterdir()) == []


def test_everything_is_private(tmp_path: Path) -> None:
    make(tmp_path)
    into = tmp_path / "briefs"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (*into.iterdir(), log_beside(into))}
    assert (stat.S_IMODE(into.stat().st_mode), modes) == (0o700, {0o600})


@pytest.mark.parametrize("code", ["AAA-AAA", "cut-111111111111", ""])
def test_case_that_is_not_there_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(CoraError, match="the bundle has no case"):
        make(tmp_path, code)
    assert not (tmp_path / "briefs").exists()


def test_erased_case_has_no_brief_and_loses_the_one_it_had(tmp_path: Path) -> None:
    make(tmp_path, MINE, OTHERS)
    newer = full()
    newer.manifest = {"erased": [OTHER_CASE]}
    made = make(tmp_path, MINE, bundle=newer)
    assert made.gone == (OTHERS,)
    assert sorted(path.name for path in (tmp_path / "briefs").glob("brief-*")) == [
        f"brief-{MINE}.html", f"brief-{MINE}.txt",
    ]  # fmt: skip
    with pytest.raises(CoraError, match="the bundle has no case"):
        make(tmp_path, OTHERS, bundle=newer)


def test_records_that_do_not_open_are_told(tmp_path: Path) -> None:
    broken = full()
    broken.records["f" * 32] = b"age-encryption.org/v1\nnothing"
    assert make(tmp_path, bundle=broken).unread == 1
    assert "1 records of the bundle could not be opened" in read(tmp_path)


def test_stranger_s_key_gives_a_brief_without_answers_that_says_so(tmp_path: Path) -> None:
    made = make(tmp_path, keys=[STRANGER])
    assert made.unread == len(full().records)
    assert "Do you have work?" not in read(tmp_path)


def test_zone_that_this_machine_does_not_know_is_shown_in_utc(tmp_path: Path) -> None:
    odd = full()
    entries = odd.entries()
    odd.more = {"cases.csv": entries["cases.csv"].replace(b"Asia/Baghdad", b"Mars/Base")}
    make(tmp_path, bundle=odd)
    assert "2026-11-02 07:00 until 2026-11-14 07:00" in read(tmp_path)


def test_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "briefs").mkdir()
    (tmp_path / "briefs" / "diary.txt").write_text("mine")
    with pytest.raises(CoraError, match="holds other things"):
        make(tmp_path)
    assert [path.name for path in (tmp_path / "briefs").iterdir()] == ["diary.txt"]


def test_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "briefs").mkdir()
    done = own_log.Done("another", BRIEF, NOW, {"case": MINE})
    own_log.write_down(tmp_path / "briefs", [done], ANNA)
    with pytest.raises(CoraError, match="holds briefs of the study another"):
        make(tmp_path)


def test_log_that_is_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    make(tmp_path)
    path = log_beside(tmp_path / "briefs")
    path.write_text("at,who\nx,y\n")
    with pytest.raises(CoraError, match="is not a log of exports"):
        make(tmp_path)
    assert path.read_text() == "at,who\nx,y\n"


@pytest.mark.parametrize("change", [("Anna", "Ella"), (MINE, OTHERS)])
def test_log_that_was_changed_is_said_by_the_next_brief(tmp_path: Path, change: tuple[str, str]) -> None:
    """Whoever was put together for whom can no longer be written differently afterwards."""
    make(tmp_path)
    path = log_beside(tmp_path / "briefs")
    path.write_text(path.read_text().replace(*change))
    assert make(tmp_path).wrong == ("the log of exports does not hold from line 1 on: it was changed",)


def test_line_that_was_taken_out_is_said_by_the_next_brief(tmp_path: Path) -> None:
    make(tmp_path, MINE, OTHERS)
    path = log_beside(tmp_path / "briefs")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert make(tmp_path).wrong == ("the log of exports does not hold from line 1 on: it was changed",)


def test_line_chained_anew_is_not_signed_by_whom_it_names(tmp_path: Path) -> None:
    """Also where only what it was, or when, is written differently."""
    make(tmp_path)
    (line,) = log(tmp_path)
    start = beginning(f"{STUDY} exports")
    forged = (
        following(start, 1, at=line.at, action="export", facts=line.facts),
        following(start, 1, at=line.at + 1, action=BRIEF, facts=line.facts),
        following(start, 1, at=line.at, action=BRIEF, facts=dict(line.facts) | {"case": OTHERS}),
    )
    said = ["line 1 of the log of exports is not signed by whom it names"]
    assert [own_log.wrong_in_log([each], STUDY) for each in forged] == [said] * 3
    assert own_log.wrong_in_log([line], STUDY) == []
