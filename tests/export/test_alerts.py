"""EX-60 An alert is a table of its own, newest first, beside the answers that raised it; EX-61 it changes no answer."""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.values import replace
from cora_bot.export.alerts import HEADER, rows
from cora_bot.export.answers import gather
from cora_bot.export.opened import OpenedRecord
from tests.export.bundles import CODES, head
from tests.export.samples import CHECK_IN

FORMS = {CHECK_IN.hash: CHECK_IN}
ONE, TWO, DONE = "a" * 32, "b" * 32, "c" * 32


def raised(record: str, value: str, *, later: int = 0, ref: str = "/data/work") -> OpenedRecord:
    made = head(record, "alert")
    return OpenedRecord(replace(made, at=made.at + timedelta(minutes=later)), {"values": {ref: value}})


def test_alerts_stand_newest_first_with_the_question_they_answer() -> None:
    header, *listed = rows([raised(ONE, "no"), raised(TWO, "1", later=5, ref="/data/score")], CODES, FORMS)

    assert header == HEADER
    assert [row[6:] for row in listed] == [("score", "", "1", TWO), ("work", "Do you have work?", "no", ONE)]


def test_alert_is_exported_and_is_no_answering() -> None:
    whole = OpenedRecord(head(DONE, "complete"), {"values": {"/data/work": "no"}})
    gathered = gather([raised(ONE, "no"), whole], codes=CODES, erased=frozenset(), forms=FORMS)

    assert (gathered.exported, [one.record for one in gathered.answerings]) == (frozenset({ONE, DONE}), [DONE])


def test_alert_in_another_shape_or_of_an_unknown_form_is_named() -> None:
    odd = replace(raised(ONE, "no"), body={"values": ["no"]})
    lost = OpenedRecord(replace(head(TWO, "alert"), form_hash="0" * 64), {"values": {}})
    gathered = gather([odd, lost], codes=CODES, erased=frozenset(), forms=FORMS)

    assert [trouble.what for trouble in gathered.troubles] == [
        "has a body in a shape this version does not know",
        "names a form version the bundle does not hold",
    ]


def test_alert_of_an_erased_person_is_left_out() -> None:
    record = raised(ONE, "no")
    gathered = gather([record], codes=CODES, erased={record.head.case}, forms=FORMS)

    assert (gathered.left_out, gathered.exported) == (frozenset({ONE}), frozenset())
