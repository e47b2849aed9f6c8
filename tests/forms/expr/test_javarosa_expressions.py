"""F-02 random expressions have JavaRosa's value. Levelled before comparing: exponents, NaN as text, and the smallest
number above 0 that a tablet's max() begins at; the tenth digit, because a tablet takes decimal-time() out of days."""

from __future__ import annotations

import json
import math
import os
import random
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.nodes import document
from cora_bot.forms.expr.values import Value, to_text
from tests.forms.expr import random_expressions
from tests.forms.random_forms import Maker
from tests.support import javarosa

COUNT = int(os.environ.get("CORA_JAVAROSA_EXPRESSIONS", "1500"))
TREE = "<data><a>5</a><b>2.5</b><c/><s>abc def-x</s><t/><m>n s</m></data>"
ZONE = "Asia/Kabul"

pytestmark = javarosa.needed


def expressions() -> list[str]:
    """As forms have them."""
    made = []
    for seed in range(COUNT):
        maker = Maker(random.Random(seed))
        maker.known.update({"n": ["a", "b", "c"], "s": ["s", "t"], "many": ["m"]})
        source = (maker.number, maker.text, maker.truth)[seed % 3](3)
        source = re.sub(r"\$\{(\w+)\}", r"/data/\1", source)
        # A blank number as text is "NaN" on a tablet and '' here: where numbers become texts there is no blank one.
        made.append(source.replace("/data/c", "/data/a") if "string(" in source else source)
    return made


def level(text: str) -> str:
    text = re.sub(r"-?\d+(?:\.\d+)?(?:E-?\d+)?", lambda found: f"{float(found[0]):.10g}", text)
    return text.replace("NaN", "")


def agrees(value: Value, other: dict[str, Any]) -> bool:
    if isinstance(value, bool):
        return other.get("bool") is value
    if isinstance(value, float):
        wanted = float(other["num"])
        return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-100) or (value != value and wanted != wanted)
    return level(to_text(value)) == level(other["str"])


def differing(sources: list[str], tree: str, folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Expressions with another value here; where a tablet throws, we must too."""
    top, found = document(fromstring(tree)), []
    for source, other in zip(sources, javarosa.evaluated(sources, tree, folder, zone=ZONE), strict=True):
        try:
            value = compile_expression(source).run(Context(top, now=datetime.now(ZoneInfo(ZONE))))
        except EvaluationError:
            value = "throws"
        if ("throws" in other) is not (value == "throws") or ("throws" not in other and not agrees(value, other)):
            found.append((source, to_text(value), other))
    return found


def test_random_expressions_same_as_javarosa(tmp_path: Path) -> None:
    found = differing(expressions(), TREE, tmp_path)
    assert found == [], json.dumps(found[:5], ensure_ascii=False, indent=1)


def test_random_expressions_of_all_functions_same_as_javarosa(tmp_path: Path) -> None:
    """Gathered first and asked all at once: Java takes half a second to start."""
    gathered: dict[str, None] = {}

    @settings(max_examples=COUNT, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(random_expressions.EXPRESSIONS)
    def gather(source: str) -> None:
        gathered[source] = None

    gather()
    found = differing(list(gathered), random_expressions.TREE, tmp_path)
    assert found == [], json.dumps(found[:5], ensure_ascii=False, indent=1)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_random_expressions_compile_with_their_kind(data: st.DataObject) -> None:
    """The strategies give what they say: else the comparison above would compare errors."""
    source = data.draw(random_expressions.NUMBERS)
    assert compile_expression(source).faults == ()
