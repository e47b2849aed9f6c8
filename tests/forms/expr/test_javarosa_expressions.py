"""F-02 random expressions have JavaRosa's value. Levelled before comparing: exponents, and NaN as text."""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pyxform
from defusedxml.ElementTree import fromstring

from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.nodes import document
from cora_bot.forms.expr.values import Value, to_text
from tests.forms.random_forms import Maker

TOOLS = os.environ.get("CORA_JAVAROSA_TOOLS", "")
COUNT = int(os.environ.get("CORA_JAVAROSA_EXPRESSIONS", "1500"))
JAR = Path(pyxform.__file__).parent / "validators/odk_validate/bin/ODK_Validate.jar"
TREE = "<data><a>5</a><b>2.5</b><c/><s>abc def-x</s><t/><m>n s</m></data>"

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not TOOLS, reason="CORA_JAVAROSA_TOOLS names no folder with EvalXPath.java"),
    pytest.mark.skipif(shutil.which("javac") is None, reason="there is no javac"),
]


def expressions() -> list[str]:
    made = []
    for seed in range(COUNT):
        maker = Maker(random.Random(seed))
        maker.known.update({"n": ["a", "b", "c"], "s": ["s", "t"], "many": ["m"]})
        source = (maker.number, maker.text, maker.truth)[seed % 3](3)
        source = re.sub(r"\$\{(\w+)\}", r"/data/\1", source)
        # A blank number as text is "NaN" on a tablet and '' here: where numbers become texts there is no blank one.
        made.append(source.replace("/data/c", "/data/a") if "string(" in source else source)
    return made


def ask(sources: list[str], folder: Path) -> list[dict[str, Any]]:
    build = ["javac", "-cp", str(JAR), "-d", str(folder), str(Path(TOOLS) / "EvalXPath.java")]
    subprocess.run(build, check=True, capture_output=True)
    cases = [{"id": str(at), "expression": source, "instance_xml": TREE} for at, source in enumerate(sources)]
    (folder / "cases.json").write_text(json.dumps(cases), "utf-8")
    command = ["java", "-Duser.timezone=UTC", "-cp", f"{folder}{os.pathsep}{JAR}", "EvalXPath"]
    subprocess.run([*command, str(folder / "cases.json"), str(folder / "out.json")], check=True, capture_output=True)
    answers: list[dict[str, Any]] = json.loads((folder / "out.json").read_text("utf-8"))
    return answers


def level(text: str) -> str:
    text = re.sub(r"-?\d+(?:\.\d+)?(?:E-?\d+)?", lambda found: f"{float(found[0]):.10g}", text)
    return text.replace("NaN", "")


def agrees(value: Value, other: dict[str, Any]) -> bool:
    if isinstance(value, bool):
        return other.get("bool") is value
    if isinstance(value, float):
        wanted = float(other["num"])
        return math.isclose(value, wanted, rel_tol=1e-12) or (value != value and wanted != wanted)
    return level(to_text(value)) == level(other["str"])


def test_random_expressions_same_as_javarosa(tmp_path: Path) -> None:
    sources = expressions()
    top = document(fromstring(TREE))
    differing = []
    for source, other in zip(sources, ask(sources, tmp_path), strict=True):
        value = compile_expression(source).run(Context(top, now=datetime.now(UTC)))
        if "throws" in other or not agrees(value, other):
            differing.append((source, to_text(value), other))
    assert differing == [], json.dumps(differing[:5], ensure_ascii=False, indent=1)
