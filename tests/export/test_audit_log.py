"""AU-09 an export remembers how far the server's log went, and finds a later one that does not go on from there
AU-10 each export is written down, chained and signed, beside its folder · AU-11 a log that was changed is a difference.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.export import bundle_format as fmt
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.folder import earlier_audit
from cora_bot.export.own_log import log_beside, read_log, wrong_beside
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.vault.audit_chain import Entry, beginning, following, write_lines
from tests.cli.running import cora
from tests.export.bundles import ANNA, STUDY, Draft
from tests.export.samples import STUDY_TOML

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def chain(length: int, *, action: str = "enrolled") -> list[Entry]:
    made: list[Entry] = []
    for seq in range(1, length + 1):
        previous = made[-1].hash if made else beginning(STUDY)
        made.append(following(previous, seq, at=seq, action=action))
    return made


def bundle(folder: Path, log: list[Entry] | None, name: str = "b") -> Path:
    more = {} if log is None else {fmt.AUDIT: write_lines(log)}
    return Draft(study_toml=STUDY_TOML, more=more, manifest={"holder": "Ben"}).write(folder / name)


def exported(path: Path, folder: Path) -> Reconciliation:
    return export_bundle(path, [ANNA], folder, language="", now=NOW, chance=SeededChance("e"), progress=lambda *_: None)


def told(account: Reconciliation) -> list[str]:
    return [each for each in account.differences if "log" in each]


def test_export_remembers_how_far_the_log_went(tmp_path: Path) -> None:
    account = exported(bundle(tmp_path, chain(3)), tmp_path / "out")

    assert ("audit log: 3 entries, 3 of them new, whole" in account.notes, told(account)) == (True, [])
    assert earlier_audit(tmp_path / "out") == (3, chain(3)[-1].hash)


def test_later_log_that_goes_on_is_no_difference(tmp_path: Path) -> None:
    exported(bundle(tmp_path, chain(3)), tmp_path / "out")
    account = exported(bundle(tmp_path, chain(5)), tmp_path / "out")

    assert ("audit log: 5 entries, 2 of them new, whole" in account.notes, told(account)) == (True, [])


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        (chain(2), "the audit log does not go on from entry 3"),
        (chain(5, action="nothing"), "the audit log does not go on from entry 3"),
        ([*chain(3)[:1], *chain(3)[2:]], "the audit log does not hold from entry 2 on"),
        ([], "the audit log does not go on from entry 3"),
        (None, "an earlier export saw an audit log, and the bundle holds none"),
    ],
)
def test_log_that_was_cut_or_written_anew_is_a_difference(
    later: list[Entry] | None, sentence: str, tmp_path: Path
) -> None:
    exported(bundle(tmp_path, chain(3)), tmp_path / "out")
    account = exported(bundle(tmp_path, later), tmp_path / "out")

    assert ([each[: len(sentence)] for each in told(account)], account.fits) == ([sentence], False)
    assert earlier_audit(tmp_path / "out") == (3, chain(3)[-1].hash)


def test_bundle_whose_log_is_something_else_is_refused(tmp_path: Path) -> None:
    path = Draft(study_toml=STUDY_TOML, more={fmt.AUDIT: b"nonsense\n"}).write(tmp_path / "b")
    with pytest.raises(CoraError, match="not an audit log"):
        exported(path, tmp_path / "out")


def test_each_export_is_written_down_with_holder_keys_and_fingerprint(tmp_path: Path) -> None:
    path, out = bundle(tmp_path, chain(3)), tmp_path / "out"
    exported(path, out)
    exported(path, out)
    first, second = read_log(log_beside(out))

    assert (first.facts["holder"], first.facts["filter"], first.facts["audit_entries"]) == ("Ben", "all", "3")
    assert first.facts["keys"] == ANNA.recipient.fingerprint()
    assert (first.facts["contents"] == second.facts["contents"], len(first.facts["contents"])) == (True, 64)
    assert wrong_beside(out, STUDY) == []
    assert oct(log_beside(out).stat().st_mode & 0o777) == "0o600"


def test_changed_log_of_exports_is_a_difference_of_the_next(tmp_path: Path) -> None:
    path, out = bundle(tmp_path, None), tmp_path / "out"
    exported(path, out)
    log = log_beside(out)
    log.write_text(log.read_text().replace('"holder":"Ben"', '"holder":"Eve"'))
    account = exported(path, out)

    assert told(account) == ["the log of exports does not hold from line 1 on: it was changed"]


def test_line_that_is_chained_and_not_signed_by_whom_it_names_is_found(tmp_path: Path) -> None:
    path, out = bundle(tmp_path, None), tmp_path / "out"
    exported(path, out)
    (line,) = read_log(log_beside(out))
    forged = following(
        beginning(f"{STUDY} exports"), 1, at=line.at, action="export", facts=dict(line.facts) | {"holder": "Eve"}
    )
    log_beside(out).write_bytes(write_lines([forged]))

    assert wrong_beside(out, STUDY) == ["line 1 of the log of exports is not signed by whom it names"]


def test_bundle_s_log_is_listed_without_a_key(tmp_path: Path) -> None:
    said = cora("audit", "list", bundle(tmp_path, chain(2)), "--csv")
    none = cora("audit", "list", bundle(tmp_path, None, "none"))
    both = cora("audit", "list", tmp_path / "b", "--seen", tmp_path)

    assert said.out.splitlines() == [
        "seq,at,action,case,facts",
        "1,1970-01-01 00:00:00,enrolled,,",
        "2,1970-01-01 00:00:00,enrolled,,",
    ]
    assert (said.code, none.code, both.code) == (0, 1, 2)
    assert "carries no audit log" in none.err


def test_listing_survives_a_forged_log(tmp_path: Path) -> None:
    start = beginning(STUDY)
    strange = [following(start, 1, at=10**30, action="enrolled")]
    said = cora("audit", "list", bundle(tmp_path, strange, "time"))
    shown = cora("audit", "list", bundle(tmp_path, [following(start, 1, at=1, action="\x1b[2J")], "signs"), "--csv")

    assert (said.code, "names a time that is none" in said.err) == (1, True)
    assert (shown.code, "\x1b" in shown.out) == (0, False)


def test_verify_reads_a_bundle_without_a_key_and_against_an_earlier_export(tmp_path: Path) -> None:
    exported(bundle(tmp_path, chain(3)), tmp_path / "out")
    good, cut = bundle(tmp_path, chain(4), "good"), bundle(tmp_path, chain(2), "cut")
    whole = cora("audit", "verify", good, "--seen", tmp_path / "out")
    alone = cora("audit", "verify", cut)
    seen = cora("audit", "verify", cut, "--seen", tmp_path / "out")
    none = cora("audit", "verify", bundle(tmp_path, None, "none"))

    assert (whole.code, whole.out) == (0, f"4 entries, whole; the last is {chain(4)[-1].hash[:16]}\n")
    assert (alone.code, seen.code) == (0, 1)
    assert seen.out.startswith("DIFFERENCE: the audit log does not go on from entry 3")
    assert (none.code, "carries no audit log" in none.err) == (1, True)
