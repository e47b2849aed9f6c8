"""EX-25 Skipped, not asked and not reached stay apart; a record that does not say why is never guessed at.
EX-26 A record that says something impossible about its own form is named and not exported.
EX-27 What the walk leaves without an answer arrives in the tables under the reason the walk had.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.export.answers import Gathered, gather
from cora_bot.export.missing import MEANINGS, Missing
from cora_bot.export.opened import OpenedRecord, Trouble
from cora_bot.forms.model import Form
from cora_bot.forms.walk import Moment, Walk
from tests.export.bundles import CODES, head
from tests.export.samples import CHECK_IN
from tests.export.test_export_bundle import FORM

DONE, PART = "d" * 32, "e" * 32
IMPOSSIBLE = "names questions without an answer that cannot be such in its form"
ODD = "has a body in a shape this version does not know"


def gathered(body: dict[str, Any], *more: OpenedRecord, form: Form = CHECK_IN, kind: str = "complete") -> Gathered:
    done = OpenedRecord(head(DONE, kind, form_hash=form.hash), body)
    return gather([done, *more], codes=CODES, erased=frozenset(), forms={form.hash: form})


def reasons(body: dict[str, Any], *more: OpenedRecord) -> dict[str, Missing] | None:
    (one,) = gathered(body, *more).answerings
    return None if one.missing is None else dict(one.missing)


def test_reasons_are_kept_apart() -> None:
    body = {"values": {}, "sealed": {}, "skipped": ["/data/work"], "not_reached": ["/data/about/story"]}
    assert reasons(body) == {
        "/data/work": Missing.SKIPPED,
        "/data/needs": Missing.NOT_ASKED,
        "/data/about/story": Missing.NOT_REACHED,
    }


def test_reasons_leave_out_answers_sealed_on_arrival() -> None:
    body = {"values": {"/data/work": "no"}, "sealed": {"/data/about/story": PART}, "skipped": [], "not_reached": []}
    part = OpenedRecord(head(PART, "fragment"), {"ref": "/data/about/story", "value": "قصتي"})
    assert reasons(body, part) == {"/data/needs": Missing.NOT_ASKED}


def test_reasons_take_an_empty_sealed_answer_for_passed_by() -> None:
    body = {"values": {"/data/work": "no"}, "sealed": {"/data/about/story": PART}, "skipped": [], "not_reached": []}
    part = OpenedRecord(head(PART, "fragment"), {"ref": "/data/about/story", "value": ""})
    assert reasons(body, part) == {"/data/needs": Missing.NOT_ASKED, "/data/about/story": Missing.SKIPPED}


def test_reasons_are_unknown_where_the_record_does_not_say() -> None:
    assert reasons({"values": {"/data/work": "no"}, "sealed": {}}) is None


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"skipped": ["/data/work"]}, ODD),
        ({"not_reached": []}, ODD),
        ({"skipped": "/data/work", "not_reached": []}, ODD),
        ({"skipped": [7], "not_reached": []}, ODD),
        ({"skipped": None, "not_reached": []}, ODD),
        ({"skipped": ["/data/work"], "not_reached": []}, IMPOSSIBLE),
        ({"skipped": ["/data/other"], "not_reached": []}, IMPOSSIBLE),
        ({"skipped": [], "not_reached": ["/data/score"]}, IMPOSSIBLE),
        ({"skipped": ["/data/needs"], "not_reached": ["/data/needs"]}, IMPOSSIBLE),
    ],
)
def test_gather_names_a_record_whose_reasons_cannot_be(named: dict[str, Any], why: str) -> None:
    result = gathered({"values": {"/data/work": "no"}, "sealed": {}, **named})
    assert (result.answerings, result.troubles) == ((), (Trouble(DONE, why),))


def test_every_reason_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Missing)


def test_walk_and_export_agree_on_why() -> None:
    walk = Walk.begin(FORM, Moment(datetime(2026, 11, 2, tzinfo=UTC), "Asia/Baghdad", {}, SeededChance(1)))
    walk.choose(0, 0)  # work: yes, so needs does not apply
    assert walk.current is not None
    walk.skip(walk.current.number)
    skipped, not_reached = walk.unanswered()
    body = {"values": walk.values(), "sealed": {}, "skipped": list(skipped), "not_reached": list(not_reached)}
    (one,) = gathered(body, form=FORM, kind="partial").answerings
    assert (dict(one.values), one.missing) == (
        {"/data/work": "yes"},
        {"/data/needs": Missing.NOT_ASKED, "/data/balance": Missing.SKIPPED, "/data/story": Missing.NOT_REACHED},
    )
