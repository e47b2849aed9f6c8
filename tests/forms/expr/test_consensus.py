"""F-01 every expression case that the public suites and JavaRosa agree on has that answer here."""

from __future__ import annotations

import json
import math
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from defusedxml.ElementTree import fromstring

from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError, ExpressionError
from cora_bot.forms.expr.nodes import Node, document
from cora_bot.forms.expr.values import Value, number_text, to_boolean, to_number, to_text

FILE = os.environ.get("CORA_XPATH_CASES", "")
TABLET_FAILS = {"union", "descendant", "any-node", "bracketed-path"}
CASES: dict[str, Any] = json.loads(Path(FILE).read_text("utf-8")) if FILE else {"consensus": [], "instances": {}}

pytestmark = [
    pytest.mark.consensus,
    pytest.mark.skipif(not FILE, reason="CORA_XPATH_CASES names no file with the consensus cases"),
]


@cache
def tree(name: str) -> Node:
    return document(fromstring(CASES["instances"][name], forbid_dtd=False))


def run(case: dict[str, Any]) -> tuple[Value | None, frozenset[str]]:
    """The value, None where it throws; and the warnings that go with it."""
    now = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(case["tz"]))
    try:
        made = compile_expression(case["expression"])
        return made.run(Context(tree(case["instance"]), now=now)), made.lints
    except (ExpressionError, EvaluationError):
        return None, frozenset()


def wanted_number(case: dict[str, Any]) -> float:
    return float(case["expected"]) if case["expected"] is not None else math.nan


def agrees(case: dict[str, Any]) -> bool:
    value, lints = run(case)
    if case["kind"] == "throws":
        return value is None or bool(lints & TABLET_FAILS)
    if value is None:
        return False
    match case["kind"]:
        case "boolean":
            return to_boolean(value) is case["expected"]
        case "number":
            got, wanted = to_number(value), wanted_number(case)
            return got == wanted or (got != got and wanted != wanted) or abs(got - wanted) <= case.get("tolerance", 0)
        case "number-rounded":
            return round(to_number(value) * case["factor"]) == round(wanted_number(case) * case["factor"])
        case _:
            wanted_text = case["expected"] if isinstance(case["expected"], str) else number_text(case["expected"])
            return to_text(value) == ("" if wanted_text == "NaN" else wanted_text)


def test_consensus_cases_all_agree() -> None:
    differing = [f"{case['id']} {case['expression']}" for case in CASES["consensus"] if not agrees(case)]
    assert differing == []


def test_consensus_file_holds_all_cases() -> None:
    assert len(CASES["consensus"]) == 2106
