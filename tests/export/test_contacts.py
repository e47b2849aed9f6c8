"""EX-70 The contact ledger is exported row by row, in one order whatever the bundle's, with a documented vocabulary.
EX-71 Whatever a handler may write as the reason of an unasked message is a documented reason once it is a row.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cora_bot.dialogue import contact_reasons
from cora_bot.export.bundle_facts import ContactFact
from cora_bot.export.contacts import OUTCOMES, REASONS, STATES, VISITS, rows
from cora_bot.store.tables import State
from cora_bot.study.visits.visit import News

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


@pytest.mark.parametrize("kind", [contact_reasons.INVITATION, contact_reasons.REMINDER])
def test_reason_of_an_occasion_is_documented_as_its_row_has_it(kind: str) -> None:
    (_, row) = rows([fact(contact_reasons.of_occasion(kind, "monthly"))])
    assert row[3] in REASONS


@pytest.mark.parametrize("news", sorted(set(News) - contact_reasons.UNSPOKEN))
def test_reason_of_a_visit_is_documented_as_its_row_has_it(news: News) -> None:
    (_, row) = rows([fact(contact_reasons.of_visit(news), wave="", number="")])
    assert (row[3], row[3] in REASONS) == (f"visit:{news}", True)


def test_every_documented_reason_can_come_up() -> None:
    written = {contact_reasons.INVITATION, contact_reasons.REMINDER, contact_reasons.LETTER}
    assert set(REASONS) == written | {contact_reasons.of_visit(news) for news in VISITS}
    assert set(VISITS) == set(News) - contact_reasons.UNSPOKEN


def unasked_reasons() -> list[str]:
    """How each handler spells the reason of a message that nobody asked for."""
    return [
        ast.unparse(given["reason"])
        for path in sorted((ROOT / "cora_bot" / "dialogue").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for given in [{one.arg: one.value for one in call.keywords}]
        if "reason" in given and isinstance(flag := given.get("unsolicited"), ast.Constant) and flag.value is True
    ]


def test_handlers_take_their_reasons_from_the_vocabulary() -> None:
    assert sorted(unasked_reasons()) == [
        "contact_reasons.LETTER",
        "contact_reasons.of_occasion(kind, sent.wave)",
        "contact_reasons.of_visit(news)",
    ]


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
