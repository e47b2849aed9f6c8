"""EX-70 The contact ledger is exported row by row, in one order whatever the bundle's, with a documented vocabulary."""

from __future__ import annotations

import ast
from pathlib import Path

from cora_bot.export.bundle_facts import ContactFact
from cora_bot.export.contacts import OUTCOMES, STATES, rows
from cora_bot.store.tables import State

ROOT = Path(__file__).parents[2]


def fact(reason: str, *, wave: str = "monthly", number: str = "2", at: str = "2026-11-02T07:00:00Z") -> ContactFact:
    return ContactFact("K7F-2QX", reason, "sent", wave, number, at, "2026-11-03T07:00:01Z", "")


def test_rows_split_the_wave_from_the_reason() -> None:
    found = [fact("reminder:monthly", at="2026-11-03T07:00:00Z"), fact("invitation:monthly")]
    assert list(rows(found))[1:] == [
        ("K7F-2QX", "monthly", "2", "invitation", "sent", "", "2026-11-02T07:00:00Z", "2026-11-03T07:00:01Z"),
        ("K7F-2QX", "monthly", "2", "reminder", "sent", "", "2026-11-03T07:00:00Z", "2026-11-03T07:00:01Z"),
    ]


def test_rows_keep_a_reason_they_do_not_know() -> None:
    found = [fact("notice", wave="", number=""), fact("reminder:other")]
    assert [row[3] for row in rows(found)][1:] == ["notice", "reminder:other"]


def test_states_are_those_of_the_outbox() -> None:
    assert set(STATES) == {state.value for state in State}


def test_outcomes_cover_what_withholds_a_message() -> None:
    source = ast.parse((ROOT / "cora_bot" / "usecases" / "judging.py").read_text())
    (why_not,) = (one for one in source.body if isinstance(one, ast.FunctionDef) and one.name == "_why_not")
    said = {
        one.value
        for returned in ast.walk(why_not)
        if isinstance(returned, ast.Return) and returned.value is not None
        for one in (
            [returned.value.body, returned.value.orelse] if isinstance(returned.value, ast.IfExp) else [returned.value]
        )
        if isinstance(one, ast.Constant)
    }
    assert len(said) > 5
    assert said - OUTCOMES.keys() == set()
