"""EX-20 Every opened record ends exported, waiting or named with its reason; nothing is dropped in silence.
EX-21 An answer sealed on arrival joins the record that names it, and only that one.
EX-22 A record that does not open is named and the others go on.
EX-23 The account fits only if sealed = found = opened = exported (or waiting).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cora_bot.base.values import replace
from cora_bot.export.answers import Gathered, gather
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.missing import Missing
from cora_bot.export.opened import OpenedRecord, Trouble
from cora_bot.export.opening import Opening, open_all
from cora_bot.export.reconciliation import Reconciliation, as_text, reconcile
from cora_bot.vault.agefile import Identity
from tests.export.bundles import ANNA, BERAT, CASE, CODES, OTHER_CASE, STRANGER, Draft, head, occurrence, sealed
from tests.export.samples import CHECK_IN, WORK, column

DONE, PART, LONE = "d" * 32, "e" * 32, "f" * 32
FORMS = {CHECK_IN.hash: CHECK_IN}
BODY = {"values": {"/data/work": "no"}, "sealed": {"/data/about/story": PART}, "instance_id": "uuid:1"}
STORY = {"ref": "/data/about/story", "value": "قصتي"}


def gathered(*records: OpenedRecord, erased: frozenset[str] = frozenset()) -> Gathered:
    return gather(records, codes=CODES, erased=erased, forms=FORMS)


def opened(record: str, kind: str, body: dict[str, Any], **changes: Any) -> OpenedRecord:
    return OpenedRecord(head(record, kind, **changes), body)


def test_gather_joins_fragments_to_the_record_that_names_them() -> None:
    result = gathered(opened(PART, "fragment", STORY), opened(DONE, "complete", BODY))
    assert [one.values for one in result.answerings] == [{"/data/work": "no", "/data/about/story": "قصتي"}]
    assert (result.exported, result.waiting, result.troubles) == ({DONE, PART}, frozenset(), ())


def test_gather_keeps_fragments_of_an_open_form_waiting() -> None:
    result = gathered(opened(LONE, "fragment", STORY))
    assert (result.answerings, result.exported, result.waiting) == ((), frozenset(), {LONE})


def test_gather_names_a_record_whose_fragment_is_missing() -> None:
    result = gathered(opened(DONE, "complete", BODY))
    assert result.troubles == (Trouble(DONE, f"needs record {PART}, sealed on arrival, which was not opened"),)


def test_gather_refuses_a_fragment_of_another_case() -> None:
    result = gathered(opened(PART, "fragment", STORY, case=OTHER_CASE), opened(DONE, "complete", BODY))
    assert result.troubles == (
        Trouble(DONE, f"names record {PART}, which belongs to another answer"),
        Trouble(PART, "belongs to a record that was not exported"),
    )
    assert result.waiting == frozenset()


def test_gather_names_what_it_cannot_export() -> None:
    records = [
        opened("1" * 32, "complete", {"values": {}}, case="99" * 16),
        opened("2" * 32, "complete", {"values": {}}, form_hash="9" * 64),
        opened("3" * 32, "memo", {}),
        opened("4" * 32, "complete", {"values": {"/data/work": 1}}),
        opened("5" * 32, "complete", {"values": {"/data/unknown": "x"}}),
        opened("6" * 32, "fragment", {"ref": "/data/about/story"}),
        opened("7" * 32, "complete", {"values": {}}),
    ]
    result = gather(records, codes=CODES, erased=frozenset(), forms=FORMS)
    assert sorted(result.troubles, key=lambda trouble: trouble.record) == [
        Trouble("1" * 32, "names a case the bundle does not list"),
        Trouble("2" * 32, "names a form version the bundle does not hold"),
        Trouble("3" * 32, "is of a kind this version does not export (memo)"),
        Trouble("4" * 32, "has a body in a shape this version does not know"),
        Trouble("5" * 32, "holds an answer to a question its form does not have"),
        Trouble("6" * 32, "has a body in a shape this version does not know"),
    ]
    assert result.exported == {"7" * 32}


def test_gather_leaves_out_erased_persons() -> None:
    result = gathered(opened(DONE, "complete", {"values": {}}), erased=frozenset({CASE}))
    assert (result.answerings, result.exported, result.left_out, result.troubles) == ((), frozenset(), {DONE}, ())


def test_gather_orders_by_case_and_time() -> None:
    later = opened("1" * 32, "complete", {"values": {}}, number=2)
    later = OpenedRecord(replace(later.head, started_at=later.head.at), later.body)
    result = gathered(
        later,
        opened("2" * 32, "complete", {"values": {}}, case=OTHER_CASE),
        opened("3" * 32, "partial", {"values": {}}),
    )
    assert [one.record for one in result.answerings] == ["3" * 32, "1" * 32, "2" * 32]


def account(tmp_path: Path, draft: Draft, *identities: Identity) -> Reconciliation:
    with open_bundle(draft.write(tmp_path / "b.zip")) as bundle:
        opening = open_all(bundle, identities, progress=lambda done, of: None)
        result = gather(opening.opened, codes=CODES, erased=bundle.manifest.erased, forms=FORMS)
        return reconcile(bundle, opening, result, facts=bundle.occurrences)


def full_draft() -> Draft:
    draft = Draft(occurrences=[occurrence()])
    draft.add(head(DONE, "complete"), BODY)
    draft.add(head(PART, "fragment"), STORY)
    draft.add(head(LONE, "fragment", session="66" * 16), STORY)
    return draft


def test_account_fits_for_each_who_can_open(tmp_path: Path) -> None:
    for identity in (ANNA, BERAT):
        fits = account(tmp_path, full_draft(), identity)
        assert (fits.sealed, fits.found, fits.opened, fits.exported, fits.waiting) == (3, 3, 3, 2, 1)
        assert fits.fits
        assert fits.kinds == {"complete": 1, "fragment": 2}


def test_account_names_every_record_a_stranger_cannot_open(tmp_path: Path) -> None:
    why = "could not be opened: sealed to another key, cut short, changed or moved"
    refused = account(tmp_path, full_draft(), STRANGER)
    assert refused.not_opened == (Trouble(DONE, why), Trouble(PART, why), Trouble(LONE, why))
    assert not refused.fits


def test_account_goes_on_after_a_changed_and_a_moved_record(tmp_path: Path) -> None:
    draft = full_draft()
    changed = bytearray(draft.records[LONE])
    changed[-1] ^= 1
    draft.records[LONE] = bytes(changed)
    draft.records["a" * 32] = sealed(head("b" * 32, "complete"), {"values": {}})
    result = account(tmp_path, draft, ANNA)
    assert [trouble.record for trouble in result.not_opened] == ["a" * 32, LONE]
    assert (result.found, result.opened, result.exported) == (4, 2, 2)


def test_account_does_not_fit_when_the_manifest_counts_more(tmp_path: Path) -> None:
    draft = full_draft()
    draft.manifest = {"counts": {"records": 4, "cases": 2, "occurrences": 1, "contacts": 0, "outages": 0, "forms": 0}}
    result = account(tmp_path, draft, ANNA)
    assert result.differences == ("the manifest counts 4 records, the bundle holds 3",)
    assert as_text(result).splitlines() == [
        "sealed in the bundle         4",
        "found in the file            3",
        "opened                       3",
        "exported                     2",
        "waiting                      1   (of forms still open when the bundle was made)",
        "left out                     0   (of persons erased since)",
        "DIFFERENCE: the manifest counts 4 records, the bundle holds 3",
        "THE EXPORT IS NOT COMPLETE: see the lines above",
    ]


def test_account_names_an_answered_occasion_without_a_record(tmp_path: Path) -> None:
    draft = full_draft()
    draft.occurrences.append(occurrence("M3A-9ZW", step="partial", number=4))
    assert account(tmp_path, draft, ANNA).differences == (
        "case M3A-9ZW, monthly 4 is partial on the server, and no record of it was exported",
    )


def test_account_names_records_of_persons_the_bundle_itself_calls_erased(tmp_path: Path) -> None:
    draft = Draft(manifest={"erased": [CASE]})
    draft.add(head(DONE, "complete"), {"values": {}})
    result = account(tmp_path, draft, ANNA)
    assert result.differences == (f"record {DONE} is of a person the bundle lists as erased; it was left out",)
    assert (result.exported, result.left_out) == (0, 1)


def test_account_shows_no_control_characters_of_a_forged_record(tmp_path: Path) -> None:
    draft = Draft()
    draft.add(head(DONE, "\x1b[2J"), {"values": {}})
    text = as_text(account(tmp_path, draft, ANNA))
    assert f"NOT EXPORTED: record {DONE} is of a kind this version does not export (\ufffd[2J)" in text.splitlines()


def test_gather_takes_odd_bodies_without_stumbling() -> None:
    odd = [
        opened("1" * 32, "fragment", STORY | {"sealed": 7}),
        opened("2" * 32, "complete", {"values": None}),
        opened("3" * 32, "complete", {"values": {}, "sealed": ["x"]}),
        opened("4" * 32, "consent", {}),
    ]
    result = gathered(*odd)
    assert (result.waiting, result.exported) == ({"1" * 32}, frozenset())
    assert [trouble.record for trouble in result.troubles] == ["2" * 32, "3" * 32, "4" * 32]


def test_account_counts_a_record_that_ended_nowhere(tmp_path: Path) -> None:
    with open_bundle(Draft().write(tmp_path / "b.zip")) as bundle:
        lost = Opening((opened(DONE, "complete", {"values": {}}),), ())
        result = reconcile(bundle, lost, Gathered((), frozenset(), frozenset(), frozenset(), ()), facts=())
    assert result.differences == (f"record {DONE} was opened and ended nowhere",)


def test_gather_takes_answers_of_repeats_by_their_instances() -> None:
    age = replace(WORK, ref="/data/child/age", name="age", repeats=("/data/child",))
    form = replace(CHECK_IN, columns=(replace(column(age), repeats=age.repeats),))
    body = {"values": {"/data/child[2]/age": "7"}, "sealed": {}, "skipped": ["/data/child[3]/age"], "not_reached": []}

    result = gather([opened(DONE, "complete", body)], codes=CODES, erased=frozenset(), forms={form.hash: form})

    assert result.troubles == ()
    assert [(one.values, one.missing) for one in result.answerings] == [
        ({"/data/child[2]/age": "7"}, {"/data/child[3]/age": Missing.SKIPPED})
    ]
