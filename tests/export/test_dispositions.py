"""EX-40 Each planned occasion has exactly one outcome, with the code AAPOR gives it, or none while it is under way."""

from __future__ import annotations

import pytest

from cora_bot.base.values import replace
from cora_bot.export.bundle_facts import OccurrenceFact
from cora_bot.export.dispositions import AAPOR, MEANINGS, disposition, rows
from cora_bot.study.model import Step


def fact(step: str, *, reason: str = "", sent: int = 0, put_away: int = 0, opened_at: str = "") -> OccurrenceFact:
    return OccurrenceFact(
        code="K7F-2QX",
        wave="monthly",
        number=2,
        opens="2026-11-02T07:00:00Z",
        closes="2026-11-14T07:00:00Z",
        step=step,
        sent=sent,
        put_away=put_away,
        reason=reason,
        opened_at=opened_at,
        finished_at="",
    )


OPENED = "2026-11-03T07:00:00Z"


@pytest.mark.parametrize(
    ("occasion", "outcome"),
    [
        (fact("complete", sent=1, opened_at=OPENED), ("complete", "1.1")),
        (fact("partial", sent=2, opened_at=OPENED), ("partial", "1.2")),
        (fact("expired", reason="put_away", sent=1, put_away=1), ("refused", "2.11")),
        (fact("cancelled", reason="stopped"), ("refused", "2.11")),
        (fact("expired", reason="not_finished", sent=1, opened_at=OPENED), ("break_off", "2.12")),
        (fact("expired", reason="not_opened", sent=3), ("non_contact", "2.2")),
        (fact("lapsed", reason="blocked"), ("non_contact", "2.2")),
        (fact("lapsed", reason="paused"), ("lapsed", "2.3")),
        (fact("lapsed", reason="late"), ("not_sent", "3.1")),
        (fact("lapsed", reason="missed"), ("not_sent", "3.1")),
        (fact("lapsed", reason="merged"), ("lapsed", "2.3")),
        (fact("expired", reason="outage", sent=2), ("not_attempted", "3.11")),
        (fact("lapsed", reason="outage"), ("not_attempted", "3.11")),
        (fact("expired", reason="outage", sent=2, put_away=1), ("refused", "2.11")),
        (fact("expired", reason="outage", sent=2, opened_at=OPENED), ("break_off", "2.12")),
        (fact("expired"), ("not_sent", "3.1")),
        (fact("lapsed", reason="unreachable"), ("non_contact", "2.2")),
        (fact("cancelled", reason="not_going"), ("not_eligible", "4.1")),
        (fact("cancelled", reason="replanned"), ("not_eligible", "4.1")),
        (fact("cancelled", reason="moved", sent=1, opened_at=OPENED), ("not_eligible", "4.1")),
        (fact("planned"), ("planned", "")),
        (fact("invited", sent=1), ("open", "")),
        (fact("opened", sent=1, opened_at=OPENED), ("open", "")),
        (fact("postponed"), ("unknown", "")),
    ],
)
def test_disposition_of_each_course(occasion: OccurrenceFact, outcome: tuple[str, str]) -> None:
    assert (disposition(occasion), AAPOR[disposition(occasion)]) == outcome


def test_every_step_has_an_outcome_and_every_outcome_a_meaning() -> None:
    assert {step for step in Step if disposition(fact(step)) == "unknown"} == set()
    assert MEANINGS.keys() == AAPOR.keys()


def test_rows_keep_reason_messages_and_how_it_was_answered() -> None:
    occasion = ("K7F-2QX", "monthly", "2", "2026-11-02T07:00:00Z", "2026-11-14T07:00:00Z")
    facts = [replace(fact("lapsed", reason="paused", sent=1), outage_hours=36), fact("postponed")]
    assert list(rows(facts, {}))[1:] == [
        (*occasion, "non_contact", "2.2", "paused", "1", "0", "", "", "36", ""),
        (*occasion, "unknown", "", "postponed", "0", "0", "", "", "0", ""),
    ]
    assert [row[-1] for row in rows([fact("complete")], {("K7F-2QX", "monthly", 2): "phone"})] == ["mode", "phone"]
    assert [row[-1] for row in rows([fact("complete")], {("K7F-2QX", "monthly", 3): "phone"})] == ["mode", ""]
